#!/usr/bin/python3
"""What the database has to say of traces, calculated from the traces alone.

    mysql_expect.py named TRACE           the rows of event_named, as mysql_views.sh asks
    mysql_expect.py query NAME TRACE GOT  compare the answer GOT of sql/queries/NAME.sql
    mysql_expect.py bytes TRACE           seq and names of each event, hexadecimal
    mysql_expect.py names TRACE           each path once, hexadecimal

For `query`, runs of the host `stale` are over a day old and all others were just loaded. Values are
as the stock client prints them, between tabs.
"""

import base64
import json
import sys
import time
from collections import defaultdict

NANO = 10**9


def events_of(path):
    """Yield the events of a trace, each with the host of its run, and its run."""
    host = run = None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if event["type"] == "start":
                host, run = event["host"], event["run"]
            else:
                yield event | {"host": host, "run": run}


def shown(value):
    """Return a value as the client prints it."""
    return "NULL" if value is None else str(value)


def nanos_of(text):
    """Return a time as nanoseconds since 1970."""
    whole = time.strptime(text[:19] + " UTC", "%Y-%m-%dT%H:%M:%S %Z")
    days = time.mktime(whole) - time.mktime(time.gmtime(0))
    return int(days) * NANO + int(text[20:29])


def date_of(text):
    """Return a time as a DATETIME(6)."""
    return text[:10] + " " + text[11:26]


def print_named(trace):
    """Print what event_named shows."""
    for event in events_of(trace):
        duration = event.get("duration")
        row = [event["run"], event["seq"], event["type"], date_of(event["time"])]
        row += [event.get(key) for key in ("pid", "tid", "comm", "call", "addr", "length")]
        row += ["|".join(event[key]) if key in event else None for key in ("prot", "flags")]
        row += [event.get(key) for key in ("fd", "offset", "path", "dev", "inode", "ret", "error")]
        row.append(None if duration is None else round(duration * NANO))
        print("\t".join(map(shown, row)))


def bytes_of(event, key):
    """Return the bytes of a text of an event, or None."""
    if f"{key}_b64" in event:
        return base64.b64decode(event[f"{key}_b64"])
    return event[key].encode() if key in event else None


def hexadecimal(value):
    """Return bytes as HEX() does."""
    return None if value is None else value.hex().upper()


def print_bytes(trace):
    """Print the names of each event whose columns can hold them."""
    limits = {"comm": 1020, "call": 1020, "path": 8192}
    for event in events_of(trace):
        row = [event["seq"]]
        for key, limit in limits.items():
            value = bytes_of(event, key)
            row.append(hexadecimal(value if value is None or len(value) <= limit else None))
        print("\t".join(map(shown, row)))


def print_names(trace):
    """Print each path once."""
    paths = {hexadecimal(bytes_of(event, "path")) for event in events_of(trace)}
    print("\n".join(sorted(paths - {None})))


# ---- sql/queries ----


def mapped(event):
    """Whether an event is an mmap that succeeded."""
    return event["type"] == "call" and event["call"] == "mmap" and "error" not in event


def failures(events):
    """error, call, comm -> how many, and the largest."""
    groups = defaultdict(list)
    for event in events:
        if "error" in event:
            groups[event["error"], event["call"], event["comm"]].append(event["length"])
    rows = [(*key, len(of), max(of)) for key, of in groups.items()]
    return sorted(rows, key=lambda row: -row[3])


def by_path(events):
    """path -> how often, bytes, bytes that are executable, processes."""
    groups = defaultdict(list)
    for event in filter(mapped, events):
        if "path" in event:
            groups[event["path"]].append(event)
    rows = []
    for path, of in groups.items():
        executable = sum(event["length"] for event in of if "PROT_EXEC" in event["prot"])
        processes = {(event["run"], event["pid"]) for event in of}
        rows.append((path, len(of), sum(event["length"] for event in of), executable,
                     len(processes)))
    return sorted(rows, key=lambda row: -row[2])


def mapping(event):
    """What queries show of a single mapping."""
    return (event["host"], event["comm"], event["pid"], event["length"], event["ret"],
            event.get("path"), date_of(event["time"]))


def writable_executable(events):
    """The newest mappings that are both."""
    both = [event for event in events if mapped(event) and
            {"PROT_WRITE", "PROT_EXEC"} <= set(event["prot"])]
    return [mapping(event) for event in sorted(both, key=lambda event: event["time"])[::-1]]


