# A locale that writes numbers with a comma changes nothing of what memtrace writes.
# shellcheck shell=bash
mkdir locales
localedef -c -i de_DE -f UTF-8 "$PWD/locales/de_DE.UTF-8" || fail "localedef"
german() { LOCPATH=$PWD/locales LC_ALL=de_DE.UTF-8 "$@"; }
equal "the locale" "$(german /usr/bin/printf %.1f 1,5)" 1,5
german "$MEMTRACE" -v -o t.jsonl -- "$PROGS/call_mremap" >out 2>words || fail "status $?"
jq -e . t.jsonl >whole || fail "the trace isn't JSON"
equal "coverage" "$(tail -n 1 t.jsonl | jq -r .coverage)" complete
grep -q '"elapsed":0,' t.jsonl && fail "a comma in a number"
for how in "report" "report --json" "report --top=3" "maps" "replay" "check --max=committed.peak=1K"; do
	# shellcheck disable=SC2086 # words
	LC_ALL=C.UTF-8 "$MEMTRACE" $how t.jsonl >plain 2>&1
	# shellcheck disable=SC2086
	german "$MEMTRACE" $how t.jsonl >comma 2>&1
	diff plain comma >difference || fail "$how: $(head -n 5 difference)"
	[ -s plain ] || fail "$how says nothing"
done
