-- What a process had of each metric when its exit or detach event told, and the most it had: bytes,
-- but for vmas. NULL where that event has no usage, and of processes that were loaded by an older
-- memtrace. What has no column here is in the event's body.

-- MySQL can't add a column unless it's there. They come all at once, so one stands for all of them.
SET @there = (SELECT COUNT(*) FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 'process' AND column_name = 'mapped_peak');
SET @todo = IF(@there, 'DO 0', 'ALTER TABLE process
  ADD COLUMN mapped_last BIGINT UNSIGNED NULL,
  ADD COLUMN committed_last BIGINT UNSIGNED NULL,
  ADD COLUMN mapped_peak BIGINT UNSIGNED NULL,
  ADD COLUMN committed_peak BIGINT UNSIGNED NULL,
  ADD COLUMN reserved_peak BIGINT UNSIGNED NULL,
  ADD COLUMN file_peak BIGINT UNSIGNED NULL,
  ADD COLUMN shared_peak BIGINT UNSIGNED NULL,
  ADD COLUMN exec_peak BIGINT UNSIGNED NULL,
  ADD COLUMN stack_peak BIGINT UNSIGNED NULL,
  ADD COLUMN heap_peak BIGINT UNSIGNED NULL,
  ADD COLUMN vmas_peak BIGINT UNSIGNED NULL');
PREPARE todo FROM @todo;
EXECUTE todo;
DEALLOCATE PREPARE todo;

INSERT INTO memtrace_schema (version, applied_at) VALUES (4, UTC_TIMESTAMP())
  ON DUPLICATE KEY UPDATE version = VALUES(version);
