# The command has the descriptors that memtrace was given, and no other.
# engine too: notify perf
# shellcheck shell=bash

touch given.in given.out
cat >show.py <<'P'
import os
for fd in sorted(os.listdir("/proc/self/fd"), key=int):
    try:
        print(fd, os.readlink(f"/proc/self/fd/{fd}"), file=open("list", "a"))
    except OSError:
        pass # the list of the folder itself
P

show() { # COMMAND...: what /usr/bin/python3 show.py, or memtrace with it, has open
	rm -f list
	"$@" /usr/bin/python3 show.py </dev/null >output 2>words 7<given.in 8>>given.out
	cat list
}

expected=$(show env)
contains "untraced" "$expected" "7 $PWD/given.in"
equal "-o FILE" "$(show "$MEMTRACE" -q -o trace.jsonl --)" "$expected"
equal "-o '|CMD'" "$(show "$MEMTRACE" -q -o '|cat >copy.jsonl' --)" "$expected"
equal "--no-follow" "$(show "$MEMTRACE" -q -o trace.jsonl --no-follow --)" "$expected"

# Where events go to standard output, the command's output goes to standard error.
expected=${expected/"$PWD/output"/"$PWD/words"}
equal "events to output" "$(show "$MEMTRACE" -q --)" "$expected"
[ "$ENGINE" = notify ] || equal "--seccomp=off" "$(show "$MEMTRACE" -q --seccomp=off --)" "$expected"
