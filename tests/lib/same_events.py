#!/usr/bin/python3
"""Whether two traces of one program tell the same, thread by thread: same_events.py A B.

What depends on the moment or on who watches is left out: times, ids (numbered as they appear), how processes ended,
what they had in memory, the stack's low edge. The second is of the engine perf, which reads nobody's memory.
"""
import json
import sys

MOMENT = {"seq", "time", "elapsed", "duration", "usage", "max_rss", "residency", "nspid", "why"}
STATUS = {"code", "signal"}


def tasks_of(path):
    """The events of each task in their order, tasks in the order of their first."""
    ids, tasks = {}, {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            if event["type"] in ("start", "end"):
                continue
            for key in MOMENT | (STATUS if event["type"] == "exit" else set()):
                event.pop(key, None)
            if event["type"] == "call" and "error" in event:
                for key in ("path", "dev", "inode", "deleted"):
                    event.pop(key, None)
            for key in ("pid", "tid", "child"):
                if key in event:
                    event[key] = ids.setdefault(event[key], len(ids))
            for area in event.get("maps", []):
                if area.get("path") == "[stack]":
                    area.pop("start")
            tasks.setdefault(event["tid"], []).append(event)
    return tasks


def main(arguments):
    first, second = (tasks_of(path) for path in arguments)
    for task in range(max(len(first), len(second))):
        ours, theirs = first.get(task, []), second.get(task, [])
        for index in range(max(len(ours), len(theirs))):
            pair = [events[index] if index < len(events) else None for events in (ours, theirs)]
            if pair[0] != pair[1]:
                print(f"task {task}, event {index}:")
                print("  " + json.dumps(pair[0]) + "\n  " + json.dumps(pair[1]))
                return 1
    print(sum(len(events) for events in first.values()), "events in", len(first), "tasks, the same")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
