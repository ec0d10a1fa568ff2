# Where personality(2) lets execute whatever may be read (READ_IMPLIES_EXEC), nothing is said to be sure that isn't.
# engine too: perf
# shellcheck shell=bash
maps='import mmap; mmap.mmap(-1, 4096)'
judge() { # EXPECTED PROGRAM
	"$MEMTRACE" -q --deny=wx -o trace.jsonl -- /usr/bin/python3 -c "$2" 2>words
	equal "status of $2" $? "$1"
}
judge 0 "$maps"
judge 98 "import ctypes; ctypes.CDLL(None).personality(0x0400000); $maps"
equal "why" "$(jq -c 'select(.type == "end") | .reasons' trace.jsonl)" '["model_mismatch"]'
