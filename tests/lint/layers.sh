# A directory of src/ includes only what stands to its left, and values that cross the borders.
order="util decode engine model unwind trace db report audit web sink . cli main"

cd "$TOP/src" || exit 1
grep -HoE '^#include "[^"]+"' ./*.[ch] ./*/*.[ch] | sed 's,^\./,,; s,:#include ", ,; s,"$,,' >"$OLDPWD/includes"
cd "$OLDPWD" || exit 1
awk -v order="$order" '
function folder(path) { return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : "." }
function complain(words) { print "src/" $1 " includes " $2 ", " words; wrong = 1 }
BEGIN { n = split(order, names, " "); for (i = 1; i <= n; i++) level[names[i]] = i }
# Values that any layer may know (and what makes them).
$2 ~ /^(raw\.h|event\.h|fields\.h|fields\.def|opts\.h|options\.def|version\.h)$/ { next }
{
	from = $1 == "main.c" ? "main" : folder($1)
	to = folder($2)
	if (!(from in level) || !(to in level)) complain("and one of them has no place in the order: " order)
	else if (level[to] > level[from]) complain("which stands above it")
	if (from == "util" && to != "util") complain("and util knows nothing of memtrace")
}
END { exit wrong || NR == 0 }' includes || fail "layers"
cd "$TOP/src" || exit 1

# Pure directories do no I/O and read no clock.
for file in decode/*.c engine/order.c engine/stop.c engine/filter.c engine/spin.c engine/perf_record.c \
	engine/perf_order.c engine/perf_filter.c trace/parse*.c trace/writer.c db/dsn.c db/names.c \
	db/row.c db/derive.c model/*.c audit/rule_*.c audit/audit.c audit/written.c audit/say.c audit/format_*.c report/*.c \
	web/document_*.c web/filter.c web/guard.c web/put.c web/request.c web/roster.c web/sites.c web/tail.c web/track.c \
	select.c; do
	if grep -nE '\b(open|read|write|fopen|printf|clock_gettime|clock_mono|time|getenv)\(' "$file"; then
		fail "src/$file is to be pure"
	fi
done
