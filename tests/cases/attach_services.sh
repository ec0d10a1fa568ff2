# Services under load don't notice (a twentieth of make torture).
# shellcheck shell=bash
need redis-benchmark
need wrk
need mariadb-slap
for kind in redis python mariadb; do
	tool attach_torture "$BUILD" 10 $kind || fail "$kind"
done
