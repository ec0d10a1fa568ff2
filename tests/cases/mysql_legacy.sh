# A database of the older script is upgraded with all that it holds, and its interface goes on.
. "$TOP/tests/lib/mysql.sh"
need jq
server_start
dsn_of() { # USER DATABASE
	echo "mysql://$1@localhost/$2?socket=$SOCKET"
}

# As the older script made it; the type of `fecha` and the character set are the variant's.
old_database() { # NAME FECHA CHARSET
	DATABASE=mysql sql <<-SQL || fail "old database $1"
		CREATE DATABASE $1 CHARACTER SET $3;
		USE $1
		SET sql_mode = '', time_zone = '+00:00', lc_time_names = 'es_ES';
		CREATE TABLE procesos (id INT AUTO_INCREMENT PRIMARY KEY, pid INT,
		  nombre_proceso VARCHAR(255), llamada VARCHAR(255), tamanio INT, fecha $2);
		DELIMITER //
		CREATE PROCEDURE insertar_proceso(IN pid INT, IN nombre_proceso VARCHAR(255),
		  IN llamada VARCHAR(255), IN tamanio INT, IN fecha VARCHAR(50))
		BEGIN
		  INSERT INTO procesos (pid, nombre_proceso, llamada, tamanio, fecha)
		  VALUES (pid, nombre_proceso, llamada, tamanio, IF('$2' LIKE 'VARCHAR%', fecha,
		    STR_TO_DATE(fecha, '%a %b %d %H:%i:%s %Y')));
		END//
		DELIMITER ;
		CALL insertar_proceso(4711, 'bash', 'mmap', 8192, 'Sun Nov 22 15:12:53 2026');
		CALL insertar_proceso(4711, 'bash', 'munmap', 2147483647, 'Mon Feb 29 00:00:00 2016');
		INSERT INTO procesos (pid, nombre_proceso, llamada, tamanio, fecha)
		  SELECT 1000 + seq % 40, CONCAT('prog', seq % 7), IF(seq % 3, 'mmap', 'munmap'),
		    seq * 4096, IF('$2' LIKE 'VARCHAR%',
		      CONCAT('Sun Nov 22 ', SEC_TO_TIME(seq), ' 2026'),
		      TIMESTAMP'2026-11-22 00:00:00' + INTERVAL seq SECOND)
		  FROM seq_1_to_3000;
		INSERT INTO procesos VALUES (5000, NULL, NULL, NULL, NULL, NULL),
		  (5001, 1, 'it''s "a" \\\\ % 100%', 'mremap', 0, 'Thu Jan 01 00:00:01 1970'),
		  (70000, 2, 'tab\tnew\nline', 'brk', 1, IF('$2' LIKE 'VARCHAR%',
		    'Wed Jan 19 03:14:07 2033', TIMESTAMP'2033-01-19 03:14:07'));
		UPDATE procesos SET fecha = TIMESTAMP'2001-09-09 01:46:40' WHERE id = 5001
		  AND '$2' NOT LIKE 'VARCHAR%';
		DELETE FROM procesos WHERE id % 11 = 3;
	SQL
}

