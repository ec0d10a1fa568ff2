# Calls that a program's own filter hands to a tracer fail with ENOSYS, as it has none; they are seen.
# shellcheck shell=bash
bad=
# 0x6d74 is what memtrace's own filter says.
for data in 0 1 0xffff 0x6d74 "1 2"; do
	# shellcheck disable=SC2086 # one filter each
	tool same "t${data// /_}" -- "$PROGS/seccomp_trace" $data || bad+=" $data;"
done
contains "what is compared" "$("$PROGS/seccomp_trace" 0)" "call mprotect $((311 * 4096)) ENOSYS"
equal "what differs" "$bad" ""
