# --seccomp=off gives the same events as the filter does.
# shellcheck shell=bash

setarch -R true 2>/dev/null || skip "address randomisation can't be switched off"

# Each task's events, without what differs from run to run (what is resident is the page cache's affair, too):
# tasks are numbered by their births.
cat >normal.py <<'P'
import json, sys

born = {}
tasks = {}
for line in open(sys.argv[1]):
    event = json.loads(line)
    if event["type"] in ("start", "end"):
        continue
    for key in "seq", "time", "elapsed", "duration", "max_rss", "residency":
        event.pop(key, None)
    for key in "pid", "tid", "child":
        if key in event:
            event[key] = born.setdefault(event[key], len(born))
    tasks.setdefault(event["tid"], []).append(event)
for task in tasks:
    for event in tasks[task]:
        print(json.dumps(event))
P

for program in static_hello wl_fork_tree wl_vfork_spawn wl_exec_nonleader call_mremap; do
	for mode in auto off; do
		setarch -R "$MEMTRACE" -q --seccomp=$mode -o $mode.jsonl -- "$PROGS/$program" \
			>output
		equal "status of $program with $mode" $? 0
		/usr/bin/python3 normal.py $mode.jsonl >$mode
	done
	[ "$(wc -l <auto)" -gt 5 ] || fail "$program has no events"
	diff auto off >difference || fail "$program: $(head -c 2000 difference)"
done
