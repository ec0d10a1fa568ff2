# The gate: exit statuses, rules files, what is allowed, reports.
# shellcheck shell=bash disable=SC2016 # scripts are in quotes
bad="$PROGS/audit_bad"
status() { # STATUS WHAT COMMAND...
	local got=0
	"${@:3}" >out 2>err || got=$?
	equal "status: $2: $(cat err)" $got "$1"
}

status 0 "passes" "$MEMTRACE" -q --deny wx -- "$bad" good
status 99 "is violated" "$MEMTRACE" -q --deny wx -- "$bad" wx
status 7 "another status" "$MEMTRACE" -q --deny wx --error-exitcode=7 -- "$bad" wx
status 0 "only told" "$MEMTRACE" -q --deny wx --error-exitcode=0 -- "$bad" wx
contains "told" "$(cat err)" "error: wx: audit_bad"
status 2 "the command's comes first" "$MEMTRACE" -q --deny wx -- sh -c '"$0" wx; exit 2' "$bad"
status 98 "partial" "$MEMTRACE" -q --deny wx --no-follow -- sh -c '"$0" good; :' "$bad"
contains "why" "$(cat err)" "no verdict"
status 99 "partial, but found" "$MEMTRACE" -q --max mapped=1K --no-follow -- sh -c '"$0" good; :' "$bad"
status 98 "complete is asked for" "$MEMTRACE" -q -o t.jsonl --require-complete --no-follow -- sh -c 'ls >/dev/null; :'
status 0 "and is" "$MEMTRACE" -q -o t.jsonl --require-complete -- true
status 125 "no results" "$MEMTRACE" -q --engine=notify --deny wx -- true
contains "what to do" "$(cat err)" "--engine=ptrace"

refused() { # WHAT PATTERN OPTION...
	status 125 "$1" "$MEMTRACE" -q "${@:3}" -- true
	contains "$1" "$(cat err)" "$2"
	equal "one sentence: $1" "$(wc -l <err)" 1
}
refused "a slip" "did you mean 'clobber'?" --deny clober
refused "no metric" "no such metric" --max komitted.peak=1M
refused "no value" "METRIC=VALUE" --max committed.peak
refused "no size" "is no size such as 512M" --max committed.peak=lots
refused "no count" "is no count such as 1000" --max vmas.peak=1.5M
refused "of one, and of all" "all processes together" --max 'true:tree.mapped.peak=1K'
refused "no format" "FORMAT:FILE" --deny wx --report html:x
refused "no rules" "which rules?" --report text:x
status 125 "nowhere to report to" "$MEMTRACE" -q --deny wx --report json:no/where -- touch started
contains "nowhere to report to" "$(cat err)" "--report json:no/where: can't write there"
[ ! -e started ] || fail "a command was started whose report can't be written"
refused "no status" "--error-exitcode=x" --deny wx --error-exitcode=x

# Budgets: of a process by name, of all together, counts.
status 0 "another process's" "$MEMTRACE" -q --max 'other*:committed.peak=1K' -- "$bad" good
status 99 "its own" "$MEMTRACE" -q --max 'audit_*:committed.peak=1K' -- "$bad" good
status 99 "of all" "$MEMTRACE" -q --max tree.mapped.peak=1M -- "$bad" good
contains "noisy" "$(cat err)" "(a noisy metric)"
status 99 "calls" "$MEMTRACE" -q --max calls.mmap=50 -- "$bad" good
status 0 "calls, enough" "$MEMTRACE" -q --max calls.mmap=500 -- "$bad" good
status 99 "max_rss" "$MEMTRACE" -q --max max_rss=100K -- "$bad" good
status 0 "last" "$MEMTRACE" -q --max committed.last=50M -- "$bad" budget
status 99 "peak" "$MEMTRACE" -q --max committed=50M -- "$bad" budget

# Who went over is known of each process, also where one has the number of one that has ended.
"$MEMTRACE" -q -o budget.jsonl -- "$bad" budget
jq -sc '.[1:-1] as $one | ($one | length) as $n | .[0], $one[], ($one[] | .comm = "other" | .seq += $n), (.[-1] | .seq += $n)' \
	budget.jsonl >reused.jsonl
status 1 "a number again" "$MEMTRACE" check --max committed=50M --report json:json reused.jsonl
equal "by its own call" "$(jq -c '[.findings[] | .event] | .[1] - .[0]' json)" "$(jq -s 'length - 2' budget.jsonl)"

# What lives on when the trace ends is judged, too: here memtrace is stopped twice, and kills it.
cat >stays.py <<'END'
import signal
signal.signal(signal.SIGTERM, lambda *_: print("heard", flush=True))
print("up", flush=True)
while True:
    signal.pause()
