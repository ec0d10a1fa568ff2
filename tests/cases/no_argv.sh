# --no-argv leaves argument lists out: of the start, and of every exec.
# engine too: notify perf
# shellcheck shell=bash

secret=$'top\xffsecret'
# shellcheck disable=SC2016 # the command's
child='/bin/true "$0"; exit 0'
# perf reads what lies behind a page of the stack that was never used when it hears of it: the shell lives till then.
mkfifo go
# shellcheck disable=SC2016 # the command's
"$MEMTRACE" -q -o with.jsonl -- sh -c '/bin/true "$0"; read -r word <go; exit 0' "$secret" &
tracer=$!
wait_for grep -qs '"argv"' with.jsonl
echo >go
wait $tracer
equal "with: command and argv" "$(jq -c '[has("command"), has("argv")]' with.jsonl | sort -u)" \
	$'[false,false]\n[false,true]\n[true,false]'
equal "with: the exact bytes" \
	"$(jq -r '.argv_b64? // empty | last' with.jsonl | tail -n 1 | base64 -d)" "$secret"

"$MEMTRACE" -q --no-argv -o without.jsonl -- sh -c "$child" "$secret"
equal "status" $? 0
equal "lines with arguments" "$(grep -cE '"(argv|command)|secret' without.jsonl)" 0
equal "execs" "$(jq -r 'select(.type == "exec").exe' without.jsonl | wc -l)" 2
