# The kernel's own maps after each call of services at work.
# shellcheck shell=bash
. "$TOP/tests/lib/verify.sh"
. "$TOP/tests/lib/mysql.sh"

# The checker of redis-tools is the server by another name; the server's own package would start one. It forks to save.
if command -v redis-benchmark >/dev/null; then
	ln -s "$(command -v redis-check-rdb)" redis-server
	cat >redis.sh <<'EOF2'
./redis-server --port 0 --unixsocket s --save '' &
until [ "$(redis-cli -s s ping 2>&1)" = PONG ]; do :; done
redis-benchmark -s s -n 5000 -c 20 -d 1000 -t set,get,lpush -q
redis-cli -s s bgsave
until redis-cli -s s info persistence | grep -q rdb_bgsave_in_progress:0; do :; done
redis-cli -s s shutdown nosave
wait
EOF2
	verify redis bash redis.sh
	contains "what redis did" "$(cat redis.out)" "Background saving started"
fi

server_need
server_make
cat >init.sql <<'EOF2'
CREATE DATABASE work;
CREATE TABLE work.numbers (n INT PRIMARY KEY, text VARCHAR(1000)) ENGINE=InnoDB;
INSERT INTO work.numbers SELECT seq, REPEAT('x', 1000) FROM work.seq_1_to_5000;
SELECT COUNT(DISTINCT a.text, b.n) FROM work.numbers a JOIN work.numbers b ON a.n = b.n + 1;
SHUTDOWN;
EOF2
verify mariadb mariadbd --no-defaults --user="$(id -un)" --datadir="$SERVER/data" --socket="$SOCKET" \
	--skip-networking --innodb-buffer-pool-size=64M --init-file="$PWD/init.sql"
