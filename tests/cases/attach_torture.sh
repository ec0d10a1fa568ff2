# Attaching to what is worst to attach to, again and again (a twentieth of make torture).
# shellcheck shell=bash
need redis-benchmark
need wrk
for kind in storm nanosleep futex poll epoll read accept stopped vfork killer; do
	rounds=10
	[ $kind = storm ] && rounds=50
	tool attach_torture "$BUILD" $rounds $kind || fail "$kind"
done
