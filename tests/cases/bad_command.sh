# A command that can't be run is answered with one line that names it; no file is made.
# engine too: notify perf
# shellcheck shell=bash

PATH=/usr/bin:/bin
touch plain
mkdir folder

refused() { # STATUS COMMAND
	local option
	for option in $MODES --no-follow; do
		"$MEMTRACE" -q "$option" -o new -- "$2" word >output 2>words
		equal "status of $2 with $option" $? "$1"
		equal "lines said on $2" "$(wc -l <words)" 1
		equal "who says it" "$(cut -c 1-10 words)" "memtrace: "
		contains "words" "$(cat words)" "$2"
		[ ! -e new ] || fail "a file was made for $2"
	done
	"$MEMTRACE" -q -- "$2" >output 2>words
	equal "status of $2, events to standard output" $? "$1"
	equal "events of $2" "$(cat output)" ""
}

refused 127 no-such-command
refused 127 ./no-such-command
refused 127 folder/none
refused 127 ""
refused 126 ./plain
refused 126 ./folder
refused 126 "$PWD/folder"

# What may be a slip of one of our own commands.
status=0
"$MEMTRACE" reprot t.jsonl 2>err || status=$?
equal "a slip" $status 127
contains "a slip" "$(cat err)" "did you mean memtrace report?"
