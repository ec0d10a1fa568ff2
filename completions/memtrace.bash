# bash completion of memtrace(1). Generated from src/options.def: make completions
# shellcheck shell=bash

# Processes with their names, of which nothing is left when there is but one.
_memtrace_pids() {
	local dir name
	COMPREPLY=()
	for dir in /proc/"${cur##*[!0-9]}"*; do
		[[ $dir == /proc/+([0-9]) ]] && read -r name 2>/dev/null <"$dir/comm" &&
			COMPREPLY+=("${dir#/proc/} ($name)")
	done
	[ ${#COMPREPLY[@]} != 1 ] || COMPREPLY=("${COMPREPLY[0]%% *}")
}

_memtrace() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} i operand=
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-p | --attach | --cgroup | -u | --user | -E | --env | --engine | --seccomp | --buffer | --wait | -e | --trace | --min-size | -o | --output | --format | --color | -S | --summary-sort-by | --stack-trace-frame-limit | --duration | --limit | --rules | --max | --deny | --report | --baseline | --fail-on | --error-exitcode | --by | --top | --folded | --pid | --at | --seq | --diff | --spool-limit | --run | --host | --since | --serve-token-file | --serve-host | --speed)
			[ "${COMP_WORDS[i + 1]-}" != = ] || i=$((i + 1))
			i=$((i + 1))
			;;
		-*) ;;
		*)
			operand=$i
			break
			;;
		esac
	done
	if [ -n "$operand" ]; then
		# The command's own words: complete them as if it had been typed alone.
		if declare -F _command_offset >/dev/null; then
			_command_offset "$operand"
		else
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		fi
		return
	fi
	[ "$cur" != = ] || cur=
	[ "$prev" != = ] || prev=${COMP_WORDS[COMP_CWORD - 2]}
	case $prev in
	-p | --attach)
		_memtrace_pids
		return
		;;
	--cgroup)
		COMPREPLY=()
		return
		;;
	-u | --user)
		mapfile -t COMPREPLY < <(compgen -u -- "$cur")
		return
		;;
	-E | --env)
		COMPREPLY=()
		return
		;;
	--engine)
		mapfile -t COMPREPLY < <(compgen -W 'auto ptrace notify perf ' -- "$cur")
		return
		;;
	--seccomp)
		mapfile -t COMPREPLY < <(compgen -W 'auto off' -- "$cur")
		return
		;;
	--buffer)
		COMPREPLY=()
		return
		;;
	--wait)
		mapfile -t COMPREPLY < <(compgen -W 'tree root' -- "$cur")
		return
		;;
	-e | --trace)
		mapfile -t COMPREPLY < <(compgen -W '%map %memory %all brk io_destroy io_setup madvise map_shadow_stack mbind memfd_create memfd_secret mincore mlock mlock2 mlockall mmap mprotect mremap mseal msync munlock munlockall munmap pkey_mprotect prctl process_madvise remap_file_pages shmat shmctl shmdt shmget userfaultfd ' -- "$cur")
		return
		;;
	--min-size)
		COMPREPLY=()
		return
		;;
	-o | --output)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W 'jsonl text' -- "$cur")
		return
		;;
	--color)
		mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
		return
		;;
	-S | --summary-sort-by)
		mapfile -t COMPREPLY < <(compgen -W 'time calls errors mapped unmapped biggest name' -- "$cur")
		return
		;;
	--stack-trace-frame-limit)
		COMPREPLY=()
		return
		;;
	--duration)
		COMPREPLY=()
		return
		;;
	--limit)
		COMPREPLY=()
		return
		;;
	--rules)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--max)
		mapfile -t COMPREPLY < <(compgen -W 'mapped.peak= tree.mapped.peak= committed.peak= tree.committed.peak= reserved.peak= tree.reserved.peak= file.peak= tree.file.peak= shared.peak= tree.shared.peak= exec.peak= tree.exec.peak= stack.peak= tree.stack.peak= heap.peak= tree.heap.peak= vmas.peak= tree.vmas.peak= calls.brk= failed.brk= calls.io_destroy= failed.io_destroy= calls.io_setup= failed.io_setup= calls.madvise= failed.madvise= calls.map_shadow_stack= failed.map_shadow_stack= calls.mbind= failed.mbind= calls.memfd_create= failed.memfd_create= calls.memfd_secret= failed.memfd_secret= calls.mincore= failed.mincore= calls.mlock= failed.mlock= calls.mlock2= failed.mlock2= calls.mlockall= failed.mlockall= calls.mmap= failed.mmap= calls.mprotect= failed.mprotect= calls.mremap= failed.mremap= calls.mseal= failed.mseal= calls.msync= failed.msync= calls.munlock= failed.munlock= calls.munlockall= failed.munlockall= calls.munmap= failed.munmap= calls.pkey_mprotect= failed.pkey_mprotect= calls.prctl= failed.prctl= calls.process_madvise= failed.process_madvise= calls.remap_file_pages= failed.remap_file_pages= calls.shmat= failed.shmat= calls.shmctl= failed.shmctl= calls.shmdt= failed.shmdt= calls.shmget= failed.shmget= calls.userfaultfd= failed.userfaultfd= ' -- "$cur")
		compopt -o nospace 2>/dev/null
		return
		;;
	--deny)
		mapfile -t COMPREPLY < <(compgen -W 'budget clobber exec-anon exec-deleted exec-stack failed huge leak mdwe null-page vma-headroom wx wx-transition ' -- "$cur")
		return
		;;
	--report)
		mapfile -t COMPREPLY < <(compgen -W 'text: json: junit: sarif: github: markdown: ' -- "$cur")
		compopt -o nospace 2>/dev/null
		return
		;;
	--baseline)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--fail-on)
		COMPREPLY=()
		return
		;;
	--error-exitcode)
		COMPREPLY=()
		return
		;;
	--by)
		mapfile -t COMPREPLY < <(compgen -W 'process path site call' -- "$cur")
		return
		;;
	--top)
		COMPREPLY=()
		return
		;;
	--folded)
		mapfile -t COMPREPLY < <(compgen -W 'mapped live churn' -- "$cur")
		return
		;;
	--pid)
		COMPREPLY=()
		return
		;;
	--at)
		COMPREPLY=()
		return
		;;
	--seq)
		COMPREPLY=()
		return
		;;
	--diff)
		COMPREPLY=()
		return
		;;
	--spool-limit)
		COMPREPLY=()
		return
		;;
	--run)
		COMPREPLY=()
		return
		;;
	--host)
		COMPREPLY=()
		return
		;;
	--since)
		COMPREPLY=()
		return
		;;
	--serve-token-file)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--serve-host)
		COMPREPLY=()
		return
		;;
	--speed)
		COMPREPLY=()
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W '-p --attach -a --all --cgroup -u --user -E --env --engine -f --follow-forks --no-follow --seccomp --no-colocate --buffer --wait -e --trace -z --successful-only -Z --failed-only --min-size -o --output -A --append --format --color -c --summary-only -C --summary -S --summary-sort-by -q --quiet -v --verbose -k --stack-trace --stack-trace-frame-limit --no-argv --duration --limit --rules --max --deny --report --baseline --update --fail-on --error-exitcode --require-complete --by --top --json --folded --pid --at --seq --diff --mysql --spool-limit --init --spool --run --host --since --serve --serve-wait --serve-token-file --serve-host --speed -h --help -V --version ' -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -c -W 'replay report maps blame check diff serve import export ' -- "$cur")
	fi
}

complete -F _memtrace memtrace
