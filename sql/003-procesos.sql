-- The interface of the system that memtrace replaces: the table `procesos`, now a view, and the
-- procedure `insertar_proceso`. What was in the table stays visible under the ids it had; the table
-- itself is kept as `procesos_anterior`.

-- Its rows become events of one run, which is named after the procedure. `fecha` may be a date or
-- the text that insertar_proceso takes; what is neither counts as 1970, and what 64 bits of
-- nanoseconds can't hold as the last second that they can. A negative size was one that INT couldn't
-- hold. They are copied before the table is renamed, so that nothing is missing if that fails; and
-- once more behind it, for what came in between.
SET @modo = @@SESSION.sql_mode;
SET SESSION sql_mode = '';
SET @es_tabla = (SELECT COUNT(*) FROM information_schema.tables
  WHERE table_schema = DATABASE() AND table_name = 'procesos' AND table_type = 'BASE TABLE');
SET @copia =
  'INSERT INTO memory_event (run, seq, id, type, at, pid, comm, call_name, length)
   SELECT UNHEX(''00000000000070008000000070726f63''), a.id, a.id, ''call'',
     GREATEST(LEAST(COALESCE(TIMESTAMPDIFF(SECOND, TIMESTAMP''1970-01-01 00:00:00'',
       COALESCE(STR_TO_DATE(a.fecha, ''%a %b %d %H:%i:%s %Y''), CAST(a.fecha AS DATETIME))), 0),
       9223372035), -9223372036) * 1000000000,
     a.pid, CONVERT(a.nombre_proceso USING utf8mb4), CONVERT(a.llamada USING utf8mb4),
     IF(a.tamanio < 0, NULL, a.tamanio)
   FROM procesos_anterior a ORDER BY a.id
   ON DUPLICATE KEY UPDATE seq = memory_event.seq';
SET @todo = IF(@es_tabla, REPLACE(@copia, 'procesos_anterior', 'procesos'), 'DO 0');
PREPARE todo FROM @todo;
EXECUTE todo;
DEALLOCATE PREPARE todo;
SET @todo = IF(@es_tabla, 'RENAME TABLE procesos TO procesos_anterior', 'DO 0');
PREPARE todo FROM @todo;
EXECUTE todo;
DEALLOCATE PREPARE todo;
SET @anterior = (SELECT COUNT(*) FROM information_schema.tables
  WHERE table_schema = DATABASE() AND table_name = 'procesos_anterior');
SET @todo = IF(@anterior, @copia, 'DO 0');
PREPARE todo FROM @todo;
EXECUTE todo;
DEALLOCATE PREPARE todo;
SET SESSION sql_mode = @modo;
INSERT INTO run (run, host, engine, started, last_seq, seen_at)
  SELECT run, '', 'insertar_proceso', MIN(at), MAX(seq), UTC_TIMESTAMP(6) FROM memory_event
  WHERE run = UNHEX('00000000000070008000000070726f63') GROUP BY run
  ON DUPLICATE KEY UPDATE last_seq = VALUES(last_seq);

-- Only rows of the older interface have no tid; they are shown whatever call they name.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW procesos AS
SELECT
  id,
  pid,
  CONVERT(comm USING utf8mb4) AS nombre_proceso,
  CONVERT(call_name USING utf8mb4) AS llamada,
  length AS tamanio,
  TIMESTAMPADD(SECOND, at DIV 1000000000, TIMESTAMP'1970-01-01 00:00:00') AS fecha
FROM memory_event
WHERE type = 'call' AND (call_name IN ('mmap', 'munmap') OR tid IS NULL);

-- The run is a fresh UUID of version 7: milliseconds, then what chance gives.
DROP PROCEDURE IF EXISTS insertar_proceso;
CREATE PROCEDURE insertar_proceso(
  IN pid_in INT,
  IN nombre_proceso_in VARCHAR(255) CHARACTER SET utf8mb4,
  IN llamada_in VARCHAR(255) CHARACTER SET utf8mb4,
  IN tamanio_in BIGINT UNSIGNED,
  IN fecha_in VARCHAR(50) CHARACTER SET utf8mb4)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'One call, dated as ctime(3) does: Sun Nov 22 15:12:53 2026, UTC'
  INSERT INTO memory_event (run, seq, type, at, pid, comm, call_name, length)
  VALUES (
    UNHEX(CONCAT(
      LPAD(HEX(FLOOR(UNIX_TIMESTAMP(NOW(3)) * 1000)), 12, '0'),
      '7', SUBSTR(MD5(CONCAT(UUID(), RAND())), 1, 3),
      '8', SUBSTR(MD5(CONCAT(RAND(), UUID(), CONNECTION_ID())), 1, 15))),
    1,
    'call',
    TIMESTAMPDIFF(SECOND, TIMESTAMP'1970-01-01 00:00:00',
      STR_TO_DATE(fecha_in, '%a %b %d %H:%i:%s %Y')) * 1000000000,
    pid_in, nombre_proceso_in, llamada_in, tamanio_in);

INSERT INTO memtrace_schema (version, applied_at) VALUES (3, UTC_TIMESTAMP())
  ON DUPLICATE KEY UPDATE version = VALUES(version);