upgrade() { # NAME: and what must hold then
	export DATABASE=$1
	sql -e "SELECT id, pid, nombre_proceso, llamada, tamanio, $2 FROM procesos ORDER BY id" >old
	equal "old rows of $1" "$(($(wc -l <old) > 2700))" 1
	"$MEMTRACE" import --init --mysql="$(dsn_of root "$1")" 2>err || fail "--init of $1: $(cat err)"
	equal "migrations" "$(grep -c applying err)" "$(set -- "$TOP"/sql/[0-9]*.sql && echo $#)"
	sql <"$TOP/sql/grants.sql" || fail "grants.sql"
	equal "kinds in $1" "$(sql -e "SELECT table_name, table_type FROM information_schema.tables
		WHERE table_schema = '$1' AND table_name LIKE 'procesos%' ORDER BY 1" | tr '\n\t' '  ')" \
		"procesos VIEW procesos_anterior BASE TABLE "
	sql -e "SELECT id, pid, nombre_proceso, llamada, tamanio, $2 FROM procesos_anterior
		ORDER BY id" >kept
	cmp old kept || fail "procesos_anterior of $1 isn't the old table"
	sql -e "SELECT id, pid, nombre_proceso, llamada, tamanio, fecha FROM procesos ORDER BY id" >new
	diff old new >differences || fail "procesos of $1: $(head -n 6 differences)"
	everything >before
	"$MEMTRACE" import --init --mysql="$(dsn_of root "$1")" 2>err || fail "--init again"
	equal "--init again" "$(cat err)" ""
	everything | cmp before - || fail "--init again changed something"
	# So does the stock client, with the files themselves.
	for file in "$TOP"/sql/[0-9]*.sql; do
		sql <"$file" || fail "$file by the client"
	done
	everything | diff before - || fail "sql/ again changed something"
	# The procedure was made anew: its grants have to be given again, as sql/ says.
	sql <"$TOP/sql/grants.sql"
	sql -e "SHOW GRANTS FOR memtrace_writer" | grep -c insertar_proceso >>granted
}

everything() { # that is in the database
	sql -e "CHECKSUM TABLE memory_event, name, process, finding, procesos_anterior;
		SELECT run, host, engine, started, last_seq FROM run;
		SELECT version FROM memtrace_schema; SELECT * FROM procesos"
}

as_writer() { # SETTINGS STATEMENT
	sql -u writer --init-command="SET $1" -e "$2"
}

newest() { # what procesos says of the newest row
	sql -e "SET time_zone = '+00:00'; SELECT pid, HEX(nombre_proceso), llamada, tamanio, fecha
		FROM procesos ORDER BY id DESC LIMIT 1" | tr '\t' ' '
}

hex_of() { # TEXT
	printf %s "$1" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F
}

sql_plain() { DATABASE=mysql sql "$@"; }
sql_plain -e "CREATE USER writer@localhost; CREATE USER reader@localhost"
old_database con_datetime DATETIME utf8mb4
old_database con_texto 'VARCHAR(50)' utf8mb4
old_database con_timestamp 'TIMESTAMP NULL' utf8mb4
# What has no date counts as 1970.
upgrade con_texto "COALESCE(STR_TO_DATE(fecha, '%a %b %d %H:%i:%s %Y'), '1970-01-01 00:00:00')"
sql_plain -e "SET GLOBAL time_zone = '+03:00'"
upgrade con_timestamp "COALESCE(CONVERT_TZ(fecha, @@session.time_zone, '+00:00'),
	'1970-01-01 00:00:00')"
upgrade con_datetime "COALESCE(fecha, '1970-01-01 00:00:00')"
sql_plain -e "GRANT memtrace_writer TO writer@localhost; GRANT memtrace_reader TO reader@localhost;
	SET DEFAULT ROLE memtrace_writer FOR writer@localhost;
	SET DEFAULT ROLE memtrace_reader FOR reader@localhost"

# Callers of the procedure notice nothing, whatever their session is like.
last=$(sql -e "SELECT MAX(id) FROM procesos")
for settings in "time_zone = '+00:00'" "time_zone = '-11:00'" "lc_time_names = 'es_ES'" \
	"sql_mode = ''" "sql_mode = 'ANSI_QUOTES'" "sql_mode = 'NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'" \
	"time_zone = '+13:00', lc_time_names = 'ja_JP', sql_mode = 'ANSI,TRADITIONAL'"; do
	as_writer "$settings" "CALL insertar_proceso(4712, 'bash', 'mmap', 4096,
		'Sun Nov 22 15:12:53 2026')" 2>err || fail "CALL with $settings: $(cat err)"
	equal "row with $settings" "$(newest)" "4712 62617368 mmap 4096 2026-11-22 15:12:53"
	now=$(sql -e "SELECT MAX(id) FROM procesos")
	equal "ids of $settings" "$((now > last))" 1
	last=$now
done
equal "new rows" "$(sql -e "SELECT COUNT(*) FROM procesos WHERE pid = 4712")" 7
equal "old ids" "$(sql -e "SELECT MIN(id) > 70000 FROM procesos WHERE pid = 4712")" 1

