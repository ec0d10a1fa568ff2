#!/usr/bin/python3
"""Compare a trace of memtrace's with strace's log of another run of the same program.

    compare_strace.py [--any-address] STRACE_LOG TRACE.jsonl

The log is made with the options that strace_events.py --options prints. Each task's calls must be
the same in both: name, every argument, result, errno, in order; the ABI too where strace tells it.
Run both under setarch -R, so that addresses agree.

Tasks are matched by their place in the tree: 0.2 is the second task that the first task made. A
successful exec starts a new stage of its process (0.2@1), whichever thread called it; so the
thread that becomes the leader needs no matching. Not compared, since strace or the kernel has no
such value: the length of shmat, and new_addr of mremap without MREMAP_FIXED and MREMAP_DONTUNMAP.
The kernel counts shared memory ids over all runs; they must match one to one.
mseal is compared where the start event's calls name it. Calls of memtrace's that strace's log
can't hold are named in the verdict.

--any-address is for programs whose threads race for addresses. An address in a mapping becomes
"the mapping that call K of task T made, plus OFFSET", found by replaying each log: a range leaves
the model when the call that unmaps it is entered and joins it when the call that makes it is out,
which is the order that the program itself can rely on, however the stops were reaped. The heap
becomes an offset from the first brk. A result that the kernel chose becomes "new"; one that the
caller fixed becomes its distance from the address asked for. Addresses in no such mapping (the
program's own segments, hints) stay as they are, and nothing is left out: lengths, and which
thread does what, must not depend on the race.

Exits 0 with the count, 1 with the first difference of each task, 2 on trouble.
"""

import json
import sys
from dataclasses import dataclass, field

import strace_events
from check_order import Ranges

MAX_LINES = 20
CONTEXT = 2
PAGE_SIZE = 4096
U32 = (1 << 32) - 1
U64 = (1 << 64) - 1

PROT = {"PROT_NONE": 0, "PROT_READ": 1, "PROT_WRITE": 2, "PROT_EXEC": 4, "PROT_SEM": 8,
        "PROT_GROWSDOWN": 0x1000000, "PROT_GROWSUP": 0x2000000}
MAP = {"MAP_FILE": 0, "MAP_SHARED": 0x1, "MAP_PRIVATE": 0x2, "MAP_SHARED_VALIDATE": 0x3,
       "MAP_DROPPABLE": 0x8, "MAP_FIXED": 0x10, "MAP_ANONYMOUS": 0x20, "MAP_ANON": 0x20,
       "MAP_32BIT": 0x40, "MAP_ABOVE4G": 0x80, "MAP_GROWSDOWN": 0x100, "MAP_DENYWRITE": 0x800,
       "MAP_EXECUTABLE": 0x1000, "MAP_LOCKED": 0x2000, "MAP_NORESERVE": 0x4000,
       "MAP_POPULATE": 0x8000, "MAP_NONBLOCK": 0x10000, "MAP_STACK": 0x20000,
       "MAP_HUGETLB": 0x40000, "MAP_SYNC": 0x80000, "MAP_FIXED_NOREPLACE": 0x100000,
       "MAP_UNINITIALIZED": 0x4000000,
       "MAP_HUGE_16KB": 14 << 26, "MAP_HUGE_64KB": 16 << 26, "MAP_HUGE_512KB": 19 << 26,
       "MAP_HUGE_1MB": 20 << 26, "MAP_HUGE_2MB": 21 << 26, "MAP_HUGE_8MB": 23 << 26,
       "MAP_HUGE_16MB": 24 << 26, "MAP_HUGE_32MB": 25 << 26, "MAP_HUGE_256MB": 28 << 26,
       "MAP_HUGE_512MB": 29 << 26, "MAP_HUGE_1GB": 30 << 26, "MAP_HUGE_2GB": 31 << 26,
       "MAP_HUGE_16GB": 34 << 26}
MREMAP = {"MREMAP_MAYMOVE": 1, "MREMAP_FIXED": 2, "MREMAP_DONTUNMAP": 4}
TAKES_NEW_ADDR = MREMAP["MREMAP_FIXED"] | MREMAP["MREMAP_DONTUNMAP"]
SHM = {"SHM_RDONLY": 0o10000, "SHM_RND": 0o20000, "SHM_REMAP": 0o40000, "SHM_EXEC": 0o100000}
SHADOW_STACK = {"SHADOW_STACK_SET_TOKEN": 1, "SHADOW_STACK_SET_MARKER": 2}

