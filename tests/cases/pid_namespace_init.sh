# Process 1 of a pid namespace takes all others of it along, and ends only after them.
# engine too: notify perf
# shellcheck shell=bash
[ "$(id -u)" = 0 ] || skip "needs root"
unshare -fp true 2>/dev/null || skip "can't make a pid namespace"
for mode in $MODES; do
	for how in "exit 3" "kill -KILL \$\$; exit 3"; do
		# The others are there before it ends; of the namespace's own signals, process 1 heeds none.
		# shellcheck disable=SC2016 # the inner shell's
		timeout -s KILL 60 "$MEMTRACE" -q "$mode" -o t.jsonl -- unshare -fp bash -c '
			for i in {1..20}; do
				(exec sleep 1000) &
			done
			'"$how"
		equal "status of '$how', $mode" $? 3
		equal "coverage of '$how', $mode" "$(tail -n 1 t.jsonl | jq -r .coverage)" "$COVERAGE"
		[ "$ENGINE" = notify ] && continue # it tells of no births
		tool check_order t.jsonl >found || fail "'$how', $mode: $(cat found)"
		equal "births and ends of '$how', $mode" \
			"$(grep -c '"type":"exit"' t.jsonl)" $(($(grep -c '"type":"fork"' t.jsonl) + 1))
		[ "$ENGINE" = perf ] && continue # it knows how the command ended, and nobody else
		contains "ends of '$how', $mode" "$(jq -c 'select(.type == "exit") | [.code, .signal]' t.jsonl | sort -u)" \
			'[null,"SIGKILL"]'
	done
done
