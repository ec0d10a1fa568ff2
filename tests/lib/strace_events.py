#!/usr/bin/python3
"""Read strace 6.1's log of a process tree's memory map calls, exactly: numbers only.

    strace_events.py --options     print the strace options that this module reads, to be used as
                                   strace $(strace_events.py --options) -o LOG COMMAND...
    strace_events.py LOG           print each task's calls, with numbers for names

What matters in strace's format:
  * -X raw leaves flags as numbers, but mremap is wholly raw: else its new_addr is hidden under
    MREMAP_DONTUNMAP. mmap is not, since raw it shows only a pointer for i386's old mmap.
  * Calls newer than strace's table (map_shadow_stack, mseal) can't be named in -e trace=, but are
    always printed, as syscall_0x1c5(six hex numbers).
  * -qq and -e signal=none hide "+++ exited" and "+++ killed": without them reused pids mix.
  * A call that the kernel restarts is printed each time: "= ? ERESTARTNOINTR (To be restarted)".
  * A call cut short by death or by a sibling's exec is "= ?", or stays "<unfinished ...>".
  * An exec by a thread other than the leader starts under its tid and is resumed under the pid,
    after "PID +++ superseded by execve in pid TID +++".
  * A new task often shows up before its parent's clone has returned, even after its own end.
  * In another pid namespace clone returns a foreign pid; --pidns-translation adds strace's own.
"""

import re
import sys
from dataclasses import dataclass, field

MEMORY_CALLS = ("mmap", "munmap", "mremap", "mprotect", "pkey_mprotect", "brk", "shmat", "shmdt",
                "remap_file_pages", "map_shadow_stack", "mseal")
EXEC_CALLS = ("execve", "execveat")
FORK_CALLS = ("clone", "clone3", "fork", "vfork")
OTHER_NAMES = {"mmap2": "mmap", "syscall_0x1c5": "map_shadow_stack", "syscall_0x1ce": "mseal"}
UNKNOWN_TO_STRACE = ("map_shadow_stack", "mseal")
ARGUMENT_COUNT = {"map_shadow_stack": 3, "mseal": 3}
ABI_OF_MODE = {"64 bit": "", "32 bit": "i386", "x32": "x32"}
CLONE_VM = 0x100


def trace_set():
    """Return the value of -e trace= that shows all this module reads."""
    known = [name for name in MEMORY_CALLS if name not in UNKNOWN_TO_STRACE]
    return ",".join([*known, "mmap2", *EXEC_CALLS, *FORK_CALLS])


OPTIONS = ("-f", "--quiet=attach", "--abbrev=none", "--pidns-translation", "-X", "raw",
           "-e", "raw=mremap,execve,execveat", "-e", "trace=" + trace_set())

LINE = re.compile(r"(\d+) +(.*)")
CALL = re.compile(r"(\w+)\((.*)")
RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)")
DONE = re.compile(r"(.*)\)\s+= (.*)")
RESULT = re.compile(r"(-?\d+|0x[0-9a-f]+)(?: (?:\(errno (\d+)\)|([A-Z]\w*) \(.*))?"
                    r"(?: /\* (\d+) in strace's PID NS \*/)?(?: \(INJECTED\))?$")
SUPERSEDED = re.compile(r"\+\+\+ superseded by execve in pid (\d+) \+\+\+")
MODE = re.compile(r"\[ Process PID=\d+ runs in (64 bit|32 bit|x32) mode\. \]")
CUT = re.compile(r" ?<(?:unfinished|detached) \.\.\.>")
CLONE_FLAGS = re.compile(r"\bflags=(0x[0-9a-f]+|\d+)")


class LogError(Exception):
    """A line that this module can't read."""


@dataclass(slots=True)
class Call:
    """One finished or cut short call; entry and exit are line numbers of the log."""

    name: str
    args: list
    entry: int
    exit: int = 0
    result: int | None = None
    error: str | None = None
    abi: str | None = None
    restarts: bool = False
    child_pid: int | None = None
    shares_vm: bool = False

    @property
    def unfinished(self):
        """Say whether death cut the call short."""
        return self.result is None


