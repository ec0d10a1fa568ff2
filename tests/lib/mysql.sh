# A MySQL server of the case's own: data, socket and log in its folder, stopped by its pid. Source it,
# then server_start. Root here is root there; $DSN is the writer's, $ADMIN_DSN root's.
# shellcheck shell=bash disable=SC2034 # used by cases

server_need() { # skip unless there is a server to start
	need mariadbd
	need mariadb-install-db
	need mariadb
	SERVER=$PWD/server
	SOCKET=$SERVER/socket
	SERVER_PID=
	# Servers clear away what looks like theirs in it.
	mkdir -p "$SERVER/tmp"
	export TMPDIR=$SERVER/tmp
	ADMIN_DSN="mysql://root@localhost/memtrace?socket=$SOCKET"
	DSN="mysql://writer@localhost/memtrace?socket=$SOCKET"
	READER_DSN="mysql://reader@localhost/memtrace?socket=$SOCKET"
	export XDG_STATE_HOME=$PWD/state
	SPOOL=$XDG_STATE_HOME/memtrace/spool
	trap server_kill EXIT
}

# An empty data folder, made once for all cases of a build: that takes seconds, copying it a tenth of one.
server_template() { # FOLDER
	local new=$1.new
	rm -rf "$new"
	# What root starts runs as root here: the folder is nobody else's.
	mariadb-install-db --no-defaults --user="$(id -un)" --auth-root-authentication-method=socket \
		--skip-name-resolve --skip-test-db --datadir="$new" >"$SERVER/install.log" 2>&1 ||
		fail "mariadb-install-db: $(cat "$SERVER/install.log")"
	mv "$new" "$1"
}

server_make() { # a new data folder
	local template
	template=$BUILD/mysql-$(mariadbd --version | cksum | cut -d' ' -f1)
	mkdir -p "$SERVER"
	{
		flock 9
		[ -d "$template" ] || server_template "$template"
	} 9>"$template.lock"
	cp -a --sparse=always "$template" "$SERVER/data"
}

server_answers() {
	kill -0 "$SERVER_PID" 2>/dev/null || fail "the server ended: $(tail -n 5 "$SERVER/log")"
	mariadb --no-defaults -S "$SOCKET" -e 'DO 0' 2>/dev/null
}

server_start() { # [OPTION...]: of mariadbd
	[ -n "${SERVER-}" ] || server_need
	[ -d "$SERVER/data" ] || server_make
	mariadbd --no-defaults --user="$(id -un)" --datadir="$SERVER/data" --socket="$SOCKET" \
		--pid-file="$SERVER/pid" --skip-networking --innodb-buffer-pool-size=64M \
		"$@" >>"$SERVER/log" 2>&1 </dev/null &
	SERVER_PID=$!
	wait_for server_answers
}

# The end of the server, and of whatever the case left waiting for it.
server_kill() {
	[ -z "$SERVER_PID" ] || kill -KILL "$SERVER_PID" 2>/dev/null
	[ -z "$SERVER_PID" ] || wait "$SERVER_PID" 2>/dev/null
	SERVER_PID=
}

server_stop() { # in order
	kill -TERM "$SERVER_PID"
	wait "$SERVER_PID"
	SERVER_PID=
}

server_init() { # the tables, and a user for each role
	"$MEMTRACE" import -q --init --mysql="$ADMIN_DSN" || fail "import --init"
	sql <"$TOP/sql/grants.sql" || fail "grants.sql"
	local role
	for role in writer reader; do
		sql -e "CREATE USER $role@localhost; GRANT memtrace_$role TO $role@localhost;
			SET DEFAULT ROLE memtrace_$role FOR $role@localhost"
	done
}

sql() { # [OPTION...] of the client: as root, tabs between columns, no heads
	mariadb --no-defaults -S "$SOCKET" --default-character-set=utf8mb4 -N -B -D "${DATABASE-memtrace}" "$@"
}

run_of() { # TRACE: the id of its (first) run
	head -n 1 "$1" | jq -r .run
}

run_hex() { # TRACE: as SQL has it
	echo "X'$(run_of "$1" | tr -d -)'"
}

# Whether the database has exactly the events of TRACE, each once, as the trace has them.
database_equals() { # TRACE
	local run
	run=$(run_hex "$1")
	equal "rows of $1" "$(sql -e "SELECT COUNT(*), MAX(seq), COUNT(DISTINCT seq) FROM memory_event
		WHERE run = $run" | tr '\t' ' ')" "$(jq -s '[.[].seq] | max' "$1" |
		awk '{print $1, $1, $1}')"
	"$MEMTRACE" export -q --mysql="$ADMIN_DSN" --run="$(run_of "$1")" -o exported.jsonl ||
		fail "export of $1"
	cmp "$1" exported.jsonl || fail "$1 isn't what the database has"
}

spool_is_empty() {
	[ -z "$(ls -A "$SPOOL" 2>/dev/null)" ] || fail "the spool holds $(ls "$SPOOL")"
}
