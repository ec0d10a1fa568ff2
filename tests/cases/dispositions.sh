# The command gets the signals as memtrace did: what is ignored, what is blocked, none pending.
# engine too: notify perf
# shellcheck shell=bash

env --block-signal=USR1 true 2>/dev/null || skip "env can't block signals"

compare() { # ENV_OPTION...
	local expected mode
	expected=$(env "$@" grep -E '^(Sig[A-PR-Z]|Shd)' /proc/self/status)
	for mode in $MODES --no-follow '-o|cat >/dev/null'; do
		equal "env $* memtrace $mode" "$(env "$@" "$MEMTRACE" -q -o /dev/null "$mode" -- \
			grep -E '^(Sig[A-PR-Z]|Shd)' /proc/self/status)" "$expected"
	done
}

equal "lines compared" "$(grep -cE '^(Sig[A-PR-Z]|Shd)' /proc/self/status)" 5
compare --default-signal
compare --default-signal --ignore-signal=HUP
compare --default-signal --ignore-signal=PIPE
compare --default-signal --ignore-signal=INT,QUIT,HUP,PIPE,TERM,ALRM,XFSZ,CHLD,USR1,RTMIN
compare --default-signal --block-signal=USR1,HUP,TERM,ALRM,CHLD,INT,PIPE,RTMAX
compare --default-signal --ignore-signal=TERM --block-signal=TERM,USR2
