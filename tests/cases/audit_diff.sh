# memtrace diff and baselines: two runs side by side, whatever their addresses; a rules file to begin with.
# shellcheck shell=bash
bad="$PROGS/audit_bad"
for run in one two; do
	"$MEMTRACE" -q -k -o $run.jsonl -- "$bad" good || fail "good"
done
"$MEMTRACE" -q -k -o leak.jsonl -- "$bad" leak || fail "leak"
status() { # STATUS WHAT COMMAND...
	local got=0
	"${@:3}" >out 2>err || got=$?
	equal "status: $2: $(cat out err)" $got "$1"
}

status 0 "the same program" "$MEMTRACE" diff one.jsonl two.jsonl
equal "nothing is different" "$(wc -c <out)" 0
status 1 "another" "$MEMTRACE" diff one.jsonl leak.jsonl
contains "what is new" "$(cat out)" "new site in audit_bad: mmap < "
contains "by functions" "$(cat out)" " < leak < main"
contains "what is gone" "$(cat out)" "gone site in audit_bad: mmap < "
contains "metrics" "$(cat out)" "audit_bad: committed.peak 852K -> 1.2M (+46.95 %)"
status 1 "more of a metric" "$MEMTRACE" diff --fail-on='committed.peak>+5%' one.jsonl leak.jsonl
equal "what counts is marked" "$(grep -c '^! audit_bad: committed.peak' out) $(grep -c '^! ' out)" "1 1"
status 0 "not so much more" "$MEMTRACE" diff --fail-on='committed.peak>+47%,vmas>+10' one.jsonl leak.jsonl
status 0 "in bytes" "$MEMTRACE" diff --fail-on='committed.peak>+500K' one.jsonl leak.jsonl
status 1 "in bytes, over" "$MEMTRACE" diff --fail-on='committed>+300K' one.jsonl leak.jsonl
status 1 "a new site" "$MEMTRACE" diff --fail-on=new-site one.jsonl leak.jsonl
status 1 "of all" "$MEMTRACE" diff --fail-on='tree.committed.peak>+0%' one.jsonl leak.jsonl
status 0 "of less" "$MEMTRACE" diff --fail-on='tree.mapped>+0%' one.jsonl leak.jsonl

# Rebuilt with other lines and other optimisation elsewhere, a program is the same to it.
{ echo; echo; cat "$TOP/tests/progs/audit_bad.c"; } >audit_bad.c
mkdir built && gcc -O1 -g -pthread -o built/audit_bad audit_bad.c
"$MEMTRACE" -q -k -o built.jsonl -- built/audit_bad good || fail "built"
status 0 "rebuilt" "$MEMTRACE" diff --fail-on=new-site,gone-site one.jsonl built.jsonl

# A baseline is what it takes of a run.
status 0 "writing one" "$MEMTRACE" check --baseline=base.json --update one.jsonl
[ "$(wc -c <base.json)" -lt 10000 ] || fail "a baseline of $(wc -c <base.json) bytes"
jq -e .memtrace_baseline base.json >/dev/null || fail "a baseline is no JSON"
status 0 "the next run" "$MEMTRACE" check --baseline=base.json two.jsonl
status 1 "one that leaks" "$MEMTRACE" check --baseline=base.json leak.jsonl
status 0 "what doesn't count" "$MEMTRACE" check --baseline=base.json --fail-on='mapped>+1%' leak.jsonl
status 1 "rules and a baseline" "$MEMTRACE" check --deny leak --baseline=base.json --fail-on='mapped>+1%' leak.jsonl
status 0 "against a trace" "$MEMTRACE" diff base.json two.jsonl
status 0 "update" "$MEMTRACE" check --baseline=base.json --update leak.jsonl
status 0 "updated" "$MEMTRACE" check --baseline=base.json leak.jsonl

# Names of processes and files that are no UTF-8, or are what JSON escapes.
"$MEMTRACE" -q -o hostile.jsonl -- /usr/bin/python3 "$TOP/tests/lib/hostile.py" map || fail "hostile"
status 0 "a baseline of any names" "$MEMTRACE" check --baseline=hostile.json --update hostile.jsonl
status 0 "against itself" "$MEMTRACE" diff hostile.json hostile.jsonl
contains "a name" "$(jq -r '.sites[].process' hostile.json)" '\xe5'"'; DROP TABLE"

# Sums above 2^53, up to which a double has all whole numbers.
cat >big.py <<'END'
import ctypes, mmap
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
for size in [1 << 46] * 300 + [4096]:
    libc.munmap(libc.mmap(None, size, 0, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, -1, 0), size)
END
"$MEMTRACE" -q -k -o big.jsonl -- /usr/bin/python3 big.py || fail "big"
status 0 "a baseline of much" "$MEMTRACE" check --baseline=big.json --update big.jsonl
contains "exactly" "$(cat big.json)" "\"mapped\": $(((300 << 46) + 4096))"
status 0 "against itself" "$MEMTRACE" diff big.json big.jsonl

