# At a terminal ^C, ^Z, fg and bg do what they do without memtrace; the command's handlers run once.
# engine too: notify perf
# shellcheck shell=bash
cat >talker.py <<'END'
import os, signal, sys, time
caught = []

def say(word):
    print(f"<{word}>", flush=True)

def on_interrupt(number, frame):
    caught.append(number)
    say(f"interrupted {len(caught)}")

asked = 0
def on_stop(number, frame): # as vi and less do
    global asked
    asked += 1
    say(f"asked {asked}")
    signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTSTP)
    signal.signal(signal.SIGTSTP, on_stop)
    say(f"back {asked}")

signal.signal(signal.SIGCONT, lambda number, frame: say("continued"))
if sys.argv[1] == "stop":
    signal.signal(signal.SIGTSTP, on_stop)
if sys.argv[1] != "die":
    signal.signal(signal.SIGINT, on_interrupt)
else:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
say("up")
in_front = True
while len(caught) < 2:
    time.sleep(0.02)
    if in_front != (os.tcgetpgrp(0) == os.getpgrp()):
        in_front = not in_front
        say("in front" if in_front else "behind")
say(f"{asked} times in all")
END
run="$MEMTRACE -q -o t.jsonl -- /usr/bin/python3 talker.py"
# What is waited for is spelled so that the echo of the typed line can't be taken for it.
tool terminal "wait:ready> " "type:$run handle\n" "wait:<up>" \
	"type:\x1a" "wait:Stopped" "wait:ready> " "type:jobs\n" "wait:Stopped" \
	"type:fg\n" "wait:<continued>" "type:\x03" "wait:<interrupted 1>" \
	"type:\x1a" "wait:Stopped" "wait:ready> " "type:bg\n" "wait:<behind>" "type:fg\n" \
	"wait:<in front>" "type:\x03" "wait:<interrupted 2>" "wait:ready> " \
	'type:echo status=$?\n' "wait:status=0" || fail "a command that handles ^C"
equal "the end of its trace" "$(tail -n 1 t.jsonl | jq -c '[.coverage, .status.code]')" "[\"$COVERAGE\",0]"

tool terminal "wait:ready> " "type:$run die\n" "wait:<up>" "type:\x03" "wait:ready> " \
	'type:echo status=$?\n' "wait:status=130" || fail "a command that ^C kills"
equal "the end of its trace" "$(tail -n 1 t.jsonl | jq -c .status)" '{"signal":"SIGINT"}'

# A handler of ^Z runs once each time.
tool terminal "wait:ready> " "type:$run stop\n" "wait:<up>" "type:\x1a" "wait:<asked 1>" \
	"wait:Stopped" "wait:ready> " "type:fg\n" "wait:<back 1>" "type:\x1a" "wait:<asked 2>" \
	"wait:Stopped" "wait:ready> " "type:fg\n" "wait:<back 2>" "type:\x03" "wait:<interrupted 1>" \
	"type:\x03" "wait:<2 times in all>" "wait:ready> " || fail "a command that handles ^Z"
