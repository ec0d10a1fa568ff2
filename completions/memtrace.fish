# fish completion of memtrace(1). Generated from src/options.def: make completions

# Whether the cursor is still before the command that is to be traced.
function __memtrace_options
	set -l words (commandline -opc)[2..]
	while set -q words[1]
		switch $words[1]
			case -p --attach --cgroup -u --user -E --env --engine --seccomp --buffer --wait -e --trace --min-size -o --output --format --color -S --summary-sort-by --stack-trace-frame-limit --duration --limit --rules --max --deny --report --baseline --fail-on --error-exitcode --by --top --folded --pid --at --seq --diff --spool-limit --run 
				set -e words[1]
			case '-*'
			case '*'
				return 1
		end
		set -e words[1]
	end
	return 0
end

complete -c memtrace -n 'not __memtrace_options' -xa '(__fish_complete_subcommand)'
complete -c memtrace -n __memtrace_options -f -a '(__fish_complete_command)'
complete -c memtrace -n __memtrace_options -f -a replay -d 'carry recorded events through selection and output'
complete -c memtrace -n __memtrace_options -f -a report -d 'say what recorded runs come to'
complete -c memtrace -n __memtrace_options -f -a maps -d 'show an address space at a moment of a run'
complete -c memtrace -n __memtrace_options -f -a blame -d 'tell the history of an address'
complete -c memtrace -n __memtrace_options -f -a check -d 'judge recorded runs by rules'
complete -c memtrace -n __memtrace_options -f -a diff -d 'compare two runs'
complete -c memtrace -n __memtrace_options -f -a import -d 'put recorded events into a database'
complete -c memtrace -n __memtrace_options -f -a export -d 'get a run back from a database'
complete -c memtrace -n __memtrace_options -s p -l attach -x -a '(__fish_complete_pids)' -d 'trace running processes (1,2 or "1 2")'
complete -c memtrace -n __memtrace_options -s a -l all -d 'trace all processes of the machine'
complete -c memtrace -n __memtrace_options -l cgroup -x -d 'trace the processes of a control group'
complete -c memtrace -n __memtrace_options -s u -l user -x -a '(__fish_complete_users)' -d 'run the command as USER'
complete -c memtrace -n __memtrace_options -s E -l env -x -d 'set or unset VAR in the command\'s environment'
complete -c memtrace -n __memtrace_options -l engine -x -a 'auto ptrace notify perf ' -d 'how to trace: auto, or one that --version lists'
complete -c memtrace -n __memtrace_options -s f -l follow-forks -d 'trace children too, as is the default'
complete -c memtrace -n __memtrace_options -l no-follow -d 'trace the command\'s own threads, not its children'
complete -c memtrace -n __memtrace_options -l seccomp -x -a 'auto off' -d 'off: stop at every system call, filter none'
complete -c memtrace -n __memtrace_options -l no-colocate -d 'let the scheduler say where all run'
complete -c memtrace -n __memtrace_options -l buffer -x -d 'engine perf: room for what waits, a processor'
complete -c memtrace -n __memtrace_options -l wait -x -a 'tree root' -d 'root: end with the command, not its children'
complete -c memtrace -n __memtrace_options -s e -l trace -x -a '(__fish_append , %map %memory %all brk io_destroy io_setup madvise map_shadow_stack mbind memfd_create memfd_secret mincore mlock mlock2 mlockall mmap mprotect mremap mseal msync munlock munlockall munmap pkey_mprotect prctl process_madvise remap_file_pages shmat shmctl shmdt shmget userfaultfd )' -d 'calls: names, %map, %memory, %all; ! negates'
complete -c memtrace -n __memtrace_options -s z -l successful-only -d 'only calls that succeeded'
complete -c memtrace -n __memtrace_options -s Z -l failed-only -d 'only calls that failed'
complete -c memtrace -n __memtrace_options -l min-size -x -d 'only calls of this length or more (K, M, G, T)'
complete -c memtrace -n __memtrace_options -s o -l output -r -F -d 'write events to FILE, \'|COMMAND\' or - (stdout)'
complete -c memtrace -n __memtrace_options -s A -l append -d 'add to FILE instead of replacing it'
complete -c memtrace -n __memtrace_options -l format -x -a 'jsonl text' -d 'text: lines as strace prints them'
complete -c memtrace -n __memtrace_options -l color -x -a 'auto always never' -d 'colour text by what calls do'
complete -c memtrace -n __memtrace_options -s c -l summary-only -d 'print tables of what calls come to, no events'
complete -c memtrace -n __memtrace_options -s C -l summary -d 'print events, and such tables on standard error'
complete -c memtrace -n __memtrace_options -s S -l summary-sort-by -x -a 'time calls errors mapped unmapped biggest name' -d 'what tables are sorted by'
complete -c memtrace -n __memtrace_options -s q -l quiet -d 'no notes about what memtrace does'
complete -c memtrace -n __memtrace_options -s v -l verbose -d 'tell where model and kernel differ, if they do'
complete -c memtrace -n __memtrace_options -s k -l stack-trace -d 'tell who made each call: its stack'
complete -c memtrace -n __memtrace_options -l stack-trace-frame-limit -x -d 'the most frames of a stack'
complete -c memtrace -n __memtrace_options -l no-argv -d 'leave argument lists out of events'
complete -c memtrace -n __memtrace_options -l duration -x -d 'end the trace after TIME (us, ms, s, m, h)'
complete -c memtrace -n __memtrace_options -l limit -x -d 'end the trace after that many events'
complete -c memtrace -n __memtrace_options -l rules -r -F -d 'judge by the rules of FILE'
complete -c memtrace -n __memtrace_options -l max -x -a 'mapped.peak= tree.mapped.peak= committed.peak= tree.committed.peak= reserved.peak= tree.reserved.peak= file.peak= tree.file.peak= shared.peak= tree.shared.peak= exec.peak= tree.exec.peak= stack.peak= tree.stack.peak= heap.peak= tree.heap.peak= vmas.peak= tree.vmas.peak= calls.brk= failed.brk= calls.io_destroy= failed.io_destroy= calls.io_setup= failed.io_setup= calls.madvise= failed.madvise= calls.map_shadow_stack= failed.map_shadow_stack= calls.mbind= failed.mbind= calls.memfd_create= failed.memfd_create= calls.memfd_secret= failed.memfd_secret= calls.mincore= failed.mincore= calls.mlock= failed.mlock= calls.mlock2= failed.mlock2= calls.mlockall= failed.mlockall= calls.mmap= failed.mmap= calls.mprotect= failed.mprotect= calls.mremap= failed.mremap= calls.mseal= failed.mseal= calls.msync= failed.msync= calls.munlock= failed.munlock= calls.munlockall= failed.munlockall= calls.munmap= failed.munmap= calls.pkey_mprotect= failed.pkey_mprotect= calls.prctl= failed.prctl= calls.process_madvise= failed.process_madvise= calls.remap_file_pages= failed.remap_file_pages= calls.shmat= failed.shmat= calls.shmctl= failed.shmctl= calls.shmdt= failed.shmdt= calls.shmget= failed.shmget= calls.userfaultfd= failed.userfaultfd= ' -d 'a budget, such as committed.peak=512M'
complete -c memtrace -n __memtrace_options -l deny -x -a 'budget clobber exec-anon exec-deleted exec-stack failed huge leak mdwe null-page vma-headroom wx wx-transition ' -d 'a rule, such as wx'
complete -c memtrace -n __memtrace_options -l report -x -a 'text: json: junit: sarif: github: markdown: ' -d 'text, json, junit, sarif, github, markdown'
complete -c memtrace -n __memtrace_options -l baseline -r -F -d 'compare with what FILE has of an earlier run'
complete -c memtrace -n __memtrace_options -l update -d 'write FILE of --baseline anew'
complete -c memtrace -n __memtrace_options -l fail-on -x -d 'what counts: committed.peak>+5%,new-site'
complete -c memtrace -n __memtrace_options -l error-exitcode -x -d 'the status where a rule is violated'
complete -c memtrace -n __memtrace_options -l require-complete -d 'fail where not all could be seen'
complete -c memtrace -n __memtrace_options -l by -x -a 'process path site call' -d 'what mapped bytes are told by'
complete -c memtrace -n __memtrace_options -l top -x -d 'how long tables are'
complete -c memtrace -n __memtrace_options -l json -d 'as JSON, for programs'
complete -c memtrace -n __memtrace_options -l folded -x -a 'mapped live churn' -d 'as folded stacks, for flame graphs'
complete -c memtrace -n __memtrace_options -l pid -x -d 'of which process'
complete -c memtrace -n __memtrace_options -l at -x -d 'as of TIME after the start (us, ms, s)'
complete -c memtrace -n __memtrace_options -l seq -x -d 'as of the event with that seq'
complete -c memtrace -n __memtrace_options -l diff -x -d 'what is different at TIME'
complete -c memtrace -n __memtrace_options -l mysql -d 'the database; alone: as option files say'
complete -c memtrace -n __memtrace_options -l spool-limit -x -d 'the most to keep on disk while it\'s away'
complete -c memtrace -n __memtrace_options -l init -d 'create tables (import), a rules file (check)'
complete -c memtrace -n __memtrace_options -l spool -d 'load what earlier traces had to leave on disk'
complete -c memtrace -n __memtrace_options -l run -x -d 'the run to get back'
complete -c memtrace -n __memtrace_options -s h -l help -d 'show this text'
complete -c memtrace -n __memtrace_options -s V -l version -d 'show version and engines'
