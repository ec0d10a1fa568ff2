# --format=text: the lines that strace prints, of every call and every flag, live and from a recorded trace.
set -e
need strace
read -r -a options < <(tool compare_text --options)
compare() { # NAME COMMAND...
	local name=$1
	shift
	setarch -R strace "${options[@]}" -o "$name.strace" "$@" >"$name.out" 2>&1 ||
		fail "$name under strace: $(tail -n 3 "$name.out")"
	setarch -R "$MEMTRACE" -q -e %memory --format=text -o "$name.text" -- "$@" >"$name.out" 2>&1 ||
		fail "$name under memtrace: $(tail -n 3 "$name.out")"
	setarch -R "$MEMTRACE" -q -e %memory -o "$name.jsonl" -- "$@" >"$name.out" 2>&1
	"$MEMTRACE" replay --format=text "$name.jsonl" >"$name.replayed"
	tool compare_text "$name.strace" "$name.text" "$name.replayed" || fail "$name differs"
}
for prog in "$PROGS"/call_* "$PROGS"/memory_*; do
	# Of a call that a filter traps strace shows what is left in the register, its number; there is no result.
	case $(basename "$prog") in call_filtered*) continue ;; esac
	case $prog in *int80) has_32bit || continue ;; esac
	compare "$(basename "$prog")" "$prog"
done
for prog in fork_tree vfork_spawn exec_nonleader threads500; do
	compare "$prog" "$PROGS/wl_$prog"
done
compare static "$PROGS/static_hello"
! has_32bit || compare mixed_abis sh -c "$PROGS/m32_tree && $PROGS/static_hello"
head -c 65536 /dev/zero >file
compare committed "$PROGS/committed" file
compare pipes sh -c 'ls / | sort | wc'

# On a terminal calls have colours, unless who sits there wants none; elsewhere they have with --color=always only.
plain() { # WHAT OPTION...: there must be no escape sequence in it
	"$MEMTRACE" -q --format=text "${@:2}" -- true >plain.text
	grep -q $'\033' plain.text && fail "$1 is coloured: $(head -n 3 plain.text)"
	grep -q '] [0-9.]* munmap(' plain.text || fail "$1 has no munmap: $(cat plain.text)"
}
plain "a file's text"
plain "text of --color=never" --color=never
"$MEMTRACE" -q --format=text --color=always -- true | grep -q $'\033\[35mmunmap\033\[0m(' || fail "no colour with --color=always"
tool terminal 'wait:ready> ' "type:$MEMTRACE -q --format=text -e munmap -- true\n" 'wait:\x1b[35mmunmap\x1b[0m(' >shown || fail "$(cat shown)"
tool terminal 'wait:ready> ' "type:NO_COLOR=1 $MEMTRACE -q --format=text -e munmap -- true\n" 'wait:munmap(0x' >shown ||
	fail "with NO_COLOR: $(cat shown)"
# Paths are whole, other strings as long as strace has them; no name turns a terminal's line round.
long=$PWD/a-folder-with-a-name-that-is-longer-than-32-bytes
mkdir "$long"
cp /bin/true "$long/$(printf 'a\342\200\256b')"
"$MEMTRACE" -q --format=text -o long.text -- "$long/$(printf 'a\342\200\256b')"
grep -qF "executed \"$long/a\\342\\200\\256b\" [\"${long:0:32}\"...]" long.text || fail "a long path: $(head -n 1 long.text)"
status=$(status_of "$MEMTRACE" --format=html -- true 2>&1)
contains "an unknown format" "$status" "jsonl|text"
# Stacks, and why there was no memory, stand on lines of their own.
"$MEMTRACE" -q --format=text -k -e munmap -- "$PROGS/stack_chain" >stacks.text
grep -q '^ > .*/stack_chain(.*+0x[0-9a-f]*) \[0x[0-9a-f]*\]' stacks.text || fail "no stack: $(head -n 5 stacks.text)"
"$MEMTRACE" -q --format=text -- "$PROGS/shortage" >why.text 2>&1 || true
grep -q '^ ! ' why.text || fail "no reason given: $(tail -n 5 why.text)"
# Calls and flags of a later version have their names, and what their keys say.
sed 's/"call":"munmap"/"call":"mnew"/; s/"MAP_PRIVATE"/"MAP_NEW"/' call_munmap.jsonl >new.jsonl
"$MEMTRACE" replay --format=text new.jsonl >new.text
grep -q ' mnew(addr=0x[0-9a-f]*, length=[0-9]*) = 0' new.text || fail "an unknown call: $(grep mnew new.text | head -n 1)"
grep -q 'MAP_NEW|MAP_ANONYMOUS' new.text || fail "an unknown flag: $(grep MAP_NEW new.text | head -n 1)"
