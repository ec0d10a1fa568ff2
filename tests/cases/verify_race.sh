# Threads that give each other's addresses away: the kernel's maps are those after whichever call is told last.
# shellcheck shell=bash
. "$TOP/tests/lib/verify.sh"
verify threads4 "$PROGS/race_maps" 4 2000
verify threads16 "$PROGS/race_maps" 16 400
