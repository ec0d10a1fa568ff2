#!/usr/bin/python3
"""Names that are hard to carry.

    hostile.py map         map files with such names in this folder, under such names of the process
    hostile.py exec        run true with them as arguments
    hostile.py trace       a trace with them, and with some that no kernel gives, to standard output
    hostile.py seen TRACE  tell which of those that `map` and `exec` use the trace lacks
"""

import ctypes
import mmap
import os
import random
import sys

import made_trace
import mysql_expect

PR_SET_NAME = 15
PATH_MAX = 4096

NAMES = [
    b"plain", b"two words", b" leading", b"trailing ", b"it's", b'"quoted"', b"`tick`", b"''",
    b"\\", b"\\'", b"back\\slash", b"\\n\\t\\0\\N\\Z", b"\\N", b"NULL", b"tab\ttab",
    b"line\nbreak", b"\n",
    b"\r\n", b"\x1a", b"\x7f\x01\x1f", b"100%", b"%s%n%d", b"_%", b";", b"--", b"-- x", b"#", b"/*",
    b"'); DROP TABLE run; --", b"\\'); DROP TABLE run; --", b"');\nDELETE FROM memory_event;\n",
    b"a\tb\nc\\d'e\"f", "\u00e9\u20ac\U0001f600".encode(), b"\xff", b"\xc3", b"\xe2\x82",
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"\xbf'", b"\xe5'; DROP TABLE name; --",
    b"\x95\\", b"\xef\xbb\xbfmark", b"\xef\xbf\xbd", b"<b>&amp;", b"$(id)", b"${HOME}", b"x" * 255,
]
NAMES = [name.replace(b"/", b"_") for name in NAMES]

# Only a trace that somebody made has these.
MORE = [b"", b"\0", b"a\0b", b"\0\0\\0", b"'\0'", b"/" + b"p" * 4095, b"/" + b"\xff\\'" * 2700,
        b"q" * 8192, b"q" * 8193, bytes(range(256)), bytes(range(255, -1, -1)) * 40]


def set_comm(name):
    """Give this process a name, of which the kernel keeps 15 bytes."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_NAME, ctypes.c_char_p(name), 0, 0, 0)


def map_file(name):
    """Make a file, map a page of it, remove it."""
    fd = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    os.ftruncate(fd, 4096)
    mmap.mmap(fd, 4096, mmap.MAP_SHARED, mmap.PROT_READ).close()
    os.close(fd)
    os.unlink(name)


def map_all():
    """Map files with such names, and one whose path is as long as paths get."""
    for name in NAMES:
        set_comm(name[:15])
        map_file(name)
    top = os.open(".", os.O_RDONLY)
    deep = 0
    while len(os.getcwdb()) + 202 < PATH_MAX:
        os.mkdir(b"d" * 200)
        os.chdir(b"d" * 200)
        deep += 1
    map_file(b"e" * (PATH_MAX - 2 - len(os.getcwdb())))
    for _ in range(deep):
        os.chdir("..")
        os.rmdir(b"d" * 200)
    os.fchdir(top)


def make_trace():
    """Write a trace that has them wherever an event has a text."""
    rng = random.Random(17)
    names = NAMES + MORE
    trace = made_trace.Trace(sys.stdout, rng, 1_770_000_000_000_000_000, command=[b"a", *names],
                             host="it's a \"host\"\\ \u20ac")
    trace.task("exec", exe=b"/bin/\xff'\\", argv=names, comm=b"\xff'\\\0")
    for i, name in enumerate(names):
        pid = 100 + i
        trace.task("fork", child=pid, thread=False, shares_vm=False, comm=name)
        trace.task("exec", pid=pid, exe=name, argv=[name, b"", name], comm=name, maps=[
            {"start": "0x1000", "end": "0x2000", "perms": "r--p", "offset": 0}])
        trace.call("mmap", "0x1000", pid=pid, comm=name, addr=0, length=4096,
                   prot=["PROT_READ"], flags=["MAP_SHARED"], fd=3, offset=0, path=name)
        trace.call(name, 7, pid=pid, path=name)
        text = name.decode(errors="replace")
        trace.event("finding", rule=text[:250], severity="note", message=text, pid=pid,
                    metric=text[:250], stack=[{"ip": "0x1", "file": text or "x"}])
        trace.task("exit", pid=pid, comm=name, signal="SIGKILL")
    trace.end()


def seen(path):
    """Tell what is lacking of a real trace's names."""
    paths, comms, arguments = set(), set(), set()
    for event in mysql_expect.events_of(path):
        for key, found in ("path", paths), ("comm", comms):
            value = mysql_expect.bytes_of(event, key)
            if value is not None:
                found.add(value)
        if event["type"] == "exec":
            arguments.update(made_trace.argv_of(event))
    last = {path.rsplit(b"/", 1)[-1] for path in paths}
    lacking = [("path", name) for name in NAMES if name not in last]
    lacking += [("comm", name) for name in NAMES if name[:15] not in comms]
    lacking += [("argv", name) for name in NAMES if name not in arguments]
    if not any(len(path) == PATH_MAX - 1 for path in paths):
        lacking.append(("longest", max(map(len, paths))))
    if lacking:
        sys.exit(f"lacking: {lacking}")


if __name__ == "__main__":
    if sys.argv[1] == "map":
        map_all()
    elif sys.argv[1] == "exec":
        os.execv("/bin/true", [b"true", *NAMES, b"", b"x" * 100_000])
    elif sys.argv[1] == "trace":
        sys.stdout.reconfigure(encoding="utf-8")
        make_trace()
    else:
        seen(sys.argv[2])
