# The exit status is the command's own, or says why it couldn't start: 125, 126, 127.
# engine too: notify perf
# shellcheck shell=bash

PATH=/usr/bin:/bin
run() {
	"$MEMTRACE" -q -o trace.jsonl "$@" 2>words
}

for status in 0 1 3 125 255; do
	equal "status after exit $status" "$(status_of run -- sh -c "exit $status")" "$status"
	equal "status in the trace" "$(jq -c 'select(.type == "end").status' trace.jsonl)" \
		"{\"code\":$status}"
done
equal "options after the command are the command's" "$(status_of run sh -e -c 'exit 6')" 6
equal "words of good runs" "$(cat words)" ""

echo 'no program' >plain
printf '#!/nonexistent/interpreter\n' >orphan
chmod +x orphan
mkdir folder
equal "usage: unknown option" "$(status_of run --nosuch -- true)" 125
equal "usage: no command" "$(status_of run)" 125
equal "a file that isn't executable" "$(status_of run -- ./plain)" 126
contains "words on it" "$(cat words)" "./plain"
equal "a folder" "$(status_of run -- ./folder)" 126
equal "a name that isn't in PATH" "$(status_of run -- no-such-command)" 127
contains "words on it" "$(cat words)" "no-such-command"
equal "a path that isn't there" "$(status_of run -- ./none)" 127
equal "a script without its interpreter" "$(status_of run -- ./orphan)" 127