END
limits=(--max 'python*:committed=1K' --max 'python*:max_rss=1')
"$MEMTRACE" -q -o cut.jsonl "${limits[@]}" -- /usr/bin/python3 stays.py >stays.out 2>err &
traced=$!
wait_for grep -qs up stays.out
kill -TERM $traced
wait_for grep -q heard stays.out
kill -TERM $traced
wait $traced 2>/dev/null
equal "no end was told" "$(grep -c '"type":"exit"' cut.jsonl)" 0
contains "live" "$(cat err)" "committed is"
status 1 "one that lived" "$MEMTRACE" check "${limits[@]}" cut.jsonl
contains "recorded" "$(cat err out)" "committed is"
contains "once" "$(cat err out)" "1 violation,"
# How much was resident, its end would have told.
status 2 "unknown" "$MEMTRACE" check --max 'python*:max_rss=1G' cut.jsonl
contains "unknown" "$(cat err)" "no verdict"
status 1 "another's is known" "$MEMTRACE" check --max 'python*:committed=1K' --max 'none:max_rss=1G' cut.jsonl

# Nor is it known where an engine doesn't ask.
"$MEMTRACE" -q -o rss.jsonl -- "$bad" good
jq -c 'if .type == "exit" then del(.max_rss) else . end' rss.jsonl >untold.jsonl
status 0 "told" "$MEMTRACE" check --max max_rss=100G rss.jsonl
status 2 "untold" "$MEMTRACE" check --max max_rss=100G --report json:json untold.jsonl
contains "untold" "$(cat err)" "no verdict"
equal "untold" "$(jq -c .verdict json)" '"unknown"'
status 0 "another metric is known" "$MEMTRACE" check --max mapped=100G untold.jsonl
if [ "$(id -u)" = 0 ]; then
	status 98 "live" "$MEMTRACE" -q --engine=perf --max max_rss=1K -- "$bad" good
	status 0 "live, another metric" "$MEMTRACE" -q --engine=perf --max mapped=100G -- "$bad" good
fi

# A rules file, with comments; places of errors.
cat >memtrace.json <<'END'
// what we allow
{
	"rules": [
		{"rule": "wx", "allow": [{"symbol": "wx", "reason": "a \"test\" // not a comment"}]},
		/* twice */ {"rule": "exec-anon", "severity": "warning"},
		{"rule": "failed", "accept": ["munmap:EINVAL"]},
		{"rule": "budget", "metric": "committed.peak", "max": "50M", "process": "audit_*"},
		{"rule": "vma-headroom", "over": "99%"}
	]
}
END
status 0 "allowed" "$MEMTRACE" -q -k --rules memtrace.json --report text:text --report json:json -- "$bad" wx
contains "allowed" "$(cat text)" "allowed: a \"test\" // not a comment"
equal "one is a warning" "$(jq -c '[.findings[] | [.rule, .severity, .allowed]]' json)" \
	'[["wx","note",true],["exec-anon","warning",false]]'
status 99 "without stacks nothing tells" "$MEMTRACE" -q --rules memtrace.json -- "$bad" wx
status 0 "an accepted error" "$MEMTRACE" -q --rules memtrace.json -- "$bad" failed
status 99 "the budget" "$MEMTRACE" -q --rules memtrace.json -- "$bad" budget
sed 's/"reason": "a.*comment"/"reason": "x", "expires": "2020-01-31"/' memtrace.json >old.json
status 99 "expired" "$MEMTRACE" -q -k --rules old.json --report text:text -- "$bad" wx
contains "expired" "$(cat text)" "it was allowed until 2020-01-31 (x)"
site=$(jq -r '.findings[0].site' json)
echo "{\"rules\": [{\"rule\": \"wx\", \"allow\": [{\"site\": \"$site\", \"reason\": \"known\"}]}]}" >site.json
status 0 "by its site" "$MEMTRACE" -q -k --rules site.json -- "$bad" wx

# No rules are no gate.
echo '{"rules": []}' >empty.json
status 125 "no rules" "$MEMTRACE" -q --rules empty.json -- touch started
contains "no rules" "$(cat err)" "memtrace: which rules? "
equal "started without rules" "$(ls started 2>/dev/null)" ""
status 2 "no rules, recorded" "$MEMTRACE" check --rules empty.json t.jsonl
contains "no rules, recorded" "$(cat err)" "memtrace: which rules? "
status 0 "another rule" "$MEMTRACE" -q --rules empty.json --deny wx -- "$bad" good

