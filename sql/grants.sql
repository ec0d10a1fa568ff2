-- Three roles, for the database that is in use when this is applied (by somebody who may create
-- roles):
--
--   mariadb memtrace <grants.sql
--   mariadb -e "CREATE USER agent@'10.%' IDENTIFIED BY '…'; GRANT memtrace_writer TO agent@'10.%'"
--   mariadb -e "SET DEFAULT ROLE memtrace_writer FOR agent@'10.%'"     (MySQL: TO instead of FOR)

CREATE ROLE IF NOT EXISTS memtrace_writer;
CREATE ROLE IF NOT EXISTS memtrace_reader;
CREATE ROLE IF NOT EXISTS memtrace_admin;

-- What memtrace --mysql, memtrace import and insertar_proceso need. An INSERT that leaves rows alone
-- which are there already (ON DUPLICATE KEY UPDATE seq = seq) counts as an update.
GRANT SELECT ON memtrace_schema TO memtrace_writer;
GRANT SELECT, INSERT, UPDATE ON run TO memtrace_writer;
GRANT SELECT, INSERT ON name TO memtrace_writer;
GRANT SELECT, INSERT, UPDATE ON memory_event TO memtrace_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON process TO memtrace_writer;
GRANT SELECT, INSERT, UPDATE ON finding TO memtrace_writer;
GRANT SELECT ON procesos TO memtrace_writer;
GRANT EXECUTE ON PROCEDURE insertar_proceso TO memtrace_writer;

-- What memtrace export and the queries need.
GRANT SELECT ON memtrace_schema TO memtrace_reader;
GRANT SELECT ON run TO memtrace_reader;
GRANT SELECT ON name TO memtrace_reader;
GRANT SELECT ON memory_event TO memtrace_reader;
GRANT SELECT ON process TO memtrace_reader;
GRANT SELECT ON finding TO memtrace_reader;
GRANT SELECT ON event_named TO memtrace_reader;
GRANT SELECT ON procesos TO memtrace_reader;

-- What memtrace import --init needs, and whoever deletes old runs.
SET @todo = CONCAT('GRANT ALL PRIVILEGES ON `', REPLACE(DATABASE(), '`', '``'),
  '`.* TO memtrace_admin');
PREPARE todo FROM @todo;
EXECUTE todo;
DEALLOCATE PREPARE todo;
