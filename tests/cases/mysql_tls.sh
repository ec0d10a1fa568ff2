# ssl-mode keeps what it says: what is to be encrypted is, and to the right server alone.
. "$TOP/tests/lib/mysql.sh"
need jq
need openssl
server_need
export HOME=$PWD
free_port() {
	/usr/bin/python3 -c 'import socket
with socket.create_server(("127.0.0.1", 0)) as server: print(server.getsockname()[1])'
}

# Two authorities, and a server of the first that is called localhost, but not 127.0.0.1.
make_ca() { # NAME
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
		-subj "/CN=authority $1" -addext basicConstraints=critical,CA:TRUE \
		-keyout "$1.key" -out "$1.crt" 2>err || fail "openssl: $(cat err)"
}
make_certificate() { # NAME CA SUBJECT EXTENSION
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "$3" \
		-keyout "$1.key" -out "$1.csr" 2>err || fail "openssl: $(cat err)"
	openssl x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -CAcreateserial -days 2 \
		-extfile <(echo "$4") -out "$1.crt" 2>err || fail "openssl: $(cat err)"
}
make_ca right
make_ca wrong
make_certificate server right /CN=localhost "subjectAltName=DNS:localhost"
make_certificate client right /CN=agent "extendedKeyUsage=clientAuth"
port=$(free_port)
networking="--skip-networking=0 --bind-address=127.0.0.1"
# shellcheck disable=SC2086 # words
server_start $networking --port="$port" --ssl-ca="$PWD/right.crt" --ssl-cert="$PWD/server.crt" \
	--ssl-key="$PWD/server.key"
server_init
for user in encrypted certified plain; do
	require=SSL
	[ "$user" != certified ] || require=X509
	[ "$user" != plain ] || require=NONE
	sql -e "CREATE USER $user@localhost REQUIRE $require; GRANT memtrace_writer TO $user@localhost;
		SET DEFAULT ROLE memtrace_writer FOR $user@localhost"
done
# Who was let in, root excepted; and how many of them encrypted.
sql -e "CREATE TABLE seen (who VARCHAR(80)); GRANT INSERT ON seen TO memtrace_writer"
watch() {
	sql -e "SET GLOBAL init_connect = 'INSERT INTO memtrace.seen SELECT USER()'"
}
accepts() {
	sql --skip-ssl -e "SELECT variable_value FROM information_schema.global_status
		WHERE variable_name = 'Ssl_finished_accepts'"
}
watch

