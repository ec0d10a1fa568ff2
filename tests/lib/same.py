#!/usr/bin/python3
"""Run a command untraced and traced: it must do the same, and its memory calls must be seen.

usage: same.py NAME [--modes=auto,off] [--outer=WORDS] [--stderr=compare|any] -- COMMAND...

Output and status are compared. A line "call NAME LENGTH RESULT" of the command's output is a
promise: the trace holds a call of that name and length with that result (ok, the name of an error,
or unfinished) as often as there are such lines. The traces are NAME.MODE.jsonl. WORDS stand before
both the command and memtrace. Exit status: 0 the same, 1 a difference.
"""
import collections
import json
import os
import re
import shlex
import signal
import subprocess
import sys

PATIENCE = 20  # seconds for one run


def run(words):
    """Run words to their end and return (output, errors, status)."""
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, process_group=0) as process:
        try:
            output, errors = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate(timeout=PATIENCE)
            return output, errors, f"none within {PATIENCE} s"
    # What memtrace finds out about a crash it says even with -q.
    errors = re.sub(rb"^memtrace: .* died of SIG.*\n", b"", errors, flags=re.M)
    return output, errors, str(process.returncode)


def differences(plain, traced, with_errors):
    """What differs between two runs, a line each."""
    for what, before, after in zip(("output", "errors", "status"), plain, traced):
        if what == "errors" and not with_errors:
            continue
        if what == "status" and before != after:
            yield f"status: {after}, untraced {before}"
        elif what != "status":
            yield from unlike_lines(what, before, after)


def unlike_lines(what, before, after):
    """The lines that only one of two outputs has."""
    before = collections.Counter(before.decode(errors="replace").splitlines())
    after = collections.Counter(after.decode(errors="replace").splitlines())
    for line in (before - after):
        yield f"{what}: only untraced: {line}"
    for line in (after - before):
        yield f"{what}: only traced: {line}"
    # The order of lines is the program's own affair: its tasks may run side by side.


def promised(output):
    """How often each (call, length, result) stands in a command's output."""
    lines = (line.split() for line in output.decode(errors="replace").splitlines())
    return collections.Counter(tuple(words[1:]) for words in lines
                               if len(words) == 4 and words[0] == "call")


def seen(events):
    """How often each (call, length, result) stands in a trace."""
    counts = collections.Counter()
    for event in events:
        if event["type"] != "call":
            continue
        result = event.get("error", "unfinished" if event.get("unfinished") else "ok")
        counts[(event["call"], str(event.get("length")), result)] += 1
    return counts


def faults(path, output):
    """What a trace lacks, a line each."""
    try:
        with open(path, encoding="utf-8") as file:
            events = [json.loads(line) for line in file]
    except (OSError, ValueError) as error:
        yield f"{path}: {error}"
        return
    end = events[-1] if events else {}
    if end.get("type") != "end" or end.get("coverage") != os.environ.get("COVERAGE", "complete"):
        yield f"{path}: its end is {json.dumps(end)}"
    counts = seen(events)
    for call, times in promised(output).items():
        if counts[call] != times:
            others = [key for key in counts if key[:2] == call[:2]]
            yield (f"{path}: {' '.join(call)}: {counts[call]} times, not {times} "
                   f"(of its length: {others})")


def options(argv):
    """The named options and the command."""
    cut = argv.index("--")
    found = {"modes": os.environ.get("MODES", "auto,off").replace("--seccomp=", "").replace(" ", ","), "outer": "", "stderr": "compare"}
    for word in argv[2:cut]:
        key, _, value = word.partition("=")
        found[key[2:]] = value
    return found, argv[cut + 1:]


def main(argv):
    """Run the command."""
    found, command = options(argv)
    outer = shlex.split(found["outer"])
    plain = run(outer + command)
    trouble = []
    for mode in found["modes"].split(","):
        path = f"{argv[1]}.{mode}.jsonl"
        words = [os.environ["MEMTRACE"], "-q", f"--seccomp={mode}", "-o", path, "--"]
        traced = run(outer + words + command)
        trouble += [f"--seccomp={mode}: {line}" for line in
                    [*differences(plain, traced, found["stderr"] == "compare"),
                     *faults(path, plain[0])]]
    if trouble:
        print(f"{shlex.join(command)} untraced ended with {plain[2]} and said:")
        print(plain[0].decode(errors="replace")[:3000] + plain[1].decode(errors="replace")[:1000])
    for line in trouble[:30]:  # last, as the end of what a case says is what is shown of it
        print(line)
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
