# Engine perf ends with those who it watches, though others go on: records of some things come of all tasks.
# shellcheck shell=bash
busy() { # until there is no file `go`: births, new images, ends
	while [ -e go ]; do /bin/true; done
}
: >go
busy & busy &
trap 'rm -f go; wait' EXIT
for _ in 1 2 3 4 5; do
	"$MEMTRACE" -q --engine=perf -o trace.jsonl -- true
	end=$(tail -n 1 trace.jsonl)
	equal "coverage" "$(jq -r .coverage <<<"$end")" complete
	late=$(jq -s '(.[-1].elapsed - .[-2].elapsed) * 1000 | floor' trace.jsonl)
	[ "$late" -lt 500 ] || fail "it ended $late ms after its command"
done
rm go
wait

# While it's stopped, what others execute fills rings, too.
mkfifo on
"$MEMTRACE" -q --engine=perf -o stopped.jsonl -- sh -c 'read -r line <on; exit 0' &
tracer=$!
started() { grep -q '"type":"exec"' stopped.jsonl 2>/dev/null; }
wait_for started
kill -STOP $tracer
for _ in {1..200}; do /bin/true; done
kill -CONT $tracer
echo >on
wait $tracer
equal "what was lost" "$(jq -c 'select(.type == "end") | [.lost, .coverage]' stopped.jsonl)" '[0,"complete"]'

: >go
busy & busy &
mkfifo wake
sh -c 'read -r line <wake; exit 0' &
target=$!
"$MEMTRACE" -q --engine=perf -p $target -o attached.jsonl &
tracer=$!
attached() { grep -q '"type":"attach"' attached.jsonl 2>/dev/null; }
wait_for attached
echo >wake
gone() { ! kill -0 $tracer 2>/dev/null; }
wait_for gone
wait $tracer
equal "status" $? 0
