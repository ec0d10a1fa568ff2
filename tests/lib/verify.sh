# Programs whose address spaces the model is held against the kernel's own maps of, call by call. Source it.
# shellcheck shell=bash

# It ends well, and so does the trace: whole, and without a mismatch.
verify() { # NAME COMMAND...
	local name=$1 status
	shift
	MEMTRACE_VERIFY=1 "$MEMTRACE" -v -o "$name.jsonl" -- "$@" >"$name.out" 2>"$name.words"
	status=$?
	equal "status of $name ($(tail -n 3 "$name.words"))" $status 0
	equal "end of $name ($(grep -a 'the model of' "$name.words"))" \
		"$(tail -n 1 "$name.jsonl" | jq -c '[.coverage, .reasons]')" '["complete",[]]'
}
