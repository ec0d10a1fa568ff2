# A message stays one line of plain text, whatever bytes the word that it names has.
# engine too: notify perf
# shellcheck shell=bash

one_line() { # STATUS ARG...
	local expected=$1 status
	shift
	"$MEMTRACE" -q "$@" >/dev/null 2>words </dev/null
	status=$?
	equal "status of ${*@Q}" "$status" "$expected"
	equal "lines said on ${*@Q}" "$(wc -l <words)" 1
	equal "who says it, on ${*@Q}" "$(cut -c 1-10 words)" "memtrace: "
	equal "control characters said on ${*@Q}" "$(commands_terminal words)" ""
}

one_line 126 -o new -- "./$(printf '%05000d' 0)" # too long to be a name
for odd in $'two\nlines' $'red \e[31m' $'back\rto the start' $'C1 \xc2\x9b2J' $'\xe2\x80\xaeback' $'\xe2\x80\xa8' \
	"$(printf '%05000d' 0)"; do
	[ ${#odd} = 5000 ] || one_line 127 -o new -- "./$odd"
	one_line 125 -e "$odd" -o new -- true
	one_line 125 --"$odd" -o new -- true
	one_line 125 --limit="$odd" -o new -- true
	one_line 125 --engine="$odd" -o new -- true
	one_line 125 -u "$odd" -o new -- true
	one_line 125 -o "none/$odd" -- true
	one_line 2 replay "none/$odd"
done
