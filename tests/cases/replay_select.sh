# Selection and limits work on a recorded trace as on a live one, and number it anew.
# shellcheck shell=bash

"$MEMTRACE" -q -o trace.jsonl -- "$PROGS/call_mmap_refused" >/dev/null

events() { # JQ ARG...: what JQ gives of memtrace replay ARG..., which is well-formed
	local jq=$1
	shift
	"$MEMTRACE" replay "$@" trace.jsonl >got.jsonl
	equal "status of $*" $? 0
	equal "seq without gaps, $*" \
		"$(jq -s '[.[] | select(.seq).seq] == [range(1; length)]' got.jsonl)" true
	equal "end.events, $*" \
		"$(jq -s 'last | .type == "end" and .events == .seq - 1' got.jsonl)" true
	got=$(jq -c "$jq" got.jsonl)
}

same() { # JQ ARG...: memtrace replay ARG... selects as JQ does
	local jq=$1
	shift
	events 'select(.type == "call") | del(.seq)' "$@"
	equal "calls selected by $*" "$got" \
		"$(jq -c "select(.type == \"call\" and ($jq)) | del(.seq)" trace.jsonl)"
	[ -n "$got" ] || fail "$* selects no call"
	events 'select(.type == "exec" or .type == "exit")' "$@"
	equal "exec and exit with $*" "$(lines_of "$got")" 2
}

same '.call == "munmap"' -e munmap
same '.call == "munmap" or .call == "brk"' -e trace=munmap,brk
same '.call != "mmap"' -e '!mmap'
same true -e %map
same '.error | not' -z
same .error -Z
same '(has("length") | not) or .length >= 65536' --min-size=64K
same '.error and .call == "mmap" and .length >= 4096' -e mmap -Z --min-size=4K

events . --limit=4
equal "events of --limit=4" "$(jq -sc 'map(.type)' got.jsonl)" \
	"$(head -n 5 trace.jsonl | jq -sc 'map(.type) + ["end"]')"
equal "end of --limit=4" "$(tail -n 1 got.jsonl | jq -c '[.coverage, .reasons]')" \
	'["partial",["limit_reached"]]'
events 'select(.type == "end") | .reasons' --limit=100000
equal "a limit that isn't reached" "$got" "[]"

"$MEMTRACE" -q -A -o trace.jsonl -- true
"$MEMTRACE" replay -e munmap trace.jsonl >two.jsonl
equal "two runs, each from 1" "$(jq -c 'select(.seq == 1 or .type == "start").type' two.jsonl |
	tr '\n' ' ')" '"start" "exec" "start" "exec" '
equal "end.events of two runs" "$(jq -c 'select(.type == "end") | .events == .seq - 1' two.jsonl |
	tr '\n' ' ')" "true true "
