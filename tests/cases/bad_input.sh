# What is typed wrongly is answered with one line and 125, or 2 by the commands for traces; nothing is started, no file made.
# engine too: notify perf
# shellcheck shell=bash

seq 100 >precious
cp precious copy
mkdir folder
usage=125

refused() { # EXPECTED_WORDS ARG...: memtrace ARG... is refused, with those words
	local expected=$1 status
	shift
	"$MEMTRACE" "$@" >output 2>words
	status=$?
	equal "status of: $*" "$status" "$usage"
	equal "lines said on: $*" "$(wc -l <words)" 1
	equal "who says it, on: $*" "$(cut -c 1-10 words)" "memtrace: "
	contains "words on: $*" "$(cat words)" "$expected"
	equal "output on: $*" "$(cat output)" ""
	equal "what was made by: $*" "$(find . -name started -o -name new -o -name 'new.*')" ""
	cmp -s precious copy || fail "a file was changed by: $*"
}

run=(-o new -- touch started)
refused "--no-argv" --no-argvv "${run[@]}"
refused "--min-size" --min-sise=4K "${run[@]}"
refused "--quite" --quite "${run[@]}"
refused "-j" -j "${run[@]}"
refused "mmap" -e mmpa "${run[@]}"
refused "munmap" -e brk,munmpa "${run[@]}"
refused "%map" -e %mapp "${run[@]}"
refused "no_such_call" -e no_such_call "${run[@]}"
refused "-e" -e '' "${run[@]}"
refused "-e" -e brk, "${run[@]}"
refused "command" -o new
refused "command" -o new --
refused "command"
refused "command" -q
refused "no-such-folder/new" -o no-such-folder/new -- touch started
refused "folder" -o folder -- touch started
refused "precious/new" -o precious/new -- touch started
refused "no-such-user" -u no-such-user "${run[@]}"
for time in abc 0 5x -1 '' 1e999 99999999999999999999s nan; do
	refused "--duration" --duration="$time" "${run[@]}"
done
for count in abc 0 -1 5x '' 18446744073709551616; do
	refused "--limit" --limit="$count" "${run[@]}"
done
for size in abc -1 5x '' K 99999999999999999999G; do
	refused "--min-size" --min-size="$size" "${run[@]}"
done
refused "-A" -A -- touch started
refused "-A" -A -o - -- touch started
refused "--seccomp" --seccomp=maybe "${run[@]}"
refused "--wait" --wait=never "${run[@]}"
refused "nosuch" --engine=nosuch "${run[@]}"
refused "--quiet" --quiet=yes "${run[@]}"
refused "-z" -z -Z "${run[@]}"
refused "-E" -E =value "${run[@]}"
for option in -o --output -e --trace --limit --duration --min-size -u -E --engine --seccomp; do
	refused "$option" -q $option
done

# An existing file stays as it is, whatever the reason.
for wrong in --nosuch --limit=0 '-e nosuch' '-u no-such-user' --engine=nosuch '-z -Z'; do
	# shellcheck disable=SC2086 # one word or two
	refused "" -o precious $wrong -- touch started
done

# Behind the name of a command for traces.
usage=2
for command in replay report maps blame check diff serve import export; do
	refused "--nosuch" $command --nosuch precious
	refused "--limit" $command --limit=0 precious
	refused "no meaning for memtrace $command" $command --seccomp=off precious
done
refused "--top has no meaning for memtrace check" check --top=3 precious
refused "-z" replay -z -Z precious
