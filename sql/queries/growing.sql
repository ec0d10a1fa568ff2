-- Processes of the last day that had more mapped at the end of each quarter of their time than at the
-- end of the one before: bytes mapped less bytes unmapped, from exec, attach or the first call to the
-- last event. brk, mmap, mremap and munmap count as they were asked for. MAP_FIXED doesn't, since it
-- takes the place of what is mapped already, as a rule; nor does shared memory of System V.
WITH told AS (
  SELECT STRAIGHT_JOIN r.run, r.host, e.pid, e.seq, e.at, e.comm, e.call_name, e.ret,
    COALESCE(e.flags, 0) AS flags, CAST(e.length AS DECIMAL(20)) AS length,
    CAST(JSON_UNQUOTE(JSON_EXTRACT(e.body, '$.new_length')) AS DECIMAL(20)) AS new_length,
    -- Which of the images that the pid had: exec and attach begin one, exit ends one.
    SUM(e.type <> 'call') OVER (PARTITION BY r.run, e.pid ORDER BY e.seq) - (e.type = 'exit')
      AS image
  FROM run r FORCE INDEX (run_seen_at)
  JOIN memory_event e ON e.run = r.run
  WHERE r.seen_at >= UTC_TIMESTAMP(6) - INTERVAL 1 DAY
    AND (e.type IN ('exec', 'attach', 'exit') OR (e.type = 'call' AND e.ret IS NOT NULL
      AND e.call_name IN ('brk', 'mmap', 'mremap', 'munmap')))
), changed AS (
  SELECT run, host, pid, image, at, comm,
    CASE
      WHEN call_name = 'brk' THEN CAST(ret AS DECIMAL(20)) - CAST(LAG(ret) OVER (
        PARTITION BY run, pid, image, call_name ORDER BY seq) AS DECIMAL(20))
      WHEN call_name = 'munmap' THEN -length
      -- MREMAP_DONTUNMAP leaves the old range.
      WHEN call_name = 'mremap' THEN new_length - IF(flags & 0x4, 0, length)
      WHEN call_name = 'mmap' AND flags & 0x10 = 0 THEN length
    END AS bytes,
    -- MariaDB takes quadratic time for MIN and MAX of a window.
    4 * (at - FIRST_VALUE(at) OVER (PARTITION BY run, pid, image ORDER BY seq)) / (
      FIRST_VALUE(at) OVER (PARTITION BY run, pid, image ORDER BY seq DESC)
      - FIRST_VALUE(at) OVER (PARTITION BY run, pid, image ORDER BY seq)) AS quarters
  FROM told
), net AS (
  SELECT host, pid, MAX(comm) AS comm, (MAX(at) - MIN(at)) / 1000000000 AS seconds,
    COALESCE(SUM(IF(quarters <= 1, bytes, 0)), 0) AS after_first,
    COALESCE(SUM(IF(quarters <= 2, bytes, 0)), 0) AS after_second,
    COALESCE(SUM(IF(quarters <= 3, bytes, 0)), 0) AS after_third,
    COALESCE(SUM(bytes), 0) AS at_last
  FROM changed
  GROUP BY run, host, pid, image
)
SELECT host, pid, comm, seconds, after_first, after_second, after_third, at_last
FROM net
WHERE after_first < after_second AND after_second < after_third AND after_third < at_last
ORDER BY at_last - after_first DESC
LIMIT 50;
