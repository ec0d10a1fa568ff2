# What is seen of a process goes on from its address space at the attach, without a gap, and so on its end.
# engine: ptrace
# shellcheck shell=bash
tool attach_torture "$BUILD" 4 counter || fail "counts"
