# Ids that are used again and again are other processes each time: none is lost, none is told of twice.
# shellcheck shell=bash
[ "$(id -u)" = 0 ] || skip "needs root, for a pid namespace"
# Before Linux 6.14 the limit is the whole machine's.
printf '6.14\n%s\n' "$(uname -r)" | sort -CV || skip "pid_max isn't a namespace's before Linux 6.14"
unshare -pf --mount-proc true 2>/dev/null || skip "can't make a pid namespace"
# shellcheck disable=SC2016 # for the inner shells
unshare -pf --mount-proc bash -c 'echo 400 >/proc/sys/kernel/pid_max && exec "$@"' bash \
	"$MEMTRACE" -q -o trace.jsonl -- bash -c 'for i in {1..2000}; do /bin/true; done; exit 3'
equal "status" $? 3
equal "forks" "$(grep -c '"type":"fork"' trace.jsonl)" 2000
equal "execs" "$(jq -c 'select(.type == "exec" and .exe != null) | .comm' trace.jsonl | grep -c true)" 2000
equal "exits" "$(jq -r 'select(.type == "exit") | .code' trace.jsonl | sort | uniq -c | awk '{print $1 "x" $2}' |
	paste -sd' ')" "2000x0 1x3"
[ "$(jq -r 'select(.type == "exit") | .pid' trace.jsonl | sort -u | wc -l)" -le 400 ] || fail "no id was used again"
# Between a process's birth and its end nobody else has its id.
jq -r 'select(.type == "fork" or .type == "exit") | "\(.type) \(.child // .pid)"' trace.jsonl | awk '
	$1 == "fork" && alive[$2]++ || $1 == "exit" && NR > 1 && $2 != 1 && --alive[$2] < -1 {exit 1}' ||
	fail "an id is used by two at once"
equal "coverage" "$(tail -n 1 trace.jsonl | jq -r .coverage)" complete
