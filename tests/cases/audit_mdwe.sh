# mdwe says of real software what the kernel does: under PR_SET_MDWE it refuses calls of those with findings, and
# of no others; and those without findings do what they do without it.
# shellcheck shell=bash
status=0
tool mdwe true || status=$?
[ $status != 77 ] || skip "this kernel has no PR_SET_MDWE"

refused() { # TRACE: calls that the kernel refused, each name once
	jq -r 'select(.type == "call" and .error == "EACCES" and (.call | test("mmap|mprotect|shmat"))) | .call' "$1" |
		sort -u | tr '\n' ' '
}

# The verdict, and the same program with the calls that fail.
judge() { # NAME VERDICT COMMAND...: leaves NAME.jsonl
	"$MEMTRACE" -q -k --deny mdwe --report "json:$1.json" -o /dev/null -- "${@:3}" >"$1.out" 2>"$1.err"
	equal "verdict on $1: $(cat "$1.err")" "$(jq -r .verdict "$1.json")" "$2"
	tool mdwe "$MEMTRACE" -q -Z -o "$1.jsonl" -- "${@:3}" >/dev/null 2>&1
}

passes() { # NAME COMMAND...: nothing is found, and nothing refused
	judge "$1" pass "${@:2}"
	equal "refused of $1" "$(refused "$1.jsonl")" ""
	tool mdwe "${@:2}" >"$1.bound" 2>&1 || fail "$1 under MDWE: $(cat "$1.bound")"
	cmp "$1.out" "$1.bound" || fail "$1 does something else under MDWE"
}

finds() { # NAME CALL STATUS COMMAND...: the first call that is found is the one refused, and how it ends then
	local status=0
	judge "$1" fail "${@:4}"
	contains "the call of $1" "$(jq -r '.findings[0].message' "$1.json")" ", by $2 at "
	equal "refused of $1" "$(refused "$1.jsonl")" "$2 "
	tool mdwe "${@:4}" >/dev/null 2>&1 || status=$?
	[ "$3" = any ] && status=$((status > 0))
	equal "status of $1 under MDWE" $status "${3/any/1}"
}

# shellcheck disable=SC2016 # for the inner shell
passes bash bash -c 'seq 9 | while read -r n; do echo $((n * n)); done; cat <(echo end)'
passes python /usr/bin/python3 -c 'import json, ssl, sqlite3; print(json.dumps([1]))'

# A callback needs code that is made at run time; libffi has another way where that is refused.
finds callback mmap 0 /usr/bin/python3 -c 'import ctypes; ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 7)()'

if command -v node >/dev/null; then
	finds node mprotect any node -e 'console.log(6 * 7)'
	passes jitless node --jitless --no-expose-wasm -e 'console.log(6 * 7)'
fi

# The checker of redis-tools is the server by another name.
if command -v redis-check-rdb >/dev/null; then
	ln -s "$(command -v redis-check-rdb)" redis-server
	cat >redis.sh <<'END'
./redis-server --port 0 --unixsocket s --save '' >redis.log & server=$!
until [ "$(redis-cli -s s ping 2>&1)" = PONG ] || ! kill -0 $server; do :; done
redis-cli -s s set key 6
redis-cli -s s eval 'return 7 * redis.call("get", KEYS[1])' 1 key
redis-cli -s s shutdown nosave
wait
END
	passes redis bash redis.sh
	contains "what redis did" "$(cat redis.out)" 42
fi
