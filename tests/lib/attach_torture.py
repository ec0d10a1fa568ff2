#!/usr/bin/python3
"""Attach to programs and let them go, again and again: they must not notice.

attach_torture.py BUILD ROUNDS KIND [SEED]

Each KIND starts a victim, and compares what it says and how it ends with what it does untouched. Prints one
line with what was counted; ends with 1 where something differed.
"""
import atexit
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

build = os.path.abspath(sys.argv[1])
rounds = int(sys.argv[2])
kind = sys.argv[3]
rng = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else None)
memtrace = os.environ["MEMTRACE"]
progs = build + "/tests/progs/"
BOUND = 60  # seconds that anything may take
STATES = {"S": "S", "D": "S", "R": "S"}  # what counts as going on


def fail(*words):
    print("failed:", *words)
    if os.path.exists("trace.jsonl"):
        print(subprocess.run(["tail", "-n", "12", "trace.jsonl"], capture_output=True, text=True).stdout)
    sys.exit(1)


def wait_until(condition, what):
    end = time.monotonic() + BOUND
    while not condition():
        if time.monotonic() > end:
            fail("waited too long for", what)
        time.sleep(0.002)


def status_of(pid, key):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        return re.search(rf"^{key}:\s*(\S+)", file.read(), re.M).group(1)


def untouched(pid):
    """Nobody traces any of its threads, and none is stopped by a tracer."""
    for tid in os.listdir(f"/proc/{pid}/task"):
        try:
            if status_of(f"{pid}/task/{tid}", "TracerPid") != "0" or \
                    status_of(f"{pid}/task/{tid}", "State") == "t":
                return False
        except (FileNotFoundError, ProcessLookupError, AttributeError):
            pass
    return True


def start(words, **more):
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **more)
    atexit.register(process.kill)  # whatever happens; nothing if it was waited for
    return process


