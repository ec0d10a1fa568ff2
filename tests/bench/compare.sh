#!/bin/bash
# memtrace beside other tools, by runs: tests/bench/compare.sh BUILD [RUNS] prints a table for the README.
# Tools that aren't installed are left out: strace, linux-perf, bpftrace and heaptrack are Debian's.
set -eu
build=$(realpath "$1")
runs=${2:-5}
pairs=20000
top=$(cd "$(dirname "$0")/../.." && pwd)
if [ ! -d /sys/kernel/tracing/events ] && [ -z "${COMPARE_MOUNTED-}" ]; then
	export COMPARE_MOUNTED=1
	# shellcheck disable=SC2016 # for the other shell
	exec unshare -m sh -c 'mount -t tracefs nodev /sys/kernel/tracing; exec "$0" "$@"' "$0" "$@"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
storm=$build/tests/bench/storm

script='
tracepoint:syscalls:sys_exit_mmap /comm == "storm" || comm == "m32_tree"/ { printf("mmap %llx\n", args->ret); }
tracepoint:syscalls:sys_enter_munmap /comm == "storm" || comm == "m32_tree"/ { @[tid] = args->addr; }
tracepoint:syscalls:sys_exit_munmap /comm == "storm" || comm == "m32_tree"/ { printf("munmap %llx\n", @[tid]); }'
traced() { # TOOL LOG COMMAND...: run it under the tool
	local tool=$1 log=$2
	shift 2
	case $tool in
	untraced) "$@" ;;
	memtrace) "$build/memtrace" -q -e mmap,munmap -o "$log" -- "$@" ;;
	strace) strace -f --seccomp-bpf -e trace=mmap,mmap2,munmap -o "$log" "$@" ;;
	perf) perf trace -e mmap,munmap -o "$log" "$@" ;;
	bpftrace) bpftrace -o "$log" -e "$script" -c "$*" ;;
	heaptrack) heaptrack -o "$log" "$@" ;;
	esac >"$tool.out" 2>"$tool.err" </dev/null
}
tools=(memtrace)
for tool in strace perf bpftrace heaptrack; do
	! command -v "$tool" >/dev/null || tools+=("$tool")
done

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
# One load under all tools in turn; the median of each goes to times.TOOL.
measure() { # COMMAND...
	rm -f took.*
	for ((i = 0; i <= runs; i++)); do
		for tool in untraced "${tools[@]}"; do
			local begin=$EPOCHREALTIME
			traced "$tool" log "$@" || true
			local end=$EPOCHREALTIME
			[ "$i" = 0 ] || echo $((${end/./} - ${begin/./})) >>"took.$tool"
		done
	done
}
row() { # WHAT VALUE...
	printf '| %s' "$1"
	printf ' | %s' "${@:2}"
	echo ' |'
}
times() { # WHAT
	local values=() base
	base=$(median <took.untraced)
	for tool in "${tools[@]}"; do
		values+=("$(median <"took.$tool" | awk -v base="$base" '{ printf "%.1f", $1 / base }')")
	done
	row "$1" "${values[@]}"
}

echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores, Linux $(uname -r); medians of $runs runs, in turn"
echo
row "" "${tools[@]}"
printf '|---%.0s' "" "${tools[@]}"
echo '|'
measure /bin/true
# shellcheck disable=SC2046 # a word each
row "the program true, in ms (untraced $(median <took.untraced | awk '{ printf "%.1f", $1 / 1000 }'))" \
	$(for tool in "${tools[@]}"; do median <"took.$tool" | awk '{ printf "%.0f ", $1 / 1000 }'; done)
measure "$storm" $pairs
times "a storm of $pairs mmaps and munmaps, times untraced"
measure "$storm" $((pairs / 4)) 4
times "four such threads, a quarter each"
measure /usr/bin/python3 -c 'import json, ssl, decimal'
times "python3 with imports"

seen=() twice=() narrow=() user=()
for tool in "${tools[@]}"; do
	log=$PWD/log.$tool
	if [ "$tool" = heaptrack ]; then
		seen+=(none) twice+=("") narrow+=(none)
	else
		traced "$tool" "$log" "$storm" $((pairs / 4)) 4
		read -r calls again < <("$top/tests/bench/compare_log.py" "$tool" "$log")
		lost=$(grep -oE '(Lost|LOST) [0-9]+' "$tool.err" "$tool.out" "$log" | awk '{ n += $2 } END { print n + 0 }')
		seen+=("$((calls * 100 / (2 * pairs)))%$([ "$lost" = 0 ] || echo " ($lost lost, it says)")") twice+=("$again")
		traced "$tool" "$log" "$build/tests/progs/m32_tree" || true
		narrow+=("$(grep -cE 'mmap2?[ (]|"call":"mmap"' "$log" || true)")
	fi
	rm -f log.*
	status=0
	export -f traced
	# shellcheck disable=SC2016 # for the other shell
	setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp build="$build" script="$script" \
		bash -c 'cd "$(mktemp -d)" && traced "$@"' bash "$tool" log /bin/true || status=$?
	user+=("$([ "$status" = 0 ] && echo yes || echo no)")
done
row "share of the threads' calls in its output" "${seen[@]}"
row "mmaps of them that got a range which is mapped already, by the log" "${twice[@]}"
row "mmaps seen of a program of 32 bits" "${narrow[@]}"
row "runs without root" "${user[@]}"