# ctime(3) pads the day with a blank.
as_writer "sql_mode = ''" "CALL insertar_proceso(1, 'a', 'mmap', 1, 'Tue Feb  3 01:02:03 2026')"
equal "padded day" "$(newest)" "1 61 mmap 1 2026-02-03 01:02:03"
as_writer "sql_mode = ''" "CALL insertar_proceso(1, 'a', 'mmap', 1,
	CONCAT('Tue Feb 3 01:02:03 2026', CHAR(10)))"
equal "with its newline" "$(newest)" "1 61 mmap 1 2026-02-03 01:02:03"

for size in 0 2147483648 3000000000 9223372036854775807 9223372036854775808 18446744073709551615; do
	as_writer "sql_mode = ''" "CALL insertar_proceso(1, 'a', 'munmap', $size,
		'Sun Nov 22 15:12:53 2026')" || fail "size $size"
	equal "size $size" "$(newest)" "1 61 munmap $size 2026-11-22 15:12:53"
done
long=$(printf '%0255d' 7)
for name in "it's" 'a"b' "a''b" "back\\slash" "%s%n" "ñandú €" "😀" "'); DROP TABLE run; --" \
	"" "$long"; do
	as_writer "sql_mode = ''" "CALL insertar_proceso(1, X'$(hex_of "$name")', 'mmap', 1,
		'Sun Nov 22 15:12:53 2026')" || fail "name $name"
	equal "name $name" "$(newest)" "1 $(hex_of "$name") mmap 1 2026-11-22 15:12:53"
done
as_writer "sql_mode = 'NO_BACKSLASH_ESCAPES'" "CALL insertar_proceso(1, 'ñ\\n''', 'mmap', 1,
	'Sun Nov 22 15:12:53 2026')"
equal "as typed" "$(newest)" "1 $(hex_of "ñ\\n'") mmap 1 2026-11-22 15:12:53"

# What is no date is no row.
count=$(sql -e "SELECT COUNT(*) FROM memory_event")
for mode in "''" "'TRADITIONAL'" "'ANSI'"; do
	for date in "''" "NULL" "'yesterday'" "'2026-11-22 15:12:53'" "'Sun Nov 42 15:12:53 2026'" \
		"'dom nov 22 15:12:53 2026'" "'Sun Nov 22 25:12:53 2026'"; do
		as_writer "sql_mode = $mode" "CALL insertar_proceso(1, 'a', 'mmap', 1, $date)" 2>err &&
			fail "the date $date is taken with sql_mode = $mode"
		contains "date $date" "$(cat err)" "ERROR 1"
	done
done
equal "rows" "$(sql -e "SELECT COUNT(*) FROM memory_event")" "$count"

# Each row is a run of its own, a UUID of version 7 that was made now, with one event.
sql -e "SELECT LOWER(HEX(run)), seq, tid FROM memory_event WHERE id > 70000" >runs
equal "runs" "$(cut -f 1 runs | sort -u | wc -l)" "$(wc -l <runs)"
equal "all of version 7, first and alone" "$(grep -cE \
	$'^0[0-9a-f]{11}7[0-9a-f]{3}[89ab][0-9a-f]{15}\t1\tNULL$' runs)" "$(wc -l <runs)"
now=$EPOCHREALTIME
while read -r run _; do
	equal "time of $run" "$((0x${run:0:12} > ${now%.*}000 - 60000 && 0x${run:0:12} <= ${now%.*}999))" 1
done <runs

# A reader can't; and a writer can't do more.
sql -u reader -e "CALL insertar_proceso(1, 'a', 'mmap', 1, 'Sun Nov 22 15:12:53 2026')" 2>err &&
	fail "a reader may insert"
contains "reader" "$(cat err)" "denied"
sql -u writer -e "DELETE FROM procesos_anterior" 2>err && fail "a writer may delete old rows"
contains "writer" "$(cat err)" "denied"

# What is traced shows too: mmap and munmap, whether they succeeded or not, and no other call.
mine=$(sql -e "SELECT MAX(id) FROM procesos")
for prog in call_mmap_refused call_munmap call_brk; do
	"$MEMTRACE" -q --mysql="$(dsn_of writer con_datetime)" -o "$prog.jsonl" -- "$PROGS/$prog" \
		>/dev/null || fail "$prog"
