#!/usr/bin/python3
"""Say what a log of the storm holds: compare_log.py TOOL LOG prints its calls, and how many mmaps got a range
that is still mapped by the log's own account."""

import json
import re
import sys

STRACE = re.compile(r"(\d+) +(?:(mmap|munmap)\((.*)|<\.\.\. (mmap|munmap) resumed>(.*))")
RESULT = re.compile(r"\) += (0x[0-9a-f]+|0)$")
PERF = re.compile(r" (mmap|munmap)\((?:addr: (0x[0-9a-f]+))?.*\) += (0x[0-9a-f]+|0)$")


def strace(lines):
    """Give (call, address) when each call ended."""
    begun = {}
    for line in lines:
        match = STRACE.match(line)
        if not match:
            continue
        pid, name, rest = match[1], match[2] or match[4], match[3] or match[5]
        if match[2]:
            begun[pid] = rest.split(",")[0]
        result = RESULT.search(line.rstrip())
        if result:
            yield name, int(result[1] if name == "mmap" else begun[pid], 16)


def perf(lines):
    """The same."""
    for line in lines:
        match = PERF.search(line.rstrip())
        if match:
            address = match[3] if match[1] == "mmap" else match[2]
            yield match[1], int(address or "0", 16)


def bpftrace(lines):
    """The same; the program prints a name and an address."""
    for line in lines:
        words = line.split()
        if len(words) == 2 and words[0] in ("mmap", "munmap"):
            yield words[0], int(words[1], 16)


def memtrace(lines):
    """The same."""
    for line in lines:
        event = json.loads(line)
        if event.get("call") == "mmap" and "error" not in event:
            yield "mmap", int(event["ret"], 16)
        elif event.get("call") == "munmap" and "error" not in event:
            yield "munmap", int(event["addr"], 16)


def main(argv):
    """Run the command."""
    read = {"strace": strace, "perf": perf, "bpftrace": bpftrace, "memtrace": memtrace}[argv[1]]
    live, calls, twice = set(), 0, 0
    with open(argv[2], encoding="utf-8", errors="replace") as file:
        for name, address in read(file):
            calls += 1
            if name == "munmap":
                live.discard(address)
            else:
                twice += address in live
                live.add(address)
    print(calls, twice)


if __name__ == "__main__":
    main(sys.argv)
