# Others' self-tests and everyday programs give the same results traced as untraced. With the
# packages libpython3.11-testsuite, redis-tools, git, perl and make all of it runs; else less.
# shellcheck shell=bash disable=SC2016,SC2018,SC2019,SC2086,SC2154 # scripts are in quotes
bad="" names=()

# Run SCRIPT (a shell's) untraced and traced, each in a folder of its own; in the background.
same() { # NAME SCRIPT
	local name=$1 how
	names+=("$name")
	for how in plain auto; do
		mkdir -p "$name.$how"
		(
			cd "$name.$how" || exit 1
			command=(bash -c "$2" "$name")
			[ $how = plain ] ||
				command=("$MEMTRACE" -q -o "../$name.trace" -- "${command[@]}")
			timeout -k 1 45 "${command[@]}" >../"$name.$how.output" 2>&1 </dev/null
			echo "status $?" >>../"$name.$how.output"
		) &
	done
}

same bash '
	exec 2>/dev/null # where bash tells of ended jobs, when it comes to it
	set -m
	trap "echo caught USR1" USR1
	(trap "echo child TERM; exit 7" TERM; kill -STOP $BASHPID; kill -TERM $BASHPID; echo no) &
	job=$!
	# For who is traced ps says t.
	until [ "$(ps -o stat= $job | cut -c1 | tr t T)" = T ]; do :; done
	jobs | sed "s/[0-9][0-9]*$//" | cut -c1-30
	kill -USR1 $$
	kill -CONT $job
	until wait $job; status=$?; [ $status != 147 ]; do :; done # that it had stopped
	echo "status $status"
	cat <(echo a) <(echo b) | tr a-z A-Z
	(exec 9>x; ulimit -f 1; head -c 100000 /dev/zero >&9) 2>/dev/null
	echo "status $?"
	coproc cat
	echo through >&${COPROC[1]}
	read -r line <&${COPROC[0]}
	echo "$line"
	echo "${PIPESTATUS[@]}"
	{ sleep 100 & } 2>/dev/null
	kill %sleep; wait %sleep 2>/dev/null; echo "status $?"
	timeout -s INT 0.2 tail -f /dev/null; echo "status $?"'

if command -v make >/dev/null && command -v gcc >/dev/null; then
	same make '
		for i in 1 2 3 4 5 6; do echo "int f$i(void) { return $i; }" >f$i.c; done
		echo "int f3(void), f4(void); int main(void) { return f3() + f4(); }" >main.c
		printf "all: prog\n\t./prog; test \$\$? = 7\n" >Makefile
		printf "prog: main.o f1.o f2.o f3.o f4.o f5.o f6.o\n" >>Makefile
		printf "\tgcc -o \$@ \$^\nbroken:\n\tfalse\n" >>Makefile
		make -j4 -s all; echo "status $?"
		make -s broken 2>/dev/null; echo "status $?"
		make -q; echo "status $?"'
fi

if command -v git >/dev/null; then
	same git '
		export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE="1700000000 +0000"
		export GIT_COMMITTER_DATE="1700000000 +0000" GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=e
		export GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=e
		git init -q -b main r && cd r
		for i in $(seq 1 20); do seq $i 400 >file$i; done
		git add . && git commit -qm first
		git checkout -qb side && seq 5 300 >file3 && git commit -qam side
		git checkout -q main && seq 1 9 >>file4 && git commit -qam other
		git merge -q -m merged side && git gc -q && git fsck --no-progress --strict
		git clone -q . ../copy && git -C ../copy log --format="%H %s" --graph
		git stash list; git grep -c 399 | sort; git bisect start HEAD HEAD~1 | tail -n 1'
fi

if command -v prove >/dev/null; then
	mkdir t
	cat >t/own.t <<'END'
