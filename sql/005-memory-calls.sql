-- Events as people read them, with the calls that were added since: the view of 002-views.sql, and flags of
-- every call of %memory by name. Those of a call that isn't known here stay a number.

CREATE OR REPLACE SQL SECURITY INVOKER VIEW event_named AS
SELECT
  LOWER(CONCAT_WS('-', HEX(SUBSTR(e.run, 1, 4)), HEX(SUBSTR(e.run, 5, 2)), HEX(SUBSTR(e.run, 7, 2)),
    HEX(SUBSTR(e.run, 9, 2)), HEX(SUBSTR(e.run, 11, 6)))) AS run,
  e.seq,
  e.id,
  e.type,
  TIMESTAMPADD(MICROSECOND, e.at DIV 1000, TIMESTAMP'1970-01-01 00:00:00') AS time,
  e.pid,
  e.tid,
  e.comm,
  e.call_name,
  CONCAT('0x', LOWER(HEX(e.addr))) AS addr,
  e.length,
  CASE WHEN e.prot IS NULL THEN NULL WHEN e.prot = 0 THEN 'PROT_NONE' ELSE CONCAT_WS('|',
    IF(e.prot & 0x1, 'PROT_READ', NULL),
    IF(e.prot & 0x2, 'PROT_WRITE', NULL),
    IF(e.prot & 0x4, 'PROT_EXEC', NULL),
    IF(e.prot & 0x8, 'PROT_SEM', NULL),
    IF(e.prot & 0x10 AND r.arch = 'aarch64', 'PROT_BTI', NULL),
    IF(e.prot & 0x20 AND r.arch = 'aarch64', 'PROT_MTE', NULL),
    IF(e.prot & 0x01000000, 'PROT_GROWSDOWN', NULL),
    IF(e.prot & 0x02000000, 'PROT_GROWSUP', NULL),
    CONCAT('0x', LOWER(HEX(NULLIF(
      e.prot & ~(0x0300000f | IF(r.arch = 'aarch64', 48, 0)), 0))))) END AS prot,
  CASE
    WHEN e.flags IS NULL THEN NULL
    WHEN e.call_name = 'mremap' THEN CONCAT_WS('|',
      IF(e.flags & 0x1, 'MREMAP_MAYMOVE', NULL),
      IF(e.flags & 0x2, 'MREMAP_FIXED', NULL),
      IF(e.flags & 0x4, 'MREMAP_DONTUNMAP', NULL),
      IF(e.flags & ~0x7, CONCAT('0x', LOWER(HEX(e.flags & ~0x7))), NULL))
    WHEN e.call_name = 'shmat' THEN CONCAT_WS('|',
      IF(e.flags & 0x1000, 'SHM_RDONLY', NULL),
      IF(e.flags & 0x2000, 'SHM_RND', NULL),
      IF(e.flags & 0x4000, 'SHM_REMAP', NULL),
      IF(e.flags & 0x8000, 'SHM_EXEC', NULL),
      IF(e.flags & ~0xf000, CONCAT('0x', LOWER(HEX(e.flags & ~0xf000))), NULL))
    WHEN e.call_name = 'map_shadow_stack' THEN CONCAT_WS('|',
      IF(e.flags & 0x1, 'SHADOW_STACK_SET_TOKEN', NULL),
      IF(e.flags & 0x2, 'SHADOW_STACK_SET_MARKER', NULL),
      IF(e.flags & ~0x3, CONCAT('0x', LOWER(HEX(e.flags & ~0x3))), NULL))
    WHEN e.call_name = 'mbind' THEN CONCAT_WS('|',
      IF(e.flags & 0x1, 'MPOL_MF_STRICT', NULL),
      IF(e.flags & 0x2, 'MPOL_MF_MOVE', NULL),
      IF(e.flags & 0x4, 'MPOL_MF_MOVE_ALL', NULL),
      IF(e.flags & ~0x7, CONCAT('0x', LOWER(HEX(e.flags & ~0x7))), NULL))
    WHEN e.call_name = 'memfd_create' THEN CONCAT_WS('|',
      IF(e.flags & 0x1, 'MFD_CLOEXEC', NULL),
      IF(e.flags & 0x2, 'MFD_ALLOW_SEALING', NULL),
      IF(e.flags & 0x4, 'MFD_HUGETLB', NULL),
      IF(e.flags & 0x8, 'MFD_NOEXEC_SEAL', NULL),
      IF(e.flags & 0x10, 'MFD_EXEC', NULL),
      ELT(FIELD(e.flags >> 26, 21, 30), 'MFD_HUGE_2MB', 'MFD_HUGE_1GB'),
      CONCAT('0x', LOWER(HEX(NULLIF(e.flags & ~(0x1f
        | IF(e.flags >> 26 IN (21, 30), 4227858432, 0)), 0)))))
    WHEN e.call_name = 'memfd_secret' THEN CONCAT_WS('|',
      IF(e.flags & 0x80000, 'O_CLOEXEC', NULL),
      IF(e.flags & ~0x80000, CONCAT('0x', LOWER(HEX(e.flags & ~0x80000))), NULL))
    WHEN e.call_name = 'mlock2' THEN CONCAT_WS('|',
      IF(e.flags & 0x1, 'MLOCK_ONFAULT', NULL),
      IF(e.flags & ~0x1, CONCAT('0x', LOWER(HEX(e.flags & ~0x1))), NULL))
    WHEN e.call_name = 'mlockall' THEN CONCAT_WS('|',
      IF(e.flags & 0x1, 'MCL_CURRENT', NULL),
      IF(e.flags & 0x2, 'MCL_FUTURE', NULL),
      IF(e.flags & 0x4, 'MCL_ONFAULT', NULL),
      IF(e.flags & ~0x7, CONCAT('0x', LOWER(HEX(e.flags & ~0x7))), NULL))
    WHEN e.call_name = 'msync' THEN CONCAT_WS('|',
      IF(e.flags & 0x1, 'MS_ASYNC', NULL),
      IF(e.flags & 0x2, 'MS_INVALIDATE', NULL),
      IF(e.flags & 0x4, 'MS_SYNC', NULL),
      IF(e.flags & ~0x7, CONCAT('0x', LOWER(HEX(e.flags & ~0x7))), NULL))
    WHEN e.call_name = 'prctl' THEN CONCAT_WS('|',
      IF(e.flags & 0x1, 'PR_MDWE_REFUSE_EXEC_GAIN', NULL),
      IF(e.flags & 0x2, 'PR_MDWE_NO_INHERIT', NULL),
      IF(e.flags & ~0x3, CONCAT('0x', LOWER(HEX(e.flags & ~0x3))), NULL))
    WHEN e.call_name = 'shmget' THEN CONCAT_WS('|',
      IF(e.flags & 0x200, 'IPC_CREAT', NULL),
      IF(e.flags & 0x400, 'IPC_EXCL', NULL),
      IF(e.flags & 0x800, 'SHM_HUGETLB', NULL),
      IF(e.flags & 0x1000, 'SHM_NORESERVE', NULL),
      ELT(FIELD(e.flags >> 26, 21, 30), 'SHM_HUGE_2MB', 'SHM_HUGE_1GB'),
      CONCAT('0x', LOWER(HEX(NULLIF(e.flags & ~(0x1e00
        | IF(e.flags >> 26 IN (21, 30), 4227858432, 0)), 0)))))
    WHEN e.call_name = 'userfaultfd' THEN CONCAT_WS('|',
      IF(e.flags & 0x1, 'UFFD_USER_MODE_ONLY', NULL),
      IF(e.flags & 0x800, 'O_NONBLOCK', NULL),
      IF(e.flags & 0x80000, 'O_CLOEXEC', NULL),
      IF(e.flags & ~0x80801, CONCAT('0x', LOWER(HEX(e.flags & ~0x80801))), NULL))
    WHEN e.call_name IN ('mmap', 'remap_file_pages') THEN CONCAT_WS('|',
      ELT(FIELD(e.flags & 0xf, 1, 2, 3, 8),
        'MAP_SHARED', 'MAP_PRIVATE', 'MAP_SHARED_VALIDATE', 'MAP_DROPPABLE'),
      IF(e.flags & 0x10, 'MAP_FIXED', NULL),
      IF(e.flags & 0x20, 'MAP_ANONYMOUS', NULL),
      IF(e.flags & 0x40 AND r.arch = 'x86_64', 'MAP_32BIT', NULL),
      IF(e.flags & 0x80 AND r.arch = 'x86_64', 'MAP_ABOVE4G', NULL),
      IF(e.flags & 0x100, 'MAP_GROWSDOWN', NULL),
      IF(e.flags & 0x800, 'MAP_DENYWRITE', NULL),
      IF(e.flags & 0x1000, 'MAP_EXECUTABLE', NULL),
      IF(e.flags & 0x2000, 'MAP_LOCKED', NULL),
      IF(e.flags & 0x4000, 'MAP_NORESERVE', NULL),
      IF(e.flags & 0x8000, 'MAP_POPULATE', NULL),
      IF(e.flags & 0x10000, 'MAP_NONBLOCK', NULL),
      IF(e.flags & 0x20000, 'MAP_STACK', NULL),
      IF(e.flags & 0x40000, 'MAP_HUGETLB', NULL),
      IF(e.flags & 0x80000, 'MAP_SYNC', NULL),
      IF(e.flags & 0x100000, 'MAP_FIXED_NOREPLACE', NULL),
      -- mmap(2): with MAP_HUGETLB the six top bits are log2 of the page size.
      IF(e.flags & 0x40000,
        ELT(FIELD(e.flags >> 26, 14, 16, 19, 20, 21, 23, 24, 25, 28, 29, 30, 31, 34),
          'MAP_HUGE_16KB', 'MAP_HUGE_64KB', 'MAP_HUGE_512KB', 'MAP_HUGE_1MB', 'MAP_HUGE_2MB',
          'MAP_HUGE_8MB', 'MAP_HUGE_16MB', 'MAP_HUGE_32MB', 'MAP_HUGE_256MB', 'MAP_HUGE_512MB',
          'MAP_HUGE_1GB', 'MAP_HUGE_2GB', 'MAP_HUGE_16GB'),
        IF(e.flags & 0x4000000, 'MAP_UNINITIALIZED', NULL)),
      CONCAT('0x', LOWER(HEX(NULLIF(e.flags & ~(0x1ff930
        | IF(r.arch = 'x86_64', 192, 0)
        | IF(e.flags & 0xf IN (1, 2, 3, 8), 15, 0)
        | IF(e.flags & 0x40000,
            IF(e.flags >> 26 IN (14, 16, 19, 20, 21, 23, 24, 25, 28, 29, 30, 31, 34), 4227858432, 0),
            67108864)), 0)))))
    ELSE IF(e.flags, CONCAT('0x', LOWER(HEX(e.flags))), '')
  END AS flags,
  e.fd,
  e.file_offset,
  n.text AS path,
  CONCAT(IF(e.dev >> 32 < 16, '0', ''), LOWER(HEX(e.dev >> 32)), ':',
    IF(e.dev & 0xffffffff < 16, '0', ''), LOWER(HEX(e.dev & 0xffffffff)))
    AS dev,
  e.inode,
  CASE
    WHEN e.error IS NOT NULL THEN '-1'
    WHEN e.call_name IN ('brk', 'map_shadow_stack', 'mmap', 'mremap', 'shmat')
      THEN CONCAT('0x', LOWER(HEX(e.ret)))
    ELSE CAST(e.ret AS CHAR)
  END AS ret,
  e.error,
  e.duration / 1e9 AS duration,
  e.body
FROM memory_event e
LEFT JOIN run r ON r.run = e.run
LEFT JOIN name n ON n.run = e.run AND n.id = e.path;

INSERT INTO memtrace_schema (version, applied_at) VALUES (5, UTC_TIMESTAMP())
  ON DUPLICATE KEY UPDATE version = VALUES(version);
