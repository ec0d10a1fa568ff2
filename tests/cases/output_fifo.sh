# -o to a fifo waits for its reader, loses nothing, and ends quietly when the reader leaves.
# engine too: notify perf
# shellcheck shell=bash
mkfifo fifo
"$MEMTRACE" -q -o fifo -- true &
tracer=$!
cat fifo >late.jsonl # opens when memtrace waits already, or before: either is good
wait $tracer || fail "status $?"
equal "all of it" "$(jq -r .type late.jsonl | sed -n '1p;$p' | paste -sd,)" start,end

head -n 1 fifo >/dev/null &
reader=$!
equal "a reader that leaves" "$(status_of timeout 20 "$MEMTRACE" -q -o fifo -- \
	/usr/bin/python3 -c 'import json, ssl, asyncio' 2>words)" 0
equal "words on it" "$(cat words)" ""
wait $reader

# A command that reads until the traced one did something after the limit: neither waits for the other.
mkfifo finished
# shellcheck disable=SC2016 # for the inner shells
equal "a reader that waits for the command" "$(status_of timeout 20 "$MEMTRACE" -q --limit=3 \
	-o '|cat >limited.jsonl; read -r word <finished; [ "$word" = on ]' -- sh -c 'echo on >finished; exit 5')" 5

"$MEMTRACE" -q -o '|cat >/dev/null; echo $$ >up; exec sleep 1000' -- true &
tracer=$!
wait_for test -s up
ended() { ! pgrep -P "$tracer" -x true >/dev/null; }
wait_for ended
kill -TERM $tracer
wait $tracer
equal "stopped while its reader stays" $? 143
kill "$(cat up)"
ln -s target link
"$MEMTRACE" -q -o link -- true
[ -s target ] || fail "a link to nothing makes no file"
equal "no command behind |" "$(status_of "$MEMTRACE" -o '| ' -- true 2>words)" 125
contains "words on it" "$(cat words)" "a command is missing"
mkdir bin
printf '#!/bin/sh\nexit 9\n' >bin/only-here
chmod +x bin/only-here
equal "PATH by -E" "$(status_of "$MEMTRACE" -q -o /dev/null -E "PATH=$PWD/bin:/bin" -- only-here)" 9
