# With notify, a command that executes again before its first execve was seen to succeed has each of its images told.
# shellcheck shell=bash
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" # ours comes first
for _ in 1 2 3 4 5; do
	LD_PRELOAD=$PROGS/lib_late_status.so timeout -s KILL 20 "$MEMTRACE" -q --engine=notify -E LD_PRELOAD -o t.jsonl -- \
		"$PROGS/wl_exec_nonleader"
	equal "status" $? 0
	equal "images" "$(jq -c 'select(.type == "exec") | [(.exe | split("/") | last), (.argv | length), (.maps | length > 3)]' \
		t.jsonl | paste -sd' ')" '["wl_exec_nonleader",1,true] ["wl_exec_nonleader",2,true]'
done
