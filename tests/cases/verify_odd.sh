# Memory that is other than its calls say is the kernel's own in the model: after each call, and if it's only
# looked at in the end.
# shellcheck shell=bash
. "$TOP/tests/lib/verify.sh"
for kind in grows_down stack unforked perf_event zero removed; do
	verify $kind "$PROGS/odd_maps" $kind
	verify_end $kind "$PROGS/odd_maps" $kind
done
