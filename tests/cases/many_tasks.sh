# Tens of thousands of processes and threads: memtrace keeps nothing of the ended, and tells of all.
# shellcheck shell=bash
processes=30000 threads=10000
# Where fork(2) takes a millisecond, as in some virtual machines, a third of them take as long.
began=$EPOCHREALTIME
yes '' | "$PROGS/many_tasks" processes 300 >/dev/null
[ $((${EPOCHREALTIME//[.,]/} - ${began//[.,]/})) -lt 150000 ] || processes=10000
[ "$(cat /proc/sys/kernel/pid_max)" -gt 12000 ] || threads=2000
[ "$(cat /proc/sys/vm/max_map_count)" -gt 15000 ] || threads=2000
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT

measure() { # PID: descriptors and kilobytes
	echo "$(find "/proc/$1/fd" -type l | wc -l) $(awk '/^VmRSS/ {print $2}' "/proc/$1/status")"
}

count() { grep -c "$1" trace.jsonl; }

run() { # WHAT COUNT: sets first and second
	local traced
	rm -f go said
	mkfifo go said
	"$MEMTRACE" -q -o trace.jsonl -- "$PROGS/many_tasks" "$1" "$2" <go >said &
	traced=$!
	exec 3>go 4<said
	read -r -t 40 <&4 || fail "$1: no word within 40 s"
	first=$(measure $traced)
	echo >&3
	read -r -t 40 <&4 || fail "$1: no second word within 40 s"
	second=$(measure $traced)
	echo >&3
	wait $traced
	equal "status of $1" $? 0
	exec 3>&- 4<&-
	equal "descriptors with $1" "${second% *}" "${first% *}"
	equal "coverage of $1" "$(tail -n 1 trace.jsonl | jq -r .coverage)" complete
	# The last deeds, kept for who crashes, are 1 MB; as much may be an allocator's slack. What each task
	# would leave is more. Sanitizers keep what is freed.
	case $BUILD in
	*/asan) ;;
	*) [ $((${second#* } - ${first#* })) -lt 2048 ] || fail "memory, $1: $first, then $second" ;;
	esac
	echo "$1: $first, then $second"
}

run processes $processes
equal "births of processes" "$(count '"type":"fork"')" $processes
equal "ends of processes" "$(count '"type":"exit"')" $((processes + 1))
equal "calls of processes" "$(count '"length":2461696,')" $processes
run threads $threads
equal "births of threads" "$(count '"type":"fork".*"thread":true')" $threads
equal "calls of threads" "$(count '"length":2465792,')" $threads
tool check_order trace.jsonl || fail "the order of calls of $threads threads"
