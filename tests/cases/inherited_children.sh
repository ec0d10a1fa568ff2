# Children that memtrace was born with, by exec, are nobody's of the trace: waited for, not told of.
# engine too: notify perf
# shellcheck shell=bash
# shellcheck disable=SC2016 # for the inner shell
status=$(status_of sh -c 'sh -c "exit 5" & sh -c "until [ -e go ]; do :; done; exit 6" &
	exec "$@"' sh "$MEMTRACE" -q -o trace.jsonl -- sh -c ': >go; exit 3')
equal "status" "$status" 3
equal "processes that ended" "$(jq -c 'select(.type == "exit") | .code' trace.jsonl)" 3
equal "coverage" "$(tail -n 1 trace.jsonl | jq -r .coverage)" "$COVERAGE"
