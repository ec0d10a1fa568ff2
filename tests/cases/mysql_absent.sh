# Without a server the command isn't harmed, and what it did is on disk, to be loaded later.
. "$TOP/tests/lib/mysql.sh"
memtrace() { "$MEMTRACE" -q "$@"; }
# shellcheck disable=SC2016 # for the inner shell
command=(sh -c '"$0"; exit 7' "$PROGS/wl_fork_tree")
server_start
server_init
server_stop
umask 0
equal "status" "$(status_of memtrace --mysql="$DSN" -o trace.jsonl -- "${command[@]}" 2>err)" 7
equal "lines of standard error" "$(grep -c "^memtrace: .* aren't in the database" err)" 1
contains "standard error" "$(cat err)" "$SPOOL"
memtrace --mysql="$DSN" -o second.jsonl -- "$PROGS/wl_fork_tree" 2>/dev/null || fail "status $?"

for path in "$SPOOL" "$SPOOL"/*; do
	equal "mode of $path" "$(stat -c %a "$path")" "$([ -d "$path" ] && echo 700 || echo 600)"
done
equal "files" "$(find "$SPOOL" -type f | wc -l)" 2
for trace in trace.jsonl second.jsonl; do
	cat "$SPOOL/$(run_of $trace)"-*.jsonl >spooled.jsonl
	cmp $trace spooled.jsonl || fail "what is on disk isn't $trace"
done

server_start
equal "runs" "$(sql -e 'SELECT COUNT(*) FROM run')" 0
# The command that it said, as a shell takes it.
import=$(sed -n 's/.*To load them: //p' err)
equal "what was said" "$import" "memtrace import --spool '--mysql=$DSN'"
eval "$import" || fail "$import: status $?"
database_equals trace.jsonl
database_equals second.jsonl
equal "statuses" "$(sql -e 'SELECT coverage, lost, status FROM run ORDER BY started')" \
	"complete	0	7
complete	0	0"
spool_is_empty

before=$(sql -e "CHECKSUM TABLE run, name, memory_event, process, finding")
eval "$import" || fail "nothing to import: status $?"
equal "tables" "$(sql -e 'CHECKSUM TABLE run, name, memory_event, process, finding')" "$before"