@dataclass(slots=True, eq=False)
class Task:
    """A task between its creation or an exec of its process, and the next exec or its end."""

    pid: int
    first: int
    abi: str | None = None
    parent: "Task | None" = None
    index: int = 0
    stage: int = 0
    before: "Task | None" = None
    created: int = 0
    calls: list = field(default_factory=list)

    @property
    def key(self):
        """Name the task by its place in the tree: 0.2@1 is 0's second child after one exec."""
        origin = self
        while origin.before:
            origin = origin.before
        head = f"{origin.parent.key}." if origin.parent else ""
        return f"{head}{origin.index}" + (f"@{self.stage}" if self.stage else "")

    def add_child(self, child):
        """Make child the next task that this one created."""
        self.created += 1
        child.parent, child.index = self, self.created

    def next_stage(self, line):
        """Return what this task is after a successful exec of its process."""
        return Task(self.pid, line, self.abi, stage=self.stage + 1, before=self)


@dataclass(slots=True)
class Moment:
    """One point of the log's timeline: what is entry, exit, fork or exec."""

    line: int
    rank: int
    what: str
    task: Task
    call: Call | None = None
    other: Task | None = None


@dataclass(slots=True)
class Pending:
    """A call whose end hasn't been printed yet."""

    name: str
    text: str
    entry: int
    abi: str | None


