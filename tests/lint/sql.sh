# sql/ keeps to what MariaDB from 10.6 and MySQL from 8.0 share; each rule catches what it is for.
tool check_sql --self-test || fail "check_sql doesn't catch what it should"
files=("$TOP"/sql/*.sql "$TOP"/sql/*/*.sql)
[ ${#files[@]} -ge 10 ] || fail "files in sql/ are missing"
tool check_sql "${files[@]}" || fail "sql/"
# The schema says its engine and the character set of each text, whatever the server's defaults are.
bare=$(cat "$TOP"/sql/[0-9]*.sql | sed 's/--.*//' | grep -c 'CREATE TABLE')
equal "tables with an engine" "$(cat "$TOP"/sql/[0-9]*.sql | grep -c '^) ENGINE=InnoDB;')" "$bare"
bare=$(sed 's/--.*//' "$TOP"/sql/001*.sql | grep -E '\b(VARCHAR|CHAR|TEXT|LONGTEXT)\b' |
	grep -v 'CHARACTER SET \(ascii\|utf8mb4\) COLLATE')
equal "texts without a character set" "$bare" ""
# A migration is a number from 1, and ends by saying that it is applied.
number=0
for file in "$TOP"/sql/[0-9]*.sql; do
	number=$((number + 1))
	contains "$file" "$(basename "$file")" "$(printf '%03d-' $number)"
	contains "end of $file" "$(tail -n 2 "$file" | tr '\n' ' ')" \
		"INSERT INTO memtrace_schema (version, applied_at) VALUES ($number, UTC_TIMESTAMP()) "
done
# A query is one statement.
for file in "$TOP"/sql/queries/*.sql; do
	equal "statements of $file" "$(sed 's/--.*//' "$file" | grep -c ';$')" 1
done
