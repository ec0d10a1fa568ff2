# memtrace keeps no end of the command's pipes: a writer gets SIGPIPE, and a reader the end, as untraced.
# engine too: notify perf
# shellcheck shell=bash
rest='for i in 1 2 3 4 5 6 7 8 9 10; do [ -e over ] && exit 0; read -r -t 1 <> <(:); done; exit 9'
# The command lets go of its standard input, and lives on until the writer has noticed.
{
	yes
	echo "${PIPESTATUS[0]}" >over
} | "$MEMTRACE" -q -o trace.jsonl -- bash -c "head -c 1 >/dev/null; exec <&-; $rest" 2>/dev/null
equal "status with a writer" "${PIPESTATUS[1]}" 0
rm over
# And of its standard output, until the reader has seen the end.
"$MEMTRACE" -q -o trace.jsonl -- bash -c "echo word; exec >&-; $rest" | {
	cat >words
	touch over
}
equal "status with a reader" "${PIPESTATUS[0]}" 0
equal "what was read" "$(cat words)" word