class Log:
    """A whole strace log: tasks in order of appearance, and the timeline of all of them."""

    def __init__(self, lines):
        self.tasks = []
        self.timeline = []
        self._live = {}
        self._last = {}
        self._unclaimed = {}
        self._pending = {}
        self._forks = []
        self._line = 0
        for self._line, line in enumerate(lines, 1):
            self._read(line)
        for pid in list(self._pending):
            self._cut_pending(pid)
        self._settle()

    def _fail(self, why):
        raise LogError(f"line {self._line}: {why}")

    def _read(self, line):
        """Read one line."""
        match = LINE.match(line)
        if not match:
            self._fail("no pid; was strace run with -f and -o?")
        pid, text = int(match[1]), match[2]
        if text.startswith("+++"):
            self._read_end(pid, text)
        elif text.startswith("["):
            self._read_mode(pid, text)
        elif text.startswith("<..."):
            self._read_resumed(pid, text)
        elif not text.startswith("---"):
            self._read_call(pid, text)

    def _task(self, pid):
        """Return the live task of this pid; one not seen before gets its parent later."""
        if pid not in self._live:
            task = self._new_task(pid)
            self._unclaimed.setdefault(pid, []).append(task)
        return self._live[pid]

    def _new_task(self, pid):
        """Make the task that now has this pid; only the first one's ABI is known beforehand."""
        task = Task(pid, self._line, None if self.tasks else "")
        self._live[pid] = self._last[pid] = task
        self.tasks.append(task)
        return task

    def _read_end(self, pid, text):
        """Read a task's end, or its replacement by a sibling that executes a program."""
        self._cut_pending(pid)
        match = SUPERSEDED.match(text)
        if not match:
            self._task(pid)
            del self._live[pid]
            return
        other = int(match[1])
        self._live[pid] = self._live.get(pid) or self._last[pid]
        if other not in self._pending:
            self._fail(f"{other} was in no execve")
        self._pending[pid] = self._pending.pop(other)
        self._live.pop(other, None)

    def _read_mode(self, pid, text):
        """Read which ABI the task's next calls use."""
        match = MODE.match(text)
        if not match:
            self._fail(f"unknown note {text!r}")
        self._task(pid).abi = ABI_OF_MODE[match[1]]

    def _read_call(self, pid, text):
        """Read a call that starts here, and may end here."""
        if text.startswith("???("):  # killed before strace could read which call it was in
            return
        match = CALL.match(text)
        if not match:
            self._fail(f"no call in {text!r}")
        self._cut_pending(pid)
        pending = Pending(match[1], match[2], self._line, self._task(pid).abi)
        self._go_on(pid, pending)

    def _read_resumed(self, pid, text):
        """Read the rest of a call that started earlier."""
        match = RESUMED.match(text)
        pending = self._pending.pop(pid, None)
        if not match or not pending or pending.name != match[1]:
            self._fail(f"nothing to resume for {text!r}")
        pending.text += match[2]
        self._go_on(pid, pending)

    def _go_on(self, pid, pending):
        """Finish a call if its result is there, else keep it."""
        pending.text = CUT.sub("", pending.text)
        done = DONE.match(pending.text)
        if done:
            self._finish(pid, pending, done[1], done[2])
        else:
            self._pending[pid] = pending

    def _cut_pending(self, pid):
        """Finish a call that never got a result."""
        pending = self._pending.pop(pid, None)
        if pending:
            self._finish(pid, pending, pending.text, "?")

    def _finish(self, pid, pending, args, result):
        """Hand a call with all its text to those whom it concerns."""
        call = Call(OTHER_NAMES.get(pending.name, pending.name), [], pending.entry, self._line,
                    abi=pending.abi)
        self._set_result(call, result)
        task = self._task(pid)
        if call.name in MEMORY_CALLS:
            call.args = self._numbers(call.name, args)
            self._add_call(task, call)
        elif call.name in FORK_CALLS:
            flags = CLONE_FLAGS.search(args)
            call.shares_vm = bool(int(flags[1], 0) & CLONE_VM) if flags else call.name == "vfork"
            self._add_fork(task, call)
        elif call.name in EXEC_CALLS and call.result == 0:
            self._add_exec(task)

    def _numbers(self, name, text):
        """Turn an argument list into numbers."""
        try:
            words = text.split(", ")[:ARGUMENT_COUNT.get(name)]
            return [0 if word == "NULL" else int(word, 0) for word in words]
        except ValueError:
            self._fail(f"arguments of {name} aren't numbers: {text!r}; see --options")

    def _set_result(self, call, text):
        """Read what stands behind the equals sign."""
        if text.startswith("?"):
            call.restarts = text.startswith("? ERESTART")
            return
        match = RESULT.match(text)
        if not match:
            self._fail(f"unknown result {text!r}")
        call.result = int(match[1], 0)
        call.error = match[3] or (match[2] and f"errno {match[2]}")
        call.child_pid = int(match[4]) if match[4] else call.result

    @staticmethod
    def _add_call(task, call):
        """Append a call; it takes the place of its own first try if the kernel restarted it."""
        last = task.calls[-1] if task.calls else None
        if last and last.restarts:
            if (last.name, last.args) == (call.name, call.args):
                call.entry = last.entry
                task.calls.pop()
            else:
                last.result, last.error = -1, "EINTR"
        task.calls.append(call)

    def _add_fork(self, task, call):
        """Link a new task to its parent, whether or not it has been seen already."""
        if call.error or call.restarts:
            return
        if call.unfinished:
            self._forks.append((task, call))
            return
        waiting = self._unclaimed.get(call.child_pid)
        if waiting:
            child = waiting.pop(0)
        else:
            child = self._new_task(call.child_pid)
        self._link(task, call, child)

    def _link(self, task, call, child):
        """Make child a child of task, from its first line or the call's end on."""
        task.add_child(child)
        line = min(child.first, call.exit)
        shares = "share" if call.shares_vm else "fork"
        self.timeline.append(Moment(line, 0, shares, task, call, child))

    def _add_exec(self, task):
        """Start the next stage of a task whose process executed another program."""
        after = task.next_stage(self._line)
        self._live[task.pid] = self._last[task.pid] = after
        self.tasks.append(after)
        self.timeline.append(Moment(self._line, 2, "exec", task, None, after))

    def _settle(self):
        """Give tasks that are left without a parent one, number the roots, sort the timeline."""
        orphans = [task for waiting in self._unclaimed.values() for task in waiting]
        orphans.sort(key=lambda task: task.first)
        roots = 0
        for task in orphans:
            fork = next((f for f in self._forks if f[1].entry <= task.first), None)
            if fork and roots:
                self._forks.remove(fork)
                self._link(*fork, task)
            else:
                task.index = roots
                roots += 1
        for task in self.tasks:
            for call in task.calls:
                self.timeline.append(Moment(call.entry, 1, "entry", task, call))
                self.timeline.append(Moment(call.exit, 2, "exit", task, call))
        self.timeline.sort(key=lambda moment: (moment.line, moment.rank))
        self._settle_abi()

    def _settle_abi(self):
        """Where strace never spoke of another mode, all calls are of the native ABI."""
        calls = [call for task in self.tasks for call in task.calls]
        if not any(call.abi for call in calls):
            for call in calls:
                call.abi = ""


def read(path):
    """Read the log at path."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return Log(file)


def show(call):
    """Return a call as one line."""
    args = ", ".join(hex(value) if value > 9 else str(value) for value in call.args)
    if call.unfinished:
        return f"{call.name}({args}) = ?"
    return f"{call.name}({args}) = {call.error or hex(call.result)}"


def main(argv):
    """Run the command."""
    if argv[1:] == ["--options"]:
        print(*OPTIONS)
        return 0
    if len(argv) != 2:
        print("usage: strace_events.py --options | LOG", file=sys.stderr)
        return 2
    try:
        log = read(argv[1])
    except (OSError, LogError) as error:
        print(f"strace_events: {argv[1]}: {error}", file=sys.stderr)
        return 2
    for task in log.tasks:
        for call in task.calls:
            print(f"{task.key} {show(call)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
