# The same calls, arguments, results and order per thread as strace sees in a run of its own.
set -e
need strace
# What differs from run to run by a program's own choice is held still: addresses by setarch -R,
# gcc's temporary names by keeping them, python by its hash seed and modules compiled before, node by
# its seed and no workers, stress-ng by its seed. And they run in a folder where nothing else appears: python
# lists it when it looks for modules, and a name more can be an arena earlier.
export NODE_OPTIONS=--v8-pool-size=0 PYTHONHASHSEED=0

compare() { # NAME COMMAND...
	local name=$1
	shift
	# shellcheck disable=SC2046 # one word an option
	setarch -R strace $("$TOP/tests/lib/strace_events.py" --options) -o "../$name.strace" "$@" \
		>/dev/null 2>"../$name.err" </dev/null || fail "$name under strace: $(tail -n 3 "../$name.err")"
	setarch -R "$MEMTRACE" -q -o "../$name.jsonl" -- "$@" \
		>/dev/null 2>"../$name.err" </dev/null || fail "$name under memtrace: $(tail -n 3 "../$name.err")"
	tool compare_strace "../$name.strace" "../$name.jsonl" | sed "s/^/$name: /"
	[ "${PIPESTATUS[0]}" = 0 ] || fail "$name differs"
}

mkdir run && cd run
echo 'int main(void) { return 0; }' >unit.c
imports='import json,ssl,sqlite3,asyncio'
/usr/bin/python3 -c "$imports"
compare python3 /usr/bin/python3 -c "$imports"
gcc -O2 -save-temps -o unit unit.c # so that both find its files there
compare gcc gcc -O2 -save-temps -o unit unit.c
compare pipes sh -c 'ls | sort | wc'
compare static "$PROGS/static_hello"
compare threads500 "$PROGS/wl_threads500"
compare exec_nonleader "$PROGS/wl_exec_nonleader"
compare vfork_spawn "$PROGS/wl_vfork_spawn"
compare fork_tree "$PROGS/wl_fork_tree"
! has_32bit || compare mixed_abis sh -c "$PROGS/m32_tree && $PROGS/static_hello"
# The clock decides what some threads of these two do: eight tries for a pair of runs that did the same.
compare_as_run() { # NAME COMMAND...
	for _ in 1 2 3 4 5 6 7; do
		(compare "$@") >"../$1.tried" && cat "../$1.tried" && return
	done
	compare "$@"
}
compare_as_run stress-ng stress-ng --no-rand-seed --brk 1 --brk-ops 50 --mremap 1 --mremap-ops 8 \
	--mlock 1 --mlock-ops 50 -q
need node
compare_as_run node node --random-seed=1 --single-threaded -e 0
