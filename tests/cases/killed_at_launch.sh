# memtrace killed before it traces its child: the child, which waits for it, ends too.
# shellcheck shell=bash
need strace
strace -o none -e trace=execve -e inject=getpid:error=EPERM true 2>/dev/null ||
	skip "this strace can't inject"

left() { pgrep -f -- "$PWD/started"; }
nobody_is_left() { ! left >pids; }
trap 'left | xargs -r kill -KILL' EXIT

# By its first ptrace(2), which would have made the child its own.
for mode in auto off; do
	strace -o calls -e trace=ptrace -e inject=ptrace:signal=KILL:when=1 \
		"$MEMTRACE" -q --seccomp=$mode -o t.jsonl -- touch "$PWD/started" 2>words
	equal "status of memtrace, $mode" $? 137
	wait_for nobody_is_left
done
