-- Mappings that became writable and executable in runs of the last day, by mmap, mprotect or shmat,
-- and still were at the last event: no later call unmapped, protected or replaced all of the range,
-- and the process neither executed something else nor ended. So one that lost its rights piece by
-- piece, or by shmdt, or was moved by mremap, still shows, whole and where it was. What was so before
-- an attach doesn't show, nor what a child has from its parent. Pages are taken as 4096 bytes.
WITH told AS (
  SELECT STRAIGHT_JOIN r.run, r.host, e.pid, e.seq, e.at, e.comm, e.call_name, e.path,
    CAST(IF(e.call_name IN ('mmap', 'shmat'), e.ret, e.addr) AS DECIMAL(20)) AS start,
    CAST(e.length AS DECIMAL(20)) AS length,
    IF(e.call_name = 'shmat', e.flags & 0x9000 = 0x8000, e.prot & 0x6 = 0x6) AS both_rights,
    e.type <> 'call' AS ends
  FROM run r FORCE INDEX (run_seen_at)
  JOIN memory_event e ON e.run = r.run
  WHERE r.seen_at >= UTC_TIMESTAMP(6) - INTERVAL 1 DAY
    AND (e.type IN ('exec', 'exit') OR (e.type = 'call' AND e.ret IS NOT NULL
      AND e.call_name IN ('mmap', 'mprotect', 'munmap', 'pkey_mprotect', 'shmat')))
), judged AS (
  -- What spares most of them a look at all that came later: an exec or exit, or the newest call whose
  -- range begins there. (MariaDB takes windows over an expression for others, so it has a name here.)
  SELECT told.*, SUM(ends) OVER (PARTITION BY run, pid ORDER BY seq) AS image,
    SUM(ends) OVER (PARTITION BY run, pid) AS last_image,
    FIRST_VALUE(seq) OVER (PARTITION BY run, pid, start ORDER BY seq DESC) AS newest,
    FIRST_VALUE(length) OVER (PARTITION BY run, pid, start ORDER BY seq DESC) AS newest_length
  FROM told
)
SELECT t.host, t.comm, t.pid, t.length,
  CONCAT('0x', LOWER(HEX(CAST(t.start AS UNSIGNED)))) AS addr, t.call_name, n.text AS path,
  TIMESTAMPADD(MICROSECOND, t.at DIV 1000, TIMESTAMP'1970-01-01 00:00:00') AS time
FROM judged t
LEFT JOIN name n ON n.run = t.run AND n.id = t.path
WHERE t.both_rights AND t.image = t.last_image
  AND (t.seq = t.newest OR t.newest_length < t.length)
  AND NOT EXISTS (
    SELECT 1 FROM memory_event e
    WHERE e.run = t.run AND e.seq > t.seq AND e.pid = t.pid
      AND e.type = 'call' AND e.ret IS NOT NULL
      AND e.call_name IN ('mmap', 'mprotect', 'munmap', 'pkey_mprotect')
      AND IF(e.call_name = 'mmap', e.ret, e.addr) <= t.start
      AND (IF(e.call_name = 'mmap', e.ret, e.addr) + CAST(e.length AS DECIMAL(20)) + 4095) DIV 4096
        >= (t.start + t.length + 4095) DIV 4096)
ORDER BY t.at DESC
LIMIT 50;
