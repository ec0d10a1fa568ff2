# -k: who made a call, innermost first, through signal handlers, callbacks and threads; in programs of any make.
# shellcheck shell=bash
set -e

trace() { # PROGRAM
	"$MEMTRACE" -q -k -o trace.jsonl -- "$1"
}

chain() { # PAGES: the symbols of the stack of that mmap, without the versions of libraries
	jq -r --argjson length $(($1 * 4096)) 'select(.call == "mmap" and .length == $length and .fd == -1)
		| [.stack[] | .symbol // "?" | sub("@.*"; "")] | join(" ")' trace.jsonl | tail -n 1
}

chains() { # WHAT
	begins "$1: main" "$(chain 1)" "*mmap* inner outer main *"
	begins "$1: handler" "$(chain 2)" "*mmap* inner outer handler *main*"
	begins "$1: qsort" "$(chain 3)" "*mmap* inner outer compare *main*"
	begins "$1: thread" "$(chain 4)" "*mmap* inner outer thread start_thread*"
}

begins() { # WHAT TEXT PATTERN
	# shellcheck disable=SC2053 # a pattern
	[[ $2 == $3 ]] || fail "$1: $2"
}

trace "$PROGS/stack_chain"
chains "as tests are built"
equal "lines" "$(jq -r 'select(.length == 4096 and .fd == -1).stack[]? | select(.symbol == "outer")
	| .file | sub(".*/"; "")' trace.jsonl | sort -u)" stack_chain.c
equal "the build id" "$(jq -r '.stack[]? | select(.symbol == "outer").build_id' trace.jsonl | sort -u)" \
	"$(readelf -n "$PROGS/stack_chain" | sed -n 's/.*Build ID: //p')"
offset=$(jq -r '.stack[]? | select(.symbol == "outer").offset' trace.jsonl | head -n 1)
equal "addr2line" "$(addr2line -f -e "$PROGS/stack_chain" "$offset" | head -n 1)" outer

source=$TOP/tests/progs/stack_chain.c
for flags in "-O2 -no-pie" "-O2 -static" "-O2 -static-pie" "-O2 -fomit-frame-pointer -g0" "-O0 -g3" \
	"-O2 -fno-asynchronous-unwind-tables -g"; do
	# shellcheck disable=SC2086 # one word an option
	gcc -pthread $flags -o built "$source"
	trace ./built
	chains "$flags"
done
# Without rules at all, by frame pointers.
gcc -pthread -O1 -fno-omit-frame-pointer -fno-asynchronous-unwind-tables -g0 -o built "$source"
trace ./built
begins "by frame pointers" "$(chain 1)" "*mmap* inner outer main*"
# Stripped: where, if not what.
gcc -pthread -O2 -s -o built "$source"
trace ./built
equal "stripped" "$(jq -r 'select(.call == "mmap" and .length == 4096 and .fd == -1).stack[]
	| select(.module | endswith("/built")) | has("offset")' trace.jsonl | sort -u)" true

# The library is gone when its code runs.
cat >part.c <<'END'
#include <sys/mman.h>
void in_part(void)
{
	munmap(mmap(0, 5 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 5 * 4096);
	__asm__ volatile("");
}
END
cat >gone.c <<'END'
#include <unistd.h>
void in_part(void);
int main(void)
{
	unlink("libpart.so");
	in_part();
	return 0;
}
END
gcc -O2 -shared -fPIC -o libpart.so part.c
gcc -O2 -o gone gone.c -L. -lpart -Wl,-rpath,"$PWD"
trace ./gone
begins "a deleted library" "$(chain 5)" "*mmap* in_part main *"

# The library gets shorter while memtrace has it mapped: all that isn't loaded goes, its symbols and lines.
cat >more.c <<'END'
#include <sys/mman.h>
void in_more(void)
{
	munmap(mmap(0, 9 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 9 * 4096);
	__asm__ volatile("");
}
END
cat >shorter.c <<'END'
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
void in_part(void), in_more(void);
int main(int argc, char **argv)
{
	in_part();
	if (fork() == 0) /* by when the frames of the first call are found */
		return truncate(argv[1], atol(argv[argc - 1])) != 0;
	wait(NULL);
	in_more();
	return 0;
}
END
gcc -O2 -g3 -shared -fPIC -o libpart.so part.c more.c
gcc -O2 -o shorter shorter.c -L. -lpart -Wl,-rpath,"$PWD"
size=$(readelf -lW libpart.so | awk '$1 == "LOAD" { print $2, $5 }' | tail -n 1)
status=0
"$MEMTRACE" -q -k -o trace.jsonl -- ./shorter libpart.so $((${size% *} + ${size#* })) || status=$?
equal "status, a shorter library" $status 0
equal "told to the end" "$(tail -n 1 trace.jsonl | jq -r .coverage)" complete
begins "before it got shorter" "$(chain 5)" "*mmap* in_part main *"
begins "a shorter library" "$(chain 9)" "*mmap* * main *"

# A program is built again in place, and run again.
gcc -O2 -o one part.c -x c - <<<'void in_part(void); int main(void) { in_part(); return 0; }'
gcc -O2 -g3 -o two more.c -x c - <<<'void in_more(void); int main(void) { in_more(); return 0; }'
"$MEMTRACE" -q -k -o trace.jsonl -- sh -c 'cp one again; ./again; cp two again; ./again'
begins "before it was built again" "$(chain 5)" "*mmap* in_part main *"
begins "built again in place" "$(chain 9)" "*mmap* in_more main *"

trace "$PROGS/stack_odd"
begins "on another stack" "$(chain 6)" "*mmap* inner handler __restore_rt *" # the other one isn't copied
begins "by made code" "$(chain 7)" "*mmap* inner called_by_made_code ? through_made_code main *"
equal "deep" "$(chain 8 | tr ' ' '\n' | grep -c '^deep$')" 201
equal "made code has no module" "$(jq -c 'select(.length == 28672 and .fd == -1).stack[]?
	| select(has("module") | not) | keys' trace.jsonl)" '["ip"]'
if has_32bit; then
	trace "$PROGS/m32_tree"
	equal "32 bits" "$(jq -r 'select(.abi == "i386" and .call == "mmap").stack | .[0].module
		| sub(".*/"; "")' trace.jsonl | sort -u)" m32_tree
fi

# In another root, where its path leads elsewhere or nowhere, as in a container.
if [ "$(id -u)" = 0 ]; then
	mkdir -p root/bin
	gcc -O2 -g -static -pthread -o root/bin/inside "$source"
	"$MEMTRACE" -q -k -o trace.jsonl -- chroot root /bin/inside
	chains "in another root"
fi

"$MEMTRACE" -q -k --stack-trace-frame-limit=2 -o trace.jsonl -- "$PROGS/stack_odd"
equal "a limit" "$(jq '.stack | select(.) | length' trace.jsonl | sort -u)" 2
"$MEMTRACE" -q -k -e mmap -o trace.jsonl -- "$PROGS/stack_chain"
begins "with a selection" "$(chain 4)" "*mmap* inner outer thread *"
equal "only what was chosen" "$(jq -r 'select(.type == "call").call' trace.jsonl | sort -u)" mmap
"$MEMTRACE" replay trace.jsonl -q -o again.jsonl
cmp trace.jsonl again.jsonl || fail "stacks changed by replay"
status=0
"$MEMTRACE" --engine=notify -k -- true 2>err || status=$?
equal "status with notify" $status 125
contains "what can" "$(cat err)" "--engine=ptrace"
