# -u runs the command as that user, with that user's groups, and traces it.
# engine too: notify perf
# shellcheck shell=bash

[ "$(id -u)" = 0 ] || skip "not root"
# A user in further groups tells most.
user=$(awk -F : '$4 != "" && $4 !~ /root/ {sub(/,.*/, "", $4); print $4; exit}' /etc/group)
for user in daemon nobody "${user:-nobody}"; do
	id "$user" >/dev/null 2>&1 || continue
	for mode in ${MODES//--seccomp=/}; do
		got=$("$MEMTRACE" -q --seccomp="$mode" -o trace.jsonl -u "$user" -- \
			sh -c 'id -ru; id -u; id -rg; id -g; id -G')
		equal "ids of $user, --seccomp=$mode" "$got" "$(id -u "$user"; id -u "$user"
			id -g "$user"; id -g "$user"; id -G "$user")"
		equal "trace of $user" "$(jq -s '[.[] | select(.type == "exec")] | length > 3' \
			trace.jsonl)" true
	done
done
equal "--user" "$("$MEMTRACE" -q --user=nobody -o trace.jsonl -- id -un)" nobody
equal "no_new_privs" \
	"$("$MEMTRACE" -q -u nobody -o trace.jsonl -- grep NoNewPrivs /proc/self/status)" \
	"$(grep NoNewPrivs /proc/self/status)"
[ -O trace.jsonl ] || fail "the trace isn't memtrace's own file"

mkdir -m 700 private
cp /bin/true private
equal "a command that the user can't execute" \
	"$(status_of "$MEMTRACE" -q -o none.jsonl -u nobody -- private/true 2>/dev/null)" 126
equal "a user that isn't there" \
	"$(status_of "$MEMTRACE" -q -o none.jsonl -u no-such-user -- touch started 2>words)" 125
contains "words" "$(cat words)" "no-such-user"
equal "what was made" "$(find . -name started -o -name none.jsonl)" ""
