# -o FILE replaces a file once the command has started, and never else; it makes none in vain.
# engine too: notify perf
# shellcheck shell=bash

mkdir folder
seq 1000 >kept
cp kept old

refused() { # ARG...: can't start
	"$MEMTRACE" -o old "$@" 2>/dev/null </dev/null && fail "started: $*"
	cmp -s old kept || fail "an existing file was changed by: $*"
	"$MEMTRACE" -o new "$@" 2>/dev/null </dev/null
	[ ! -e new ] || fail "a file was made by: $*"
	"$MEMTRACE" -A -o old "$@" 2>/dev/null </dev/null
	cmp -s old kept || fail "an existing file was changed by -A and: $*"
}

refused -- no-such-command
refused -- ./kept
refused -- ./folder
refused --nosuch -- true
refused -u no-such-user -- true
refused

"$MEMTRACE" -q -o old -- true
equal "a replaced file" "$(jq -rs 'first.type, last.type' old)" "start"$'\n'"end"
"$MEMTRACE" -q -o new -- true
equal "a new file" "$(jq -rs 'first.type, last.type' new)" "start"$'\n'"end"
equal "its mode" "$(stat -c %a new)" "$(umask 022; : >other; stat -c %a other)"