# One row a call: memtrace's keys in the order of the call's arguments, and their kinds.
CALLS = {
    "mmap": (("addr", "address"), ("length", "u64"), ("prot", PROT), ("flags", MAP),
             ("fd", "int"), ("offset", "u64")),
    "munmap": (("addr", "address"), ("length", "u64")),
    "mremap": (("addr", "address"), ("length", "u64"), ("new_length", "u64"), ("flags", MREMAP),
               ("new_addr", "address")),
    "mprotect": (("addr", "address"), ("length", "u64"), ("prot", PROT)),
    "pkey_mprotect": (("addr", "address"), ("length", "u64"), ("prot", PROT), ("pkey", "int")),
    "brk": (("addr", "address"),),
    "shmat": (("shmid", "int"), ("addr", "address"), ("flags", SHM)),
    "shmdt": (("addr", "address"),),
    "remap_file_pages": (("addr", "address"), ("length", "u64"), ("prot", PROT),
                         ("offset", "pages"), ("flags", MAP)),
    "map_shadow_stack": (("addr", "address"), ("length", "u64"), ("flags", SHADOW_STACK)),
    "mseal": (("addr", "address"), ("length", "u64"), ("flags", {})),
}
RETURNS_ADDRESS = ("mmap", "mremap", "brk", "shmat", "map_shadow_stack")
OPTIONAL_CALLS = ("mseal",)
INT_FLAGS = ("shmat", "map_shadow_stack")
ADDRESS_KEYS = ("addr", "new_addr")


class TraceError(Exception):
    """A trace that can't be compared."""


@dataclass(slots=True, eq=False)
class Row:
    """A call as both sides are compared: values by key, result and errno among them."""

    call: str
    values: dict
    abi: str | None
    line: int
    shown: dict | None = None

    @property
    def succeeded(self):
        """Say whether the call did something, and told all of it."""
        return all(isinstance(value, int) for value in self.values.values())

    def final(self):
        """Return what is compared."""
        return self.call, (self.values if self.shown is None else self.shown)

    def __str__(self):
        values = dict(self.final()[1])
        ret, error = values.pop("ret"), values.pop("error", None)
        args = ", ".join(f"{key}={show(key, value)}" for key, value in values.items())
        abi = f"[{self.abi}] " if self.abi else ""
        return f"{abi}{self.call}({args}) = {error or show('ret', ret)}"


@dataclass(slots=True, eq=False)
class Side:
    """One side's rows by task key, and its timeline of (what, task key, row or other key)."""

    rows: dict = field(default_factory=dict)
    timeline: list = field(default_factory=list)


def show(key, value):
    """Return a value as people read it."""
    if value is None:
        return "?"
    if isinstance(value, int) and key not in ("length", "new_length", "fd", "shmid", "pkey"):
        return hex(value)
    return str(value)


# strace's side

def signed(value):
    """Return the low 32 bits as a signed number."""
    return ((value & U32) ^ (1 << 31)) - (1 << 31)


def from_strace(kind, call, value):
    """Turn one of strace's numbers into the value that memtrace should show."""
    if kind == "int":
        return signed(value)
    if kind == "pages":
        return value * PAGE_SIZE & U64
    return value & (U32 if isinstance(kind, dict) and call in INT_FLAGS else U64)


def strace_row(call):
    """Turn a call of strace's into a row."""
    kinds = CALLS[call.name]
    if len(call.args) < len(kinds):
        raise TraceError(f"strace's line {call.exit}: {call.name} has {len(call.args)} arguments")
    values = {key: from_strace(kind, call.name, value)
              for (key, kind), value in zip(kinds, call.args)}
    values["ret"] = call.result
    if call.error:
        values["error"] = call.error
    elif call.result is not None:
        values["ret"] = call.result & U64
    return Row(call.name, without_loose_new_addr(values, call.name), call.abi, call.exit)


def without_loose_new_addr(values, call):
    """Drop mremap's new_addr where the kernel doesn't look at it."""
    flags = values.get("flags")
    if call == "mremap" and isinstance(flags, int) and not flags & TAKES_NEW_ADDR:
        values.pop("new_addr", None)
    return values


