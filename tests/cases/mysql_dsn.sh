# A database is told by a DSN or an option file; passwords stay secret; what is wrong is told.
# shellcheck disable=SC2016 # for inner shells
. "$TOP/tests/lib/mysql.sh"
need jq
server_need
export HOME=$PWD
unset MYSQL_PWD MYSQL_HOST MYSQL_TCP_PORT MYSQL_UNIX_PORT MARIADB_HOME MYSQL_HOME
port=$(/usr/bin/python3 -c 'import socket
with socket.create_server(("127.0.0.1", 0)) as server: print(server.getsockname()[1])')
server_start --skip-networking=0 --bind-address=127.0.0.1 --port="$port"
server_init
SECRET='h/u:n@t%e r2&?#'
QUOTED='h%2Fu%3An%40t%25e%20r2%26%3F%23'
sql -e "CREATE USER guarded@localhost IDENTIFIED BY '$SECRET';
	GRANT memtrace_writer TO guarded@localhost;
	SET DEFAULT ROLE memtrace_writer FOR guarded@localhost; FLUSH PRIVILEGES"

runs() {
	sql -e "SELECT COUNT(ended) FROM run"
}
# WORDS...: options of a trace that must reach the database
reaches() {
	local before
	before=$(runs)
	rm -f trace.jsonl
	equal "status with $*" "$(status_of "$MEMTRACE" -q -o trace.jsonl "$@" -- sh -c 'exit 3' 2>err)" 3
	equal "message with $*" "$(cat err)" ""
	equal "runs with $*" "$(runs)" $((before + 1))
	database_equals trace.jsonl
	spool_is_empty
}
# TEXT: holds no password, in whatever form
keeps_secret() {
	case $1 in
	*"$SECRET"* | *"$QUOTED"* | *'n@t%e'* | *h/u:* | *hunter*) fail "a password shows: $1" ;;
	esac
}

# Parts of a DSN.
reaches --mysql="$DSN"
reaches --mysql="mysql://writer@/memtrace?socket=$SOCKET"
reaches --mysql="mysql://wr%69ter@localhost/%6demtrace?socket=${SOCKET//\//%2F}"
reaches --mysql="mysql://writer@localhost/memtrace?&socket=/nowhere&socket=$SOCKET&"
reaches --mysql="mysql://writer@127.0.0.1:$port/memtrace"
reaches --mysql="mysql://writer@localhost:$port/memtrace"
reaches --mysql="mysql://writer:@127.0.0.1:$port/memtrace"
reaches --mysql="mysql://guarded:$QUOTED@localhost/memtrace?socket=$SOCKET"
# An @ needs no %, nor does a colon behind the first.
sql -e "SET PASSWORD FOR guarded@localhost = PASSWORD('a@b:c')"
reaches --mysql="mysql://guarded:a@b:c@localhost/memtrace?socket=$SOCKET"
sql -e "SET PASSWORD FOR guarded@localhost = PASSWORD('$SECRET')"
# The last of two counts.
reaches --mysql=mysql://nobody@localhost:1/none --mysql="$DSN"

# The first host that answers takes the events.
reaches --mysql="mysql://writer@127.0.0.1:1,127.0.0.1:2,127.0.0.1:$port/memtrace"
reaches --mysql="mysql://writer@[::1]:1,nowhere.invalid,127.0.0.1:$port,127.0.0.1:2/memtrace"
"$MEMTRACE" export -q --mysql="mysql://reader@127.0.0.1:1,127.0.0.1:$port/memtrace" \
	--run="$(run_of trace.jsonl)" | cmp - trace.jsonl || fail "export with two hosts"

# Option files: [client] and our own group, of which the later line counts.
printf '[client]\nuser = nobody\nsocket = %s\n' "$SOCKET" >.my.cnf
printf '[memtrace]\nuser = guarded\npassword = "%s"\ndatabase = memtrace\n' "$SECRET" >>.my.cnf
printf '[mysql]\nuser = nobody\nsocket = /nowhere\n' >>.my.cnf
chmod 600 .my.cnf
reaches --mysql
reaches --mysql=
reaches --mysql=mysql://
reaches --mysql=mysql:///memtrace
equal "import by option file" "$(status_of "$MEMTRACE" import --mysql trace.jsonl 2>err)" 0
contains "import by option file" "$(cat err)" "0 of them new"
"$MEMTRACE" export -q --mysql --run="$(run_of trace.jsonl)" | cmp - trace.jsonl || fail "export"
# What the DSN says stands against what files say.
reaches --mysql="mysql://writer:@localhost"
# Events and messages tell nothing of it.
keeps_secret "$(cat trace.jsonl)"
keeps_secret "$(sql -e "SELECT command, body FROM run")"
mv .my.cnf other.cnf
reaches --mysql="mysql:///?defaults-file=$PWD/other.cnf"
reaches --mysql="mysql:///memtrace?defaults-file=$PWD/other.cnf"
rm other.cnf

# A password that only the environment has.
MYSQL_PWD=$SECRET reaches --mysql="mysql://guarded@localhost/memtrace?socket=$SOCKET"

