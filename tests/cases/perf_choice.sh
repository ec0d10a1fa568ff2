# Which engine is taken for what, what is said where perf can't be had, and bad input about it.
# shellcheck shell=bash
[ "$(id -u)" = 0 ] || skip "needs root"
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
"$PROGS/attach_sleeper" nanosleep 1000 >target.out &
target=$!
wait_for test -s target.out

chosen() { # OPTION...: engine and reason
	"$MEMTRACE" -q -o t.jsonl --duration=1ms "$@" >/dev/null 2>words || fail "$*: $(cat words)"
	head -n 1 t.jsonl | jq -r '.engine + ", " + .engine_reason'
}
equal "a command" "$(chosen -- true)" "ptrace, launched command"
equal "-p" "$(chosen -p $target)" "perf, running processes"
equal "-a" "$(chosen -a)" "perf, all processes"
equal "-p and -k" "$(chosen -p $target -k)" "ptrace, running processes"
equal "-p and an audit" "$(chosen -p $target --max mapped.peak=1T --error-exitcode=0)" "ptrace, running processes"
equal "-p and --require-complete" "$(chosen -p $target --require-complete)" "ptrace, running processes"
equal "-p and a command" "$(chosen -p $target -- true)" "ptrace, running processes"
equal "as told" "$(chosen --engine=ptrace -p $target)" "ptrace, as --engine says"
equal "told of a command" "$(chosen --engine=perf -- true)" "perf, as --engine says"

# Without the rights: what to do, and ptrace where that will do.
poor=(setpriv --reuid 65534 --regid 65534 --clear-groups)
chmod 777 .
refused() { # WHAT PART COMMAND...
	"${@:3}" >/dev/null 2>words
	equal "$1: status" $? 125
	equal "$1: one line" "$(wc -l <words)" 1
	contains "$1" "$(cat words)" "$2"
}
refused "as nobody" "setcap cap_perfmon" "${poor[@]}" "$MEMTRACE" --engine=perf -- true
"${poor[@]}" "$PROGS/attach_sleeper" nanosleep 1000 >own.out &
own=$!
wait_for test -s own.out
"${poor[@]}" "$MEMTRACE" -o own.jsonl -p $own --duration=1ms 2>words || fail "$(cat words)"
equal "falls back" "$(head -n 1 own.jsonl | jq -r .engine)" ptrace
contains "and says so" "$(cat words)" "engine ptrace: running processes; engine perf"
bare=(setpriv --bounding-set -sys_admin --inh-caps -sys_admin)
if unshare -m true; then
	cat >hide.sh <<-'END'
		umount -R /sys/kernel/tracing /sys/kernel/debug 2>/dev/null
		exec "$@"
	END
	refused "no tracefs" "mount -t tracefs" unshare -m bash hide.sh "${bare[@]}" "$MEMTRACE" --engine=perf -- true
	unshare -m bash hide.sh "$MEMTRACE" -q --engine=perf -- true >t.jsonl 2>words || fail "$(cat words)"
	equal "its own tracefs" "$(tail -n 1 t.jsonl | jq -r .coverage)" complete
fi

refused "a buffer beyond all" "--buffer" "$MEMTRACE" --engine=perf --buffer=64G -- true
refused "-a and a command" "leave out the command" "$MEMTRACE" -a -- true
refused "-a and -p" "leave out -p" "$MEMTRACE" -a -p $target
refused "-a and -u" "none is given beside -a" "$MEMTRACE" -a -u root
refused "--cgroup and -E" "none is given beside --cgroup" "$MEMTRACE" --cgroup=x -E A=1
refused "no name of a group" "names no group" "$MEMTRACE" --cgroup=
refused "-a and --cgroup" "leave out --cgroup" "$MEMTRACE" -a --cgroup=x
refused "-a by ptrace" "--engine=perf can" "$MEMTRACE" -a --engine=ptrace
refused "-a alone with --no-follow" "leave out --no-follow" "$MEMTRACE" -a --no-follow
refused "no such group" "no such control group" "$MEMTRACE" --cgroup=no/such
refused "no group" "isn't a control group" "$MEMTRACE" "--cgroup=$PWD"
refused "nobody" "no such process" "$MEMTRACE" --engine=perf -p 4194303
refused "itself" "kernel thread" "$MEMTRACE" --engine=perf -p 2
"$MEMTRACE" --engine=perf -- ./no-such 2>words
equal "no such command" $? 127
"$MEMTRACE" --engine=perf -- /etc/passwd 2>words
equal "no program" $? 126
