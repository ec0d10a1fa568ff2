# Threads that give each other's addresses away: the kernel's maps are those after whichever call is told last.
# shellcheck shell=bash
. "$TOP/tests/lib/verify.sh"
verify threads4 "$PROGS/race_maps" 4 2000
verify threads16 "$PROGS/race_maps" 16 400
# Ranges are moved over others, and only what they cover goes (since Linux 6.17 mremap(2) moves several at once).
verify fixed1 "$PROGS/race_fixed" 1 5000
# Threads that contest addresses: what the kernel made of that corrects the model, and is not held against it.
verify fixed4 "$PROGS/race_fixed" 4 2000
verify fixed16 "$PROGS/race_fixed" 16 300
