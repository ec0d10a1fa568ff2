-- What memtrace stores, for MariaDB from 10.6 and MySQL from 8.0 alike. `memtrace import --init`
-- applies this folder's files in order; so does the stock client: mariadb DATABASE <001-schema.sql
-- Each can be applied again: what is there stays (but for grants on the procedure of 003, which is
-- made anew: apply grants.sql again after it). A statement ends with a semicolon at the end of a line.
--
-- Times are nanoseconds since 1970, UTC. Names that programs choose are bytes, not text: a path may
-- hold any byte but NUL, so they are VARBINARY and nothing compares, folds or converts them.

CREATE TABLE IF NOT EXISTS memtrace_schema (
  version INT UNSIGNED NOT NULL PRIMARY KEY,
  applied_at DATETIME NOT NULL
) ENGINE=InnoDB;

-- One trace. `body` is its start event as it was written; a finished run has `ended`, and then as
-- many rows in memory_event as last_seq says (unless events were lost).
CREATE TABLE IF NOT EXISTS run (
  run BINARY(16) NOT NULL PRIMARY KEY,
  host VARBINARY(255) NOT NULL,
  arch VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  boot_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  engine VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  command LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  started BIGINT NOT NULL,
  ended BIGINT NULL,
  coverage VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  lost BIGINT UNSIGNED NOT NULL DEFAULT 0,
  status VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  last_seq BIGINT UNSIGNED NOT NULL DEFAULT 0,
  seen_at DATETIME(6) NOT NULL,
  -- How many ids of `name` are taken.
  names INT UNSIGNED NOT NULL DEFAULT 0,
  body LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  KEY run_seen_at (seen_at)
) ENGINE=InnoDB;

-- The long names of a run, each once: memory_event.path is an id of these.
CREATE TABLE IF NOT EXISTS name (
  run BINARY(16) NOT NULL,
  id INT UNSIGNED NOT NULL,
  text VARBINARY(8192) NOT NULL,
  PRIMARY KEY (run, id)
) ENGINE=InnoDB;

-- Every event, whatever its type. What has no column is in `body`, a JSON object with the keys of
-- an event line; so is a value that its column can't hold. Short names (comm, call_name, error)
-- take no more room than an id would. prot and flags are bits: the view event_named spells them.
CREATE TABLE IF NOT EXISTS memory_event (
  run BINARY(16) NOT NULL,
  seq BIGINT UNSIGNED NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  type ENUM('call','exec','fork','exit','attach','detach','lost','finding','end')
    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  at BIGINT NOT NULL,
  pid INT NULL,
  tid INT NULL,
  comm VARBINARY(1020) NULL,
  call_name VARBINARY(1020) NULL,
  addr BIGINT UNSIGNED NULL,
  length BIGINT UNSIGNED NULL,
  prot INT UNSIGNED NULL,
  flags INT UNSIGNED NULL,
  fd INT NULL,
  file_offset BIGINT UNSIGNED NULL,
  path INT UNSIGNED NULL,
  dev BIGINT UNSIGNED NULL,
  inode BIGINT UNSIGNED NULL,
  ret BIGINT UNSIGNED NULL,
  error VARBINARY(32) NULL,
  duration BIGINT UNSIGNED NULL,
  body LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  PRIMARY KEY (run, seq),
  KEY memory_event_id (id)
) ENGINE=InnoDB;

-- A process of a run, from its first event (`born` is that event's seq) to its exit.
CREATE TABLE IF NOT EXISTS process (
  run BINARY(16) NOT NULL,
  born BIGINT UNSIGNED NOT NULL,
  pid INT NOT NULL,
  parent INT NULL,
  -- 1: its beginning wasn't seen, or isn't loaded yet.
  seen_late TINYINT UNSIGNED NOT NULL DEFAULT 0,
  comm VARBINARY(255) NULL,
  exe VARBINARY(8192) NULL,
  started BIGINT NOT NULL,
  ended BIGINT NULL,
  code INT NULL,
  signal_name VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  max_rss BIGINT UNSIGNED NULL,
  PRIMARY KEY (run, born),
  KEY process_pid (run, pid)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS finding (
  run BINARY(16) NOT NULL,
  seq BIGINT UNSIGNED NOT NULL,
  at BIGINT NOT NULL,
  pid INT NULL,
  rule VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  severity VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  message TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  metric VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  measured BIGINT UNSIGNED NULL,
  allowed BIGINT UNSIGNED NULL,
  event_seq BIGINT UNSIGNED NULL,
  PRIMARY KEY (run, seq)
) ENGINE=InnoDB;

INSERT INTO memtrace_schema (version, applied_at) VALUES (1, UTC_TIMESTAMP())
  ON DUPLICATE KEY UPDATE version = VALUES(version);