def strace_side(log):
    """Turn a log of strace's into a side."""
    side, rows = Side(), {}
    keys = {task: task.key for task in log.tasks}
    for task in log.tasks:
        side.rows[keys[task]] = [strace_row(call) for call in task.calls]
        rows |= {id(call): row for call, row in zip(task.calls, side.rows[keys[task]])}
    for moment in log.timeline:
        what = keys[moment.other] if moment.other else rows[id(moment.call)]
        side.timeline.append((moment.what, keys[moment.task], what))
    return side


# memtrace's side

def from_names(names, table):
    """Turn a list of names, with at most a hex string for the rest, back into a number."""
    if not isinstance(names, list):
        return f"no list: {names!r}"
    value = 0
    for name in names:
        if name in table:
            value |= table[name]
        elif name.startswith("0x"):
            value |= int(name, 16)
        else:
            return f"unknown name {name}"
    return value


def from_hex(text):
    """Turn a hex string into a number; anything else stays visibly wrong."""
    if isinstance(text, str) and text.startswith("0x"):
        return int(text, 16)
    return f"no hex string: {text!r}"


def from_memtrace(kind, value):
    """Turn one of memtrace's values into a number."""
    if isinstance(kind, dict):
        return from_names(value, kind)
    if kind == "address":
        return from_hex(value)
    return value if type(value) is int else f"no integer: {value!r}"


def memtrace_ret(event):
    """Return an event's result: a number, or None for a call cut short."""
    ret = event["ret"]
    if event.get("unfinished"):
        return None if ret is None else f"unfinished, yet {ret!r}"
    if ret is None:
        return "null, yet not unfinished"
    if "error" in event:
        return ret
    if event["call"] in RETURNS_ADDRESS:
        return from_hex(ret)
    return ret if type(ret) is int else f"no integer: {ret!r}"


def memtrace_row(event):
    """Turn a call event into a row."""
    call = event["call"]
    values = {key: from_memtrace(kind, event[key]) if key in event else "absent"
              for key, kind in CALLS[call]}
    values["ret"] = memtrace_ret(event)
    if "error" in event:
        values["error"] = event["error"]
    values = without_loose_new_addr(values, call)
    return Row(call, values, event.get("abi", ""), event["seq"])


class Trace:
    """Reads a trace's events into a side."""

    def __init__(self):
        self.side = Side()
        self.ignored = {}
        self.started = None
        self._live = {}
        self._stage = {}
        self._children = {}
        self._roots = 0

    def take(self, event):
        """Read one event."""
        kind = event["type"]
        if kind == "start":
            self._start(event)
        elif kind == "call":
            self._call(event)
        elif kind == "fork":
            self._fork(event)
        elif kind == "exec":
            self._exec(event)
        elif kind == "attach":
            for tid in event.get("tids", [event["tid"]]):
                self._add_root(tid)

    def _start(self, event):
        if self.started:
            raise TraceError("it holds more than one run")
        self.started = event

    def _add(self, tid, base, stage):
        """Make the task that now has this tid."""
        key = base + (f"@{stage}" if stage else "")
        self._live[tid] = key
        self._stage[key] = (base, stage)
        self.side.rows[key] = []
        return key

    def _add_root(self, tid):
        """Make a task that no fork event announces."""
        self._roots += 1
        return self._add(tid, str(self._roots - 1), 0)

    def _key(self, event, tid):
        """Return the key of a live task."""
        if tid not in self._live:
            raise TraceError(f"seq {event['seq']}: no fork or exec announced task {tid}")
        return self._live[tid]

    def _call(self, event):
        key = self._key(event, event["tid"])
        if event["call"] not in CALLS:
            self.ignored[event["call"]] = self.ignored.get(event["call"], 0) + 1
            return
        row = memtrace_row(event)
        self.side.rows[key].append(row)
        self.side.timeline += [("entry", key, row), ("exit", key, row)]

    def _fork(self, event):
        key = self._key(event, event["tid"])
        self._children[key] = self._children.get(key, 0) + 1
        child = self._add(event["child"], f"{key}.{self._children[key]}", 0)
        self.side.timeline.append(("share" if event["shares_vm"] else "fork", key, child))

    def _exec(self, event):
        pid = event["pid"]
        before = self._live.get(pid) or self._add_root(pid)
        base, stage = self._stage[before]
        after = self._add(pid, base, stage + 1)
        self.side.timeline.append(("exec", before, after))


