# -e chooses calls by names and groups, and the start event says which; other events stay.
# engine too: perf
# shellcheck shell=bash

map='["brk","io_destroy","io_setup","madvise","map_shadow_stack","mmap","mprotect","mremap","munmap",'
map+='"pkey_mprotect","prctl","remap_file_pages","shmat","shmdt"]'

trace() { # OPTION...
	"$MEMTRACE" -q "$@" -o trace.jsonl -- "$PROGS/static_hello" >/dev/null
	equal "status, $*" $? 0
	equal "seq without gaps, $*" \
		"$(jq -s '[.[] | select(.seq).seq] == [range(1; length)]' trace.jsonl)" true
}

of_start() { # JQ
	jq -c "select(.type == \"start\") | $1" trace.jsonl
}

seen() { # the calls in the trace
	jq -r 'select(.type == "call").call' trace.jsonl | sort -u | tr '\n' ' '
}

trace
equal "calls by default" "$(of_start .calls)" "$map"
equal "seen by default" "$(seen)" "brk mmap mprotect mremap munmap "
equal "filter by default" "$(of_start .filter)" null

trace -e munmap
equal "-e munmap" "$(of_start .calls)" '["munmap"]'
equal "seen with -e munmap" "$(seen)" "munmap "
contains "filter of -e munmap" "$(of_start .filter)" "munmap"
equal "other events" "$(jq -r 'select(.type != "call").type' trace.jsonl | tr '\n' ' ')" \
	"start exec exit end "
equal "coverage" "$(jq -r 'select(.type == "end").coverage' trace.jsonl)" "$COVERAGE"

for option in '-e mremap,brk' '-emremap,brk' --trace=brk,mremap '-e trace=mremap,brk,brk'; do
	# shellcheck disable=SC2086 # one word or two
	trace $option
	equal "$option" "$(of_start .calls)" '["brk","mremap"]'
	equal "seen with $option" "$(seen)" "brk mremap "
done
for set in %map trace=%map brk,%map; do
	trace -e "$set"
	equal "$set" "$(of_start .calls)" "$map"
done
for set in '!brk,mmap' 'trace=!brk,mmap'; do
	trace -e "$set"
	equal "$set lacks" "$(of_start '[.calls[] | select(. == "brk" or . == "mmap")]')" "[]"
	equal "$set has" "$(of_start '.calls | index("munmap") != null')" true
	equal "seen with $set" "$(seen)" "mprotect mremap munmap "
done
trace -e '!%map'
equal "seen with !%map" "$(seen)" ""

"$MEMTRACE" -q -e mremap -o tree.jsonl -- "$PROGS/wl_fork_tree"
equal "events of a tree with -e mremap" \
	"$(jq -r .type tree.jsonl | sort | uniq -c | awk '{printf "%s %s ", $2, $1}')" \
	"end 1 exec 1 exit 15 fork 14 start 1 "
