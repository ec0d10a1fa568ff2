# Programs whose address spaces the model is held against the kernel's own maps of. Source it.
# shellcheck shell=bash

# It ends well, and so does the trace: whole, and at the end of each space without a mismatch.
verify_end() { # NAME COMMAND...
	local name=$1 status
	shift
	"$MEMTRACE" -v -o "$name.jsonl" -- "$@" >"$name.out" 2>"$name.words"
	status=$?
	equal "status of $name ($(tail -n 3 "$name.words"))" $status 0
	equal "end of $name ($(grep -a 'the model of' "$name.words"))" \
		"$(tail -n 1 "$name.jsonl" | jq -c '[.coverage, .reasons]')" '["complete",[]]'
}

# Nor after any call.
verify() { # NAME COMMAND...
	MEMTRACE_VERIFY=1 verify_end "$@"
}
