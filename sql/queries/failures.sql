-- Calls that failed in runs of the last day, by cause.
SELECT STRAIGHT_JOIN e.error, e.call_name, e.comm, COUNT(*) AS failures, MAX(e.length) AS largest
FROM run r FORCE INDEX (run_seen_at)
JOIN memory_event e ON e.run = r.run
WHERE r.seen_at >= UTC_TIMESTAMP(6) - INTERVAL 1 DAY
  AND e.type = 'call' AND e.error IS NOT NULL
GROUP BY e.error, e.call_name, e.comm
ORDER BY failures DESC
LIMIT 50;
