# What cases have at hand. Sourced by tests/run before each; $MEMTRACE, $PROGS, $TOP and $BUILD are set,
# the current folder is the case's own and empty.
# shellcheck shell=bash
set -u

fail() { # WORDS: end the case as failed
	echo "failed: $*"
	exit 1
}

skip() { # WORDS: end the case as skipped
	echo "$*"
	exit 77
}

need() { # COMMAND: what this machine must have for the case
	command -v "$1" >/dev/null 2>&1 || skip "$1 isn't installed"
}

status_of() { # COMMAND...: print its exit status, as a shell sees it
	"$@"
	echo $?
}

# Whether this kernel runs programs of 32 bits, and their calls. The case compat_own, which is about them, says so.
has_32bit() {
	"$PROGS/m32_own" >/dev/null 2>&1
}

equal() { # WHAT GOT EXPECTED
	[ "$2" = "$3" ] || fail "$1: got <$2>, expected <$3>"
}

contains() { # WHAT TEXT PART
	case $2 in
	*"$3"*) ;;
	*) fail "$1: <$2> doesn't contain <$3>" ;;
	esac
}

# For sh -c: until its newest child has executed sleep. Before that it still has the traps of sh, and no signal ends it.
# shellcheck disable=SC2016,SC2034 # the inner shell's; cases use it
ASLEEP='until read -r name </proc/$!/comm && [ "$name" = sleep ]; do :; done'

# What commands a terminal: control characters but ends of lines, C1's, and what turns lines round or ends them.
commands_terminal() { # FILE: print the first lines with some
	local c1='\xc2[\x80-\x9f]' directions='\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]'
	LC_ALL=C grep -nP -m 3 "[\\x00-\\x08\\x0b-\\x1f\\x7f]|$c1|$directions" "$1" | cat -v
}

lines_of() { # TEXT: how many lines it has
	if [ -z "$1" ]; then echo 0; else printf '%s\n' "$1" | wc -l; fi
}

# Wait until COMMAND succeeds, ten seconds at most.
wait_for() {
	local end=$((SECONDS + 10))
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || fail "waited ten seconds for: $*"
		read -r -t 0.02 <> <(:) || true
	done
}

tool() { # NAME ARG...: one of the project's test tools
	local name=$1
	shift
	/usr/bin/python3 "$TOP/tests/lib/$name.py" "$@"
}

# What an engine that sees all says of it: "complete", or why not even then.
case ${ENGINE-ptrace} in
ptrace) COVERAGE=complete REASONS='' MODES='--seccomp=auto --seccomp=off' ;;
perf) COVERAGE=complete REASONS='' MODES=--seccomp=auto ;;
*) COVERAGE=partial REASONS='"entry_only_engine"' MODES=--seccomp=auto ;;
esac
export MODES
export COVERAGE
reasons() { # REASON: the list, as JSON, beside what the engine itself adds
	echo "[$REASONS${REASONS:+,}\"$1\"]"
}
