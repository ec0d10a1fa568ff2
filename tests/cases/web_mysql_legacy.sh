# What programs of the older system insert is on the page, however late their transactions are committed.
. "$TOP/tests/lib/mysql.sh"
. "$TOP/tests/lib/web.sh"
server_start
server_init
trap 'kill -KILL "$PAGE_PID" 2>/dev/null; server_kill' EXIT
old=00000000-0000-7000-8000-000000000000
row() { # PID: a statement that inserts it
	echo "CALL insertar_proceso($1, 'prog', 'mmap', 4096, 'Sun Nov 29 08:00:00 2026');"
}
slow() { # NAME STATEMENTS: in a session of its own, which goes on; $NAME is where it takes more
	mkfifo "$1.to" "$1.from"
	sql -n <"$1.to" >"$1.from" &
	exec {to}>"$1.to" {from}<"$1.from"
	declare -g "$1=$to" "$1_from=$from"
	say_to "$1" "$2"
}
say_to() { # NAME STATEMENTS: until they are done
	local from=$1_from
	echo "$2 SELECT 'done';" >&"${!1}"
	read -r -t 30 _ <&"${!from}" || fail "no answer to $2"
}
shows() { # PIDS: just these rows
	is_true "/api/v1/events?run=$old&limit=1000" "[.events[].pid] == [$1]"
}

# Ids are taken in the order of the statements: 1 slow, 2 fast, 3 given back, 4 slow again, 5 fast.
sql -e "$(row 1)"
page_start serve --mysql="$READER_DSN"
wait_for shows 1
slow one "START TRANSACTION; $(row 111)"
sql -e "$(row 222)"
wait_for shows 1,222
sql -e "START TRANSACTION; $(row 333) ROLLBACK"
slow two "START TRANSACTION; $(row 444) $(row 445)"
sql -e "$(row 555)"
wait_for shows 1,222,555
say_to one 'COMMIT;'
wait_for shows 1,222,555,111
say_to two 'COMMIT;'
wait_for shows 1,222,555,111,444,445
sql -e "$(row 666)"
wait_for shows 1,222,555,111,444,445,666

# More at once than a poll reads, with ids that nobody has in between, each once.
sql -e "INSERT INTO memory_event (run, seq, id, type, at, pid)
	SELECT UNHEX(MD5(seq)), 1, 1000 + seq * 2, 'call', 0, 777 FROM seq_1_to_12000"
counted() { is_true "/api/v1/run?run=$old" '.run.calls == 12007'; }
wait_for counted
sql -e "$(row 888)"
wait_for is_true "/api/v1/run?run=$old" '.run.calls == 12008'
page_stop
equal ended "$STATUS" 0

# What is older than 1970 counts as that, as a call and as what was in the table of the older system.
sql -e "TRUNCATE memory_event; CALL insertar_proceso(1, 'prog', 'mmap', 4096, 'Tue Jan 01 00:00:00 1901');
	CALL insertar_proceso(2, 'prog', 'mmap', 4096, 'Thu Jan 01 00:00:05 1970');
	INSERT INTO memory_event (run, seq, type, at, pid) VALUES (UNHEX('00000000000070008000000070726f63'), 1, 'call', -5, 3);
	INSERT INTO run (run, host, engine, started, last_seq, seen_at)
	VALUES (UNHEX('00000000000070008000000070726f63'), '', 'insertar_proceso', -5, 1, UTC_TIMESTAMP(6))"
page_start serve --mysql="$READER_DSN"
times() { get "/api/v1/events?run=$1" | jq -c '[.events[] | [.pid, .time, .elapsed]]'; }
wait_for shows 1,2
equal 'times of calls' "$(times $old)" '[[1,"1970-01-01T00:00:00.000000000Z",0],[2,"1970-01-01T00:00:05.000000000Z",5]]'
before=00000000-0000-7000-8000-000070726f63
wait_for is_true "/api/v1/events?run=$before" '.events != []'
equal 'time of before' "$(times $before)" '[[3,"1970-01-01T00:00:00.000000000Z",null]]'
page_stop
