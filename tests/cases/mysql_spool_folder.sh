# A spool folder that others might have a hand in isn't used; events stay in memory then.
. "$TOP/tests/lib/mysql.sh"
server_start
server_init
trap 'touch stop; jobs -p | xargs -r kill -KILL 2>/dev/null' EXIT
refuses() { grep -q "$SPOOL" refusal && grep -q "$1" refusal; }
has_refused() { grep "events for the database can't be kept: " err >refusal 2>/dev/null; }
unsafe() { # WHAT: what the folder is now
	rm -f stop
	server_stop
	"$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- "$PROGS/map_storm" 1 2000 stop 2>err &
	traced=$!
	wait_for has_refused
	refuses "$SPOOL" || fail "$1: $(cat err)"
	server_start
	touch stop
	wait $traced || fail "$1: status $?: $(cat err)"
	equal "$1: refusals" "$(wc -l <refusal)" 1
	database_equals trace.jsonl
	equal "$1: files" "$(find "$SPOOL/" -type f | wc -l)" 0

	server_stop
	equal "$1: status without a server" "$(status_of "$MEMTRACE" -q --mysql="$DSN" \
		-o trace.jsonl -- "$PROGS/wl_fork_tree" 2>err)" 125
	contains "$1" "$(cat err)" "$(($(wc -l <trace.jsonl) - 1)) events for the database are lost"
	equal "$1: files" "$(find "$SPOOL/" -type f | wc -l)" 0
	server_start
}

mkdir -m 700 state state/memtrace elsewhere
ln -s "$PWD/elsewhere" "$SPOOL"
unsafe "a symbolic link"
rm "$SPOOL"
mkdir "$SPOOL"
chmod 770 "$SPOOL"
unsafe "a folder of a group"
if [ "$(id -u)" = 0 ]; then
	chmod 700 "$SPOOL"
	chown nobody "$SPOOL"
	unsafe "somebody else's folder"
fi
server_stop

# Where it is when nobody says.
unset XDG_STATE_HOME
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	# shellcheck disable=SC2016 # for the inner shell
	unshare -m sh -c 'mount -t tmpfs none /var/lib && "$@"
		ls -ld /var/lib/memtrace/spool/*' - \
		"$MEMTRACE" -q --mysql="$DSN" -o trace.jsonl -- true >list 2>err
	contains "root's spool" "$(cat list)" \
		"/var/lib/memtrace/spool/$(run_of trace.jsonl)-00000.jsonl"
	contains "root's spool" "$(cat list)" "-rw------- 1 root "
fi
folder=/tmp/memtrace-$(id -u nobody)
if [ "$(id -u)" = 0 ] && command -v runuser >/dev/null && [ ! -e "$folder" ]; then
	trap 'rm -rf "$folder"' EXIT
	runuser -u nobody -- "$MEMTRACE" -q --mysql="$DSN" -- true 2>err
	equal "another's spool" "$(stat -c '%a %U' "$folder" "$folder"/*)" "700 nobody
600 nobody"
	contains "another's spool" "$(cat err)" "they are in $folder."
fi
