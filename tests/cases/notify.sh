# Engine notify: what can't live under ptrace(2) can be traced, and nothing but results is missing.
# shellcheck shell=bash
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
notify() { "$MEMTRACE" -q --engine=notify "$@"; }
count() { jq -r "$1" "$2" | sort | uniq -c | awk '{print $1 $2}' | paste -sd,; }

# Requests as ptrace sees them, without what comes of them; exec before the first call; exits.
setarch -R true 2>/dev/null && still="setarch -R"
for engine in ptrace notify; do
	# shellcheck disable=SC2086 # a command, or none
	${still-} "$MEMTRACE" -q --engine=$engine -o $engine.jsonl -- "$PROGS/wl_exec_nonleader"
	equal "status, $engine" $? 0
	jq -c 'select(.call) | [.comm, .call, .length, .prot, .flags]' $engine.jsonl | sort >$engine.calls
	jq -c 'select(.type == "exec" or .type == "exit") | [.type, .exe, .argv, .code]' $engine.jsonl |
		sort >$engine.life
done
[ "$(wc -l <notify.calls)" -gt 20 ] || fail "there are few calls"
if [ -n "${still-}" ]; then
	diff ptrace.calls notify.calls >difference || fail "calls differ: $(head -c 1000 difference)"
fi
diff <(sed 's/,\(null\|[0-9]*\)\]$//' ptrace.life) <(sed 's/,\(null\|[0-9]*\)\]$//' notify.life) >difference ||
	fail "execs and exits differ: $(cat difference)"
equal "results" "$(jq -c 'select(.call) | .ret' notify.jsonl | sort -u)" null
equal "end" "$(tail -n 1 notify.jsonl | jq -c '[.coverage, .reasons]')" '["partial",["entry_only_engine"]]'
notify -o tree.jsonl -- sh -c '/bin/true; (/bin/echo word); exec /bin/true' >out
equal "execs" "$(jq -r 'select(.type == "exec").exe' tree.jsonl | xargs -n1 basename | paste -sd,)" \
	"$(readlink -f /bin/sh | xargs basename),true,echo,true"
equal "each process begins with" \
	"$(jq -s -c '[.[1:-1] | group_by(.pid)[][0].type] | unique' tree.jsonl)" '["exec"]'

# Debuggers, tracers, LeakSanitizer.
if command -v gdb >/dev/null; then
	notify -o gdb.jsonl -- gdb -nx -batch -ex 'break main' -ex run -ex continue "$PROGS/static_hello" >gdb.out 2>&1
	contains "gdb" "$(cat gdb.out)" "exited normally"
	contains "gdb's program" "$(count 'select(.type == "exec").comm' gdb.jsonl)" static_hello
fi
notify -o strace.jsonl -- strace -f -o strace.out "$PROGS/tracee_ptrace" >out
contains "strace" "$(cat strace.out)" "+++ exited with"
equal "a program that traces" "$(notify -o /dev/null -- "$PROGS/tracee_ptrace" | grep -c "done")" 3
cat >leak.c <<'C'
#include <stdlib.h>
void *volatile kept;
int main(void)
{
	kept = malloc(1234);
	kept = NULL;
	return 0;
}
C
if gcc -g -fsanitize=address -o leak leak.c 2>/dev/null; then
	notify -o leak.jsonl -- ./leak 2>leak.out
	equal "status with a leak" $? 1
	contains "LeakSanitizer" "$(cat leak.out)" "1234 byte(s) leaked"
fi

# Who dies isn't waited for, and what a filter of the program's own may hide is said.
notify -o killed.jsonl -- sh -c 'kill -KILL $$'
equal "a killed command" $? 137
notify -o strict.jsonl -- "$PROGS/call_filtered" >/dev/null
equal "reasons with a filter of its own" "$(tail -n 1 strict.jsonl | jq -c .reasons)" \
	'["entry_only_engine","foreign_seccomp_filter"]'

# What it can't do is said in a sentence.
refuse() { # PART ARGS...
	"$MEMTRACE" -q "${@:2}" >out 2>words
	equal "status: $1" $? 125
	contains "words" "$(cat words)" "$1"
}
refuse "which --seccomp=off excludes" --engine=notify --seccomp=off -- true
refuse "-z and -Z need results" --engine=notify -z -- true
refuse "can't attach to running processes; --engine=ptrace can" --engine=notify -p 1
refuse "there is a seccomp listener already" --engine=notify -- "$MEMTRACE" -q --engine=notify -- true
refuse "no such engine" --engine=none -- true
equal "status of nothing" "$(notify -- nonesuch 2>/dev/null; echo $?)" 127

# Killed at any moment, it leaves the command running to its end.
for round in {1..25}; do
	rm -f over started
	# shellcheck disable=SC2016 # the command's
	notify -o killed.jsonl -- sh -c ': >started; for i in 1 2 3; do /bin/true; done; "$0" 200; echo >over' "$PROGS/map_storm" &
	tracer=$!
	/usr/bin/python3 -c "import select; select.select([], [], [], 0.003 * $round)"
	kill -KILL $tracer 2>/dev/null
	wait $tracer 2>/dev/null
	[ -e started ] || continue # killed before it had begun
	wait_for test -e over
done

# The next trace may write where the last one has just ended.
for round in {1..100}; do
	notify -o same.jsonl -- true || fail "round $round: status $?"
done
