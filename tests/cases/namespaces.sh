# A task of another pid namespace carries its own id beside ours; a task behind chroot its files' names.
# engine too: notify perf
# shellcheck shell=bash
[ "$(id -u)" = 0 ] || skip "needs root"
unshare -fp --kill-child true 2>/dev/null || skip "can't make a pid namespace"
"$MEMTRACE" -q -o pids.jsonl -- unshare -fp --kill-child true
# unshare itself is of our namespace; its child is process 1 of the new one.
# Who has ended is asked too late where nobody is stopped.
[ "$ENGINE" = perf ] || equal "ids there" "$(jq -c 'select(.comm == "true" and .type == "call").nspid' pids.jsonl | sort -u)" 1
equal "ids here" "$(jq -c 'select(.comm == "unshare" and .type == "call") |
	select(.nspid != null and .nspid != 1)' pids.jsonl | sort -u)" ""

mkdir -p jail/d
head -c 4096 /dev/zero >"jail/d/real (deleted)"
head -c 4096 /dev/zero >jail/d/gone
cat >jail.py <<'END'
import mmap, os
os.chroot("jail")
for name in ("/d/real (deleted)", "/d/gone"):
    fd = os.open(name, os.O_RDONLY)
    if name == "/d/gone":
        os.unlink(name)
    mmap.mmap(fd, 4096, prot=mmap.PROT_READ).close()
END
"$MEMTRACE" -q -o jail.jsonl -- /usr/bin/python3 jail.py
# Likewise whether such a file is there.
[ "$ENGINE" = perf ] || equal "a file called so" "$(jq -c 'select(.path // "" | endswith("real (deleted)")).deleted' jail.jsonl)" null
equal "a deleted one" "$(jq -c 'select(.path // "" | endswith("/d/gone")).deleted' jail.jsonl)" true
