# Each rule finds what violates it and nothing else, live and recorded alike; and each alias of writable code.
# shellcheck shell=bash
deny=()
for rule in wx wx-transition exec-anon exec-stack exec-deleted mdwe leak clobber null-page failed vma-headroom huge; do
	deny+=(--deny "$rule")
done
rules=("${deny[@]}" --max committed.peak=50M)

verdict() { # RULES WAY: the rules that find something, live; then the same recorded
	local status=0 again=0
	"$MEMTRACE" -q -k "${rules[@]}" -o trace.jsonl --report json:live.json -- "$PROGS/audit_bad" "$2" 2>words || status=$?
	equal "$2" "$(jq -r '[.findings[].rule] | unique | join(" ")' live.json)" "$1"
	equal "status of $2" $status "$([ -z "$1" ] && echo 0 || echo 99)"
	"$MEMTRACE" check "${rules[@]}" --report json:recorded.json trace.jsonl || again=$?
	equal "status of check, $2" $again "$([ -z "$1" ] && echo 0 || echo 1)"
	cmp live.json recorded.json || fail "$2: the recorded verdict is another"
	equal "findings of $2 in the trace" "$(grep -c '"type":"finding"' trace.jsonl)" "$(jq '.findings | length' live.json)"
	equal "words about $2" "$(grep -c ': error: ' words)" "$(jq '.findings | length' live.json)"
}

verdict "" good
verdict "exec-anon mdwe wx" wx
verdict "exec-anon mdwe wx-transition" wx-transition
verdict "exec-anon mdwe wx-transition" wx-moved
verdict "exec-anon wx-transition" wx-memfd
verdict "exec-anon wx-transition" wx-memfd-private
verdict "wx-transition" wx-file
verdict "exec-anon wx-transition" wx-shm
verdict "exec-anon" exec-anon
verdict "exec-stack mdwe wx" exec-stack
verdict "exec-deleted" exec-deleted
verdict "exec-anon mdwe" mdwe
verdict "leak" leak
verdict "clobber" clobber
[ "$(id -u)" != 0 ] || verdict "null-page" null-page # below vm.mmap_min_addr
verdict "failed" failed
[ "$(cat /proc/sys/vm/max_map_count)" -gt 70000 ] || verdict "vma-headroom" vma-headroom
verdict "huge" huge
verdict "budget" budget
contains "who went over" "$(cat words)" "committed.peak is 64.2M, 14.2M over 50.0M; it went over by mmap at budget audit_bad.c:"

# mdwe says what the kernel would: programs fail under PR_SET_MDWE where it finds something.
mdwe() { # WAY: whether it runs under PR_SET_MDWE (65, PR_MDWE_REFUSE_EXEC_GAIN)
	/usr/bin/python3 -c 'import ctypes, os, sys
if ctypes.CDLL(None, use_errno=True).prctl(65, 1, 0, 0, 0):
    sys.exit(77)
os.execv(sys.argv[1], sys.argv[1:])' "$PROGS/audit_bad" "$1" 2>/dev/null
}
mdwe good
status=$?
if [ $status != 77 ]; then
	equal "good under MDWE" $status 0
	mdwe wx && fail "wx runs under MDWE"
	mdwe wx-memfd || fail "wx-memfd doesn't run under MDWE"
fi

# Without stacks and with other selections the verdict is the same.
for options in "" "-e munmap" "--seccomp=off"; do
	status=0
	# shellcheck disable=SC2086 # one word an option
	"$MEMTRACE" -q $options --deny wx -- "$PROGS/audit_bad" wx >out 2>words || status=$?
	equal "status, $options" $status 99
	equal "no events are printed, $options" "$(wc -c <out)" 0
done
