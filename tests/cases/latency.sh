# Events are there for a follower soon after they happened, while the command lives.
# engine too: notify perf
# shellcheck shell=bash

trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
mkfifo go pipe
command=(/usr/bin/python3 -c '
import mmap
held = mmap.mmap(-1, 987136)
open("mapped", "w").close()
open("go").read()')

follow() { # WHAT FILE: FILE grows while the command lives
	local begin
	wait_for test -e mapped
	begin=$EPOCHREALTIME
	wait_for grep -q '"call":"mmap".*"length":987136,' "$2"
	awk -v "from=$begin" -v "to=$EPOCHREALTIME" 'BEGIN { exit to - from > 0.5 }' ||
		fail "$1: an event was seen only $begin to $EPOCHREALTIME after it happened"
	equal "$1: ends that are seen" "$(grep -c '"type":"end"' "$2")" 0
	echo >go
	wait "$traced"
	rm mapped
}

"$MEMTRACE" -q -o file.jsonl -- "${command[@]}" &
traced=$!
follow "-o FILE" file.jsonl

cat pipe >copy.jsonl &
"$MEMTRACE" -q -- "${command[@]}" >pipe &
traced=$!
follow "standard output" copy.jsonl

"$MEMTRACE" -q -o '|cat >command.jsonl' -- "${command[@]}" &
traced=$!
wait_for test -e command.jsonl
follow "-o '|CMD'" command.jsonl
