# What is stopped by SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU stays so until SIGCONT, and its parent sees both.
# engine too: notify perf
# shellcheck shell=bash
cat >stop.py <<'P'
import os, select, signal

def beats(ask, answer, patience):
    """Whether the child answers within that many seconds."""
    os.write(ask, b".")
    return bool(select.select([answer], [], [], patience)[0]) and os.read(answer, 65536) != b""

for number in signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU:
    asked, ask = os.pipe()
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        while True:
            os.write(theirs, os.read(asked, 1))
    os.write(ask, b".")
    os.read(ours, 1)
    os.kill(child, number)
    _, status = os.waitpid(child, os.WUNTRACED)
    print(number.name, "stopped by", os.WIFSTOPPED(status) and os.WSTOPSIG(status), beats(ask, ours, 0.2))
    os.kill(child, signal.SIGCONT)
    _, status = os.waitpid(child, os.WCONTINUED)
    print("continued", os.WIFCONTINUED(status), beats(ask, ours, 10))
    os.kill(child, signal.SIGKILL)
    print("ended by", os.WTERMSIG(os.waitpid(child, 0)[1]))
P
tool same stops -- /usr/bin/python3 -u stop.py || fail "group stops"
contains "what is compared" "$(/usr/bin/python3 -u stop.py)" "SIGTSTP stopped by 20 False"
