# What is stopped by SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU stays so until SIGCONT, and its parent sees both.
# engine too: notify
# shellcheck shell=bash
cat >stop.py <<'P'
import os, select, signal, time

def beats(end):
    """Whether the child beats: within a second if so, within 0.2 s of watching if not."""
    while select.select([end], [], [], 0)[0]:
        os.read(end, 65536)
    return bool(select.select([end], [], [], 0.2)[0])

for number in signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU:
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        while True:
            os.write(theirs, b".")
            time.sleep(0.005)
    select.select([ours], [], [])
    os.kill(child, number)
    _, status = os.waitpid(child, os.WUNTRACED)
    print(number.name, "stopped by", os.WIFSTOPPED(status) and os.WSTOPSIG(status), beats(ours))
    os.kill(child, signal.SIGCONT)
    _, status = os.waitpid(child, os.WCONTINUED)
    print("continued", os.WIFCONTINUED(status), beats(ours))
    os.kill(child, signal.SIGKILL)
    print("ended by", os.WTERMSIG(os.waitpid(child, 0)[1]))
P
tool same stops -- /usr/bin/python3 -u stop.py || fail "group stops"
contains "what is compared" "$(/usr/bin/python3 -u stop.py)" "SIGTSTP stopped by 20 False"