place() { # PLACE TEXT
	printf '%s' "$2" >wrong.json
	status 125 "$2" "$MEMTRACE" -q --rules wrong.json -- true
	contains "$2" "$(cat err)" "memtrace: wrong.json:$1: "
}
place 1:1 ''
place 1:1 '[]'
place 1:2 '{"rulez": []}'
place 2:11 '{"rules": [
 {"rule": "wxx"}]}'
place 2:3 '{"rules": [
 {"rul": "wx"}]}'
place 1:27 '{"rules": [{"rule": "wx", "over": 3}]}'
place 1:42 '{"rules": [{"rule": "leak", "more_than": "x"}]}'
place 1:12 '{"rules": [{"rule": "budget", "metric": "mapped"}]}'
place 1:41 '{"rules": [{"rule": "budget", "metric": "mopped"}]}'
place 1:37 '{"rules": [{"rule": "wx", "allow": [{"path": "*", "reason": "x", "expires": "2027-13-45"}]}]}'
place 1:12 '{"rules": [{"rule": "budget", "process": "a", "metric": "tree.mapped", "max": "1K"}]}'
place 1:37 '{"rules": [{"rule": "wx", "allow": [{"path": "*"}]}]}'
place 1:45 '{"rules": [{"rule": "failed", "accept": [], "accept": ["EACCES"]}]}'
place 1:14 '{"rules": []}x'
place 3:1 '{"rules": [ // never ends
  {"rule": "wx"},
'

# Reports are what those who read them take.
"$MEMTRACE" -q -k --deny wx --deny failed -o t.jsonl --report junit:j.xml --report sarif:s.json --report github:g \
	--report markdown:m.md --report text:- -- "$bad" wx >text 2>/dev/null
contains "a report on standard output" "$(cat text)" "1 violation, 0 warnings, 0 allowed"
/usr/bin/python3 - <<'END' || fail "junit"
import xml.etree.ElementTree as tree
root = tree.parse("j.xml").getroot()
suite = root.find("testsuite")
cases = suite.findall("testcase")
assert [case.get("name") for case in cases] == ["wx", "failed"], cases
assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
assert cases[0].find("failure").get("message").startswith("audit_bad (")
assert cases[1].find("failure") is None
END
equal "sarif" "$(jq -c '[.version, .runs[0].results[0].ruleId, .runs[0].results[0].level,
	(.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri | sub(".*/"; "")),
	(.runs[0].results[0].partialFingerprints["memtrace/v1"] | length)]' s.json)" \
	'["2.1.0","wx","error","audit_bad.c",16]'
grep -qE '^::error file=.*audit_bad.c,line=[0-9]+,title=memtrace wx::audit_bad \([0-9]+\) has ' g || fail "github: $(cat g)"
contains "markdown" "$(cat m.md)" '| error | wx | audit\_bad ('

# GitHub shows ten of a kind: warnings leave room for errors, and errors for the verdict.
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do ln -s "$bad" short$i; done
for severity in warning error; do
	echo "{\"rules\": [{\"rule\": \"failed\", \"severity\": \"$severity\"}, {\"rule\": \"wx\"}]}" >many.json
	status 99 "many" "$MEMTRACE" -q --rules many.json --report github:g -- sh -c 'for i in ./short*; do $i failed; done
		./short1 wx'
	equal "annotations, $severity" "$(cut -d ' ' -f 1 g | sort | uniq -c | tr -s ' \n' ' ')" \
		"$([ $severity = error ] && echo ' 10 ::error ' || echo ' 2 ::error 10 ::warning ')"
	contains "verdict" "$(tail -n 1 g)" "::error title=memtrace::"
done

# A report that can't be written is said once, hides no status of the command's and keeps no other report from being
# written.
if [ -c /dev/full ]; then
	for command in "3 exit 3" "137 kill -9 \$\$" "125 true"; do
		rm -f j.json
		status "${command%% *}" "${command#* }" "$MEMTRACE" -q --deny wx --report json:/dev/full --report json:j.json \
			-- sh -c "${command#* }"
		contains "said" "$(cat err)" "memtrace: can't write the report to /dev/full: "
		equal "lines said" "$(grep -c memtrace: err)" 1
		equal "the other report" "$(jq -r .verdict j.json)" pass
	done
fi

