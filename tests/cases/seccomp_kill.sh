# A program's own filter that kills, traps, logs or fails memory calls, in one thread or all of them, does
# so under memtrace, and all of the calls are seen.
# shellcheck shell=bash
[ "$(uname -m)" = x86_64 ] || skip "the program is for x86_64"
bad=
for what in thread process trap log errno all conflict; do
	tool same "$what" -- "$PROGS/seccomp_kill" "$what" || bad+=" $what"
done
contains "what is compared" "$("$PROGS/seccomp_kill" conflict)" "for all: not for one of them"
contains "what is compared" "$("$PROGS/seccomp_kill" trap)" "errno 77"
contains "what is compared" "$("$PROGS/seccomp_kill" thread)" "ended with 500"
equal "what differs" "$bad" ""