def biggest_mappings(events):
    """The longest mappings."""
    return [mapping(event) for event in
            sorted(filter(mapped, events), key=lambda event: -event["length"])]


def top_mappers(events):
    """host, comm -> how often, bytes; of the last hour."""
    groups = defaultdict(list)
    since = time.time_ns() - 3600 * NANO
    for event in filter(mapped, events):
        if nanos_of(event["time"]) >= since:
            groups[event["host"], event["comm"]].append(event["length"])
    rows = [(*key, len(of), sum(of)) for key, of in groups.items()]
    return sorted(rows, key=lambda row: -row[3])


def rates(events):
    """host, pid, comm, calls, calls a second of each process."""
    groups = defaultdict(list)
    for event in events:
        if event["type"] == "call":
            groups[event["run"], event["host"], event["pid"]].append(event)
    rows = []
    for (_, host, pid), of in groups.items():
        times = [nanos_of(event["time"]) for event in of]
        span = max((max(times) - min(times)) / NANO, 0.001)
        rows.append((host, pid, max(event["comm"] for event in of), len(of), len(of) / span))
    return sorted(rows, key=lambda row: -row[4])


# ---- queries that follow address spaces ----


def called(event, *calls):
    """Whether an event is one of these calls, with a result."""
    return event["type"] == "call" and event["call"] in calls and event["ret"] is not None \
        and "error" not in event


def images_of(events):
    """Return the events of each image of each process: from exec or attach to the next, or exit."""
    images, now = [], {}
    for event in events:
        if "pid" not in event:
            continue
        key = event["run"], event["pid"]
        if event["type"] in ("exec", "attach") or key not in now:
            now[key] = []
            images.append(now[key])
        now[key].append(event)
        if event["type"] == "exit":
            del now[key]
    return images


def change_of(event, breaks):
    """Return the bytes by which a call changes what is mapped."""
    length = event.get("length")
    if called(event, "mmap"):
        return 0 if "MAP_FIXED" in event["flags"] else length
    if called(event, "munmap"):
        return -length
    if called(event, "mremap") and "new_length" in event:
        return event["new_length"] - length * ("MREMAP_DONTUNMAP" not in event["flags"])
    if called(event, "brk"):
        breaks.append(int(event["ret"], 16))
        return breaks[-1] - breaks[-2] if len(breaks) > 1 else 0
    return 0


def growing(events):
    """host, pid, comm, seconds, bytes after each quarter."""
    rows = []
    for image in images_of(events):
        of = [event for event in image if event["type"] != "call" or
              called(event, "brk", "mmap", "mremap", "munmap")]
        if not of:
            continue
        times = [nanos_of(event["time"]) for event in of]
        span = times[-1] - times[0]
        breaks, net, after = [], 0, {1: 0, 2: 0, 3: 0, 4: 0}
        for event, at in zip(of, times):
            net += change_of(event, breaks)
            after |= {i: net for i in after if 4 * (at - times[0]) <= i * span}
        levels = list(after.values())
        if all(before < behind for before, behind in zip(levels, levels[1:])):
            rows.append((of[0]["host"], of[0]["pid"], max(event["comm"] for event in of),
                         span / NANO, *levels))
    return sorted(rows, key=lambda row: row[4] - row[7])


def without(ranges, start, end):
    """Return ranges, (start, end, anything), without what is between start and end."""
    left = []
    for range_start, range_end, what in ranges:
        if range_start < start and range_start < range_end:
            left.append((range_start, min(range_end, start), what))
        if range_end > end:
            left.append((max(range_start, end), range_end, what))
    return left


def mapping_site(event, length):
    """Return what tells mappings apart where there is no stack."""
    return event.get("path"), event["call"], event["comm"], length


