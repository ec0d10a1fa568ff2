# The tree is what it should be: layout, nothing generated, no stray words.
cd "$TOP" || exit 1
git rev-parse --git-dir >/dev/null 2>&1 || skip "not a git checkout"
extra=$(git ls-files | grep -v '^\.' | cut -d/ -f1 | sort -u |
	grep -vxE 'Makefile|README\.md|LICENSE|src|sql|tests|completions')
equal "top level" "$extra" ""
# A case that sleeps waits for a time instead of a condition.
if grep -nE '^\s*(sleep|usleep) ' tests/cases/*.sh tests/lint/*.sh tests/lib/*.sh; then
	fail "a case sleeps"
fi
# Every source file is on main.c's map.
for file in src/*.c $(find src -mindepth 2 -name "*.c" ! -path "src/util/*"); do
	base=$(basename "$file" .c)
	case $base in main | fields | arch_* | cmd_* | sink_* | engine_* | rule_* | format_* | document_*) continue ;; esac
	sed -n '1,/^ \*\//p' src/main.c | grep -qE "\b$base\b" || fail "src/main.c's map lacks $file"
done
