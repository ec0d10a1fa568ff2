# Signals to random tasks of a tree, and to memtrace, at random moments: nobody hangs or is left.
# RANDOM_KILLER_ROUNDS and RANDOM_KILLER_SEED make it longer or other rounds.
# shellcheck shell=bash
tool random_killer "$PROGS/kill_tree" "${RANDOM_KILLER_ROUNDS:-30}" "${RANDOM_KILLER_SEED:-1}" ||
	fail "see the seeds above"
