# A set-uid program gets its rights where root traces, and loses them with a word where another user does.
# shellcheck shell=bash
[ "$(id -u)" = 0 ] || skip "not root"
need runuser
id nobody >/dev/null 2>&1 || skip "there is no user nobody"

cp /usr/bin/id as_root
cp "$MEMTRACE" memtrace
chmod 4755 as_root
mkdir -m 777 out
as_user() { # COMMAND...
	runuser -u nobody -- "$@" 2>words
}
equal "no user can read" "$(as_user cat words)" ""
[ "$(as_user ./as_root -u)" = 0 ] || skip "set-uid programs get no rights in $PWD"
plain=$(grep NoNewPrivs /proc/self/status)
[ "$plain" = $'NoNewPrivs:\t0' ] || skip "no_new_privs is set already"

# By root: nothing is lost, by whomever it is run in the tree.
for mode in auto off; do
	for do in "" -unobody; do
		# shellcheck disable=SC2086 # no word, or one
		equal "set-uid, traced by root, $mode $do" \
			"$("$MEMTRACE" -q --seccomp=$mode $do -o t.jsonl -- ./as_root -u 2>&1)" 0
		# shellcheck disable=SC2086
		equal "no_new_privs of root's, $mode $do" "$("$MEMTRACE" --seccomp=$mode $do -o t.jsonl \
			-- grep NoNewPrivs /proc/self/status 2>words)" "$plain"
		equal "words of no_new_privs, $mode $do" "$(grep no_new_privs words)" ""
	done
	equal "set-uid, run by another user in a tree of root's, $mode" "$("$MEMTRACE" -q \
		--seccomp=$mode -o t.jsonl -- runuser -u nobody -- ./as_root -u)" 0
	equal "its coverage" "$(tail -n 1 t.jsonl | jq -r .coverage)" complete
	contains "executed, $mode" "$(jq -r "select(.type == \"exec\").exe" t.jsonl)" "/as_root"
done

# By another user: no rights, and said so.
equal "with a filter" "$(as_user ./memtrace -o out/t.jsonl -- ./as_root -u)" "$(id -u nobody)"
contains "words" "$(cat words)" no_new_privs
contains "words" "$(cat words)" set-uid
equal "lines of no_new_privs" "$(grep -c no_new_privs words)" 1
equal "no_new_privs" "$(as_user ./memtrace -o out/t.jsonl -- grep NoNewPrivs /proc/self/status)" \
	$'NoNewPrivs:\t1'
equal "its coverage" "$(tail -n 1 out/t.jsonl | jq -r .coverage)" complete
equal "no_new_privs with --seccomp=off" "$(as_user ./memtrace --seccomp=off -o out/t.jsonl -- \
	grep NoNewPrivs /proc/self/status)" "$plain"
equal "words with --seccomp=off" "$(grep no_new_privs words)" ""

# memtrace(1): "--seccomp=off does without". But execve(2) gives no rights to who is traced by a user.
got=$(as_user ./memtrace --seccomp=off -o out/t.jsonl -- ./as_root -u)
equal "without a filter" "$got" "$(id -u nobody)"
equal "its coverage" "$(tail -n 1 out/t.jsonl | jq -r .coverage)" complete
contains "words without a filter" "$(cat words)" set-uid

# Set-gid programs and those with capabilities likewise, where the file system keeps these.
cp /usr/bin/id as_group
chgrp root as_group
chmod 2755 as_group
cp /usr/bin/grep with_cap
setcap cap_net_bind_service+ep with_cap || skip "no capabilities of files here"
check_rights() { # WHAT GROUP CAPABILITIES COMMAND...
	equal "the group, $1" "$("${@:4}" ./as_group -g)" "$2"
	equal "capabilities, $1" "$("${@:4}" ./with_cap CapEff: /proc/self/status)" "$(printf 'CapEff:\t%016x' "$3")"
}
none=$(id -g nobody)
bind=$((1 << 10)) # CAP_NET_BIND_SERVICE: capabilities(7)
check_rights "untraced" 0 $bind runuser -u nobody --
check_rights "traced by root" 0 $bind "$MEMTRACE" -q -unobody -o t.jsonl --
check_rights "in a tree of root's" 0 $bind "$MEMTRACE" -q -o t.jsonl -- runuser -u nobody --
for mode in auto off; do
	check_rights "traced by another user, $mode" "$none" 0 as_user ./memtrace --seccomp=$mode -o out/t.jsonl --
	contains "words, $mode" "$(cat words)" "without the rights of its file"
done