try() { # USER HOST KEYS: trace, and leave what came of it in `events`, `how` and the file err
	local before after
	sql -e "DELETE FROM seen"
	rm -rf "$SPOOL"
	before=$(accepts)
	equal "status with $*" "$(status_of "$MEMTRACE" -q -o trace.jsonl \
		--mysql="mysql://$1@$2:$port/memtrace?$3" -- sh -c 'exit 3' 2>err)" 3
	after=$(accepts)
	events=$(sql -e "SELECT COUNT(*) FROM memory_event WHERE run = $(run_hex trace.jsonl)")
	case $(sql -e "SELECT COUNT(*) FROM seen")/$((after - before)) in
	0/*) how=refused ;;
	1/1) how=encrypted ;;
	1/0) how=plain ;;
	*) how=odd ;;
	esac
}
works() { # HOW USER HOST KEYS
	local as=$1
	shift
	try "$@"
	[ "$events" != 0 ] || fail "$* is refused: $(cat err)"
	equal "message of $*" "$(cat err)" ""
	equal "connection of $*" "$how" "$as"
	HOME=$PWD/server database_equals trace.jsonl
	spool_is_empty
}
fails() { # USER HOST KEYS: nobody is let in, and the events are kept
	try "$@"
	equal "events of $*" "$events" 0
	equal "connection of $*" "$how" refused
	[ "$(wc -l <err)" -gt 0 ] || fail "$* says nothing"
	contains "message of $*" "$(cat err)" \
		"memtrace import --spool '--mysql=mysql://$1@$2:$port/memtrace?"
	contains "message of $*" "$(cat err)" "$(sed 's/&.*//; s/.*=//' <<<"$3")"
	cmp trace.jsonl "$SPOOL"/*.jsonl || fail "the spool isn't the trace"
}

right="ssl-ca=$PWD/right.crt" wrong="ssl-ca=$PWD/wrong.crt"
works plain writer localhost ssl-mode=DISABLED
works plain writer 127.0.0.1 ssl-mode=disabled
works encrypted encrypted localhost ssl-mode=REQUIRED
works encrypted encrypted 127.0.0.1 ssl-mode=REQUIRED
works encrypted encrypted localhost "ssl-mode=VERIFY_CA&$right"
works encrypted encrypted 127.0.0.1 "ssl-mode=VERIFY_CA&$right"
works encrypted encrypted localhost "ssl-mode=VERIFY_IDENTITY&$right"
works encrypted encrypted localhost "ssl-mode=verify_identity&$right"
works encrypted certified localhost \
	"ssl-mode=VERIFY_IDENTITY&$right&ssl-cert=$PWD/client.crt&ssl-key=$PWD/client.key"
mkdir authorities
cp right.crt "authorities/$(openssl x509 -hash -noout -in right.crt).0"
works encrypted encrypted localhost "ssl-mode=VERIFY_CA&ssl-capath=$PWD/authorities"

fails encrypted localhost ssl-mode=DISABLED
fails certified localhost ssl-mode=REQUIRED
fails encrypted localhost "ssl-mode=VERIFY_CA&$wrong"
fails encrypted 127.0.0.1 "ssl-mode=VERIFY_CA&$wrong"
fails encrypted localhost "ssl-mode=VERIFY_IDENTITY&$wrong"
fails encrypted 127.0.0.1 "ssl-mode=VERIFY_IDENTITY&$right"
# Nobody whom the machine trusts vouches for this server.
fails encrypted localhost ssl-mode=VERIFY_IDENTITY
fails encrypted localhost "ssl-mode=VERIFY_CA&ssl-ca=$PWD/missing.crt"
fails encrypted localhost "ssl-mode=VERIFY_IDENTITY&ssl-ca=$PWD/missing.crt"

# Import and export keep to it just so.
"$MEMTRACE" import -q trace.jsonl \
	--mysql="mysql://encrypted@localhost:$port/memtrace?ssl-mode=VERIFY_IDENTITY&$right" ||
	fail "import"
database_equals trace.jsonl
equal "export" "$(status_of "$MEMTRACE" export -q -o out.jsonl --run="$(run_of trace.jsonl)" \
	--mysql="mysql://writer@127.0.0.1:$port/memtrace?ssl-mode=VERIFY_IDENTITY&$right" 2>err)" 2
[ ! -s out.jsonl ] || fail "a server of another name is read from"

# Modes that there are none of, and one that can't be kept: before anything runs.
for keys in ssl-mode= ssl-mode=ON ssl-mode=REQUIRE ssl-mode=VERIFY ssl-mode=VERIFY_CA; do
	equal "status of $keys" "$(status_of "$MEMTRACE" -q \
		--mysql="mysql://writer@localhost:$port/memtrace?$keys" -- touch ran 2>err)" 125
	contains "message of $keys" "$(cat err)" "$keys"
	[ ! -e ran ] || fail "$keys runs the command"
done

# An option file can't undo it.
printf '[client]\nssl-verify-server-cert = 0\nskip-ssl\nssl = 0\n' >.my.cnf
works encrypted encrypted localhost ssl-mode=REQUIRED
works encrypted encrypted localhost "ssl-mode=VERIFY_CA&$right"
fails encrypted localhost "ssl-mode=VERIFY_CA&$wrong"
fails encrypted localhost "ssl-mode=VERIFY_IDENTITY&$wrong"
fails encrypted 127.0.0.1 "ssl-mode=VERIFY_IDENTITY&$right"
rm .my.cnf

# From here on all that is wrong is told, not only the first.
bad=
also() {
	local told
	told=$("$@") || bad+=$told$'\n'
}

# A server that has no TLS: plain where that's permitted, else not at all.
server_stop
# shellcheck disable=SC2086 # words
server_start $networking --port="$port" --skip-ssl
watch
works plain writer localhost ssl-mode=DISABLED
works plain writer localhost ssl-mode=PREFERRED
# Not even a login goes there.
also fails writer localhost ssl-mode=REQUIRED
also fails writer localhost "ssl-mode=VERIFY_CA&$right"
also fails writer localhost "ssl-mode=VERIFY_IDENTITY&$right"

# PREFERRED is encrypted wherever the server can; what a DSN trusts stands against an option file.
#
server_stop
# shellcheck disable=SC2086 # words
server_start $networking --port="$port" --ssl-ca="$PWD/right.crt" --ssl-cert="$PWD/server.crt" \
	--ssl-key="$PWD/server.key"
watch
also works encrypted encrypted localhost ssl-mode=PREFERRED
also works encrypted writer localhost ssl-mode=PREFERRED
printf '[client]\nssl-ca = %s\n' "$PWD/right.crt" >.my.cnf
also works encrypted encrypted localhost ssl-mode=VERIFY_IDENTITY
also fails encrypted localhost "ssl-mode=VERIFY_CA&$wrong"
printf '[memtrace]\nssl-ca = %s\n' "$PWD/wrong.crt" >.my.cnf
also works encrypted encrypted localhost "ssl-mode=VERIFY_CA&$right"
rm .my.cnf
[ -z "$bad" ] || fail "$bad"
