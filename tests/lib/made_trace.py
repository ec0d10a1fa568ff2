#!/usr/bin/python3
"""Traces that no program made, in the very form in which memtrace writes them.

    made_trace.py flags          every flag of flags.def, alone and in random company
    made_trace.py runs N         N runs of a few calls, of the last hour, of some hosts
    made_trace.py lives          processes that grow or don't, leak or don't, write what they execute
    made_trace.py many N         N events of every type in one run
    made_trace.py maps N BYTES   execs with N ranges each, the first with BYTES of arguments too

Imported, it gives Trace, and bits to names as flags.def has them for x86_64.
"""

import base64
import codecs
import json
import random
import re
import sys
import time
import uuid
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
KINDS = dict(re.findall(r"^FIELD\((\w+), (\w+)\)", (SOURCE / "fields.def").read_text(), re.M))
KEYS = list(KINDS)
BILLION = 10**9
HUGETLB = 0x40000

codecs.register_error("bytewise", lambda error: ("\ufffd", error.start + 1))


def text_of(value):
    """Return a text as JSON, and whether all of its bytes are in it."""
    if isinstance(value, bytes):
        text = value.decode(errors="bytewise")
    else:
        text, value = value, value.encode()
    return json.dumps(text, ensure_ascii=False), text.encode() == value


def base64_of(value):
    """Return bytes as JSON."""
    return '"' + base64.b64encode(value).decode() + '"'


def with_bytes(key, value):
    """Return the members of a TEXT, which are two if its bytes are no text."""
    text, whole = text_of(value)
    return f'"{key}":{text}' + ("" if whole else f',"{key}_b64":{base64_of(value)}')


def texts_with_bytes(key, values):
    """Return the members of a TEXTS."""
    pairs = [text_of(value) for value in values]
    members = f'"{key}":[' + ",".join(text for text, _ in pairs) + "]"
    if all(whole for _, whole in pairs):
        return members
    rows = ("null" if whole else base64_of(value) for (_, whole), value in zip(pairs, values))
    return members + f',"{key}_b64":[' + ",".join(rows) + "]"


def argv_of(event):
    """Return the bytes of the arguments of a line's event."""
    exact = event.get("argv_b64") or [None] * len(event["argv"])
    return [base64.b64decode(data) if data else text.encode()
            for text, data in zip(event["argv"], exact)]


def seconds(nanos):
    """Return seconds as memtrace writes them: no more digits than needed."""
    whole, rest = divmod(nanos, BILLION)
    return f"{whole}.{rest:09}".rstrip("0") if rest else str(whole)


def date(nanos):
    """Return nanoseconds since 1970 as a time."""
    whole, rest = divmod(nanos, BILLION)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{rest:09}Z"


def device(pair):
    """Return (major, minor) as memtrace writes it."""
    return f"{pair[0]:02x}:{pair[1]:02x}"


