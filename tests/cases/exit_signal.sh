# A command that a signal kills: memtrace ends by the same signal, and dumps no core of its own.
# engine too: notify perf
# shellcheck shell=bash

cat >mirror.py <<'P'
import os, resource, signal, subprocess, sys

numbers = [int(s) for s in (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGINT,
           signal.SIGQUIT, signal.SIGHUP, signal.SIGPIPE, signal.SIGALRM, signal.SIGABRT,
           signal.SIGUSR1, signal.SIGRTMIN, signal.SIGRTMIN + 5, signal.SIGRTMAX)]

def prepare():
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    for s in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(s, signal.SIG_DFL)

def prepare_hidden():
    prepare()
    for s in numbers:
        if s != signal.SIGKILL:
            signal.signal(s, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, numbers)

# Where memtrace was started with the signal ignored and blocked, and the command changes that.
undo = "import os, signal as s, sys; n = int(sys.argv[1]); n == 9 or s.signal(n, s.SIG_DFL); " \
       "s.pthread_sigmask(s.SIG_SETMASK, []); os.kill(os.getpid(), n)"
for prepared in prepare, prepare_hidden:
    for number in numbers:
        command = ["sh", "-c", f"kill -{number} $$"] if prepared is prepare else \
                  [sys.executable, "-c", undo, str(number)]
        child = subprocess.Popen(sys.argv[1:] + command, preexec_fn=prepared)
        status = os.waitpid(child.pid, 0)[1]
        if os.waitstatus_to_exitcode(status) != -number:
            print(f"{prepared.__name__}, signal {number}: "
                  f"memtrace's status is {os.waitstatus_to_exitcode(status)}")
        if os.WCOREDUMP(status):
            print(f"{prepared.__name__}, signal {number}: memtrace dumped core")
P
equal "what isn't mirrored" "$(/usr/bin/python3 mirror.py "$MEMTRACE" -q -o trace.jsonl -- 2>&1)" ""

"$MEMTRACE" -q -o trace.jsonl -- sh -c 'kill -KILL $$' 2>/dev/null
equal "status that a shell sees" $? 137
equal "status in the trace" "$(jq -c 'select(.type == "end").status' trace.jsonl)" \
	'{"signal":"SIGKILL"}'
equal "signal of the exit" "$(jq -r 'select(.type == "exit").signal' trace.jsonl)" SIGKILL
