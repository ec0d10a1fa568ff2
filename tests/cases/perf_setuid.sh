# Who executes a set-uid program is lost to the engine perf, which says so; the whole machine isn't.
# shellcheck shell=bash
[ "$(id -u)" = 0 ] || skip "needs root"
chmod 755 . ..
cp /usr/bin/id as_root
chmod 4755 as_root
user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
[ "$("${user[@]}" ./as_root -u)" = 0 ] || skip "set-uid programs get no rights in $PWD"
for round in 1 2 3; do
	equal "it has its rights, round $round" \
		"$("$MEMTRACE" -q --engine=perf -o t.jsonl -- "${user[@]}" sh -c './as_root -u; exit 4' 2>words)" 0
	equal "coverage, round $round" "$(tail -n 1 t.jsonl | jq -c '[.coverage, .reasons, .status.code]')" \
		'["partial",["untraced_child"],4]'
	contains "words, round $round" "$(cat words)" "as_root ("
done
equal "the command itself" "$("$MEMTRACE" -q --engine=perf -o t.jsonl -- "${user[@]}" ./as_root -u 2>words)" 0
equal "its coverage" "$(tail -n 1 t.jsonl | jq -c '[.coverage, .reasons, .status.code]')" \
	'["partial",["untraced_child"],0]'
