#!/usr/bin/python3
"""Type at an interactive bash on a terminal of its own: terminal.py STEP...

A step is "type:TEXT" (\\n, \\x03 and the like are read as Python does) or "wait:TEXT": read on until
the terminal has shown TEXT, ten seconds at most. Prints what was shown; exit status 1 for a wait in vain.
"""
import os
import pty
import select
import signal
import sys
import time


def wait_for(fd, text, shown, at):
    """Read until `text` is shown behind position `at`; returns all that was read, and where it ended."""
    end = time.monotonic() + 10
    while text not in shown[at:]:
        left = end - time.monotonic()
        if left < 0 or not select.select([fd], [], [], left)[0]:
            print(shown.decode(errors="replace"))
            sys.exit(f"terminal: waited in vain for {text!r}")
        try:
            shown += os.read(fd, 4096)
        except OSError:  # the other side is gone
            sys.exit(f"terminal: ended before {text!r}: {shown.decode(errors='replace')}")
    return shown, shown.index(text, at) + len(text)


def main():
    pid, fd = pty.fork()
    if pid == 0:
        os.environ["PS1"] = "ready> "
        os.execlp("bash", "bash", "--norc", "--noprofile", "-i")
    shown, at = b"", 0
    try:
        for step in sys.argv[1:]:
            kind, text = step.split(":", 1)
            text = text.encode().decode("unicode_escape").encode()
            if kind == "type":
                os.write(fd, text)
            else:
                shown, at = wait_for(fd, text, shown, at)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.close(fd)
        os.waitpid(pid, 0)
    print(shown.decode(errors="replace"))


main()
