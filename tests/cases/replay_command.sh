# The first operand may be a subcommand; after -- it's always a command to run.
# shellcheck shell=bash

PATH=/usr/bin:/bin
equal "no such command" "$(status_of "$MEMTRACE" -q -o trace.jsonl -- replay 2>words)" 127
contains "words" "$(cat words)" replay
mkdir bin
printf '#!/bin/sh\necho "replayed $*"\nexit 7\n' >bin/replay
chmod +x bin/replay
PATH=$PWD/bin:$PATH
equal "output of a command of that name" "$("$MEMTRACE" -q -o trace.jsonl -- replay word)" \
	"replayed word"
equal "its status" "$("$MEMTRACE" -q -o trace.jsonl -- replay >output; echo $?)" 7
equal "the subcommand" "$("$MEMTRACE" replay trace.jsonl | head -n 1)" "$(head -n 1 trace.jsonl)"
equal "options before the subcommand" \
	"$("$MEMTRACE" -q -e munmap replay trace.jsonl | jq -r '.call // empty' | sort -u)" munmap
equal "options after it" \
	"$("$MEMTRACE" replay trace.jsonl -e munmap | jq -r '.call // empty' | sort -u)" munmap
equal "a command by its path" \
	"$("$MEMTRACE" -q -o trace.jsonl bin/replay replay)" "replayed replay"
equal "the subcommand without a trace" "$(status_of "$MEMTRACE" replay 2>words)" 2
equal "lines said" "$(wc -l <words)" 1
