-- Who mapped most in the last hour, on each host.
SELECT STRAIGHT_JOIN r.host, e.comm, COUNT(*) AS mappings, SUM(e.length) AS bytes
FROM run r FORCE INDEX (run_seen_at)
JOIN memory_event e ON e.run = r.run
WHERE r.seen_at >= UTC_TIMESTAMP(6) - INTERVAL 1 HOUR
  AND e.type = 'call' AND e.call_name = 'mmap' AND e.error IS NULL
  AND e.at >= TIMESTAMPDIFF(SECOND, TIMESTAMP'1970-01-01 00:00:00',
    UTC_TIMESTAMP() - INTERVAL 1 HOUR) * 1000000000
GROUP BY r.host, e.comm
ORDER BY bytes DESC
LIMIT 50;
