#!/usr/bin/python3
"""Replay a trace in the order of seq and tell where that order can't be the kernel's.

    check_order.py TRACE.jsonl

A model of each address space follows the exec, fork, exit and call events. A conflict is a map
that replaces nothing (mmap without MAP_FIXED or with MAP_FIXED_NOREPLACE, mremap that moved
without MREMAP_FIXED or grew, shmat without SHM_REMAP, map_shadow_stack, brk that grew) and yet
lies over a range that the model still holds. Checked too: seq is 1..N without gap, end.events is
its seq less one, a thread's elapsed never goes back, no task has events before the fork, exec or
attach that introduces it, nor after its exit. Not modelled: stack growth, MADV_DONTFORK and maps
that other calls make (io_setup). Exits 0 where all is well, 1 where not, 2 on trouble.
"""

import json
import sys
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

SHOWN = 5
HUGE_DEFAULT = 2 << 20
UNITS = {"KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}


class Ranges:
    """Disjoint ranges of addresses, each with an owner: any value that the user cares for."""

    def __init__(self):
        self._starts = []
        self._ranges = {}

    def copy(self):
        """Return an independent copy."""
        twin = Ranges()
        twin._starts = self._starts.copy()
        twin._ranges = self._ranges.copy()
        return twin

    def at(self, addr):
        """Return (start, end, owner) of the range that holds addr, or None."""
        index = bisect_right(self._starts, addr) - 1
        if index < 0:
            return None
        start = self._starts[index]
        end, owner = self._ranges[start]
        return (start, end, owner) if addr < end else None

    def first_over(self, start, end):
        """Return (start, end, owner) of the lowest range that overlaps start..end, or None."""
        if start >= end:
            return None
        found = self.at(start)
        if found:
            return found
        index = bisect_left(self._starts, start)
        if index < len(self._starts) and self._starts[index] < end:
            return self._starts[index], *self._ranges[self._starts[index]]
        return None

    def cut(self, start, end):
        """Remove start..end and return what was there as a list of (start, end, owner)."""
        if start >= end:
            return []
        self._split(start)
        self._split(end)
        low = bisect_left(self._starts, start)
        high = bisect_left(self._starts, end, low)
        gone = [(at, *self._ranges.pop(at)) for at in self._starts[low:high]]
        del self._starts[low:high]
        return gone

    def put(self, start, end, owner):
        """Make start..end one range of owner, over whatever is there."""
        if start < end:
            self.cut(start, end)
            self._starts.insert(bisect_left(self._starts, start), start)
            self._ranges[start] = (end, owner)

    def cut_owned(self, test):
        """Remove every range whose owner passes the test."""
        gone = [start for start in self._starts if test(self._ranges[start][1])]
        for start in gone:
            del self._ranges[start]
        if gone:
            self._starts = [start for start in self._starts if start in self._ranges]

    def _split(self, addr):
        """Make a border at addr if a range holds it."""
        found = self.at(addr)
        if found and found[0] < addr:
            start, end, owner = found
            self._ranges[start] = (addr, owner)
            self._ranges[addr] = (end, owner)
            self._starts.insert(bisect_left(self._starts, addr), addr)


@dataclass(frozen=True, slots=True)
class Owner:
    """Which event made a range; attach is where shmat put its first byte, else None."""

    seq: int
    attach: int | None = None


class Space:
    """One address space."""

    def __init__(self, page_size):
        self.ranges = Ranges()
        self.page_size = page_size
        self.brk = None

    def copy(self):
        """Return what fork gives the child."""
        twin = Space(self.page_size)
        twin.ranges = self.ranges.copy()
        twin.brk = self.brk
        return twin

    def round(self, value, unit=None):
        """Round up to whole pages, or to whole units."""
        unit = unit or self.page_size
        return (value + unit - 1) // unit * unit


def address(event, key):
    """Return a hex string's number; null and other things give None."""
    value = event.get(key)
    return int(value, 16) if isinstance(value, str) else None


def huge_size(flags):
    """Return the page size that an mmap's flags ask for, or None for the usual one."""
    if "MAP_HUGETLB" not in flags:
        return None
    for name in flags:
        if name.startswith("MAP_HUGE_"):
            return int(name[9:-2]) * UNITS[name[-2:]]
    return HUGE_DEFAULT


class Replay:
    """One run's model and what is wrong with it."""

    def __init__(self):
        self.maps = 0
        self.conflicts = []
        self.faults = []
        self.page_size = 4096
        self.seq = 0
        self.ended = False
        self.groups = {}
        self.spaces = {}
        self.group_of = {}
        self.elapsed = {}

    def fault(self, event, what):
        """Note something wrong at an event."""
        self.faults.append(f"seq {event.get('seq', '?')}: {what}")

    def take(self, event):
        """Replay one event."""
        kind = event["type"]
        if kind == "start":
            self.page_size = event["page_size"]
            return
        self._check_seq(event)
        if kind == "end":
            self._end(event)
        elif kind in TASK_EVENTS:
            if self._check_task(event):
                TASK_EVENTS[kind](self, event)

    def _check_seq(self, event):
        """Check that seq counts without gap, and that nothing follows the end."""
        if event["seq"] != self.seq + 1:
            self.fault(event, f"seq {self.seq + 1} was due")
        if self.ended:
            self.fault(event, "event after the end")
        self.seq = event["seq"]

    def _end(self, event):
        """Check the last event's count."""
        self.ended = True
        if event["events"] != event["seq"] - 1:
            self.fault(event, f"end.events is {event['events']}, not {event['seq'] - 1}")

    def _check_task(self, event):
        """Check that the task lives and that its clock goes on; say whether to replay."""
        pid, tid, kind = event["pid"], event["tid"], event["type"]
        before = self.elapsed.get(tid, 0)
        if event["elapsed"] < before:
            self.fault(event, f"{kind} of {tid}: elapsed {event['elapsed']} after {before}")
        self.elapsed[tid] = event["elapsed"]
        if self.group_of.get(tid) == pid:
            return True
        if kind in ("exec", "attach") and pid not in self.groups:
            return True
        self.fault(event, f"{kind} of pid {pid} tid {tid}, which isn't alive")
        return False

    def _new_space(self, event):
        """Return the address space that an event's maps describe."""
        space = Space(self.page_size)
        owner = Owner(event["seq"])
        for row in event.get("maps", ()):
            start, end = int(row["start"], 16), int(row["end"], 16)
            space.ranges.put(start, end, owner)
            if row.get("path") == "[heap]":
                space.brk = end
        return space

    def _set_group(self, pid, tids):
        """Make tids the threads of pid, and no others."""
        for tid in self.groups.get(pid, ()):
            self.group_of.pop(tid, None)
        self.groups[pid] = set(tids)
        for tid in tids:
            self.group_of[tid] = pid

    def exec(self, event):
        """A process runs another program: its other threads are gone, its space is new."""
        pid = event["pid"]
        self._set_group(pid, [pid])
        self.spaces[pid] = self._new_space(event)

    def attach(self, event):
        """A process that was there before."""
        pid = event["pid"]
        self._set_group(pid, event.get("tids", [event["tid"]]))
        self.spaces[pid] = self._new_space(event)

    def fork(self, event):
        """A new thread or process."""
        child, pid = event["child"], event["pid"]
        if child in self.groups:
            self.fault(event, f"child {child} is alive already")
            return
        self._forget_thread(child)
        if event["thread"]:
            self.groups[pid].add(child)
            self.group_of[child] = pid
            return
        space = self.spaces[pid]
        self._set_group(child, [child])
        self.spaces[child] = space if event["shares_vm"] else space.copy()

    def _forget_thread(self, tid):
        """Free a tid for reuse: the end of a thread that isn't its process's has no event."""
        self.elapsed.pop(tid, None)
        group = self.group_of.pop(tid, None)
        if group is not None:
            self.groups[group].discard(tid)

    def exit(self, event):
        """A process ends with all its threads."""
        pid = event["pid"]
        self._set_group(pid, [])
        del self.groups[pid], self.spaces[pid]

    def call(self, event):
        """A call changes its space, if it did."""
        change = CHANGES.get(event["call"])
        failed = "error" in event or event["ret"] is None
        if change and not failed:
            change(self, self.spaces[event["pid"]], event)
        elif event["call"] == "munmap" and event.get("unfinished"):
            self.munmap(self.spaces[event["pid"]], event)

    def _put(self, space, event, start, length, replaces, owner=None):
        """Add a new range, which must lie over nothing unless it replaces."""
        end = start + space.round(length)
        self.maps += 1
        found = None if replaces else space.ranges.first_over(start, end)
        if found:
            self._conflict(event, start, end, found)
        space.ranges.put(start, end, owner or Owner(event["seq"]))

    def _conflict(self, event, start, end, found):
        """Note that an event's new range lies over a live one."""
        low, high, owner = found
        self.conflicts.append(
            f"seq {event['seq']}: {event['call']} of pid {event['pid']} tid {event['tid']} made "
            f"{start:#x}-{end:#x} over {low:#x}-{high:#x} of seq {owner.seq}")

    def mmap(self, space, event):
        """Add a mapping."""
        flags = event.get("flags", ())
        replaces = "MAP_FIXED" in flags and "MAP_FIXED_NOREPLACE" not in flags
        length = space.round(event["length"], huge_size(flags))
        self._put(space, event, address(event, "ret"), length, replaces)

    def map_shadow_stack(self, space, event):
        """Add a shadow stack."""
        self._put(space, event, address(event, "ret"), event["length"], False)

    def munmap(self, space, event):
        """Remove a range."""
        start = address(event, "addr")
        space.ranges.cut(start, start + space.round(event["length"]))

    def mremap(self, space, event):
        """Grow, shrink, move or duplicate a range."""
        flags = event.get("flags", ())
        start, to = address(event, "addr"), address(event, "ret")
        old, new = space.round(event["length"]), space.round(event["new_length"])
        if to == start and old:
            self._resize(space, event, start, old, new)
            return
        source = space.ranges.at(start)
        attach = source[2].attach if source else None
        owner = Owner(event["seq"], None if attach is None else attach + to - start)
        if "MREMAP_FIXED" in flags:
            space.ranges.cut(to, to + new)
        if old and "MREMAP_DONTUNMAP" not in flags:
            space.ranges.cut(start, start + old)
        self._put(space, event, to, new, False, owner)

    def _resize(self, space, event, start, old, new):
        """Grow or shrink a range where it is."""
        if new < old:
            space.ranges.cut(start + new, start + old)
        elif new > old:
            last = space.ranges.at(start + old - 1)
            owner = Owner(event["seq"], last[2].attach if last else None)
            self._put(space, event, start + old, new - old, False, owner)

    def brk(self, space, event):
        """Move the end of the heap; brk tells of failure by returning another address."""
        asked, now, before = address(event, "addr"), address(event, "ret"), space.brk
        if before is None or asked != now:
            space.brk = now if before is None else before
            return
        space.brk = now
        low, high = space.round(before), space.round(now)
        if high > low:
            self._put(space, event, low, high - low, False)
        else:
            space.ranges.cut(high, low)

    def shmat(self, space, event):
        """Add a shared memory segment."""
        start = address(event, "ret")
        replaces = "SHM_REMAP" in event.get("flags", ())
        if "length" in event:
            owner = Owner(event["seq"], start)
            self._put(space, event, start, event["length"], replaces, owner)

    def shmdt(self, space, event):
        """Remove all that is left of the segment that was attached at an address."""
        start = address(event, "addr")
        space.ranges.cut_owned(lambda owner: owner.attach == start)


TASK_EVENTS = {"exec": Replay.exec, "attach": Replay.attach, "fork": Replay.fork,
               "exit": Replay.exit, "detach": Replay.exit, "call": Replay.call}
CHANGES = {"mmap": Replay.mmap, "munmap": Replay.munmap, "mremap": Replay.mremap,
           "brk": Replay.brk, "shmat": Replay.shmat, "shmdt": Replay.shmdt,
           "map_shadow_stack": Replay.map_shadow_stack}


def replay(lines):
    """Replay every run of a trace and return them as a list."""
    runs = []
    for line in lines:
        event = json.loads(line)
        if event["type"] == "start" or not runs:
            runs.append(Replay())
            if event["type"] != "start":
                runs[-1].fault(event, "no start event before it")
        runs[-1].take(event)
    for run in runs:
        if not run.ended:
            run.faults.append(f"seq {run.seq}: the last event, and no end event")
    return runs


def tell(runs):
    """Print the verdict and return the exit status."""
    maps = sum(run.maps for run in runs)
    conflicts = [text for run in runs for text in run.conflicts]
    faults = [text for run in runs for text in run.faults]
    print(f"{maps} maps, {len(conflicts)} conflicts" +
          (f", {len(faults)} other faults" if faults else ""))
    for text in conflicts[:SHOWN] + faults[:SHOWN]:
        print(f"  {text}")
    return 1 if conflicts or faults else 0


def main(argv):
    """Run the command."""
    if len(argv) != 2:
        print("usage: check_order.py TRACE.jsonl", file=sys.stderr)
        return 2
    try:
        with open(argv[1], encoding="utf-8") as file:
            runs = replay(file)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"check_order: {argv[1]}: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    if not runs:
        print(f"check_order: {argv[1]}: no events", file=sys.stderr)
        return 2
    return tell(runs)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
