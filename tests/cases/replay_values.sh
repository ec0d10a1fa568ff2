# Replaying keeps 64-bit extremes exact, and passes over keys and spaces that it doesn't know.
# shellcheck shell=bash

"$MEMTRACE" -q -o base.jsonl -- "$PROGS/static_hello" >/dev/null
head -n 2 base.jsonl >extreme.jsonl
common='"time":"2026-11-22T15:12:53.000000001Z","elapsed":0.000000001,"pid":812,"tid":812'
seq=1
add() { # KEYS: a call with these
	seq=$((seq + 1))
	printf '{"type":"call","seq":%d,%s,"comm":"x",%s}\n' "$seq" "$common" "$1" >>extreme.jsonl
}
add '"call":"munmap","addr":"0xffffffffffffffff","length":18446744073709551615,"ret":0'
add '"call":"munmap","addr":"0x0","length":9007199254740993,"ret":-1,"error":"EINVAL"'
add '"call":"munmap","addr":"0x8000000000000000","length":9223372036854775808,"ret":null'
add '"call":"mremap","addr":"0x1000","length":9223372036854775807,'\
'"new_length":18446744073709551614,'\
'"flags":[],"ret":"0xfffffffffffff000"'
add '"call":"mprotect","addr":"0x1000","length":0,"prot":["0xfffffffffffffff0"],"ret":0'
printf '{"type":"end","seq":%d,%s,"events":%d,"lost":0,"coverage":"complete","reasons":[]}\n' \
	$((seq + 1)) '"time":"2026-11-22T15:12:53.999999999Z","elapsed":86400.123456789' "$seq" \
	>>extreme.jsonl
"$MEMTRACE" replay extreme.jsonl >got
equal "status" $? 0
cmp got extreme.jsonl || fail "extremes: $(diff got extreme.jsonl | head -n 6 | cut -c 1-300)"

# Unknown keys and values of any kind, at each place, and JSON's free spaces.
sed 's/^{/{"x_first":{"a":[1,{"b":null}],"pid":[]},/; s/}$/,"x_last":"\\u00e9\\"}","x_n":-1.5e300}/
	s/,"pid"/,"x_middle":[[[]],true,false],"pid"/' base.jsonl >unknown
equal "status, unknown keys" "$("$MEMTRACE" replay unknown >got; echo $?)" 0
cmp got base.jsonl || fail "unknown keys: $(diff got base.jsonl | head -n 4 | cut -c 1-300)"
grep -q x_middle unknown || fail "nothing was put into the middle"

# As another program would write it: spaces between, and characters as escapes.
/usr/bin/python3 -c 'import json, sys
for line in sys.stdin:
    print(" ", json.dumps(json.loads(line, parse_float=lambda s: s)), "\t")' <base.jsonl |
	sed -E 's/"(elapsed|duration)": "([0-9.e-]+)"/"\1" : \2/g; s/"type"/"\\u0074ype"/' >spaced
"$MEMTRACE" replay spaced >got
equal "status, spaces" $? 0
diff <(jq -c . got) <(jq -c . base.jsonl) >difference ||
	fail "spaces: $(head -n 4 difference | cut -c 1-300)"
