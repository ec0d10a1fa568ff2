# With notify, a process that is gone before it can be watched isn't waited for.
# shellcheck shell=bash
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" # ours comes first
# The preloaded library is for memtrace alone: the command's environment has none.
LD_PRELOAD=$PROGS/lib_ended_early.so timeout -s KILL 20 "$MEMTRACE" -q --engine=notify -E LD_PRELOAD -o t.jsonl -- \
	bash -c 'cat /dev/zero | cat >/dev/null; exit 3'
equal "status" $? 3
equal "reasons" "$(tail -n 1 t.jsonl | jq -c .reasons)" '["entry_only_engine"]'
equal "ends" "$(jq -r 'select(.type == "exit") | .pid' t.jsonl | sort | uniq -d)" ""
[ "$(grep -c '"type":"exit"' t.jsonl)" -ge 2 ] || fail "only these ended: $(grep '"type":"exit"' t.jsonl)"
