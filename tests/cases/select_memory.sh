# -e %memory and %all hold at least all of %map.
# shellcheck shell=bash

captured() { # SET: the calls that are captured
	"$MEMTRACE" -q -e "$1" -o trace.jsonl -- true
	jq -c 'select(.type == "start").calls[]' trace.jsonl | sort
}

captured %map >map
[ -s map ] || fail "%map is empty"
for set in %memory %all; do
	captured $set >wider
	equal "of %map, not in $set" "$(comm -23 map wider)" ""
done
