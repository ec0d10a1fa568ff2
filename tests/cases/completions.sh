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
contains "bash, engines" "$(complete_bash memtrace --engine = n)" notify
contains "bash, metrics" "$(complete_bash memtrace --max committed)" committed.peak=
contains "bash, formats of reports" "$(complete_bash memtrace --report ju)" junit:
contains "bash, rules" "$(complete_bash memtrace --deny w)" wx
contains "bash, formats" "$(complete_bash memtrace --format = t)" text
# By the first digit there are several, as a rule; of one alone no name is shown.
contains "bash, processes with their names" "$(complete_bash memtrace -p "$(echo $$ | cut -c1)")" "$$ ($(cat /proc/$$/comm))"
equal "bash, one process" "$(complete_bash memtrace -p $$ | head -n 1 | cut -d' ' -f1)" $$
equal "bash, behind the command" "$(complete_bash memtrace --wait = tree ls --dur)" ""
need fish
got=$(HOME=$PWD fish --no-config -c "source $TOP/completions/memtrace.fish
	complete -C 'memtrace --sec'
	complete -C 'memtrace --wait r'
	complete -C 'memtrace repl'
	complete -C 'memtrace --engine n'
	complete -C 'memtrace --max commi'
	complete -C 'memtrace --report ju'
	complete -C 'memtrace -e mma'
	complete -C 'memtrace -p $$'")
contains "fish, engines" "$got" notify
contains "fish, metrics" "$got" committed.peak=
contains "fish, formats of reports" "$got" junit:
contains "fish, calls" "$got" mmap
contains "fish, processes with their names" "$got" "$$	"
contains "fish, long options" "$got" --seccomp
contains "fish, a choice" "$got" root
contains "fish, a subcommand" "$got" replay
need zsh
# compsys has no batch mode: keys are typed at a shell on a terminal, and what it shows is looked at.
type_zsh() { # WORDS SHOWN: WORDS and a tab (three, as the first ones may only add what all that fit have in common)
	tool terminal 'wait:ready> ' 'type:zsh -f\n' 'wait:ready> ' \
		"type:PS1='now> '; fpath=($TOP/completions \$fpath); autoload -U compinit; compinit -u -d $PWD/dump\\n" \
		'wait:now> ' 'wait:now> ' "type:$1\\t\\t\\t" "wait:$2" >shown || fail "zsh: $1: $(cat shown)"
}
type_zsh 'memtrace --sec' 'seccomp='
type_zsh 'memtrace --wait=t' 'tree'
type_zsh 'memtrace -e mma' 'mmap'
type_zsh 'memtrace --engine=n' 'otify'
type_zsh 'memtrace --max=committed.p' 'committed.peak='
type_zsh 'memtrace --report=ju' 'junit:'
type_zsh 'memtrace --deny=ex' 'exec'
type_zsh 'memtrace repl' 'replay'
type_zsh "memtrace -p " " zsh"
