# What memtrace answers in the kernel's place it answers 32-bit callers too.
# shellcheck shell=bash
"$PROGS/m32_own" >untraced || skip "this kernel runs no 32-bit programs"
equal "untraced" "$(paste -sd, untraced)" "untraced child 000,filter 000,getppid-038,mprotect-038"
for how in --seccomp=auto --seccomp=off; do
	"$MEMTRACE" -q $how -o t.jsonl -- "$PROGS/m32_own" >traced
	equal "status, $how" $? 0
	equal "output, $how" "$(paste -sd, traced)" "$(paste -sd, untraced)"
	equal "calls, $how" "$(jq -r 'select(.length == 4096 * (201, 203)) | "\(.call) \(.error)"' t.jsonl |
		sort | paste -sd,)" "mmap null,mmap null,mprotect ENOSYS"
	equal "coverage, $how" "$(tail -n 1 t.jsonl | jq -r .coverage)" complete
done