def kept_by(image):
    """Return the ranges that an image didn't unmap: (start, end, (event that made it, site))."""
    ranges = []
    for event in image:
        if not called(event, "mmap", "mremap", "munmap", "shmat", "shmdt"):
            continue
        flags, start, length = event.get("flags", []), int(event["addr"], 16), event.get("length")
        if called(event, "shmdt"):
            length = sum(end - begin for begin, end, _ in ranges if begin == start)
        if called(event, "munmap", "shmdt", "mremap") and "MREMAP_DONTUNMAP" not in flags:
            ranges = without(ranges, start, start + (length + 4095) // 4096 * 4096)
        if called(event, "mmap", "mremap", "shmat") and "MAP_FIXED" not in flags:
            start, length = int(event["ret"], 16), event.get("new_length", length)
            ranges = without(ranges, start, start + length)
            ranges.append((start, start + length, (event["seq"], mapping_site(event, length))))
    return ranges


def unreleased(events):
    """path, its bytes, call, comm, length, mappings, processes, bytes."""
    sites, paths = defaultdict(list), defaultdict(int)
    for image in images_of(events):
        process = image[0]["run"], image[0]["pid"]
        for start, end, (seq, site) in kept_by(image):
            sites[site].append((process, seq, end - start))
            paths[site[0]] += end - start
    rows = [(path, paths[path], call, comm, length, len({part[:2] for part in of}),
             len({part[0] for part in of}), sum(part[2] for part in of))
            for (path, call, comm, length), of in sites.items()]
    return sorted(rows, key=lambda row: (-row[1], shown(row[0]), -row[7]))


def range_of(event):
    """Return what a call is about, in whole pages."""
    start = int(event["ret" if event["call"] in ("mmap", "shmat") else "addr"], 16)
    return start, (start + event["length"] + 4095) // 4096


def has_both(event):
    """Whether what the call is about becomes writable and executable."""
    if event["call"] == "shmat":
        return {"SHM_EXEC", "SHM_RDONLY"} & set(event["flags"]) == {"SHM_EXEC"}
    return {"PROT_WRITE", "PROT_EXEC"} <= set(event.get("prot", []))


def writable_executable_now(events):
    """host, comm, pid, length, address, call, path, time."""
    both = defaultdict(list)
    for event in events:
        if event["type"] in ("exec", "exit"):
            both.pop((event["run"], event["pid"]), None)
        if not called(event, "mmap", "mprotect", "munmap", "pkey_mprotect", "shmat"):
            continue
        start, end = range_of(event)
        key = event["run"], event["pid"]
        both[key] = [other for other in both[key]
                     if start > range_of(other)[0] or end < range_of(other)[1]]
        if has_both(event):
            both[key].append(event)
    rows = [event for of in both.values() for event in of]
    return [(event["host"], event["comm"], event["pid"], event["length"], hex(range_of(event)[0]),
             event["call"], event.get("path"), date_of(event["time"]))
            for event in sorted(rows, key=lambda event: event["time"])[::-1]]


def reserved_committed(events):
    """host, pid, comm, peaks, the part that is reserved."""
    rows = []
    for event in events:
        if event["type"] == "exit" and event["usage"]["reserved"]["peak"]:
            mapped, committed, reserved = (event["usage"][name]["peak"] for name in (
                "mapped", "committed", "reserved"))
            rows.append((event["host"], event["pid"], event["comm"], mapped, reserved, committed,
                         reserved / (reserved + committed)))
    return sorted(rows, key=lambda row: -row[4])


def same(got, expected):
    """Whether two values are equal, or nearly if one has a fraction."""
    if isinstance(expected, float):
        return abs(float(got) - expected) <= expected / 100
    return got == shown(expected)


ORDERS = {"failures": (3,), "rates": (4,), "unreleased": (0, 1, 7)}


def check_query(name, trace, got_path):
    """Compare an answer with what the trace says. Rows beyond the 50th don't count."""
    fresh = (event for event in events_of(trace) if event["host"] != "stale")
    expected = globals()[name](fresh)[:50]
    with open(got_path, encoding="utf-8") as lines:
        got = [line.rstrip("\n").split("\t") for line in lines]
    if len(got) != len(expected) or not got:
        sys.exit(f"{name}: {len(got)} rows, not {len(expected)}")
    if name in ORDERS:
        # What is equal by these columns comes in any order.
        for one, other in zip(got, expected):
            if not all(same(one[column], other[column]) for column in ORDERS[name]):
                sys.exit(f"{name}: {one} comes where {other} is expected")
        got.sort()
        expected.sort(key=lambda row: list(map(shown, row)))
    for one, other in zip(got, expected):
        if len(one) != len(other) or not all(map(same, one, other)):
            sys.exit(f"{name}: got {one}, expected {other}")


if __name__ == "__main__":
    {"named": print_named, "query": check_query, "bytes": print_bytes,
     "names": print_names}[sys.argv[1]](*sys.argv[2:])
