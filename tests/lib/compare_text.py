#!/usr/bin/python3
"""Hold memtrace's text to strace 6.1's, line for line behind the prefix.

    compare_text.py --options       print the strace options that this module reads
    compare_text.py STRACE TEXT...  compare logs of runs of the same program, each with the first

Run both under setarch -R, so that addresses agree. Lines are equal to the byte, but for
  * "...", which memtrace shows where an event doesn't hold what an argument points to;
  * names newer than strace's: it has a number there, which must be theirs;
  * bits of mmap's flags above the lower 32, which strace 6.1 leaves out;
  * mremap's new_addr beside MREMAP_DONTUNMAP, a hint that the kernel heeds and strace doesn't show;
  * ids and keys of shared memory, which differ from run to run: one of theirs is one of ours;
  * what IPC_INFO returns, the highest index in use, which grows from run to run;
  * mbind's mask: bits behind `maxnode` mean nothing to the kernel, and aren't shown;
  * prctl's unused arguments, which are zeros and not shown.
"""

import re
import sys

CALLS = ("brk,io_destroy,io_setup,madvise,mbind,memfd_create,memfd_secret,mincore,mlock,mlock2,mlockall,mmap,mmap2,"
         "mprotect,mremap,msync,munlock,munlockall,munmap,pkey_mprotect,prctl,process_madvise,remap_file_pages,"
         "shmat,shmctl,shmdt,shmget,userfaultfd")
OPTIONS = ("-f", "-a1", "-qq", "-e", "signal=none", "-e", "verbose=!mincore,shmctl,process_madvise",
           "-e", "trace=" + CALLS)
NEWER = {"MADV_GUARD_INSTALL": 102, "MADV_GUARD_REMOVE": 103, "MFD_NOEXEC_SEAL": 0x8, "MFD_EXEC": 0x10,
         "MAP_DROPPABLE": 0x8, "MAP_ABOVE4G": 0x80, "MPOL_WEIGHTED_INTERLEAVE": 6, "PR_SET_MDWE": 0x41,
         "PR_MDWE_REFUSE_EXEC_GAIN": 1, "PR_MDWE_NO_INHERIT": 2, "SHADOW_STACK_SET_TOKEN": 1,
         "SHADOW_STACK_SET_MARKER": 2}
OTHER_NAMES = {"mmap2": "mmap", "syscall_0x1c5": "map_shadow_stack", "syscall_0x1ce": "mseal"}
NUMBERS_ONLY = ("map_shadow_stack", "mseal")
PRCTL = ("PR_SET_VMA", "PR_SET_MM", "PR_SET_THP_DISABLE", "0x41 /* PR_??? */")
COMMENT = re.compile(r" /\* .*? \*/")
CALL = re.compile(r"(\w+)\((.*)\) = (.*)")
STRACE = re.compile(r"(\d+) +(.*)")
TEXT = re.compile(r"\[pid (\d+)(?: \w+)?\] \d+\.\d{6} (.*)")
SKIPPED = ("+++", "---", "[ ", "> ", " >", " !")


def split(text):
    """Split arguments at the commas that are in no string, list or structure."""
    parts, depth, quoted, start, i = [], 0, False, 0, 0
    while i < len(text):
        c = text[i]
        if quoted:
            i += c == "\\"
            quoted = c != '"'
        elif c == '"':
            quoted = True
        elif c in "[{":
            depth += 1
        elif c in "]}":
            depth -= 1
        elif c == "," and not depth:
            parts.append(text[start:i])
            start = i + 2
        i += 1
    return [*parts, text[start:]] if text else []


def read(path, pattern):
    """Return each task's calls, as (name, arguments, result), by the order of their first lines."""
    tasks, open_calls = {}, {}
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        for line in file:
            match = pattern.match(line.rstrip("\n"))
            if not match or match[2].startswith(SKIPPED):
                continue
            pid, text = match[1], match[2]
            if text.endswith("<unfinished ...>") and ") = " not in text:
                open_calls[pid] = text[:-len(" <unfinished ...>")]
                continue
            resumed = re.match(r"<\.\.\. \w+ resumed>(.*)", text)
            if resumed:
                text = open_calls.pop(pid, "") + resumed[1]
            call = CALL.match(text)
            if not call:
                raise SystemExit(f"compare_text: {path}: no call: {line!r}")
            name, args = OTHER_NAMES.get(call[1], call[1]), split(call[2])
            if name == "prctl" and (not args or args[0] not in PRCTL + ("PR_SET_MDWE",)):
                continue
            tasks.setdefault(pid, []).append((name, args, call[3]))
    return list(tasks.values())


