# Where the kernel doesn't say what calls a task makes, that's said, nothing is started, and targets live.
# engine: ptrace
# shellcheck shell=bash
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" # ours comes first
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
blind() { LD_PRELOAD=$PROGS/lib_no_syscall_info.so "$MEMTRACE" -q "$@" 2>words; }
for mode in auto off; do
	equal "status, $mode" "$(status_of blind -E LD_PRELOAD --seccomp=$mode -o t.jsonl -- touch started)" 125
	contains "words, $mode" "$(cat words)" "ptrace needs Linux 5.3 or later"
	equal "lines said, $mode" "$(wc -l <words)" 1
	[ ! -e started ] || fail "the command was started"
done
mkfifo input
"$PROGS/attach_sleeper" read 1000 <input >target.out &
target=$!
exec 3>input
wait_for grep -qs ready target.out
equal "status, attached" "$(status_of blind -o t.jsonl -p $target)" 125
contains "words, attached" "$(cat words)" "ptrace needs Linux 5.3 or later"
echo >&3
wait $target
equal "status of the target" $? 9
contains "what it says" "$(cat target.out)" "1 Success"
