-- Calls a second of each process of runs of the last day, from its first call to its last.
SELECT STRAIGHT_JOIN r.host, e.pid, MAX(e.comm) AS comm, COUNT(*) AS calls,
  COUNT(*) / GREATEST((MAX(e.at) - MIN(e.at)) / 1000000000, 0.001) AS calls_a_second
FROM run r FORCE INDEX (run_seen_at)
JOIN memory_event e ON e.run = r.run
WHERE r.seen_at >= UTC_TIMESTAMP(6) - INTERVAL 1 DAY
  AND e.type = 'call'
GROUP BY r.run, r.host, e.pid
ORDER BY calls_a_second DESC
LIMIT 50;
