-- What processes of the last day mapped and never unmapped themselves, by path and within it by site.
-- A site is the call, path, length and comm: what there is without a stack, which few traces have.
-- What is unmapped counts for the mapping whose start is the nearest below, so far as it lies in it:
-- of several that one munmap takes, the others still show. MAP_FIXED counts as part of the mapping
-- that it is put into, as a loader does it, and what is mapped anew at its address as unmapped. The
-- end of a process unmaps nothing here, and brk isn't looked at.
WITH told AS (
  SELECT STRAIGHT_JOIN r.run, e.pid, e.seq, e.comm, e.call_name, n.text AS path, e.addr, e.ret,
    COALESCE(e.flags, 0) AS flags, CAST(e.length AS DECIMAL(20)) AS length,
    CAST(JSON_UNQUOTE(JSON_EXTRACT(e.body, '$.new_length')) AS DECIMAL(20)) AS new_length,
    -- Which of the images that the pid had: exec and attach begin one, exit ends one.
    SUM(e.type <> 'call') OVER (PARTITION BY r.run, e.pid ORDER BY e.seq) AS image
  FROM run r FORCE INDEX (run_seen_at)
  JOIN memory_event e ON e.run = r.run
  LEFT JOIN name n ON n.run = e.run AND n.id = e.path
  WHERE r.seen_at >= UTC_TIMESTAMP(6) - INTERVAL 1 DAY
    AND (e.type IN ('exec', 'attach', 'exit') OR (e.type = 'call' AND e.ret IS NOT NULL
      AND e.call_name IN ('mmap', 'mremap', 'munmap', 'shmat', 'shmdt')))
), parts AS (
  -- What a call makes and what it takes away; mremap does both.
  SELECT run, pid, image, seq, comm, call_name, path, makes,
    CAST(IF(makes, ret, addr) AS DECIMAL(20)) AS start,
    -- What is taken is whole pages; of shmdt nobody says how much.
    IF(makes, COALESCE(new_length, length), CAST((length + 4095) DIV 4096 AS DECIMAL(20)) * 4096)
      AS bytes
  FROM told
  JOIN (SELECT 1 AS makes UNION ALL SELECT 0) part
    ON (makes = 1
      AND (call_name IN ('mremap', 'shmat') OR (call_name = 'mmap' AND flags & 0x10 = 0)))
    -- MREMAP_DONTUNMAP leaves the old range.
    OR (makes = 0
      AND (call_name IN ('munmap', 'shmdt') OR (call_name = 'mremap' AND flags & 0x4 = 0)))
), placed AS (
  -- As many as were made up to there: a number for all that is between two starts.
  SELECT parts.*, SUM(makes) OVER (PARTITION BY run, pid, image ORDER BY start) AS place
  FROM parts
), turns AS (
  SELECT placed.*,
    FIRST_VALUE(start) OVER (PARTITION BY run, pid, image, place ORDER BY start) AS home,
    SUM(makes) OVER (PARTITION BY run, pid, image, place ORDER BY seq, makes) AS turn,
    SUM(makes) OVER (PARTITION BY run, pid, image, place) AS last_turn
  FROM placed
  WHERE place > 0
), sized AS (
  SELECT turns.*, FIRST_VALUE(bytes) OVER (PARTITION BY run, pid, image, place ORDER BY seq) AS size
  FROM turns
  WHERE turn = last_turn
), kept AS (
  SELECT run, pid, size, MAX(IF(makes, comm, NULL)) AS comm,
    MAX(IF(makes, call_name, NULL)) AS call_name, MAX(IF(makes, path, NULL)) AS path,
    SUM(IF(makes, bytes, -GREATEST(LEAST(COALESCE(bytes, size), home + size - start), 0))) AS bytes
  FROM sized
  GROUP BY run, pid, image, place, size
), sites AS (
  SELECT path, call_name, comm, size, COUNT(*) AS mappings, COUNT(DISTINCT run, pid) AS processes,
    SUM(bytes) AS bytes
  FROM kept
  WHERE bytes > 0
  GROUP BY path, call_name, comm, size
)
SELECT path, SUM(bytes) OVER (PARTITION BY path) AS path_bytes, call_name, comm, size AS length,
  mappings, processes, bytes
FROM sites
ORDER BY path_bytes DESC, path, bytes DESC
LIMIT 50;