def number(word):
    """Turn a number, or what stands for one, into it."""
    word = COMMENT.sub("", word)
    if word in NEWER or word == "NULL":
        return NEWER.get(word, 0)
    try:
        return int(word, 0)
    except ValueError:
        return None


def is_high(word):
    """Say whether a word is bits that strace cuts off."""
    return word.startswith("0x") and not int(word, 0) & 0xFFFFFFFF


def same_bits(theirs, ours):
    """Say whether flags are the same where some of ours have names that strace doesn't know."""
    left, right = COMMENT.sub("", theirs).split("|"), COMMENT.sub("", ours).split("|")
    right = [word for word in right if word in left or not is_high(word)]
    if left == right:
        return True
    if not any(word in NEWER for word in right):
        return False
    rest = [[number(word) for word in a if word not in b] for a, b in ((left, right), (right, left))]
    return all(None not in words for words in rest) and sum(rest[0]) == sum(rest[1])


class Pairing:
    """Ids and keys of segments: which of theirs is which of ours."""

    def __init__(self):
        self._pairs = {}

    def same(self, what, theirs, ours):
        """Say whether they can be the same one."""
        if number(theirs) is None or number(ours) is None or number(ours) < 0:
            return theirs == ours
        return self._pairs.setdefault((what, theirs), ours) == ours


def same_mask(theirs, ours, maxnode):
    """Say whether two masks agree as far as the kernel looks."""
    bits = max(0, int(maxnode) - 1)
    words = [re.findall(r"0x[0-9a-f]+", text)[:1] for text in (theirs, ours)]
    return all(words) and bits <= 64 and not (int(words[0][0], 0) ^ int(words[1][0], 0)) & ((1 << bits) - 1)


def same_argument(call, index, pairing, theirs, ours):
    """Compare an argument of a call of ours."""
    name, args, _ = call
    if theirs == ours or ours == "..." or same_bits(theirs, ours):
        return True
    if name in NUMBERS_ONLY:
        return number(theirs) == number(ours)
    if name.startswith("shm") and index == 0 and name != "shmdt":
        return pairing.same("key" if name == "shmget" else "id", theirs, ours)
    return name == "mbind" and index == 3 and same_mask(theirs, ours, args[4])


def same(theirs, ours, pairing):
    """Compare two calls."""
    name, args, result = ours
    wanted = theirs[1]
    if name in NUMBERS_ONLY:
        wanted = wanted[:len(args)]
    if name == "prctl" and all(word == "0" for word in wanted[len(args):]):
        wanted = wanted[:len(args)]
    if name == "mremap" and "MREMAP_DONTUNMAP" in args[3]:
        args = args[:len(wanted)]
    if theirs[0] != name or len(wanted) != len(args):
        return False
    if not all(same_argument(ours, i, pairing, *pair) for i, pair in enumerate(zip(wanted, args))):
        return False
    if name == "shmctl" and args[1] in ("IPC_INFO", "SHM_INFO"):
        return True
    return theirs[2] == result or (name == "shmget" and pairing.same("id", theirs[2], result))


def show(call):
    """Return a call as one line."""
    return f"{call[0]}({', '.join(call[1])}) = {call[2]}" if call else "nothing more"


def first_difference(theirs, ours, pairing):
    """Return both sides' calls where two tasks differ first, or None."""
    for pair in zip(theirs, ours):
        if not same(*pair, pairing):
            return pair
    shorter = min(len(theirs), len(ours))
    return None if len(theirs) == len(ours) else ((theirs[shorter:] or [None])[0], (ours[shorter:] or [None])[0])


def compare(strace, text):
    """Compare two logs. Return the words to say of it, and whether they are the same."""
    theirs, ours = read(strace, STRACE), read(text, TEXT)
    pairing = Pairing()
    for index, task in enumerate(ours):
        found = [first_difference(other, task, pairing) for other in theirs]
        if None in found:
            del theirs[found.index(None)]
            continue
        pair = found[0] if found else (None, task[0])
        return f"task {index + 1}:\n  strace   {show(pair[0])}\n  memtrace {show(pair[1])}", False
    if theirs:
        return f"{len(theirs)} tasks more in strace's, beginning with {show(theirs[0][0])}", False
    return f"{sum(map(len, ours))} calls of {len(ours)} tasks equal", True


def main(argv):
    """Run the command."""
    if argv[1:] == ["--options"]:
        print(*OPTIONS)
        return 0
    compared = [compare(argv[1], text) for text in argv[2:]]
    for text, (words, _) in zip(argv[2:], compared):
        print(f"{text}: {words}")
    return 0 if all(equal for _, equal in compared) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
