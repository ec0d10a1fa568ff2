# -p without stopping anyone: who ends meanwhile, whose first thread has ended, who executes at length.
# shellcheck shell=bash
[ "$(id -u)" = 0 ] || skip "needs root"
need gcc
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
perf() { timeout -s KILL 10 "$MEMTRACE" -q --engine=perf "$@"; }

# A first thread that has ended never ends again.
cat >leader.c <<'END'
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>
static void *rest(void *arg)
{
	char byte;
	(void)!read(0, &byte, 1);
	munmap(mmap(0, 4096 * 77, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096 * 77);
	_exit(3);
	return arg;
}
int main(void)
{
	pthread_t thread;
	pthread_create(&thread, 0, rest, 0);
	(void)!write(1, "ready\n", 6);
	pthread_exit(0);
}
END
gcc -pthread -o leader leader.c || fail "no compiler"
mkfifo go
./leader <go >leader.out &
target=$!
exec 3>go
wait_for grep -q '(leader) Z' /proc/$target/task/$target/stat
perf -p $target -o leader.jsonl &
tracer=$!
wait_for grep -qs attach leader.jsonl
echo >&3
wait $tracer
equal "status, without its first thread" $? 0
equal "events of it" "$(jq -r 'select(.type == "attach" or .type == "exit" or .length == 315392) | .call // .type' leader.jsonl |
	paste -sd,)" attach,mmap,munmap,exit

# One that has several is told of by its first.
"$PROGS/attach_counter" 3 >several.out &
target=$!
wait_for test -s several.out
perf -p $target --duration=1ms -o several.jsonl
kill -KILL $target
equal "who is told of" "$(jq -c "select(.type == \"attach\" or .type == \"detach\") | [.pid, .tid, .residency]" \
	several.jsonl | sort -u)" "[$target,$target,null]"
equal "its threads" "$(jq -c 'select(.type == "attach").tids | length' several.jsonl)" 4

# Who rests at the end is held against the kernel's maps: under READ_IMPLIES_EXEC (personality(2)) these have more than
# was asked for, which the model doesn't follow.
cat >hidden.c <<'END'
#include <sys/mman.h>
#include <sys/personality.h>
#include <unistd.h>
int main(void)
{
	char byte;
	personality(READ_IMPLIES_EXEC);
	if (write(1, "ready\n", 6) < 0 || read(0, &byte, 1) != 1 ||
	    mmap(0, 4096 * 77, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED || read(0, &byte, 1) < 0)
		return 1;
	return 0;
}
END
gcc -o hidden hidden.c || fail "no compiler"
./hidden <go >hidden.out &
target=$!
wait_for grep -q ready hidden.out
perf -p $target --duration=1s -o hidden.jsonl &
tracer=$!
wait_for grep -qs attach hidden.jsonl
echo >&3
wait $tracer
equal "what is hidden" "$(jq -c 'select(.call == "mmap").prot' hidden.jsonl)" '["PROT_READ"]'
equal "what differs" "$(tail -n 1 hidden.jsonl | jq -c .reasons)" '["model_mismatch"]'
kill -KILL $target

# Who ends at any moment is told of to the end, or refused.
for round in {1..30}; do
	(exec sleep 0.0$((RANDOM % 20))) &
	perf -p $! -o t.jsonl 2>words
	status=$?
	[ $status = 0 ] || [ $status = 125 ] || fail "round $round: status $status"
	[ $status = 125 ] || [[ $(jq -r .type t.jsonl | paste -sd,) =~ ^start,attach,(exec,|call,)*exit,end$ ]] ||
		fail "round $round: $(cut -c1-100 t.jsonl)"
done

# Gaps between the parts of a program are nobody's, and argument lists that are long are told whole or not at all.
echo 'int data = 1; int main(int argc, char **argv) { return argc > 9 ? 0 : argv[0] == 0; }' >gaps.c
for flags in "-pie" "-static-pie" "-static" "-no-pie"; do
	# shellcheck disable=SC2086 # words
	gcc $flags -Wl,-z,max-page-size=0x200000 -Wl,-z,separate-code -o gaps gaps.c || fail "gcc $flags"
	for engine in ptrace perf; do
		setarch -R "$MEMTRACE" -q --engine=$engine -o $engine.jsonl -- ./gaps
		jq -c 'select(.type == "exec").maps[] | select(.path != "[stack]")' $engine.jsonl >$engine.maps
	done
	diff ptrace.maps perf.maps >found || fail "maps of a program made with $flags: $(cat found)"
done
# shellcheck disable=SC2046 # that many words
perf -o long.jsonl -- sh -c 'exec "$@"' sh ./gaps $(seq 5000)
equal "a long list" "$(jq -c 'select(.type == "exec" and .comm == "gaps" and .argv) | .argv | length' long.jsonl | grep -vx 5001)" ""
