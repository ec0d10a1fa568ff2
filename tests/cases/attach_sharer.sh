# Who attaches to a process sees all who use its address space, which is read while they all stand still.
# engine: ptrace
# shellcheck shell=bash
trap 'kill -KILL $(jobs -p) ${sharer-} 2>/dev/null' EXIT
"$PROGS/attach_sharer" >ids &
target=$!
wait_for test -s ids
read -r maker sharer <ids
for who in "$maker" "$sharer" "$maker $sharer"; do
	for round in {1..5}; do
		what="-p '$who', round $round"
		MEMTRACE_VERIFY=1 "$MEMTRACE" -q -o t.jsonl -p "$who" --duration=50ms 2>words ||
			fail "$what: status $?: $(cat words)"
		for type in attach detach; do
			equal "$type, $what" "$(jq "select(.type == \"$type\").pid" t.jsonl | sort -n | paste -sd' ')" \
				"$(printf '%s\n' "$maker" "$sharer" | sort -n | paste -sd' ')"
		done
		equal "lengths, $what" "$(jq 'select(.call == "munmap").length / 4096' t.jsonl | sort -un |
			paste -sd' ')" "5 9"
		equal "maps, $what" "$(jq -c 'select(.type == "attach").maps' t.jsonl | sort -u | wc -l)" 1
		equal "coverage, $what" "$(tail -n 1 t.jsonl | jq -c '[.coverage, .reasons]')" '["complete",[]]'
		rm t.jsonl
	done
done
kill -TERM "$target" "$sharer"
wait "$target"
equal "status of the target" $? 7
