-- Mappings of the last day that were writable and executable from the start.
SELECT STRAIGHT_JOIN r.host, e.comm, e.pid, e.length, CONCAT('0x', LOWER(HEX(e.ret))) AS addr,
  n.text AS path,
  TIMESTAMPADD(MICROSECOND, e.at DIV 1000, TIMESTAMP'1970-01-01 00:00:00') AS time
FROM run r FORCE INDEX (run_seen_at)
JOIN memory_event e ON e.run = r.run
LEFT JOIN name n ON n.run = e.run AND n.id = e.path
WHERE r.seen_at >= UTC_TIMESTAMP(6) - INTERVAL 1 DAY
  AND e.type = 'call' AND e.call_name = 'mmap' AND e.error IS NULL
  AND e.prot & 0x6 = 0x6
ORDER BY e.at DESC
LIMIT 50;
