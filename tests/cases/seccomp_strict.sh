# Seccomp's strict mode (prctl and seccomp) is what it is untraced, and calls before it are seen.
# shellcheck shell=bash
bad=
for how in prctl seccomp; do
	for end in exit call; do
		tool same "$how.$end" -- "$PROGS/seccomp_strict" "$how" "$end" || bad+=" $how,$end"
	done
done
equal "what is compared" "$("$PROGS/seccomp_strict" seccomp call | grep -c 'ended with 9$')" 1
equal "what differs" "$bad" ""
