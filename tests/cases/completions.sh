# The completions of three shells are those of the table of options, and the shells take them.
set -e
variant=${BUILD#"$TOP/build"}
make -C "$TOP" --no-print-directory VARIANT="${variant#/}" "${BUILD#"$TOP"/}/gen-completions" >/dev/null
for pair in bash:memtrace.bash zsh:_memtrace fish:memtrace.fish; do
	"$BUILD/gen-completions" "${pair%%:*}" >made
	cmp made "$TOP/completions/${pair#*:}" || fail "completions/${pair#*:} is stale: make completions"
done

complete_bash() { # WORD...: the candidates for the last word
	bash --norc -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _memtrace
		printf "%s\n" "${COMPREPLY[@]}"' bash "$TOP/completions/memtrace.bash" "$@"
}
contains "bash, long options" "$(complete_bash memtrace --dur)" --duration
contains "bash, a choice" "$(complete_bash memtrace --seccomp o)" off
contains "bash, a choice behind =" "$(complete_bash memtrace --wait = r)" root
contains "bash, calls" "$(complete_bash memtrace -e mm)" mmap
contains "bash, users" "$(complete_bash memtrace --user ro)" root
contains "bash, a subcommand" "$(complete_bash memtrace repl)" replay
equal "bash, behind the command" "$(complete_bash memtrace --wait = tree ls --dur)" ""
need fish
got=$(HOME=$PWD fish --no-config -c "source $TOP/completions/memtrace.fish
	complete -C 'memtrace --sec'
	complete -C 'memtrace --wait r'
	complete -C 'memtrace repl'")
contains "fish, long options" "$got" --seccomp
contains "fish, a choice" "$got" root
contains "fish, a subcommand" "$got" replay
need zsh
# compsys has no batch mode: what it's given is looked at instead.
got=$(zsh -fc 'autoload() { :; }; _arguments() { print -l -- "$@"; }; . "$1"' zsh \
	"$TOP/completions/_memtrace")
contains "zsh, long options" "$got" "--seccomp=[off"
contains "zsh, a choice" "$got" "(tree root)"
