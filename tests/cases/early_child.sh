# A child's first stop may come before its parent tells of it: the trace is the same.
# shellcheck shell=bash
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" # ours comes first
early() { LD_PRELOAD=$PROGS/lib_early_child.so "$MEMTRACE" -E LD_PRELOAD -q "$@"; }

for mode in auto off; do
	for prog in wl_fork_tree wl_vfork_spawn wl_threads500 wl_exec_nonleader; do
		early --seccomp=$mode -o t.jsonl -- "$PROGS/$prog" >out 2>words
		equal "status of $prog, $mode" $? 0
		contains "words of $prog, $mode" "$(cat words)" early
		equal "coverage of $prog, $mode" "$(tail -n 1 t.jsonl | jq -r .coverage)" complete
		tool check_order t.jsonl >found || fail "$prog, $mode: $(cat found)"
		"$MEMTRACE" -q --seccomp=$mode -o usual.jsonl -- "$PROGS/$prog" >out
		for file in t usual; do
			jq -r '[.type, .call, .thread, .shares_vm, .code] | @csv' $file.jsonl | sort | uniq -c >$file
		done
		diff usual t >difference || fail "$prog, $mode: $(cat difference)"
	done
done
