# Who dies of SIGSEGV or SIGBUS is told why: what was done to the address, by whom; a finding says so.
# shellcheck shell=bash

die() { # WAY STATUS PATTERN WHERE
	local status=0
	"$MEMTRACE" -o trace.jsonl -- "$PROGS/crash" "$1" >address 2>err || status=$?
	equal "status, $1" $status "$2"
	message=$(jq -r 'select(.type == "finding").message' trace.jsonl)
	# shellcheck disable=SC2053 # a pattern
	[[ $message == $3 ]] || fail "$1: $message"
	contains "$1, where" "$message" "$4"
	contains "$1, on standard error" "$(cat err)" "$message"
	equal "$1, the finding" "$(jq -c 'select(.type == "finding") | [.rule, .severity, has("stack")]' trace.jsonl)" \
		'["crash","error",true]'
	equal "$1, before the exit" "$(jq -r .type trace.jsonl | tail -n 3 | tr '\n' ' ')" "finding exit end "
}

segv=$((128 + 11)) bus=$((128 + 7))
die use-after-unmap $segv "*an access at 0x*: unmapped by munmap of tid * (crash), * earlier; *" \
	"in use_after_unmap crash.c:"
contains "the address" "$message" "$(cat address)"
die stack $segv "*stack overflow, * below the stack of tid *" "in recurse crash.c:"
die thread-stack $segv "*stack overflow, * below the stack of tid *, in its guard page*" "in recurse crash.c:"
die read-only $segv "*a write at 0x*: it is r--p memory; protected r-- by mprotect of tid * (crash), * earlier; *" \
	"in read_only crash.c:"
die not-executable $segv "*a jump to 0x*: it is rw-p memory; mapped by mmap of tid * (crash), * earlier; *" \
	"in not_executable crash.c:"
die null $segv "*an access at 0x18: a null pointer and an offset; *" "in null_pointer crash.c:"
die bus $bus "*SIGBUS*it is rw-s memory of /memfd:short, beyond the end of the file*mapped by mmap of tid *" \
	"in beyond_the_file crash.c:"

if [ "$(uname -m)" = x86_64 ]; then
	die unaligned $bus "*SIGBUS for an access that isn't aligned; *" "in unaligned crash.c:"
	die privileged $segv "*SIGSEGV for an address that no memory can have, or an instruction *" "in privileged crash.c:"
fi

# What a parent did before it forked was done to its child's memory.
"$MEMTRACE" -q -o trace.jsonl -- "$PROGS/crash" forked >address 2>err
contains "forked" "$(jq -r 'select(.type == "finding").message' trace.jsonl)" \
	"at $(cat address): unmapped by munmap of tid $(jq -r 'select(.type == "exec").pid' trace.jsonl) (crash), "

# With stacks, the deed has its place, too.
"$MEMTRACE" -q -k -o trace.jsonl -- "$PROGS/crash" use-after-unmap >address 2>err
contains "-k" "$(jq -r 'select(.type == "finding").message' trace.jsonl)" "at use_after_unmap crash.c:"

# A handler's business, and one that is sent, are none.
"$MEMTRACE" -q -o trace.jsonl -- "$PROGS/crash" handled >address 2>err
equal "status, handled" $? 0
equal "handled" "$(grep -c '"type":"finding"' trace.jsonl)" 0
"$MEMTRACE" -q -o trace.jsonl -- sh -c 'kill -SEGV $$' 2>err
equal "sent" "$(grep -c '"type":"finding"' trace.jsonl)" 0
