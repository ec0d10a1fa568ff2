#!/usr/bin/python3
"""Random memory calls under memtrace, whose model must be the kernel's own maps after each.

    map_torture.py [-t THREADS] [-s] [-r TRIES] BUILD SEED COUNT

Runs map_random with MEMTRACE_VERIFY=1. Where the model differs, the calls are made fewer as long as it still
does (delta debugging); what remains is printed as the trace has it, with the difference. TRIES is how often
fewer calls must do no harm before they are taken for harmless: more than once where threads race.
Exits 0 where model and kernel agree, 1 where they don't, 2 on trouble.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

FIRST_GUESS = 256
REGION = 0x100000000
PATIENCE = 600  # seconds, for one run
DULL = ("type", "time", "elapsed", "pid", "comm", "duration", "path", "dev", "inode", "deleted")


class Trouble(Exception):
    """A run that says nothing about the model."""


class Torture:
    """One sequence of calls, all of which or some can be made."""

    def __init__(self, words):
        self.build = os.path.abspath(words.build)
        self.words = words
        self.runs = 0
        self.difference = ""

    def run(self, numbers=None):
        """Make these calls, or all: whether the model differs."""
        words = self.words
        command = [self.build + "/tests/progs/map_random", "-t", str(words.threads)]
        if words.shared:
            command.append("-s")
        if numbers is not None:
            with open("numbers", "w", encoding="ascii") as file:
                file.write("\n".join(map(str, numbers)))
            command += ["-o", "numbers"]
        command += [str(words.seed), str(words.count)]
        self.runs += 1
        done = subprocess.run([self.build + "/memtrace", "-q", "-v", "-o", "trace.jsonl", "--"] + command,
                              env={**os.environ, "MEMTRACE_VERIFY": "1"}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        return self.judge(done)

    def judge(self, done):
        """Whether a run that is done showed a difference."""
        end = json.loads(last_line("trace.jsonl"))
        if done.returncode or end["type"] != "end" or end["lost"] or set(end["reasons"]) - {"model_mismatch"}:
            raise Trouble(f"status {done.returncode}, end {end}: {done.stderr}")
        if "model_mismatch" not in end["reasons"]:
            return False
        self.difference = done.stderr.strip()
        return True

    def fails(self, numbers):
        """Whether these calls make the model differ, in some of the tries."""
        return any(self.run(numbers) for _ in range(self.words.tries))

    def shortest(self):
        """The fewest calls that still do, as far as leaving out some of them tells."""
        size = FIRST_GUESS
        while size < self.words.count and not self.fails(range(size)):
            size *= 4
        numbers = list(range(min(size, self.words.count)))
        chunk = len(numbers) // 2
        while chunk:
            numbers, fewer = self.without_chunks(numbers, chunk)
            if chunk == 1 and not fewer:
                break
            chunk = max(chunk // 2, 1)
        return numbers

    def without_chunks(self, numbers, chunk):
        """Leave out what of so many calls each isn't needed, the last first: those are the least needed."""
        fewer = False
        for start in range((len(numbers) - 1) // chunk * chunk, -1, -chunk):
            rest = numbers[:start] + numbers[start + chunk:]
            if rest and self.fails(rest):
                numbers, fewer = rest, True
        return numbers, fewer


def last_line(path):
    """Return the last line of a file."""
    with open(path, "rb") as file:
        file.seek(max(os.path.getsize(path) - 65536, 0))
        return file.read().splitlines()[-1]


def calls_of(path):
    """Return the calls of a trace that map_random was asked to make."""
    with open(path, encoding="utf-8") as file:
        calls = [event for event in map(json.loads, file) if event["type"] == "call"]
    pauses = [at for at, event in enumerate(calls) if event["call"] == "brk" and event["addr"] == "0x0"]
    regions = [at for at, event in enumerate(calls) if event.get("addr") == hex(REGION)]
    begin = next(at for at in pauses if at > regions[0])
    end = pauses[-1] if pauses[-1] > begin else len(calls)  # behind it threads are joined
    return [calls[at] for at in range(begin, end) if at not in pauses]


def show_calls(path):
    """Print them, without what doesn't matter."""
    for event in calls_of(path):
        print("   ", json.dumps({key: value for key, value in event.items() if key not in DULL}))


def shrink(torture):
    """Find the shortest sequence, and print it."""
    print(f"seed {torture.words.seed}: {torture.difference}")
    numbers = torture.shortest()
    for _ in range(torture.words.tries * 10):
        if torture.run(numbers):
            break
    print(f"after {torture.runs} runs {len(numbers)} calls are left: {' '.join(map(str, numbers))}")
    show_calls("trace.jsonl")
    print(torture.difference)


def main():
    """Run the command."""
    parser = argparse.ArgumentParser(description="Random memory calls, model against kernel.")
    parser.add_argument("-t", "--threads", type=int, default=1)
    parser.add_argument("-s", "--shared", action="store_true")
    parser.add_argument("-r", "--tries", type=int)
    parser.add_argument("build")
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int)
    words = parser.parse_args()
    words.tries = words.tries or (1 if words.threads == 1 else 6)
    torture = Torture(words)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            if not torture.run():
                return 0
            shrink(torture)
        except (Trouble, OSError, ValueError, subprocess.TimeoutExpired) as error:
            print(f"map_torture: {error}", file=sys.stderr)
            return 2
    return 1


if __name__ == "__main__":
    sys.exit(main())
