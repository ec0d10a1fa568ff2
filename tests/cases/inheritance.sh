# Environment, folder, umask, limits, priority and argv[0] reach the command as they were given.
# engine too: notify perf
# shellcheck shell=bash

mkdir sub
cd sub || fail "no folder"
# shellcheck disable=SC2016 # the command's
show='tr "\0" "\n" </proc/$$/environ; tr "\0" "\n" </proc/$$/cmdline; pwd -P; umask
	cat /proc/$$/limits; cut -d " " -f 18-20,40,41 /proc/$$/stat
	grep -E "^(Uid|Gid|Groups|Cap)" /proc/$$/status'
# Without the right to do without, a filter needs no_new_privs.
[ "$(id -u)" != 0 ] || show+='; grep NoNewPrivs /proc/$$/status'

as_given() ( # COMMAND...
	umask 027
	ulimit -S -n 99
	ulimit -S -c 7
	ulimit -S -s 5000
	export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}disable_coredump=0" # it's a limit
	export ODD=$'a\nb=c' EMPTY=
	exec nice -n 3 "$@"
)

expected=$(as_given sh -c "$show")
contains "the comparison" "$expected" $'ODD=a\nb=c'
for mode in $MODES --no-follow; do
	diff <(as_given "$MEMTRACE" "$mode" -q -o ../trace.jsonl -- sh -c "$show") - \
		<<<"$expected" >../difference || fail "$mode: $(cat ../difference)"
done
