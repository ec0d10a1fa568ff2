# Children made with CLONE_UNTRACED can make their calls, and those are seen.
# shellcheck shell=bash
lengths() { jq -c 'select(.length == 4096 * 201 or .length == 4096 * 202).length / 4096' "$1" | sort | paste -sd,; }

for how in --seccomp=auto --seccomp=off; do
	equal "status, $how" "$(status_of "$MEMTRACE" -q $how -o t.jsonl -- "$PROGS/clone_untraced")" 0
	equal "their calls, $how" "$(lengths t.jsonl)" 201,202
	equal "coverage, $how" "$(tail -n 1 t.jsonl | jq -r .coverage)" complete
done
equal "status after the limit" \
	"$(status_of "$MEMTRACE" -q --limit=3 -o limited.jsonl -- "$PROGS/clone_untraced")" 0
