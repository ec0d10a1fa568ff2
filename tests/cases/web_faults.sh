# Clients that say nothing, half of it, too much, nonsense, or read nothing hold up nobody, the tracee least of all.
# mostly waits
. "$TOP/tests/lib/web.sh"
trap 'kill -KILL "$PAGE_PID" 2>/dev/null' EXIT
program_start --serve -o trace.jsonl -- "$PROGS/page_maps"
for what in slow large garbage half; do
	tool web_faults "$what" "$BASE" "$TOKEN" || fail "$what"
	say map 4096000
	say unmap
done
program_end
equal status "$STATUS" 0
equal end "$(tail -n 1 trace.jsonl | jq -r .coverage)" complete
