# A directory of src/ includes only what stands to its left, and values that cross the borders.
order="util decode engine model unwind trace db report audit web sink . cli main"

level_of() { # DIRECTORY
	local n=0 word
	for word in $order; do
		[ "$word" = "$1" ] && echo $n && return
		n=$((n + 1))
	done
	fail "src/$1 has no place in the order: $order"
}

cd "$TOP/src" || exit 1
wrong=0
while IFS=: read -r file _ include; do
	include=${include#*\"}
	include=${include%%\"*}
	from=$(dirname "$file") to=$(dirname "$include")
	[ "$file" = main.c ] && from=main
	case $include in
	# Values that any layer may know (and what makes them).
	raw.h | event.h | fields.h | fields.def | opts.h | options.def | version.h) continue ;;
	esac
	if [ "$(level_of "$to")" -gt "$(level_of "$from")" ]; then
		echo "src/$file includes $include, which stands above it"
		wrong=1
	fi
	[ "$from" != util ] || [ "$to" = util ] || {
		echo "src/$file includes $include: util knows nothing of memtrace"
		wrong=1
	}
done < <(grep -nE '^#include "' ./*.[ch] ./*/*.[ch] | sed 's,^\./,,')
[ "$wrong" = 0 ] || fail "layers"

# Pure directories do no I/O and read no clock.
for file in decode/*.c engine/order.c engine/stop.c engine/filter.c engine/spin.c engine/perf_record.c \
	engine/perf_order.c engine/perf_filter.c trace/parse*.c trace/writer.c db/dsn.c db/names.c \
	db/row.c db/derive.c model/*.c audit/rule_*.c audit/audit.c audit/written.c audit/say.c audit/format_*.c report/*.c select.c; do
	if grep -nE '\b(open|read|write|fopen|printf|clock_gettime|clock_mono|time|getenv)\(' "$file"; then
		fail "src/$file is to be pure"
	fi
done
