# Children by rare flags of clone and clone3 are traced, and waits for them are as they are untraced.
# shellcheck shell=bash
[ "$(uname -m)" = x86_64 ] || skip "the program is for x86_64"
tool same clone_flags -- "$PROGS/clone_flags" || fail "children"
equal "children that are compared" "$("$PROGS/clone_flags" | grep -c ': made$')" 30
for mode in auto off; do
	tool check_order clone_flags.$mode.jsonl || fail "the order with --seccomp=$mode"
done
