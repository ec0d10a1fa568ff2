# Calls that another process answers for a program (SECCOMP_RET_USER_NOTIF) are seen, with its answer.
# shellcheck shell=bash
tool same notify -- "$PROGS/seccomp_notify" || fail "answered calls"
contains "what is compared" "$("$PROGS/seccomp_notify")" "call mmap $((321 * 4096)) ENOTUNIQ"
