# When the command has ended, ^C and SIGTERM end the waiting for a server at once; what remains is kept.
# mostly waits
. "$TOP/tests/lib/mysql.sh"
server_start
server_init
ended() { [ -e ended ] && ! pgrep -P "$traced" >/dev/null; }
for signal in INT TERM HUP; do
	case $signal in
	INT) due=3 ;; # the command's own
	TERM) due=143 ;;
	HUP) due=129 ;;
	esac
	rm -f ended
	# Shells start what runs beside them with SIGINT ignored.
	env --default-signal=INT "$MEMTRACE" --mysql="$DSN" -o trace.jsonl -- \
		sh -c "kill -STOP $SERVER_PID; touch ended; exit 3" 2>err &
	traced=$!
	wait_for ended
	waits() { grep -q "waiting for the database" err; }
	wait_for waits
	begin=$SECONDS
	kill -$signal "$traced"
	wait "$traced"
	equal "status after SIG$signal" $? "$due"
	[ $((SECONDS - begin)) -lt 5 ] || fail "SIG$signal took $((SECONDS - begin)) s"
	kill -CONT "$SERVER_PID"
	contains "standard error" "$(cat err)" "memtrace import --spool"
	"$MEMTRACE" import -q --spool --mysql="$DSN" || fail "import --spool: status $?"
	database_equals trace.jsonl
	spool_is_empty
done