def compact(value):
    """Return a value as JSON without blanks."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def member(key, value):
    """Return a key of an event with its value."""
    kind = KINDS[key]
    if kind == "TEXT":
        return with_bytes(key, value)
    if kind == "TEXTS":
        return texts_with_bytes(key, value)
    if kind == "HEX" or (kind == "RET" and isinstance(value, str)):
        return f'"{key}":"{value if isinstance(value, str) else hex(value)}"'
    if kind == "NSEC":
        return f'"{key}":{seconds(value)}'
    if kind == "TIME":
        return f'"{key}":"{date(value)}"'
    if kind == "DEV":
        return f'"{key}":"{device(value)}"'
    return f'"{key}":{compact(value)}'


def line(kind, keys):
    """Return an event as its line."""
    members = [member(key, keys[key]) for key in KEYS if key in keys]
    return ",".join([f'{{"type":"{kind}"'] + members) + "}\n"


class Trace:
    """A run that is written as it's made."""

    def __init__(self, out, rng, started, **keys):
        self.out = out
        self.started = self.now = started
        self.rng = rng
        self.seq = 0
        bits = (started // 10**6) << 80 | 7 << 76 | rng.getrandbits(12) << 64
        self.run = str(uuid.UUID(int=bits | 2 << 62 | rng.getrandbits(62)))
        start = {"v": 1, "memtrace": "0.1.0", "run": self.run, "host": "made",
                 "boot_id": "467b6ea3-0760-4f4e-899a-829ca90a7526", "kernel": "6.18.0",
                 "arch": "x86_64", "engine": "ptrace", "page_size": 4096, "time": started,
                 "command": ["made"], "calls": ["mmap"]}
        out.write(line("start", start | keys))

    def event(self, kind, **keys):
        """Write an event, which comes a moment after the last one."""
        self.seq += 1
        self.now += keys.pop("after", self.rng.randrange(1, 10**6))
        common = {"seq": self.seq, "time": self.now, "elapsed": self.now - self.started}
        self.out.write(line(kind, common | keys))

    def task(self, kind, **keys):
        """Write an event of a task, of the first one unless said otherwise."""
        pid = keys.get("pid", 100)
        self.event(kind, **({"pid": pid, "tid": pid, "comm": "made"} | keys))

    def call(self, call, ret, **keys):
        """Write a call."""
        self.task("call", **({"call": call, "ret": ret, "duration": self.rng.randrange(10**5)}
                             | keys))

    def end(self, **keys):
        """Write the end."""
        known = {"events": self.seq, "lost": 0, "coverage": "complete", "reasons": [],
                 "status": {"code": 0}}
        self.event("end", **(known | keys))


# ---- flags ----


def read_flags():
    """Return table -> (zero's name, rows of (name, mask, value, bits that it takes))."""
    tables, here = {}, None
    pattern = r"^(FLAG\w*)\((\w+)(?:, ([^,)]+))?(?:, ([^,)]+))?\)"
    text = (SOURCE / "decode/flags.def").read_text()
    for form, name, *numbers in re.findall(pattern, text, re.M):
        if form == "FLAGS_BEGIN":
            zero = numbers[0].strip('"')
            here = []
            tables[name] = (None if zero == "NULL" else zero, here)
            continue
        first, second = (int(number, 8 if re.match("0[0-7]", number) else 0) if number else 0
                         for number in numbers)
        if form == "FLAG_HUGE":
            here.append((name, 63 << 26 | HUGETLB, first << 26 | HUGETLB, 63 << 26))
        elif form == "FLAG_OF":
            here.append((name, first, second, first))
        elif form == "FLAG_UNLESS":
            here.append((name, first | second, first, first))
        elif form in ("FLAG", "FLAG_X86"):
            here.append((name, first, first, first))
    return tables


def spell(table, bits):
    """Return the names of bits, and what has none as one number."""
    zero, rows = table
    named = [row for row in rows if bits & row[1] == row[2]]
    left = bits
    for row in named:
        left &= ~row[3]
    names = [row[0] for row in named] or ([zero] if zero and not bits else [])
    return names + ([hex(left)] if left else [])


FLAGS_OF = {"mmap": "map", "remap_file_pages": "map", "mremap": "mremap", "shmat": "shmat",
            "map_shadow_stack": "shadow_stack", "mbind": "mbind", "memfd_create": "memfd",
            "memfd_secret": "descriptor", "mlock2": "mlock2", "mlockall": "mlockall", "msync": "msync",
            "prctl": "mdwe", "shmget": "shmget", "userfaultfd": "userfaultfd", "mseal": "none"}


def make_flags(out):
    """Every flag alone, every bit alone, all pairs with random others."""
    rng = random.Random(5)
    tables = read_flags()
    trace = Trace(out, rng, 1_700_000_000_123_456_789)
    for call, table in FLAGS_OF.items():
        sets = [0, 0xffffffff] + [row[2] for row in tables[table][1]] + [1 << i for i in range(32)]
        sets += [rng.getrandbits(32) & rng.getrandbits(32) for _ in range(300)]
        sets += [size << 26 | HUGETLB | 0x22 for size in range(64)]
        sets += [size << 26 | 0x22 for size in range(64)]
        for bits in sets:
            keys = {"addr": rng.getrandbits(rng.choice((12, 47, 64))),
                    "length": rng.getrandbits(rng.choice((12, 31, 32, 63, 64))),
                    "flags": spell(tables[table], bits)}
            if call == "mmap":
                keys["prot"] = spell(tables["prot"], rng.choice((0, 1, 3, 5, rng.getrandbits(32))))
                keys["fd"] = rng.choice((-1, -100, 3, 2**31 - 1))
                keys["offset"] = rng.getrandbits(rng.choice((12, 64)))
            if rng.random() < 0.3:
                keys |= {"path": f"/lib/{rng.randrange(9)}", "inode": rng.getrandbits(64),
                         "dev": rng.choice(((0, 1), (8, 1), (254, 0), (259, 3), (7, 300),
                                            (4095, 1048575), (0, 0)))}
            if rng.random() < 0.2:
                trace.call(call, -1, error=rng.choice(("ENOMEM", "EINVAL", "EBADF")), **keys)
            elif call not in ("mmap", "mremap", "shmat", "map_shadow_stack"):
                trace.call(call, 0, **keys)
            else:
                trace.call(call, hex(rng.getrandbits(rng.choice((13, 47, 64)))), **keys)
    protections = [0, 0xffffffff] + [1 << i for i in range(32)]
    for bits in protections + [rng.getrandbits(32) & rng.getrandbits(32) for _ in range(300)]:
        trace.call(rng.choice(("mprotect", "pkey_mprotect")), 0, addr=rng.getrandbits(47),
                   length=4096, prot=spell(tables["prot"], bits))
    trace.call("mprotect", None, unfinished=True, addr=4096, length=1, prot=["PROT_READ"])
    trace.call("brk", hex(2**64 - 1), addr=0)
    trace.call("munmap", 0, addr=2**64 - 1, length=2**64 - 1)
    trace.call("mmap", hex(0), addr=0, length=0, after=0, prot=["PROT_NONE"], flags=[])
    trace.end()


# ---- runs ----


def make_runs(out, count):
    """Runs of the last hour, and some that are older, of hosts; those of `stale` are old news."""
    rng = random.Random(7)
    tables = read_flags()
    now = time.time_ns()
    for i in range(count):
        host = rng.choice(("alpha", "beta", "gamma", "stale"))
        age = rng.randrange(4 * 3600, 5 * 3600) if i % 9 == 0 else rng.randrange(10, 3000)
        trace = Trace(out, rng, now - age * BILLION - rng.randrange(BILLION), host=host)
        for _ in range(rng.randrange(10, 60)):
            make_call(trace, rng, tables)
        trace.end()


def make_call(trace, rng, tables):
    """One of the calls of a run."""
    pid = rng.randrange(100, 103)
    keys = {"pid": pid, "tid": pid + rng.randrange(2), "comm": f"program{pid % 2}",
            "addr": 0, "length": rng.randrange(1, 10**9), "after": rng.randrange(10**8)}
    call = rng.choice(("mmap", "mmap", "mmap", "munmap", "mprotect", "mremap"))
    if call in ("mmap", "mprotect"):
        keys["prot"] = spell(tables["prot"], rng.choice((1, 3, 5, 5, 7, 6, 0, 2)))
    if call == "mmap":
        keys["flags"] = ["MAP_PRIVATE"]
    if call == "mmap" and rng.random() < 0.7:
        # Some are mapped far more often than others.
        keys["path"] = f"/lib/{int(rng.paretovariate(0.8)) % 90}.so"
    if rng.random() < 0.15:
        trace.call(call, -1, error=rng.choice(("ENOMEM", "EINVAL", "EACCES")), **keys)
    elif call in ("mmap", "mremap"):
        trace.call(call, hex(rng.getrandbits(47)), **keys)
    else:
        trace.call(call, 0, **keys)


# ---- lives ----

RW, RX, RWX = ["PROT_READ", "PROT_WRITE"], ["PROT_READ", "PROT_EXEC"], \
    ["PROT_READ", "PROT_WRITE", "PROT_EXEC"]
PAGE = 4096


class Life:
    """A process that maps and unmaps, at addresses of its own choice."""

    def __init__(self, trace, pid, comm):
        self.trace = trace
        self.task = {"pid": pid, "tid": pid, "comm": comm}
        self.trace.task("exec", **self.task, exe=f"/bin/{comm}", argv=[comm], maps=[])

    def mmap(self, start, length, *flags, prot=None, **keys):
        """Map at start."""
        self.trace.call("mmap", hex(start), **self.task, addr=0, length=length, prot=prot or RW,
                        flags=["MAP_PRIVATE", *flags], **keys)

    def munmap(self, start, length):
        """Unmap."""
        self.trace.call("munmap", 0, **self.task, addr=start, length=length)

    def mprotect(self, start, length, prot, call="mprotect"):
        """Protect."""
        self.trace.call(call, 0, **self.task, addr=start, length=length, prot=prot)

    def mremap(self, start, length, to, new_length, *flags):
        """Move or resize."""
        self.trace.call("mremap", hex(to), **self.task, addr=start, length=length,
                        new_length=new_length, flags=["MREMAP_MAYMOVE", *flags])

    def brk(self, end):
        """Move the end of the heap."""
        self.trace.call("brk", hex(end), **self.task, addr=end)

    def shm(self, start, length, *flags):
        """Attach."""
        self.trace.call("shmat", hex(start), **self.task, shmid=1, addr=0, length=length,
                        flags=list(flags), path="/SYSV00000000", dev=(0, 1), inode=1)

    def exec(self):
        """Become another program of the same name."""
        self.trace.task("exec", **self.task, exe="/bin/again", argv=["again"], maps=[])

    def exit(self, last, peaks):
        """End, with last and peaks of mapped, committed and reserved."""
        names = ("mapped", "committed", "reserved")
        usage = {name: {"last": last, "peak": peak} for name, peak in zip(names, peaks)}
        self.trace.task("exit", **self.task, code=0, usage=usage)


def make_growth(trace):
    """Processes with steps of an even length in time; each is another program."""
    growing = [Life(trace, 200 + i, comm) for i, comm in enumerate((
        "by_mmap", "by_brk", "by_mremap", "reborn", "steady", "settled", "before_exec", "in_place",
        "shrinking", "renewed"))]
    mmap, brk, mremap, reborn, steady, settled, before, place, shrinking, renewed = growing
    for i in range(64):
        at = (i + 1) << 32
        mmap.mmap(at, PAGE * (i + 1), after=10**7)
        if i % 3:
            mmap.munmap(at, PAGE * (i + 1))
        brk.brk((1 << 40) + i * 8 * PAGE)
        mremap.mremap(1 << 40, PAGE * (i + 1), 1 << 40, PAGE * (i + 2))
        if i == 30:
            reborn.exec()
            before.exec()
        if i >= 32:
            reborn.mmap(at, 7 * PAGE)
        elif i < 30:
            before.mmap(at, 3000 * PAGE)
        steady.mmap(1 << 40, 1000 * PAGE)
        steady.munmap(1 << 40, 1000 * PAGE)
        if i < 16:
            settled.mmap(at, 500 * PAGE)
        # Into what the first step reserved: nothing more than that is mapped.
        place.mmap((1 << 40) + at, 64 * PAGE, *(["MAP_FIXED"] if i else []))
        shrinking.mmap(at, (100 - i) * PAGE)
        shrinking.munmap(at, 101 * PAGE)
        # One that another process of the same pid comes after, halfway.
        renewed.mmap(at, 9 * PAGE)
        if i == 31:
            renewed.exit(0, (10**6, 10**5, 0))
    for i, life in enumerate(growing):
        life.exit(i * 1000, (10**6 * (i + 1), 10**5 * (i + 3), 10**9 - i * 10**7 if i % 2 else 0))


def make_leaks(trace):
    """What stays mapped, and what only seems to."""
    life = Life(trace, 300, "leaking")
    file = {"path": "/data/leaked", "dev": (8, 1), "inode": 7, "fd": 3, "offset": 0}
    for i in range(9):
        life.mmap((2 + i) << 36, 10 * PAGE, **file)
        life.mmap((20 + i) << 36, 1 << 30)
    for i in range(4):
        life.munmap((2 + i) << 36, 10 * PAGE)
        life.munmap((20 + i) << 36, 1 << 30)
    life.munmap(6 << 36, 4 * PAGE)  # a head,
    life.munmap((7 << 36) + 8 * PAGE, 2 * PAGE)  # a tail,
    life.munmap((8 << 36) + 3 * PAGE, 3 * PAGE)  # and from within
    life.munmap((8 << 36) + 20 * PAGE, 100 * PAGE)  # where nothing is
    life.mmap(2 << 36, 5 * PAGE, **file)  # where one was
    life.mmap(9 << 36, 10 * PAGE, "MAP_FIXED", **file)
    life.mmap(50 << 36, 77 * PAGE)
    life.mremap(50 << 36, 77 * PAGE, 51 << 36, 177 * PAGE)  # away
    life.mremap(51 << 36, 177 * PAGE, 51 << 36, 277 * PAGE)  # in place
    life.mremap(51 << 36, 277 * PAGE, 52 << 36, 277 * PAGE, "MREMAP_DONTUNMAP")
    life.shm(60 << 36, 1 << 20)
    life.shm(61 << 36, 1 << 21)
    life.trace.call("shmdt", 0, **life.task, addr=60 << 36)
    life.trace.call("munmap", -1, error="EINVAL", **life.task, addr=61 << 36, length=1 << 21)
    life.exec()  # another space: none of the above is unmapped by it
    life.mmap(70 << 36, 3 * PAGE, **file)
    life.munmap(10 << 36, 10 * PAGE)
    life.exit(0, (1 << 40, 1 << 30, 1 << 39))


def make_both(trace):
    """Ranges that are writable and executable, and some that were."""
    life = Life(trace, 400, "jit")
    for i in range(12):
        life.mmap((i + 1) << 32, 16 * PAGE, prot=RWX)
    life.munmap(1 << 32, 16 * PAGE)
    life.mprotect(2 << 32, 16 * PAGE, RX)
    life.mprotect((3 << 32) - PAGE, 100 * PAGE, RX, "pkey_mprotect")  # more than all of it
    life.mprotect(4 << 32, 15 * PAGE, RX)  # less
    life.munmap(5 << 32, 15 * PAGE + 1)  # counts as all of it
    life.mmap(6 << 32, 32 * PAGE, "MAP_FIXED")
    life.mprotect((7 << 32) + PAGE, 16 * PAGE, RX)  # not its beginning
    for _ in range(10):
        life.mprotect(8 << 32, 16 * PAGE, RX)
        life.mprotect(8 << 32, 16 * PAGE, RWX)
    life.mprotect(9 << 32, 64 * PAGE, RWX)  # is told of instead
    life.mmap(20 << 32, PAGE)
    life.mprotect(20 << 32, PAGE, RWX, "pkey_mprotect")
    life.shm(21 << 32, 1 << 20, "SHM_EXEC")
    life.shm(22 << 32, 1 << 20, "SHM_EXEC", "SHM_RDONLY")
    life.trace.call("munmap", -1, error="EINVAL", **life.task, addr=10 << 32, length=16 * PAGE)
    for pid, comm in ((401, "exec"), (402, "exit")):
        other = Life(trace, pid, comm)
        other.mmap(1 << 32, PAGE, prot=RWX)
        if comm == "exec":
            other.exec()
        else:
            other.exit(0, (0, 0, 0))
    Life(trace, 401, "again").mmap(2 << 32, PAGE, prot=RWX)


def make_lives(out):
    """A run of each kind, of the last minutes."""
    rng = random.Random(17)
    for i, make in enumerate((make_growth, make_leaks, make_both)):
        trace = Trace(out, rng, time.time_ns() - (i + 1) * 60 * BILLION, host=make.__name__)
        make(trace)
        trace.end()


# ---- many ----


def make_many(out, count):
    """Events of all types that there are."""
    rng = random.Random(11)
    trace = Trace(out, rng, 1_750_000_000_000_000_000)
    trace.task("exec", exe="/bin/made", argv=["made", "-x"], maps=maps_of(3, rng))
    for i in range(count - 2):
        make_any(trace, rng, i)
    trace.end(lost=3, coverage="partial", reasons=["lost_events"], status={"signal": "SIGKILL"},
              usage={"mapped": {"last": 1, "peak": 2**64 - 1}})


def make_any(trace, rng, i):
    """An event of some type, a call mostly."""
    pid = 100 + i % 7
    task = {"pid": pid, "tid": pid + 1000 * (i % 3), "comm": f"made {i % 5}"}
    kind = i % 50
    if kind == 0:
        trace.task("fork", **task, child=10**4 + i, thread=i % 100 == 0, shares_vm=i % 3 == 0)
    elif kind == 1:
        trace.task("exit", **(task | {"pid": 10**4 + i - 1, "tid": 10**4 + i - 1}), code=i % 256,
                   max_rss=i * 1024)
    elif kind == 2:
        trace.task("attach", **task, exe="/bin/made", tids=[pid, pid + 1], maps=maps_of(2, rng))
    elif kind == 3:
        trace.task("detach", **task, usage={"mapped": {"last": i, "peak": i + 1}})
    elif kind == 4:
        trace.event("lost", count=1 + i)
    elif kind == 5:
        trace.event("finding", rule="max", severity="warning", message=f"it's \u00e9 {i}", pid=pid,
                    metric="mapped", value=i, limit=2**64 - 1, event=1,
                    stack=[{"ip": "0x10", "module": "/bin/made", "offset": "0x1"}])
    elif kind == 6:
        trace.task("exec", **task, nspid=1, exe=f"/bin/{i}", argv=["made", str(i)],
                   maps=maps_of(4, rng))
    elif kind == 7:
        trace.call("a_call_of_tomorrow", i, **task, addr=i, prot=["PROT_NEW"], abi="i386")
    elif kind == 8:
        trace.call("mremap", hex(i << 12), **task, addr=i, length=i, new_length=i, new_addr=i,
                   flags=["MREMAP_MAYMOVE"])
    elif kind % 2:
        trace.call("munmap", 0, **task, addr=i << 12, length=4096)
    else:
        trace.call("mmap", hex(i << 12), **task, addr=0, length=i, prot=["PROT_READ"],
                   flags=["MAP_PRIVATE"], fd=3, offset=0, path=f"/lib/{i % 1000}", dev=(8, 1),
                   inode=i % 1000, stack=[{"ip": hex(i)}] if kind == 10 else [{"ip": "0x1"}])


def maps_of(count, rng):
    """Return the ranges of an address space."""
    maps, at = [], 0x10000
    for i in range(count):
        at += 4096 * rng.randrange(1, 100)
        row = {"start": hex(at), "end": hex(at + 4096), "perms": rng.choice(("r--p", "rw-s"))}
        row["offset"] = i * 4096
        if i % 2:
            row |= {"dev": "08:01", "inode": i, "path": f"/usr/lib/a/rather/long/name/{i}.so"}
        maps.append(row)
        at += 4096
    return maps


def make_maps(out, count, size):
    """Large address spaces, and arguments beyond what servers take at once."""
    rng = random.Random(13)
    trace = Trace(out, rng, 1_760_000_000_000_000_000)
    argv = ["made"] + [str(i % 10) * 100_000 for i in range(size // 100_000)]
    trace.task("exec", exe="/bin/made", argv=["made"], maps=maps_of(count, rng))
    trace.task("exec", exe="/bin/made", argv=argv, maps=maps_of(count, rng))
    trace.task("exec", exe="/bin/made", argv=["made"], maps=maps_of(count, rng))
    trace.end()


def main(kind, *numbers):
    """Write a trace of that kind to standard output."""
    makers = {"flags": make_flags, "runs": make_runs, "lives": make_lives, "many": make_many,
              "maps": make_maps}
    makers[kind](sys.stdout, *map(int, numbers))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main(*sys.argv[1:])
