# Where kcmp(2) is forbidden, as in many containers, the call that made a child says whether it shares memory.
# engine: ptrace
# shellcheck shell=bash
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" # ours comes first
for mode in $MODES; do
	LD_PRELOAD=$PROGS/lib_no_kcmp.so "$MEMTRACE" -E LD_PRELOAD -q "$mode" -o t.jsonl -- "$PROGS/births" >ids || fail "$mode: $?"
	for shares in true false; do
		equal "$mode, shares_vm $shares" "$(jq "select(.shares_vm == $shares).child" t.jsonl | sort -n | paste -sd' ')" \
			"$(if [ $shares = true ]; then head -n 1; else tail -n 1; fi <ids | tr ' ' '\n' | sort -n | paste -sd' ')"
	done
	equal "$mode, the end" "$(tail -n 1 t.jsonl | jq -c '[.coverage, .reasons]')" '["complete",[]]'
done