def read_trace(path):
    """Read a trace of one run."""
    trace = Trace()
    with open(path, encoding="utf-8") as file:
        for line in file:
            trace.take(json.loads(line))
    return trace


# Addresses without numbers

class NamedSpace:
    """One address space whose ranges belong to (name, first address)."""

    def __init__(self):
        self.ranges = Ranges()
        self.heap = None

    def copy(self):
        """Return what fork gives the child."""
        twin = NamedSpace()
        twin.ranges, twin.heap = self.ranges.copy(), self.heap
        return twin

    def name(self, addr):
        """Return an address as a mapping's name and an offset, if a known mapping holds it."""
        found = self.ranges.at(addr) if isinstance(addr, int) else None
        if not found:
            return addr
        name, first = found[2]
        return f"{name}+{addr - first:#x}"


class Namer:
    """Replays a side's timeline and gives each row values without chosen addresses."""

    def __init__(self, side):
        self._spaces = {}
        self._numbers = {id(row): number for rows in side.rows.values()
                         for number, row in enumerate(rows, 1)}
        for what, key, other in side.timeline:
            space = self._spaces.setdefault(key, NamedSpace())
            if what == "exec":
                self._spaces[other] = NamedSpace()
            elif what == "fork":
                self._spaces[other] = space.copy()
            elif what == "share":
                self._spaces[other] = space
            elif what == "entry":
                self._enter(space, other)
            else:
                self._leave(space, key, other)

    def _enter(self, space, row):
        """Name the arguments; what the call unmaps is gone from here on."""
        row.shown = dict(row.values)
        for key in ADDRESS_KEYS:
            if key in row.values:
                row.shown[key] = space.name(row.values[key])
        if row.call == "brk":
            self._name_brk(space, row)
        if row.succeeded:
            for start, length in removed(row.values, row.call):
                space.ranges.cut(start, start + pages(length))

    def _leave(self, space, key, row):
        """Name the result; what the call made is there from here on."""
        if not row.succeeded or row.call not in RETURNS_ADDRESS:
            return
        if row.call == "brk":
            self._move_brk(space, row)
            return
        ret, asked = row.values["ret"], fixed_address(row.values, row.call)
        row.shown["ret"] = "new" if asked is None else f"asked+{ret - asked:#x}"
        length = row.values.get("new_length", row.values.get("length", 1))
        name = f"<{key} call {self._numbers[id(row)]}>"
        space.ranges.put(ret, ret + pages(length), (name, ret))

    @staticmethod
    def _name_brk(space, row):
        """Show a brk's argument as an offset from the heap's start."""
        addr = row.values["addr"]
        if space.heap is not None and isinstance(addr, int) and addr:
            row.shown["addr"] = f"heap+{addr - space.heap:#x}"

    @staticmethod
    def _move_brk(space, row):
        """Show a brk's result as an offset from the heap's start, and follow it."""
        ret = row.values["ret"]
        if space.heap is None:
            space.heap = ret
        row.shown["ret"] = f"heap+{ret - space.heap:#x}"
        if ret > space.heap:
            space.ranges.put(space.heap, pages(ret), ("heap", space.heap))


def pages(length):
    """Round up to whole pages."""
    return (length + PAGE_SIZE - 1) // PAGE_SIZE * PAGE_SIZE


def removed(values, call):
    """Return the ranges, as (start, length), that a successful call unmaps."""
    if call == "munmap":
        return [(values["addr"], values["length"])]
    if call == "shmdt":
        return [(values["addr"], PAGE_SIZE)]
    if call == "mremap" and not values["flags"] & MREMAP["MREMAP_DONTUNMAP"]:
        return [(values["addr"], values["length"])]
    return []


def fixed_address(values, call):
    """Return the address that a call may not depart from, or None."""
    fixed = {"mmap": MAP["MAP_FIXED"] | MAP["MAP_FIXED_NOREPLACE"],
             "mremap": MREMAP["MREMAP_FIXED"], "shmat": 0, "map_shadow_stack": 0}[call]
    if call in ("mmap", "mremap"):
        key = "addr" if call == "mmap" else "new_addr"
        return values[key] if values["flags"] & fixed else None
    return values["addr"] or None


