# The model beside the kernel's own maps after each of thousands of random calls, many of which fail half-way.
# MAP_RANDOM_SEED makes other calls.
# shellcheck shell=bash
first=${MAP_RANDOM_SEED:-1}
for ((seed = first; seed < first + 4; seed++)); do
	tool map_torture "$BUILD" "$seed" 2000 || fail "see the calls above"
	tool map_torture -t 16 "$BUILD" "$seed" 4000 || fail "16 threads: see the calls above"
done

# Where they differ it finds the few calls that do it: here any three of one kind, beside the four at the start.
cat >memtrace <<'END'
#!/bin/bash
"$MEMTRACE" "$@"
status=$?
trace=$4
[ "$(jq -c 'select(.call == "shmat" and .ret != -1)' "$trace" | wc -l)" -gt 6 ] || exit $status
echo 'memtrace: the model is wrong' >&2
sed -i '$s/"reasons":\[\]/"reasons":["model_mismatch"]/' "$trace"
exit $status
END
chmod +x memtrace
mkdir -p tests && ln -s "$PROGS" tests/progs
words=$(tool map_torture . "$first" 400)
equal "status of a difference" $? 1
contains "what is left" "$words" ' 3 calls are left'
equal "calls shown" "$(grep -c '"call": "shmat"' <<<"$words")" 3
contains "the difference" "$words" 'the model is wrong'
