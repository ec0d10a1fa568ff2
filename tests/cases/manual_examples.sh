# The examples of the manual work as printed: each line is run, with this case's server in place of its hosts.
# shellcheck disable=SC1090,SC1091
need cc
need make
. "$TOP/tests/lib/mysql.sh"
server_need
server_start
PATH=$(dirname "$MEMTRACE"):$PATH
printf 'all:\n\tcc -c unit.c\n' >Makefile
echo 'int main(void) { return 0; }' >unit.c

# mdoc's: \(dq is a quote, \& is nothing.
sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^\.Dl //p' "$TOP/src/memtrace.1" | sed 's/\\(dq/"/g; s/\\&//g' |
	sed "s|--duration=10s|--duration=1s|; s|pidof mariadbd|echo $SERVER_PID|" |
	sed "s|mysql://[a-z]*@db1[^ /]*/memtrace|$ADMIN_DSN|" >examples
equal "examples" "$(wc -l <examples)" "$(grep -c memtrace examples)"
[ "$(wc -l <examples)" -ge 8 ] || fail "few examples: $(cat examples)"
while read -r line; do
	rm -f unit.o
	bash -o pipefail -c "$line" >out 2>err </dev/null || fail "$line: status $?: $(cat err)"
	[ -s out ] || [ -s err ] || [ -s trace.jsonl ] || fail "$line says nothing"
	! grep -i '^memtrace: .*\(unknown\|error\|can.t\)' err || fail "$line complains"
done <examples
equal "runs in the database" "$(sql -e 'SELECT COUNT(*) FROM run')" 1
