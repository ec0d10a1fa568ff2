# options.def, --help, the manual and the completions list the same options; syscalls.def and the
# manual the same calls.
set -e
help=$("$MEMTRACE" --help)
printf '%s\n' "$help" | grep -oE '^  (-., |    )--[a-z-]+' | sed 's/^ *//' | sort >help
grep -oE '^OPTION\([a-z_]+, (0|.[A-Za-z].), "[a-z-]+"' "$TOP/src/options.def" |
	sed -E "s/^OPTION\([a-z_]+, //; s/^0, \"/--/; s/^'(.)', \"/-\1, --/; s/\"\$//" | sort >table
diff table help || fail "--help and options.def differ"
# mdoc: .It Fl o , Fl -output Ns = Ns Ar FILE
sed -nE 's/^\.It Fl ([A-Za-z]) , Fl -([a-z-]+).*/-\1, --\2/p; s/^\.It Fl -([a-z-]+).*/--\1/p' \
	"$TOP/src/memtrace.1" | sort >manual
diff table manual || fail "the manual and options.def differ (left: the table)"
printf '%s\n' "$help" | awk 'length > 80 {print "too wide: " $0; bad = 1} END {exit bad}'
for file in memtrace.bash _memtrace memtrace.fish; do
	sed -E 's/^-., //; s/^--//' table | while read -r name; do
		grep -qF -- "$name" "$TOP/completions/$file" || fail "completions/$file lacks $name"
	done
done
grep -oE '^SYSCALL\([a-z_0-9]+' "$TOP/src/decode/syscalls.def" | sed 's/.*(//' | sort -u >calls
sed -n '/^Known are$/,/\.$/p' "$TOP/src/memtrace.1" | sed '1d' | tr -cs 'a-z_0-9' '\n' |
	grep -vx and | sed '/^$/d' | sort >known
diff calls known || fail "the manual and syscalls.def differ in calls (left: the table)"