# Neither reports nor a baseline take the place of a trace, whatever it is called there.
cp t.jsonl kept.jsonl
ln -s t.jsonl link.jsonl
kept() { # PATTERN ARG...: of memtrace check
	status 2 "$*" "$MEMTRACE" check "${@:2}" <t.jsonl
	contains "$*" "$(cat err)" "$1"
	equal "one sentence: $*" "$(cat out)$(wc -l <err)" 1
	cmp t.jsonl kept.jsonl || fail "the trace is gone: $*"
}
kept "--report link.jsonl is the trace" --deny wx --report json:j.json --report json:link.jsonl t.jsonl
kept "--report t.jsonl is the trace" --deny wx --report json:t.jsonl good.jsonl -
kept "--baseline ./t.jsonl is the trace" --baseline=./t.jsonl --update t.jsonl
for file in new.jsonl t.jsonl; do
	status 125 "the trace itself: $file" "$MEMTRACE" -q -o "$file" --deny wx --report "json:$PWD/$file" -- touch started
	contains "the trace itself" "$(cat err)" "that is where -o writes the trace"
done
echo '{"rules": ["wx"]}' >own-rules.json
status 125 "its rules" "$MEMTRACE" -q -o new.jsonl --rules=own-rules.json --report json:own-rules.json -- touch started
contains "its rules" "$(cat err)" "that is where --rules are read from"
equal "the rules" "$(cat own-rules.json)" '{"rules": ["wx"]}'
status 2 "its baseline" "$MEMTRACE" check --baseline=own-base --update --deny wx --report json:own-base t.jsonl
contains "its baseline" "$(cat err)" "that is the --baseline"
[ ! -e started ] || fail "a command was started whose report takes the place of its trace"
[ ! -e new.jsonl ] || fail "the trace was begun"
cmp t.jsonl kept.jsonl || fail "the trace is gone"

# Names are data.
ln -s "$bad" 'x%,:|<&"'
"$MEMTRACE" -q --deny wx --report junit:j.xml --report github:g --report markdown:m.md -- './x%,:|<&"' wx 2>/dev/null
/usr/bin/python3 -c 'import xml.etree.ElementTree as t; m = t.parse("j.xml").find(".//failure").get("message")
assert m.startswith("x%,:|<&\" ("), m' || fail "names in junit"
contains "names for github" "$(cat g)" '::x%25,:|<&" ('
contains "names in markdown" "$(cat m.md)" 'x%,:\|&lt;&amp;" ('

# The same of recorded runs.
status 2 "no rules" "$MEMTRACE" check t.jsonl
status 1 "found" "$MEMTRACE" check --deny wx t.jsonl
status 0 "clean" "$MEMTRACE" check --deny leak t.jsonl
head -n -1 t.jsonl >cut.jsonl
status 2 "without an end" "$MEMTRACE" check --deny leak cut.jsonl
contains "no verdict" "$(cat err)" "no verdict"
"$MEMTRACE" -q -e mmap -o part.jsonl -- true
status 2 "filtered" "$MEMTRACE" check --deny wx part.jsonl

# A report of several runs is one: the first one's findings aren't the last one's to hide.
"$MEMTRACE" -q -o several.jsonl -- "$bad" wx && "$MEMTRACE" -q -o good.jsonl -- "$bad" good
"$MEMTRACE" -q -A -o several.jsonl -- "$bad" good
for traces in several.jsonl "t.jsonl good.jsonl"; do
	# shellcheck disable=SC2086 # one word a trace
	status 1 "several: $traces" "$MEMTRACE" check --deny wx --deny leak --report junit:j.xml --report json:j.json \
		--report sarif:s.json --report github:g --report markdown:m.md --report text:text $traces
	equal "json" "$(jq -c '[.verdict, [.runs[].verdict], .run, (.findings | length), .findings[0].run == .runs[0].run]' \
		j.json)" '["fail",["fail","pass"],null,1,true]'
	equal "sarif" "$(jq -c '.runs | [length, (.[0].invocations | length), (.[0].results[] | .provenance.invocationIndex)]' \
		s.json)" '[1,2,0]'
	contains "github" "$(cat g)" "::error title=memtrace::1 violation, 0 warnings, 0 allowed in 2 runs"
	equal "markdown" "$(grep -c '^| error | wx ' m.md) $(head -n 1 m.md)" \
		"1 ### memtrace: 1 violation, 0 warnings, 0 allowed in 2 runs"
	equal "text" "$(grep -c '^[01] violation' text)" 2
	/usr/bin/python3 - <<'END' || fail "junit: $(cat j.xml)"
import xml.etree.ElementTree as tree
root = tree.parse("j.xml").getroot()
suites = root.findall("testsuite")
assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("4", "1", "0")
assert [suite.get("failures") for suite in suites] == ["1", "0"]
assert len({case.get("classname") + case.get("name") for case in root.iter("testcase")}) == 4
assert len({suite.get("name") for suite in suites}) == 2
END
done
"$MEMTRACE" check --deny wx --report junit:- several.jsonl >j.xml
equal "one document on standard output" "$(grep -c '<?xml' j.xml)" 1
