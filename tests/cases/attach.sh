# -p: what runs is traced from a moment on, and let go as it was.
# engine: ptrace
# shellcheck shell=bash
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
start() { # NAME ARGS...: a victim that has said its first line
	"$PROGS/$1" "${@:2}" >"$1.out" &
	pid=$!
	wait_for test -s "$1.out"
}
types() { jq -r .type "$1" | uniq | paste -sd,; }
of() { jq -c "select(.pid == $2) | $3" "$1"; }

start attach_sleeper read </dev/zero # ends at once
wait "$pid"
equal "untouched" $? 9

mkfifo go
"$PROGS/attach_sleeper" read >sleeper.out <go &
pid=$!
exec 3>go
wait_for grep -q ready sleeper.out

# By --duration, by SIGINT, by SIGTERM and SIGHUP.
"$MEMTRACE" -q -p $pid --duration=1ms -o t.jsonl
equal "status by --duration" $? 0
equal "types" "$(types t.jsonl)" start,attach,detach,end
equal "targets" "$(head -n 1 t.jsonl | jq -c '[.targets, .command]')" "[[$pid],null]"
equal "attach" "$(of t.jsonl $pid 'select(.type == "attach") | [.tid, .tids, .argv[1], .comm]')" \
	"[$pid,[$pid],\"read\",\"attach_sleeper\"]"
equal "maps" "$(of t.jsonl $pid 'select(.maps) | .maps[] | "\(.start[2:])-\(.end[2:]) \(.perms)"' | tr -d '"')" \
	"$(awk '{print $1, $2}' /proc/$pid/maps | sed -E 's/^0*([0-9a-f]+)-0*/\1-/')"
equal "end" "$(tail -n 1 t.jsonl | jq -c '[.coverage, .reasons, .status]')" '["complete",[],null]'
for signal in INT TERM HUP; do
	case $signal in INT) due=0 ;; TERM) due=143 ;; HUP) due=129 ;; esac
	env --default-signal=INT "$MEMTRACE" -q -p "$pid" -o "$signal.jsonl" &
	tracer=$!
	wait_for grep -qs attach "$signal.jsonl"
	kill -$signal $tracer
	wait $tracer 2>/dev/null
	equal "status by $signal" $? "$due"
	equal "types by $signal" "$(types "$signal.jsonl")" start,attach,detach,end
	equal "tracer after $signal" "$(awk '/^TracerPid/ {print $2}' /proc/$pid/status)" 0
done
"$MEMTRACE" -q -p "$pid" --limit=1 -o limit.jsonl
equal "status by --limit" $? 0
equal "types by --limit" "$(types limit.jsonl)" start,attach,end
equal "reasons by --limit" "$(tail -n 1 limit.jsonl | jq -c .reasons)" '["limit_reached"]'

# Several, in any spelling, each once; one that goes by itself ends it; what was refused is said.
"$PROGS/attach_sleeper" nanosleep 1000 >other.out &
other=$!
wait_for grep -q ready other.out
"$MEMTRACE" -q -p "$pid, $other
$pid" -p $other --duration=1ms -o two.jsonl
equal "status of two" $? 0
equal "targets of two" "$(head -n 1 two.jsonl | jq -c .targets)" "[$pid,$other]"
equal "attach of two" "$(jq -c 'select(.type == "attach").pid' two.jsonl | sort | paste -sd,)" \
	"$(printf '%s\n' $pid $other | sort | paste -sd,)"
"$MEMTRACE" -q -p "$pid 4194304" --duration=1ms -o some.jsonl 2>words
equal "status of some" $? 0
equal "words of some" "$(cat words)" "memtrace: can't attach to 4194304: there is no such process"
"$MEMTRACE" -q -p $pid -o ends.jsonl &
tracer=$!
wait_for grep -qs attach ends.jsonl
echo >&3
exec 3>&-
wait $pid
equal "the victim's status" $? 9
wait $tracer
equal "status when all have ended" $? 0
equal "exit" "$(of ends.jsonl $pid 'select(.type == "exit").code')" 9
contains "the victim's words" "$(cat sleeper.out)" "1 Success"

# Together with a command: both are traced; the end of the command isn't that of the trace.
"$MEMTRACE" -q -p $other -o both.jsonl -- sh -c 'echo word; exit 3' >out &
tracer=$!
wait_for grep -qs '"type":"exit"' both.jsonl
equal "the command's output" "$(cat out)" word
kill -TERM $tracer
wait $tracer 2>/dev/null
equal "status of both" $? 143
equal "both" "$(jq -r 'select(.type == "attach" or .type == "exec" or .type == "detach") | "\(.type) \(.comm)"' both.jsonl |
	sort | paste -sd,)" "attach attach_sleeper,detach attach_sleeper,exec sh"