# Of many names and sites.
/usr/bin/python3 - one.jsonl >many.trace <<'END' || fail "many"
import json, sys
lines = open(sys.argv[1]).read().splitlines()
at = next(i for i, line in enumerate(lines) if json.loads(line)["type"] == "exec")
first = json.loads(lines[at])["pid"]
when = '"seq":1,"time":"2026-01-01T00:00:00.000000000Z","elapsed":1'
print(*lines[:at + 1], sep="\n")
for pid in range(100000, 160000):
    who = f'"pid":{pid},"tid":{pid},"comm":"p{pid}"'
    print(f'{{"type":"fork",{when},"pid":{first},"tid":{first},"comm":"x","child":{pid},"thread":false,'
          '"shares_vm":false}')
    print(f'{{"type":"call",{when},{who},"call":"mmap","addr":"0x0","length":{pid << 12},"prot":["PROT_READ"],'
          '"flags":["MAP_PRIVATE","MAP_ANONYMOUS"],"fd":-1,"offset":0,"ret":"0x10000"}')
    print(f'{{"type":"exit",{when},{who},"code":0}}')
print(*lines[at + 1:], sep="\n")
END
status 0 "a baseline of many" "$MEMTRACE" check --baseline=many.json --update many.trace
equal "how many" "$(jq -c '[.processes, .sites | length > 60000]' many.json)" "[true,true]"
status 0 "against itself" "$MEMTRACE" diff many.json many.trace
status 1 "against few" "$MEMTRACE" diff many.trace one.jsonl
equal "who is gone" "$(grep -c '^  no process p1' out)" 60000

# From standard input and from pipes, which are read once; compressed, too.
status 0 "a trace on standard input" "$MEMTRACE" diff - two.jsonl <one.jsonl
status 1 "another on standard input" "$MEMTRACE" diff one.jsonl - <leak.jsonl
status 0 "a trace from a pipe" "$MEMTRACE" diff <(cat one.jsonl) <(gzip <two.jsonl)
status 0 "a baseline of standard input" "$MEMTRACE" check --baseline=piped.json --update - <one.jsonl
status 0 "a baseline from a pipe" "$MEMTRACE" check --baseline=<(cat piped.json) two.jsonl
status 0 "a baseline on standard input" "$MEMTRACE" diff - two.jsonl <piped.json

refused() { # WHAT PATTERN COMMAND...
	status 2 "$1" "$MEMTRACE" "${@:3}"
	contains "$1" "$(cat err)" "$2"
}
refused "standard input twice" "standard input can be read but once" check --deny=wx --baseline=base.json - <one.jsonl
refused "a pipe twice" "can be read but once" check --deny=wx --baseline=base.json <(cat one.jsonl)
refused "one operand" "two traces" diff one.jsonl
refused "no such condition" "none of METRIC" diff --fail-on='committed' one.jsonl two.jsonl
refused "no such metric" "none of METRIC" diff --fail-on='comitted>+1%' one.jsonl two.jsonl
for more in nan 0x10 1e2 inf -1 '' . 1.2.3; do
	refused "no percentage" "none of METRIC" diff --fail-on="committed>+$more%" one.jsonl two.jsonl
done
refused "no baseline" "--baseline=FILE" check --update one.jsonl
refused "nothing" "standard input is empty" diff one.jsonl - </dev/null
refused "no baseline yet" "can't read none.json: No such file" check --baseline=none.json one.jsonl
head -n -1 one.jsonl >cut.jsonl
refused "a part" "is partial" diff one.jsonl cut.jsonl
echo '{"memtrace_baseline": 1, "processes": [' >broken.json
refused "a broken baseline" "broken.json:1: this is no JSON" diff broken.json one.jsonl
for number in '"7"' -1 1e80 null; do
	jq -c ".processes[0].committed = $number" base.json >wrong.json
	refused "a number $number" 'a value of "committed" is no count' diff wrong.json one.jsonl
done

# A baseline is a file, and nothing is left beside one that can't be written. Links stay: to where there is one and to
# where there will be.
mkdir folder kept
refused "a folder" "--update writes a file, and folder is none" check --baseline=folder --update one.jsonl
refused "what is no file" "/dev/null is none" check --baseline=/dev/null --update one.jsonl
refused "standard output" "- is none" check --baseline=- --update one.jsonl
ln -s loop loop
refused "a link to itself" "can't write loop: Too many levels" check --baseline=loop --update one.jsonl
cp base.json kept/file.json
ln -s file.json kept/link.json
ln -s "$PWD/kept/link.json" link.json
ln -s kept/later.json later.json
for link in link.json later.json; do
	status 0 "an update by $link" "$MEMTRACE" check --baseline=$link --update one.jsonl
	[ -L $link ] || fail "$link is a link no more"
done
[ -L kept/link.json ] || fail "kept/link.json is a link no more"
cmp kept/file.json kept/later.json || fail "one of them wasn't written"
equal "what is left" "$(find . -name '*.new')" ""

# Rules to begin with hold for the run that they are from.
"$MEMTRACE" check --init leak.jsonl >memtrace.json || fail "--init: $?"
contains "what was found" "$(cat memtrace.json)" "// found 1 time, first: audit_bad ("
status 0 "its own rules" "$MEMTRACE" check --rules=memtrace.json leak.jsonl
status 99 "live" "$MEMTRACE" -q --rules=memtrace.json -- "$bad" wx
