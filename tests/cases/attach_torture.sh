# Attaching to what is worst to attach to, again and again (a twentieth of make torture).
# engine: ptrace
# shellcheck shell=bash
need redis-benchmark
need wrk
for kind in storm killer; do
	rounds=10
	[ $kind = storm ] && rounds=50
	tool attach_torture "$BUILD" $rounds $kind || fail "$kind"
done
# These mostly sleep. The last ones fail with EINTR after any stop (signal(7)), if nobody takes care.
kinds="nanosleep futex poll epoll read accept stopped vfork semtimedop sigtimedwait recv io_getevents inotify readv recvmmsg"
kinds+=" write writev send sendmsg sendmmsg connect"
has_32bit && kinds+=" m32_nanosleep m32_epoll m32_semtimedop m32_sigtimedwait m32_recv"
for kind in $kinds; do
	tool attach_torture "$BUILD" 10 "$kind" >"$kind.out" 2>&1 &
	eval "job_$kind=$!"
done
for kind in $kinds; do
	job=job_$kind
	wait "${!job}" || fail "$kind: $(cat "$kind.out")"
done
