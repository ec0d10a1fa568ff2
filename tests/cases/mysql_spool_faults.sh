# A spool that others spoil: a removed folder is no place, a broken file doesn't stop the others, and
# what is lost is said.
. "$TOP/tests/lib/mysql.sh"
server_need
absent="mysql://writer@localhost/memtrace?socket=$PWD/nobody"
spooled() { [ -n "$(ls -A "$SPOOL" 2>/dev/null)" ]; }

# The folder goes while the trace goes on: it's made again.
"$MEMTRACE" -q --mysql="$absent" -o trace.jsonl -- "$PROGS/map_storm" 1 1000 stop 2>err &
traced=$!
wait_for spooled
rm -rf "$SPOOL"
wait_for spooled
touch stop
wait "$traced"
status=$?
kept=$(cat "$SPOOL"/*.jsonl | grep -vc '"type":"start"')
all=$(($(wc -l <trace.jsonl) - 1))
lost=$(sed -n 's/.* \([0-9]*\) events for the database are lost.*/\1/p' err)
equal "kept and lost" "$((kept + ${lost:-0}))" "$all"
equal "status" "$status" "$([ "${lost:-0}" = 0 ] && echo 0 || echo 125)"
left=$(sed -n 's/.* \([0-9]*\) events of run .* in the database yet.*/\1/p' err)
equal "left" "$left" "$kept"
rm -rf "$SPOOL" stop trace.jsonl

# Three runs wait; the first file is broken in the middle, another has nothing in it.
server_start
server_init
for i in 1 2 3; do
	"$MEMTRACE" -q --mysql="$absent" -o "t$i.jsonl" -- true 2>err
done
first=$SPOOL/$(run_of t1.jsonl)-00000.jsonl
sed -i '3s/.*/{"type":"call",broken/' "$first"
: >"$SPOOL/empty.jsonl"
equal "status" "$(status_of "$MEMTRACE" import -q --spool --mysql="$DSN" 2>err)" 2
contains "standard error" "$(cat err)" "$first:3:"
database_equals t2.jsonl
database_equals t3.jsonl
equal "what is left" "$(ls "$SPOOL")" "$(basename "$first")
empty.jsonl"
rm "$first"

# What is no file has no part in it.
mkdir "$SPOOL/0.jsonl"
ln -s nowhere "$SPOOL/1.jsonl"
mkfifo "$SPOOL/2.jsonl"
"$MEMTRACE" -q --mysql="$absent" -o t4.jsonl -- true 2>err
equal "status beside what is no file" "$(status_of "$MEMTRACE" import -q --spool --mysql="$DSN" 2>err)" 2
for i in 0 1 2; do
	equal "sentences about $i" "$(grep -c "$SPOOL/$i.jsonl isn't a file" err)" 1
done
database_equals t4.jsonl
equal "what is left of them" "$(cd "$SPOOL" && echo *)" "0.jsonl 1.jsonl 2.jsonl empty.jsonl"
rm -r "$SPOOL"/[012].jsonl

# A number that no trace has is no work without end.
sed "s/\"seq\":[0-9]*,/\"seq\":900000000000000000,/; 3q" t2.jsonl |
	sed "s/$(run_of t2.jsonl)/00000000-0000-7000-8000-000000000001/" >far.jsonl
timeout 10 "$MEMTRACE" import -q --mysql="$DSN" far.jsonl || fail "a far event: status $?"