def events_of(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class Rounds:
    """Attach to `pid` so many times, and see that each trace is whole."""

    def __init__(self):
        self.done = self.events = self.gaps = 0

    def check(self, path, pid):
        events = events_of(path)
        of_pid = [e for e in events if e.get("pid") == pid]
        if not of_pid or of_pid[0]["type"] != "attach" or "maps" not in of_pid[0]:
            fail("the first event isn't an attach:", of_pid[:1])
        if pid not in of_pid[0]["tids"] or of_pid[-1]["type"] != "detach":
            fail("tids or the last event:", of_pid[0]["tids"], of_pid[-1])
        if events[-1]["type"] != "end" or events[-1]["lost"]:
            fail("the end:", events[-1])
        self.gaps += "attach_gap" in events[-1]["reasons"]
        if set(events[-1]["reasons"]) - {"attach_gap"}:
            fail("coverage:", events[-1])
        self.events += len(events)
        return events

    def once(self, pid, longest=0.02):
        """One round: ended by the clock or by a signal."""
        how = rng.choice(["--duration", "INT", "TERM", "HUP"])
        seconds = rng.random() * longest
        words = [memtrace, "-q", "-o", "trace.jsonl", "-p", str(pid)]
        if how == "--duration":
            words += ["--duration", f"{int(seconds * 1e6) + 1}us"]
        process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        if how != "--duration":
            wait_until(lambda: process.poll() is not None or heeds(process.pid), "memtrace")
            time.sleep(seconds)
            process.send_signal(getattr(signal, "SIG" + how))
        try:
            _, words = process.communicate(timeout=BOUND)
        except subprocess.TimeoutExpired:
            fail("memtrace doesn't end by", how)
        expected = -getattr(signal, "SIG" + how) if how in ("TERM", "HUP") else 0
        if process.returncode != expected:
            fail("memtrace ended with", process.returncode, "by", how, words)
        if not untouched(pid):
            fail("left traced or stopped:", status_of(pid, "State"))
        self.done += 1
        return self.check("trace.jsonl", pid)


def heeds(pid):
    """Whether memtrace catches SIGINT: from then on it ends in order."""
    try:
        return int(status_of(pid, "SigCgt"), 16) >> (signal.SIGINT - 1) & 1
    except (FileNotFoundError, ProcessLookupError, AttributeError):
        return True


def storm():
    words = [progs + "attach_storm", "64", "60"]
    expected = subprocess.run(words + ["/"], capture_output=True, text=True, timeout=BOUND, check=False)
    victim = start(words + ["stop"])
    total = Rounds()
    for _ in range(rounds):
        total.once(victim.pid)
    open("stop", "w", encoding="ascii").close()
    out, _ = victim.communicate(timeout=BOUND)
    if (out, victim.returncode) != (expected.stdout, expected.returncode):
        fail("the victim:", out, victim.returncode, "untouched:", expected.stdout, expected.returncode)
    return total


# ---- one call that sleeps ----

def wake(victim, name, first):
    """Let what waits for somebody go on; returns the rest of what it says."""
    if name == "read":
        victim.stdin.write("x")
        victim.stdin.flush()
    elif name == "accept":
        socket.create_connection(("127.0.0.1", int(first)), timeout=BOUND).close()
    elif name == "stopped":
        os.kill(victim.pid, signal.SIGCONT)
    out, _ = victim.communicate(timeout=BOUND)
    return out, victim.returncode


def begin_sleep(name, seconds):
    program, kind_there = ("m32_sleeper", name[4:]) if name.startswith("m32_") else ("attach_sleeper", name)
    victim = start([progs + program, kind_there, str(seconds)])
    if victim.stdout.readline() != "ready\n":
        fail("the victim isn't ready")
    first = victim.stdout.readline().strip() if name == "accept" else ""
    sleeping = {"stopped": "T", "vfork": "D"}.get(name, "S")
    wait_until(lambda: status_of(victim.pid, "State") == sleeping, "the victim's sleep")
    return victim, first, sleeping


def sleeper(name):
    seconds = max(3, rounds * (20 if name == "vfork" else 3) // 100)
    expected = wake(*(lambda v, f, s: (v, name, f))(*begin_sleep(name, 1)))
    if name in ("read", "accept", "stopped"):
        seconds = 3600  # it's woken long before
    victim, first, sleeping = begin_sleep(name, seconds)
    total = Rounds()
    end = time.monotonic() + seconds - 1
    while total.done < rounds and time.monotonic() < end:
        total.once(victim.pid, 0.002)
        if status_of(victim.pid, "State") != sleeping:
            wait_until(lambda: status_of(victim.pid, "State") == sleeping, "its state")
    got = wake(victim, name, first)
    if got != expected:
        fail(name, "got", got, "untouched:", expected)
    return total


# ---- exact counts ----

def counter():
    """What is seen must go on from what the address space says, without a gap, per thread."""
    total = Rounds()
    victim = start([progs + "attach_counter", "6"])
    bases = {}
    for _ in range(6):
        tid, base, end = victim.stdout.readline().split()
        bases[int(base, 16)] = (int(tid), int(end, 16))
    calls = 0
    for _ in range(rounds):
        calls += check_counts(total.once(victim.pid, 0.1), bases)
    victim.terminate()
    out, _ = victim.communicate(timeout=BOUND)
    if (out, victim.returncode) != ("done\n", 5):
        fail("the victim:", out, victim.returncode)
    total.calls = calls
    return total


def check_counts(events, bases):
    attach = next(e for e in events if e["type"] == "attach")
    ranges = [(int(m["start"], 16), int(m["end"], 16)) for m in attach["maps"]]
    calls = 0
    for base, (tid, end) in bases.items():
        following = end  # used up: the next call makes the range anew
        for low, high in ranges:
            if max(low, base) < min(high, end):
                following = min(following, max(low, base))
        for event in events:
            if event["type"] != "call" or event["tid"] != tid:
                continue
            addr = int(event["addr"], 16)
            if event["call"] == "mmap" and addr == base:
                good, after = following == end, base
            elif event["call"] == "munmap" and base <= addr < end:
                good, after = addr == following, addr + event["length"]
            else:
                continue
            if event["ret"] is None and event is not None:
                continue  # let go in the middle of it
            if not good:
                fail(f"tid {tid}: {event['call']} of {addr:#x}, where {following:#x} was next")
            following = after
            calls += 1
    return calls


# ---- memtrace killed ----

def killer():
    """kill -9 of memtrace at any moment: each victim is as it was."""
    total = Rounds()
    storm_words = [progs + "attach_storm", "16", "60"]
    expected = subprocess.run(storm_words + ["/"], capture_output=True, text=True, timeout=BOUND,
                              check=False)
    victims = [(begin_sleep("nanosleep", 3600)[0], "S"), (begin_sleep("stopped", 1)[0], "T"),
               (start(storm_words + ["stop"]), "")]
    for number in range(rounds):
        victim, state = victims[number % len(victims)]
        process = subprocess.Popen([memtrace, "-q", "-o", "trace.jsonl", "-p", str(victim.pid)])
        if rng.random() < 0.3:  # while it lets go
            wait_until(lambda: heeds(process.pid), "memtrace")
            process.send_signal(signal.SIGINT)
        time.sleep(rng.random() * 0.03)
        process.kill()
        process.wait(timeout=BOUND)
        wait_until(lambda: untouched(victim.pid), "the kernel to let go")
        if state:
            wait_until(lambda: status_of(victim.pid, "State") == state, f"state {state} again")
        total.done += 1
    open("stop", "w", encoding="ascii").close()
    out, _ = victims[2][0].communicate(timeout=BOUND)
    if (out, victims[2][0].returncode) != (expected.stdout, expected.returncode):
        fail("the victim:", out, victims[2][0].returncode)
    for victim, _ in victims[:2]:
        victim.kill()
        victim.communicate()
    return total


# ---- services under load ----

def loaded(server, load, good):
    """`good`, of the load's output, must hold although its server is attached to meanwhile."""
    total = Rounds()
    while total.done < rounds:
        client = subprocess.Popen(load, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        while client.poll() is None and total.done < rounds:
            total.once(server.pid, 0.02)
        out, _ = client.communicate(timeout=BOUND)
        if client.returncode or not good(out):
            fail("the load:", out[-1000:])
    if server.poll() is not None:
        fail("the server ended:", server.returncode)
    return total


def redis():
    os.symlink("/usr/bin/redis-check-rdb", "redis-server")  # the same program, by its other name
    server = subprocess.Popen(["./redis-server", "--port", "0", "--unixsocket", os.getcwd() + "/s",
                               "--save", ""], stdout=subprocess.DEVNULL)
    wait_until(lambda: os.path.exists("s"), "redis")
    total = loaded(server, ["redis-benchmark", "-s", "s", "-n", "60000", "-t", "set,get", "--csv"],
                   lambda out: out.count("\n") >= 2 and "rror" not in out)
    server.terminate()
    if server.wait(timeout=BOUND):
        fail("redis ended with", server.returncode)
    return total


ASYNC_SERVER = """
import asyncio
async def serve(reader, writer):
    try:
        while True:
            line = await reader.readuntil(b"\\r\\n\\r\\n")
            block = bytearray(200_000)
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


def python():
    server = start(["/usr/bin/python3", "-c", ASYNC_SERVER])
    port = int(server.stdout.readline())
    total = loaded(server, ["wrk", "-t1", "-c8", "-d3", f"http://127.0.0.1:{port}/"],
                   lambda out: "Requests/sec" in out and "errors" not in out)
    server.kill()
    server.communicate()
    return total


def mariadb():
    folder = os.getcwd()
    subprocess.run(["mariadb-install-db", "--no-defaults", "--user=root", "--skip-test-db",
                    "--auth-root-authentication-method=socket", f"--datadir={folder}/data"],
                   check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen(["mariadbd", "--no-defaults", "--user=root", f"--datadir={folder}/data",
                               f"--socket={folder}/s", "--skip-networking",
                               f"--pid-file={folder}/pid", f"--tmpdir={folder}"],
                              stderr=open("log", "w", encoding="ascii"))
    ping = ["mariadb", "--no-defaults", "-S", "s", "-e", "DO 0"]
    wait_until(lambda: subprocess.run(ping, capture_output=True, check=False).returncode == 0, "mariadbd")
    total = loaded(server, ["mariadb-slap", "--no-defaults", "-S", "s", "-a", "-c", "8",
                            "--number-of-queries=2000", "--auto-generate-sql-load-type=mixed"],
                   lambda out: "Average number of seconds" in out and "rror" not in out)
    server.terminate()
    if server.wait(timeout=BOUND):
        fail("mariadbd ended with", server.returncode)
    return total


kinds = {name: globals()[name] for name in
         ("storm", "counter", "killer", "redis", "python", "mariadb")}
with tempfile.TemporaryDirectory() as place:
    os.chdir(place)
    begin = time.monotonic()
    result = kinds[kind]() if kind in kinds else sleeper(kind)
    os.chdir("/")
    print(f"{kind}: {result.done} rounds in {time.monotonic() - begin:.1f} s, {result.events} events, "
          f"{result.gaps} gaps" + (f", {result.calls} calls in order" if hasattr(result, "calls") else ""))
