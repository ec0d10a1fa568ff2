# A filter that one thread installs for all ends no call that another sleeps in.
# shellcheck shell=bash
"$PROGS/seccomp_tsync" >untraced
contains "untraced" "$(cat untraced)" "epoll_wait 0"
for how in --seccomp=auto --seccomp=off; do
	"$MEMTRACE" -q $how -o t.jsonl -- "$PROGS/seccomp_tsync" >traced
	equal "status, $how" $? 0
	equal "output, $how" "$(cat traced)" "$(cat untraced)"
done
