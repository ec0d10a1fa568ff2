# A trace that memtrace replay reads as it is written may be long in coming: what there is of it goes on meanwhile.
# shellcheck shell=bash
"$MEMTRACE" -q -o trace.jsonl -- sh -c true
lines=$(wc -l <trace.jsonl)
mkfifo in
written() { # LINES: so many of the first have arrived
	[ "$(wc -l <out.jsonl)" -eq "$1" ] && head -n "$1" trace.jsonl | cmp -s - out.jsonl
}
paused() { # UNPACKED [PACK]: the first five lines, and half of the sixth; then the rest
	: >out.jsonl
	"$MEMTRACE" replay -o out.jsonl in &
	local replay=$! half=$(($(head -n 5 trace.jsonl | wc -c) + 20))
	exec 3>in
	head -c $half trace.jsonl | "$@" >&3
	wait_for written 5
	tail -c +$((half + 1)) trace.jsonl | "$@" >&3
	wait_for written "$lines"
	exec 3>&-
	wait $replay
	equal "status of $1" $? 0
	cmp trace.jsonl out.jsonl || fail "$1: something else was written"
}
paused cat
paused gzip
paused zstd -q

# The second trace isn't there yet when the first has been read, and ticks come.
: >out.jsonl
for _ in 1 2 3 4 5 6 7 8; do cat trace.jsonl; done >many.jsonl
"$MEMTRACE" replay -o out.jsonl many.jsonl in &
replay=$!
opening() { grep -qE 'wait_for_partner|fifo_open' "/proc/$replay/wchan" && grep -q '^Threads' "/proc/$replay/status"; }
wait_for opening
ticked() { [ "$(awk '/^voluntary/ {print $2}' "/proc/$replay/status")" -gt "$1" ]; }
wait_for ticked $(($(awk '/^voluntary/ {print $2}' "/proc/$replay/status") + 2))
cat trace.jsonl >in
wait $replay
equal "status of a later trace" $? 0
cat many.jsonl trace.jsonl | cmp - out.jsonl || fail "something else was written of a later trace"

# What stands before a broken line is written, too, while that waits for what follows: only a run explains it.
: >out.jsonl
"$MEMTRACE" replay -o out.jsonl in 2>words &
replay=$!
exec 3>in
{ head -n 5 trace.jsonl && sed -n 6p trace.jsonl | cut -c 1-30 && head -c 10 trace.jsonl; } >broken
cat broken >&3
wait_for written 5
tail -c +11 trace.jsonl >&3
exec 3>&-
wait $replay
equal "status behind a broken line" $? 0
{ head -n 5 trace.jsonl; cat trace.jsonl; } | cmp - out.jsonl || fail "behind a broken line: $(cat words)"
sed -n 6p trace.jsonl | cut -c 1-30 | cat - trace.jsonl | sed 2s/start/exec/ >never
"$MEMTRACE" replay never >/dev/null 2>words && fail "a broken line was passed over"
contains "where it is" "$(cat words)" "never:1: not an event"

# Who takes it by a command finds signals as memtrace found them, but for those of the terminal.
(trap '' HUP && "$MEMTRACE" replay -o '|grep SigIgn: /proc/self/status >ignored' trace.jsonl)
(trap '' HUP INT QUIT && grep SigIgn: /proc/self/status) >expected
equal "ignored by a command that takes events" "$(cat ignored)" "$(cat expected)"
