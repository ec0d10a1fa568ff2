# What can't be attached to is refused in one sentence that says why, and what to do.
# engine: ptrace
# shellcheck shell=bash
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
refuse() { # WHAT PART MEMTRACE ARGS...
	local what=$1 part=$2
	shift 2
	timeout 20 "$@" 2>words </dev/null
	equal "status: $what" $? 125
	contains "words: $what" "$(cat words)" "$part"
	equal "lines: $what" "$(wc -l <words)" 1
}
"$PROGS/attach_sleeper" nanosleep 1000 >out &
pid=$!
wait_for grep -qs ready out

refuse "no such process" "there is no such process" "$MEMTRACE" -q -p 4194304
refuse "not an id" "isn't the id of a process; for a name: -p \"\$(pidof NAME)\"" "$MEMTRACE" -q -p 12x
refuse "zero" "isn't the id of a process" "$MEMTRACE" -q -p 0
refuse "none" "is there no such process?" "$MEMTRACE" -q -p ""
refuse "an ancestor" "memtrace runs under it" "$MEMTRACE" -q -p $$
refuse "-E without a command" "is for a command" "$MEMTRACE" -q -p $pid -E A=B
refuse "-u without a command" "is for a command" "$MEMTRACE" -q -p $pid -u root
# shellcheck disable=SC2016 # the inner shell's
refuse "itself" "it is memtrace itself" sh -c 'exec "$0" -q -p $$' "$MEMTRACE"
if [ -e /proc/2/status ] && grep -q kthreadd /proc/2/comm; then
	refuse "a kernel thread" "kernel thread" "$MEMTRACE" -q -p 2
fi

# It ends, and its parent doesn't wait for it.
/usr/bin/python3 -c 'import os, signal
print(os.fork() or os._exit(0), flush=True)
signal.pause()' >zombie &
parent=$!
wait_for test -s zombie
wait_for grep -qs '^State:.Z' "/proc/$(cat zombie)/status"
refuse "a zombie" "it has ended already" "$MEMTRACE" -q -p "$(cat zombie)"
kill $parent

"$MEMTRACE" -q -p $pid -o t.jsonl &
tracer=$!
wait_for grep -qs attach t.jsonl
refuse "already traced" "memtrace ($tracer) traces it" "$MEMTRACE" -q -p $pid
kill -TERM $tracer
wait $tracer 2>/dev/null

# Whoever reads what we write would wait for us, and we for it.
mkfifo pipe
cat <pipe >was_read &
reader=$!
exec 3>pipe
# shellcheck disable=SC2016 # the inner shell's
refuse "the reader of the output" "reads what memtrace writes" sh -c '"$0" -q -p $1 >&3' "$MEMTRACE" $reader
refuse "the reader of the file" "reads what memtrace writes" "$MEMTRACE" -q -o pipe -p $reader
exec 3>&-
wait $reader
equal "what it read" "$(cat was_read)" ""

# Several, none of which can be.
timeout 20 "$MEMTRACE" -q -p "4194303 4194302" 2>words
equal "status: none of two" $? 125
equal "lines: none of two" "$(wc -l <words)" 3
contains "words: none of two" "$(cat words)" "none of the processes can be traced"
timeout 20 "$MEMTRACE" -q -p 4194303 -- touch started 2>words
equal "status: beside a command" $? 125
[ ! -e started ] || fail "the command was started all the same"

if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	chmod 755 .
	cp "$MEMTRACE" memtrace # where another user can run it
	refuse "another user's" "it runs as root; run memtrace as root or as that user" \
		"${as_user[@]}" ./memtrace -q -p $pid
	"${as_user[@]}" sleep 1000 &
	theirs=$!
	wait_for grep -qs sleep /proc/$theirs/comm
	"${as_user[@]}" ./memtrace -q --duration=1ms -p $theirs >own
	equal "status: one's own" $? 0
	setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace ./memtrace -q -p $theirs 2>words
	equal "status: root without CAP_SYS_PTRACE" $? 125
	contains "words: root without CAP_SYS_PTRACE" "$(cat words)" "--cap-add SYS_PTRACE"
	"${as_user[@]}" /usr/bin/python3 -c 'import ctypes, time
ctypes.CDLL(None).prctl(4, 0)
print("ready", flush=True)
time.sleep(1000)' >undumpable &
	theirs=$!
	wait_for grep -qs ready undumpable
	refuse "not dumpable" "it isn't dumpable" "${as_user[@]}" ./memtrace -q -p $theirs
fi
