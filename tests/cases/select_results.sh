# -z keeps calls that succeeded, -Z those that failed; seq has no gap after either.
# shellcheck shell=bash

trace() { # OPTION...: puts into $got how many good and bad calls are in the trace
	"$MEMTRACE" -q "$@" -o trace.jsonl -- "$PROGS/call_mmap_refused" >/dev/null 2>&1
	equal "seq without gaps, $*" \
		"$(jq -s '[.[] | select(.seq).seq] == [range(1; length)]' trace.jsonl)" true
	equal "end.events, $*" "$(jq -s 'last.events == length - 2' trace.jsonl)" true
	got=$(jq -sc '[.[] | select(.type == "call") | has("error")] |
		[map(select(not)), map(select(.))] | map(length)' trace.jsonl)
}

trace
good=$(jq '.[0]' <<<"$got") bad=$(jq '.[1]' <<<"$got")
[ "$((good * bad))" -gt 0 ] || fail "the program's calls aren't of both kinds: $got"
for option in -z --successful-only; do
	trace $option
	equal "good and bad calls with $option" "$got" "[$good,0]"
done
for option in --failed-only -Z; do
	trace $option
	equal "good and bad calls with $option" "$got" "[0,$bad]"
done
equal "exec and exit with -Z" \
	"$(jq -r 'select(.type != "call").type' trace.jsonl | tr '\n' ' ')" "start exec exit end "
contains "filter" "$(jq -r 'select(.type == "start").filter' trace.jsonl)" "-Z"

equal "both" "$(status_of "$MEMTRACE" -z -Z -o both.jsonl -- touch started 2>words)" 125
equal "lines said" "$(wc -l <words)" 1
[ ! -e started ] || fail "the command was started"
