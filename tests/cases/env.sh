# -E sets variables of the command's, and takes them out.
# engine too: notify perf
# shellcheck shell=bash

export KEPT=kept CHANGED=old REMOVED=here
env_of() { # OPTION...: the command's variables
	"$MEMTRACE" -q -o trace.jsonl "$@" -- env |
		grep -E '^(KEPT|CHANGED|REMOVED|NEW|EMPTY)' | sort
}

equal "without -E" "$(env_of)" $'CHANGED=old\nKEPT=kept\nREMOVED=here'
equal "set, change, remove" "$(env_of -E NEW=1 -E CHANGED=new -E REMOVED)" \
	$'CHANGED=new\nKEPT=kept\nNEW=1'
equal "--env" "$(env_of --env=NEW=1 --env REMOVED --env CHANGED=)" \
	$'CHANGED=\nKEPT=kept\nNEW=1'
equal "a value with =, one that is empty" "$(env_of -E NEW=a=b -E EMPTY= -E REMOVED -E CHANGED)" \
	$'EMPTY=\nKEPT=kept\nNEW=a=b'
equal "the last word counts" \
	"$(env_of -E NEW=1 -E NEW=2 -E REMOVED -E REMOVED=back -E KEPT=x -E KEPT)" \
	$'CHANGED=old\nNEW=2\nREMOVED=back'
equal "a variable that isn't there" "$(env_of -E NOSUCH)" $'CHANGED=old\nKEPT=kept\nREMOVED=here'
