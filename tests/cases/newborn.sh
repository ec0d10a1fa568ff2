# Children whose parent is killed before it reports them: none is lost, none is told of twice, none hangs.
# shellcheck shell=bash
for adopt in "" adopt; do
	equal "status ${adopt:-alone}" \
		"$(status_of "$MEMTRACE" -q -o "t$adopt.jsonl" -- "$PROGS/kill_newborn" 60 $adopt)" 7
	tool check_order "t$adopt.jsonl" || fail "the trace, ${adopt:-alone}"
	equal "coverage ${adopt:-alone}" "$(tail -n 1 "t$adopt.jsonl" | jq -r .coverage)" complete
done