# What the DSN held isn't in the argument list once the command runs, nor anywhere else.
for form in --mysql= --mys=; do
	"$MEMTRACE" -q $form"mysql://guarded:$QUOTED@localhost/memtrace?socket=$SOCKET" -o trace.jsonl -- \
		sh -c 'tr "\0" "\n" </proc/$PPID/cmdline' >words 2>err || fail "status $?: $(cat err)"
	grep -qx 'sh' words || fail "it isn't the parent's: $(cat words)"
	contains "the argument" "$(cat words)" "mysql://guarded:xxx"
	keeps_secret "$(cat words)"
	keeps_secret "$(cat err trace.jsonl)"
	database_equals trace.jsonl
done
keeps_secret "$(sql -e "SELECT command, body FROM run; SELECT body FROM memory_event
	WHERE body IS NOT NULL")"

# A wrong password, no host at all, no such database: told without the password, the events kept.
for dsn in "mysql://guarded:hunter2@localhost/memtrace?socket=$SOCKET" \
	"mysql://guarded:hunter2@127.0.0.1:1/memtrace" \
	"mysql://guarded:$QUOTED@localhost/none?socket=$SOCKET"; do
	equal "status" "$(status_of "$MEMTRACE" -q --mysql="$dsn" -o trace.jsonl -- sh -c 'exit 3' \
		2>err)" 3
	contains "message" "$(cat err)" "memtrace import --spool '--mysql=mysql://guarded@"
	keeps_secret "$(cat err trace.jsonl)"
	cmp trace.jsonl "$SPOOL"/*.jsonl || fail "the spool isn't the trace"
	# The very command that the message names, with what it leaves out.
	"$MEMTRACE" import -q --spool --mysql="$DSN" || fail "import --spool"
	database_equals trace.jsonl
	spool_is_empty
done
equal "import" "$(status_of "$MEMTRACE" export -q --run="$(run_of trace.jsonl)" \
	--mysql="mysql://guarded:hunter2@localhost/memtrace?socket=$SOCKET" 2>err)" 2
keeps_secret "$(cat err)"

# WORDS...: one sentence, the status, nothing run and nothing told
refused() { # STATUS MESSAGE WORDS...
	local status=$1 message=$2
	shift 2
	equal "status of $*" "$(status_of "$MEMTRACE" "$@" 2>err)" "$status"
	equal "lines of $*" "$(wc -l <err)" 1
	contains "message of $*" "$(cat err)" "$message"
	keeps_secret "$(cat err)"
	[ ! -e ran ] || fail "$* ran the command"
}
wrong() { # MESSAGE DSN
	refused 125 "$1" --mysql="$2" -- touch ran
	refused 2 "$1" import --mysql="$2" trace.jsonl
	refused 2 "$1" export --mysql="$2" --run=0190b0b0-b0b0-7000-8000-000000000000
}
wrong "mysql://USER@HOST/DATABASE" postgres://u:hunter2@localhost/db
wrong "mysql://USER@HOST/DATABASE" localhost
wrong "mysql://USER@HOST/DATABASE" mysql:/u:hunter2@localhost/db
wrong "mysql://USER@HOST/DATABASE" MYSQL//u:hunter2@localhost/db
for bad in 0 65536 x 33o6 -1 99999999999999999999 ""; do
	wrong "1 to 65535" "mysql://u:hunter2@localhost:$bad/db"
done
wrong "1 to 65535" "mysql://u:hunter2@localhost,other:x/db"
for bad in % %4 %zz %g1 %00; do
	wrong "%25" "mysql://u:hunter2$bad@localhost/db"
	wrong "%25" "mysql://u$bad:hunter2@localhost/db"
	wrong "%25" "mysql://u:hunter2@localhost/db$bad"
	wrong "%25" "mysql://u:hunter2@local$bad/db"
	wrong "%25" "mysql://u:hunter2@localhost/db?socket=/a$bad"
done
wrong "is none of socket=" "mysql://u:hunter2@localhost/db?sockett=/a"
wrong "is none of socket=" "mysql://u:hunter2@localhost/db?socket"
wrong "is none of socket=" "mysql://u:hunter2@localhost/db?=a"
wrong "ssl-mode=" "mysql://u:hunter2@localhost/db?ssl-mode=perhaps"
# Passwords that should have had a %.
for bad in / ?; do
	refused 125 "" --mysql="mysql://u:hu${bad}nter2@localhost/db?no=1" -- touch ran
	case $(cat err) in *nter2*) fail "half of a password shows: $(cat err)" ;; esac
done

# Two words instead of one, where an option file would do for the first.
printf '[client]\nuser = writer\ndatabase = memtrace\nsocket = %s\n' "$SOCKET" >.my.cnf
wrong=
for words in "-q --mysql mysql://u:hunter2@localhost/db -- touch ran" \
	"import --mysql mysql://u:hunter2@localhost/db trace.jsonl" \
	"export --mysql mysql://u:hunter2@localhost/db --run=0190b0b0-b0b0-7000-8000-000000000000" \
	"import trace.jsonl --mysql mysql://u:hunter2@localhost/db"; do
	# shellcheck disable=SC2086 # words
	status=$(status_of "$MEMTRACE" $words 2>err)
	case $status in 2 | 125) ;; *) wrong+="status of $words: $status"$'\n' ;; esac
	case $(cat err) in
	*hunter*) wrong+="a password shows: $(cat err)"$'\n' ;;
	*"takes its DSN behind a ="*"--mysql=mysql://u:"*) ;;
	*) wrong+="no hint for $words: $(cat err)"$'\n' ;;
	esac
	[ ! -e ran ] || fail "$words ran the command"
done
[ -z "$wrong" ] || fail "$wrong"