use strict; use warnings; use Test::More; use POSIX ":sys_wait_h"; use IO::Handle;
my $pid = fork; exit 3 if !$pid; waitpid $pid, 0; is($? >> 8, 3, "an exit");
my $got = 0; $SIG{ALRM} = sub { $got++ }; alarm 1; select undef, undef, undef, 5;
is($got, 1, "alarm");
$pid = fork; if (!$pid) { kill "KILL", $$; } waitpid $pid, 0; is($? & 127, 9, "a signal");
is(`echo \$((6*7))`, "42\n", "a pipe");
$pid = open(my $in, "-|", "kill -SEGV \$\$"); close $in; is($? & 127, 11, "a signal in a pipe");
$pid = fork; if (!$pid) { kill "STOP", $$; exit 4 }
waitpid $pid, WUNTRACED; ok(WIFSTOPPED(${^CHILD_STATUS_NATIVE}), "stopped");
kill "CONT", $pid; waitpid $pid, 0; is($? >> 8, 4, "and continued");
is(system("exit 5") >> 8, 5, "system"); done_testing;
END
	same perl 'prove -v ../t/own.t 2>&1 | grep -v "^Files="'
fi

# The checker of redis-tools is the server by another name; the server's own package would start one.
command -v redis-server >/dev/null || ! command -v redis-check-rdb >/dev/null ||
	ln -s "$(command -v redis-check-rdb)" redis-server
PATH=$PATH:$PWD
if command -v redis-server >/dev/null; then
	same redis '
		redis-server --port 0 --unixsocket "$PWD/s" --dir "$PWD" --save "" --daemonize yes \
			--logfile log >/dev/null
		until [ "$(redis-cli -s s ping 2>/dev/null)" = PONG ]; do :; done
		seq 1 20000 | sed "s/.*/SET key& value&/" | redis-cli -s s --pipe | tail -n 1
		redis-cli -s s bgsave >/dev/null
		until redis-cli -s s info persistence | grep -q rdb_bgsave_in_progress:0; do :; done
		redis-cli -s s info persistence | grep rdb_last_bgsave_status | tr -d "\r"
		redis-cli -s s dbsize; redis-cli -s s get key777
		redis-cli -s s shutdown nosave; echo "status $?"
		redis-server --port 0 --unixsocket "$PWD/s" --dir "$PWD" --daemonize yes >/dev/null
		until [ "$(redis-cli -s s ping 2>/dev/null)" = PONG ]; do :; done
		redis-cli -s s dbsize; redis-cli -s s shutdown; echo "status $?"'
fi

# Python's: which tests of these there are, and how each ended. Left out are slow ones that wait.
python_tests() { # NAME OPTION...
	same "$1" "/usr/bin/python3 -m unittest -v ${*:2} test.$1 2>&1 | awk '
		/ \\.\\.\\. /        { name = \$1 \" \" \$2 }
		/(ok|ERROR|FAIL|skipped .*|expected failure)\$/ {
			result = \$NF; if (\$0 ~ / skipped /) result = \"skipped\"
			if (name != \"\") print name, result; name = \"\" }
		/^(ERROR|FAIL): / { print }' | sort"
}
if /usr/bin/python3 -c 'import test.test_signal, test.test_mmap' 2>/dev/null; then
	python_tests test_mmap
	python_tests test_posix
	python_tests test_os
	python_tests test_signal -k PosixTests -k WakeupFDTests -k PendingSignalsTests \
		-k GenericTests -k RaiseSignalTest -k PidfdSignalTest
	python_tests test_subprocess -k .POSIXProcessTestCase -k RunFuncTestCase -k MiscTests
else
	echo "Python's tests need libpython3.11-testsuite"
fi
wait

for name in "${names[@]}"; do
	echo "compared: $name, $(wc -l <"$name.plain.output") lines"
	diff "$name.plain.output" "$name.auto.output" >"$name.difference" ||
		bad+="; $name: $(head -c 2000 "$name.difference")"
	[ "$(tail -n 1 "$name.trace" | jq -c .coverage)" = '"complete"' ] ||
		bad+="; $name: the end is $(tail -n 1 "$name.trace")"
done
equal "what differs" "${bad#; }" ""
