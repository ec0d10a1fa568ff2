#!/usr/bin/python3
"""Compare the call events of a trace with what the traced program said it would do.

usage: expected.py TRACE EXPECTED

On an engine that sees no results ($ENGINE is notify) what depends on them is left out of both; on one that stops
nobody (perf), the file of a call that failed, and what callers had in memory.
Only events between a begin and an end marker of their own thread count; a marker is
munmap(0x6d656d000, 0) (tests/progs/expect.h). Exit status: 0 as expected, 1 a difference,
2 a file that can't be read as JSON lines.
"""
import json
import os
import sys

COMMON = {"type", "seq", "time", "elapsed", "pid", "tid", "nspid", "comm", "duration",
          "why"}  # which is by the machine: shortage.sh
RESULTS = {"ret", "error", "unfinished", "path", "path_b64", "dev", "inode", "deleted"}
MADE = {"shmat": {"length"}, "io_setup": {"addr", "length"}}  # which the kernel chose
MARKER = {"call": "munmap", "addr": "0x6d656d000", "length": 0}


class Trouble(Exception):
    """An input that is no list of JSON objects."""


def unique(pairs):
    """An object as a dict; a key given twice must not hide the first one."""
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key is given twice")
    return dict(pairs)


def constant(name):
    raise ValueError(name + " is not JSON")


def read_lines(path):
    """The (line number, object) pairs of a file of JSON lines."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise Trouble(f"{path}: {error.strerror}") from error
    lines = data.split(b"\n")
    if lines.pop() != b"":
        raise Trouble(f"{path}: the last line has no newline")
    for number, line in enumerate(lines, 1):
        try:
            event = json.loads(line.decode(), object_pairs_hook=unique, parse_constant=constant)
        except ValueError as error:
            raise Trouble(f"{path}:{number}: {error}") from error
        if not isinstance(event, dict):
            raise Trouble(f"{path}:{number}: not an object")
        yield number, event


def between_markers(lines):
    """The call events inside marked regions, without the common keys, in the trace's order."""
    inside = {}
    found = []
    for number, event in lines:
        if event.get("type") != "call":
            continue
        thread = (event.get("pid"), event.get("tid"))
        if all(event.get(key) == value for key, value in MARKER.items()):
            inside[thread] = not inside.get(thread, False)
        elif inside.get(thread):
            found.append((number, {k: v for k, v in event.items() if k not in COMMON}))
    if not inside:
        raise Trouble("no marker in the trace")
    for (pid, tid), is_open in inside.items():
        if is_open:
            raise Trouble(f"pid {pid} tid {tid}: a begin marker without its end")
    return found


def without_results(event):
    """What an engine can know of a call that hasn't been made yet."""
    left = RESULTS | MADE.get(event.get("call"), set())
    return {key: value for key, value in event.items() if key not in left}


def exact(value):
    """A form in which 1, 1.0 and true differ, and the order of keys doesn't matter."""
    return json.dumps(value, sort_keys=True)


def explain(event, expected):
    """One line for each key that differs."""
    for key in [*expected, *(key for key in event if key not in expected)]:
        if key not in event:
            yield f"  {key}: missing, expected {exact(expected[key])}"
        elif key not in expected:
            yield f"  {key}: {exact(event[key])}, expected no such key"
        elif exact(event[key]) != exact(expected[key]):
            yield f"  {key}: {exact(event[key])}, expected {exact(expected[key])}"


def first_difference(trace, events, path, expectations):
    """What to tell about the first event that isn't as expected; None if all are."""
    for (number, event), (line, expected) in zip(events, expectations):
        if exact(event) != exact(expected):
            return "\n".join([
                f"{trace}:{number}: not as {path}:{line} expects",
                *explain(event, expected),
                f"  event:    {json.dumps(event)}",
                f"  expected: {json.dumps(expected)}"])
    shared = min(len(events), len(expectations))
    counts = f"{len(events)} events, {len(expectations)} expected"
    if len(events) > shared:
        number, event = events[shared]
        return f"{trace}:{number}: unexpected event ({counts})\n  event:    {json.dumps(event)}"
    if len(expectations) > shared:
        line, expected = expectations[shared]
        return f"{path}:{line}: missing event ({counts})\n  expected: {json.dumps(expected)}"
    return None


def without_reading(event):
    """An event without what isn't in registers or the kernel's records, where nobody is stopped to be read."""
    hidden = {"deleted", "nodes", "name", "name_b64"}
    hidden |= {"path", "path_b64", "dev", "inode"} if "error" in event else set()
    kept = {key: value for key, value in event.items() if key not in hidden}
    while kept.get("path", "").endswith(" (deleted)"):  # the file's own name, or the kernel's word: it's gone by now
        kept["path"] = kept["path"].removesuffix(" (deleted)")
    return kept


def main(arguments):
    if len(arguments) != 2:
        print("usage: expected.py TRACE EXPECTED", file=sys.stderr)
        return 2
    trace, path = arguments
    try:
        events = between_markers(read_lines(trace))
        expectations = list(read_lines(path))
        if os.environ.get("ENGINE") == "notify":
            events = [(n, without_results(e)) for n, e in events]
            expectations = [(n, without_results(e)) for n, e in expectations]
        if os.environ.get("ENGINE") == "perf":
            events = [(n, without_reading(e)) for n, e in events]
            expectations = [(n, without_reading(e)) for n, e in expectations]
    except Trouble as trouble:
        print(f"expected.py: {trouble}", file=sys.stderr)
        return 2
    difference = first_difference(trace, events, path, expectations)
    if difference:
        print(difference)
        return 1
    print(f"{len(events)} events as expected")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
