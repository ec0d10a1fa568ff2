#!/usr/bin/python3
"""Signals for what memtrace is about to launch, at random moments from its fork on.

usage: launch_signals.py MEMTRACE ROUNDS SEED [OPTION...]

Stopped, it goes on when it is continued, and memtrace with it; killed, memtrace ends by the same
signal, or with 125 and a sentence where the command had not begun. Exit status: 0 all is well.
"""
import os
import random
import signal
import subprocess
import sys
import time

PATIENCE = 10  # seconds
STOPS = (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN)
DEATHS = (signal.SIGALRM, signal.SIGTERM, signal.SIGKILL, signal.SIGTRAP)


def content(path):
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except OSError:
        return ""


def command_of(pid):
    """The oldest child that isn't memtrace's helper, or None. (First the one that probes the filter.)"""
    for child in content(f"/proc/{pid}/task/{pid}/children").split():
        if content(f"/proc/{child}/comm") != "memtrace-guard\n":
            return int(child)
    return None


def send(pid, wanted):
    """Whether it was there."""
    try:
        os.kill(pid, wanted)
    except ProcessLookupError:
        return False
    return True


def send_at(process, wanted, delay):
    """Send the signal `delay` seconds after a child is seen. Who got it, or None."""
    while command_of(process.pid) is None and process.poll() is None:
        pass
    end = time.monotonic() + delay
    while time.monotonic() < end:
        pass
    command = command_of(process.pid)
    return command if command and send(command, wanted) else None


def end_of(process, wanted):
    """Its status; what stops is continued, as fg does, until it ends."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            return process.wait(0.005)
        except subprocess.TimeoutExpired:
            if wanted in STOPS:
                os.killpg(process.pid, signal.SIGCONT)
    os.killpg(process.pid, signal.SIGKILL)
    return "none, it hung"


def main():
    memtrace, rounds, seed, *options = sys.argv[1:]
    chance = random.Random(int(seed))
    reached = dict.fromkeys(STOPS + DEATHS, 0)
    for number in range(int(rounds)):
        wanted = chance.choice(list(reached))
        process = subprocess.Popen([memtrace, "-q", "-o", "/dev/null", *options, "--", "true"],
                                   process_group=0, stderr=subprocess.PIPE, text=True)
        struck = send_at(process, wanted, chance.random() * 0.003)
        reached[wanted] += struck is not None
        status = end_of(process, wanted)
        if struck and wanted in STOPS:
            send(struck, signal.SIGCONT)  # the helper, if it had no name yet; it has our pipe until it has
        words = process.stderr.read()
        good = status == 0 or wanted in DEATHS and (
            status == -wanted or status == 125 and words.count("\n") == 1)
        if not good:
            sys.exit(f"round {number}, {wanted.name}: status {status}, <{words}>")
    print(*(f"{wanted.name} {n}" for wanted, n in reached.items()))


main()
