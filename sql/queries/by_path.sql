-- Which files runs of the last day mapped, how often, and how much of each was executable.
SELECT STRAIGHT_JOIN n.text AS path, COUNT(*) AS mappings, SUM(e.length) AS bytes,
  SUM(IF(e.prot & 0x4, e.length, 0)) AS executable_bytes, COUNT(DISTINCT e.run, e.pid) AS processes
FROM run r FORCE INDEX (run_seen_at)
JOIN memory_event e ON e.run = r.run
JOIN name n ON n.run = e.run AND n.id = e.path
WHERE r.seen_at >= UTC_TIMESTAMP(6) - INTERVAL 1 DAY
  AND e.type = 'call' AND e.call_name = 'mmap' AND e.error IS NULL
GROUP BY n.text
ORDER BY bytes DESC
LIMIT 50;