# The comparison

class Pairing:
    """Matches the two runs' ids of shared memory segments, one to one."""

    def __init__(self):
        self._ours, self._theirs = {}, {}

    def same(self, theirs, ours):
        """Say whether two ids can stand for the same segment, and remember that they do."""
        numbers = isinstance(theirs, int) and isinstance(ours, int)
        if not numbers or theirs < 0 or ours < 0:
            return theirs == ours
        return (self._ours.setdefault(theirs, ours) == ours and
                self._theirs.setdefault(ours, theirs) == theirs)


def rows_differ(theirs, ours, pairing):
    """Say whether two rows are not the same."""
    if theirs.abi is not None and theirs.abi != ours.abi:
        return True
    if theirs.call != ours.call or theirs.call != "shmat":
        return theirs.final() != ours.final()
    left, right = dict(theirs.final()[1]), dict(ours.final()[1])
    return not pairing.same(left.pop("shmid"), right.pop("shmid")) or left != right


def first_difference(theirs, ours, pairing):
    """Return the index of the first difference of two lists of rows, or None."""
    for index, (left, right) in enumerate(zip(theirs, ours)):
        if rows_differ(left, right, pairing):
            return index
    return None if len(theirs) == len(ours) else min(len(theirs), len(ours))


def explain(key, theirs, ours, index):
    """Return lines that show a task's first difference and what went before it."""
    lines = [f"task {key}: call {index + 1} of {len(theirs)} (strace), {len(ours)} (memtrace)"]
    for row in ours[max(0, index - CONTEXT):index]:
        lines.append(f"  both      {row}")
    for who, where, rows in (("strace", "line", theirs), ("memtrace", "seq", ours)):
        row = rows[index] if index < len(rows) else None
        lines.append(f"  {who:9} " + (f"{row}  [{where} {row.line}]" if row else "nothing more"))
    return lines


def differences(theirs, ours):
    """Return a list of lines for each task that differs."""
    found, pairing = [], Pairing()
    for key in theirs.rows | ours.rows:
        if key not in ours.rows or key not in theirs.rows:
            have = "strace" if key in theirs.rows else "memtrace"
            found.append([f"task {key}: only {have} has it"])
            continue
        index = first_difference(theirs.rows[key], ours.rows[key], pairing)
        if index is not None:
            found.append(explain(key, theirs.rows[key], ours.rows[key], index))
    return found


def leave_out_optional(side, calls):
    """Drop strace's calls that it shows unasked, where memtrace doesn't capture them."""
    for name in OPTIONAL_CALLS:
        if name not in calls:
            for key, rows in side.rows.items():
                side.rows[key] = [row for row in rows if row.call != name]


def tell(theirs, ours, ignored):
    """Print the verdict and return the exit status."""
    found = differences(theirs, ours)
    if not found:
        count = sum(map(len, ours.rows.values()))
        names = ", ".join(f"{number} {name}" for name, number in sorted(ignored.items()))
        tasks = sum("@" not in key.rpartition(".")[2] for key in ours.rows)
        print(f"{count} calls of {tasks} tasks equal" +
              (f" (not compared: {names})" if names else ""))
        return 0
    lines = [line for task in found for line in task]
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES - 1], f"... {len(found)} tasks differ"]
    print(*lines, sep="\n")
    return 1


def main(argv):
    """Run the command."""
    words = [word for word in argv[1:] if word != "--any-address"]
    if len(words) != 2 or any(word.startswith("--") for word in words):
        print("usage: compare_strace.py [--any-address] STRACE_LOG TRACE.jsonl", file=sys.stderr)
        return 2
    try:
        theirs = strace_side(strace_events.read(words[0]))
        trace = read_trace(words[1])
    except (OSError, ValueError, KeyError, strace_events.LogError, TraceError) as error:
        print(f"compare_strace: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    leave_out_optional(theirs, (trace.started or {}).get("calls", ()))
    if "--any-address" in argv:
        Namer(theirs)
        Namer(trace.side)
    return tell(theirs, trace.side, trace.ignored)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
