#!/usr/bin/python3
"""Whether a process traces all threads of another, however fast these come and go.

all_traced.py PID TRACER SCANS

Reads /proc/PID/task so many times. Prints how many threads were seen; ends with 1 and names them where
one isn't traced by TRACER.
"""
import os
import re
import sys


def scan(pid, tracer):
    """How many threads there are, and the statuses of those that TRACER doesn't trace."""
    seen, missed = 0, []
    for tid in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{tid}/status", encoding="ascii", errors="replace") as file:
                status = file.read()
        except (FileNotFoundError, ProcessLookupError):
            continue
        found = re.search(r"^State:\s*(\S).*^TracerPid:\s*(\d+)", status, re.M | re.S)
        if found is None or found.group(1) in "ZX":  # the dead are nobody's any more
            continue
        seen += 1
        if found.group(2) != tracer:
            missed.append(f"{tid}: state {found.group(1)}, tracer {found.group(2)}")
    return seen, missed


def main(argv):
    """Run the command."""
    pid, tracer, scans = argv[1], argv[2], int(argv[3])
    total, missed = 0, []
    for _ in range(scans):
        seen, lines = scan(pid, tracer)
        total += seen
        missed += lines
    print(f"{total} threads in {scans} scans, {len(missed)} not traced by {tracer}")
    print("\n".join(missed[:10]), end="\n" if missed else "")
    return 1 if missed or not total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
