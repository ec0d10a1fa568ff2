-- Processes of runs of the last day that kept address space for later, against what could turn into
-- memory: where most of it is reserved, a limit on mapped bytes says nothing about memory.
SELECT STRAIGHT_JOIN r.host, p.pid, p.comm, p.mapped_peak, p.reserved_peak, p.committed_peak,
  p.reserved_peak / (p.reserved_peak + p.committed_peak) AS reserved_part
FROM run r FORCE INDEX (run_seen_at)
JOIN process p FORCE INDEX (PRIMARY) ON p.run = r.run
WHERE r.seen_at >= UTC_TIMESTAMP(6) - INTERVAL 1 DAY
  AND p.reserved_peak > 0
ORDER BY p.reserved_peak DESC
LIMIT 50;