done
# shellcheck disable=SC2016 # jq's
cat call_*.jsonl | jq -r 'select(.call == "mmap" or .call == "munmap") | [.pid, .comm, .call,
	(.length | tostring), (.time[0:10] + " " + .time[11:19])] | join("\t")' | sort >expected
for zone in +00:00 +05:30 -08:00; do
	sql --init-command="SET time_zone = '$zone'" -u reader -e "SELECT pid, nombre_proceso, llamada,
		tamanio, fecha FROM procesos WHERE id > $mine" | sort >got
	# Lengths beyond 2^53 are jq's undoing.
	diff <(awk -F '\t' 'length($4) < 16' expected) <(awk -F '\t' 'length($4) < 16' got) >differences ||
		fail "traced calls at $zone: $(head -n 6 differences)"
	equal "rows at $zone" "$(wc -l <got)" "$(wc -l <expected)"
done
equal "failed ones" "$(sql -e "SELECT COUNT(*) > 3 FROM procesos p
	JOIN memory_event e ON e.id = p.id WHERE e.error IS NOT NULL AND p.llamada = 'mmap'")" 1

# An empty table, and none at all.
DATABASE=mysql sql -e "CREATE DATABASE vacia; CREATE TABLE vacia.procesos (id INT AUTO_INCREMENT
	PRIMARY KEY, pid INT, nombre_proceso VARCHAR(255), llamada VARCHAR(255), tamanio INT,
	fecha DATETIME)"
for name in vacia ninguna; do
	"$MEMTRACE" import -q --init --mysql="$(dsn_of root "$name")" || fail "--init of $name"
	equal "$name" "$(DATABASE=$name sql -e "SELECT COUNT(*) FROM procesos; SELECT COUNT(*) FROM run" |
		tr '\n' ' ')" "0 0 "
done

# The older script's tables have the server's own character set, latin1 for most; and a date may be
# one that nanoseconds in 64 bits can't tell. All of these are told, not only the first.
wrong=
small_database() { # NAME CHARSET VALUES
	DATABASE=mysql sql -e "CREATE DATABASE $1 CHARACTER SET $2; USE $1; SET sql_mode = '';
		CREATE TABLE procesos (id INT AUTO_INCREMENT PRIMARY KEY, pid INT,
		nombre_proceso VARCHAR(255), llamada VARCHAR(255), tamanio INT, fecha DATETIME);
		INSERT INTO procesos VALUES $3"
	"$MEMTRACE" import -q --init --mysql="$(dsn_of root "$1")" 2>err || wrong+="$1: $(cat err)"$'\n'
}
small_database viejo latin1 "(3, 1, 'ñandú €', 'mmap', 5, '2026-11-22 15:12:53')"
got=$(DATABASE=viejo sql -e "SELECT id, HEX(nombre_proceso) FROM procesos" 2>&1 | tr '\t' ' ')
[ "$got" = "3 $(hex_of "ñandú €")" ] || wrong+="names of a latin1 table: $got"$'\n'
small_database lejos utf8mb4 "(3, 1, 'a', 'mmap', 5, '9999-12-31 23:59:59'),
	(4, 1, 'a', 'mmap', 5, '1901-01-01 00:00:00'), (5, 1, 'a', 'mmap', 5, '0000-00-00 00:00:00')"
got=$(DATABASE=lejos sql -e "SELECT id, fecha FROM procesos WHERE id > 3 ORDER BY id" 2>&1 |
	tr '\n\t' '  ')
[ "$got" = "4 1901-01-01 00:00:00 5 1970-01-01 00:00:00 " ] || wrong+="odd dates: $got"$'\n'
# Who may call the procedure may still do so when sql/ was applied again.
[ "$(tr '\n' ' ' <granted)" = "1 2 3 " ] ||
	wrong+="grants on insertar_proceso that are left after sql/ again: $(tr '\n' ' ' <granted)"
[ -z "$wrong" ] || fail "$wrong"
