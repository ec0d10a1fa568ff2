# memtrace replay gives a trace back byte for byte, from files and from standard input.
# shellcheck shell=bash

same() { # WHAT FILE ARG...: memtrace replay ARG... writes FILE
	local what=$1 file=$2
	shift 2
	"$MEMTRACE" replay "$@" >got 2>words
	equal "status, $what" $? 0
	cmp got "$file" || fail "$what: $(diff got "$file" | head -n 4 | cut -c 1-300)"
	equal "words, $what" "$(cat words)" ""
}

"$MEMTRACE" -q -o tree.jsonl -- sh -c 'sort -R | head -n 1; exit 3' </dev/null
same "a tree" tree.jsonl tree.jsonl
cp tree.jsonl given
same "standard input" tree.jsonl - <given
tac given | tac | same "a pipe" tree.jsonl -
"$MEMTRACE" replay -o copy.jsonl tree.jsonl
equal "status of -o" $? 0
cmp copy.jsonl tree.jsonl || fail "-o differs"

for program in call_mmap_odd call_file_utf8 call_mremap_refused call_shm race_maps; do
	"$MEMTRACE" -q -o $program.jsonl -- "$PROGS/$program" >/dev/null
	same $program $program.jsonl $program.jsonl
done
"$MEMTRACE" -q -o bytes.jsonl -- env $'A\xff=\x80' sh -c 'exit 1' $'\xc3\xa9\xc3' $'tab\t"\\' ''
same "arguments of odd bytes" bytes.jsonl bytes.jsonl
"$MEMTRACE" -q -Z -o killed.jsonl -- sh -c 'kill -KILL $$' 2>/dev/null
same "a killed command" killed.jsonl killed.jsonl
"$MEMTRACE" -q --wait=root --seccomp=off -o detached.jsonl -- sh -c 'sleep 0.3 & exit 0'
same "detached tasks" detached.jsonl detached.jsonl

"$MEMTRACE" -q -A -o tree.jsonl -- true
same "a file of two runs" tree.jsonl tree.jsonl
cat killed.jsonl tree.jsonl >both.jsonl
same "two files" both.jsonl killed.jsonl tree.jsonl
: >empty
same "an empty file" empty empty
"$MEMTRACE" replay -A -o both.jsonl killed.jsonl
cat killed.jsonl tree.jsonl killed.jsonl | cmp - both.jsonl || fail "-A differs"

cp killed.jsonl kept.jsonl
for add in -o -Ao; do
	equal "writing to what is read, $add" \
		"$(status_of "$MEMTRACE" replay $add killed.jsonl killed.jsonl 2>words)" 2
	contains "words on it" "$(cat words)" "killed.jsonl is the trace that is read"
	cmp killed.jsonl kept.jsonl || fail "the trace was changed"
done
