#!/usr/bin/python3
"""Send signals to the tasks of traced trees, and to memtrace, at random moments.

usage: random_killer.py TREE_PROGRAM ROUNDS SEED

After each round nothing of the tree may be left, and the trace must be whole: to its last whole
line where memtrace was killed, else to its end event. One round with its seed is that round again.
Exit status: 0 all is well, 1 it isn't.
"""
import json
import os
import random
import signal
import subprocess
import sys
import time

import check_order

PATIENCE = 15  # seconds, for memtrace to end; a request to stop has ten
MARK = "MEMTRACE_RANDOM_KILLER"


def state_of(pid):
    """The letter of a task's state, or None if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0].decode()
    except (OSError, IndexError):
        return None


def marked(mark):
    """The processes that carry a mark in their environment."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                if f"{MARK}={mark}".encode() in file.read().split(b"\0"):
                    found.append(int(name))
        except OSError:
            pass
    return [pid for pid in found if state_of(pid) not in (None, "Z", "X")]


def threads_of(pid):
    """A process's threads."""
    try:
        return [int(tid) for tid in os.listdir(f"/proc/{pid}/task")]
    except OSError:
        return [pid]


def send(pid, number, mark=None):
    """Send a signal to who may be gone; with a mark, to nobody who has got its id since."""
    try:
        fd = os.pidfd_open(pid)
    except OSError:
        fd = None  # a thread that doesn't lead
    try:
        if mark is not None and pid not in marked(mark):
            return
        if fd is None:
            os.kill(pid, number)
        else:
            signal.pidfd_send_signal(fd, number)
    except ProcessLookupError:
        pass
    finally:
        if fd is not None:
            os.close(fd)


class Round:
    """One run of a tree under memtrace."""

    def __init__(self, program, seed):
        self.random = random.Random(seed)
        self.mark = f"{os.getpid()}.{seed}"
        self.trace = f"round.{seed}.jsonl"
        self.log = []
        self.killed = self.asked = False
        self.off = self.random.random() < 0.25
        mode = "off" if self.off else "auto"
        self.begin = time.monotonic()
        self.process = subprocess.Popen(
            [os.environ["MEMTRACE"], "-q", f"--seccomp={mode}", "-o", self.trace, "--", program,
             str(self.random.randrange(50, 400)), str(self.random.randrange(1, 4))],
            env={**os.environ, MARK: self.mark}, stdin=subprocess.DEVNULL)

    def shoot(self):
        """Send one signal to one task."""
        time.sleep(self.random.random() * 0.04)
        tasks = marked(self.mark)
        if self.process.poll() is not None or not tasks:
            return
        victim = self.random.choice(tasks)
        if self.random.random() < 0.15:
            victim = self.process.pid
        number = self.random.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
        if number == signal.SIGSTOP and victim != self.process.pid:
            victim = self.random.choice(threads_of(victim))
        self.killed |= victim == self.process.pid and number == signal.SIGKILL
        self.asked |= victim == self.process.pid and number == signal.SIGTERM
        who = "memtrace" if victim == self.process.pid else f"task {victim}"
        self.log.append(f"{time.monotonic() - self.begin:.3f} {number.name} to {who}")
        send(victim, number, self.mark if number != signal.SIGSTOP else None)
        if number == signal.SIGSTOP:
            time.sleep(self.random.random() * 0.03)
            send(victim, signal.SIGCONT)

    def run(self):
        """Run it, and yield what is wrong, a line each."""
        for _ in range(self.random.randrange(1, 12)):
            self.shoot()
        try:
            self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            yield f"memtrace hasn't ended within {PATIENCE} s"
        yield from self.left_over()
        yield from self.trace_faults()

    def left_over(self):
        """Who is left: none may be, even of those whom a killed memtrace let go (--seccomp=off)."""
        end = time.monotonic() + 5
        while (left := marked(self.mark)) and time.monotonic() < end:
            time.sleep(0.02)
        for pid in left:
            yield f"process {pid} is left, in state {state_of(pid)}"
            send(pid, signal.SIGKILL)
        send(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=PATIENCE)

    def trace_faults(self):
        """What is wrong with the trace."""
        try:
            with open(self.trace, encoding="utf-8") as file:
                lines = file.read().split("\n")
        except OSError:
            lines = [""]
        rest = lines.pop()
        # 125: the command was killed before it ran.
        if not lines and (self.killed or self.asked or self.process.returncode == 125):
            return
        if rest and not self.killed:
            yield f"the last line isn't whole: {rest[-100:]}"
        try:
            seqs = [json.loads(line).get("seq") for line in lines]
        except ValueError as error:
            yield f"not JSON: {error}"
            return
        if seqs != [None, *range(1, len(seqs))]:
            yield f"seq doesn't count from 1 to {len(seqs) - 1}"
        if self.killed:
            return
        end = json.loads(lines[-1]) if lines else {}
        if end.get("type") != "end" or end.get("coverage") != "complete":
            yield f"the end is {end}"
        for run in check_order.replay(lines):
            yield from run.faults


def main(argv):
    """Run the command."""
    rounds, base = int(argv[2]), int(argv[3])
    bad = 0
    for seed in range(base, base + rounds):
        one = Round(argv[1], seed)
        trouble = list(one.run())
        if not trouble:
            if os.path.exists(one.trace):
                os.unlink(one.trace)
            continue
        bad += 1
        print(f"seed {seed}, --seccomp={'off' if one.off else 'auto'}: " + "; ".join(trouble[:10]))
        print("\n".join(f"    {line}" for line in one.log))
    print(f"{rounds} rounds from seed {base}, {bad} of them bad")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
