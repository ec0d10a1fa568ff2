/*
 * memtrace: strace for memory maps.
 *
 * A map of the source, top-down. Data goes one way, from an engine (or a recorded trace) to the
 * sinks; a directory includes only those that stand below it here.
 *
 *   main.c              this file: the way in and the way out
 *   cli/                the command line
 *     options.[ch]        argv to struct opts, by the table options.def
 *     commands.[ch]       the table of subcommands
 *     baseline.[ch]       profiles from and to files
 *     judge.[ch]          a verdict as an exit status
 *     recorded.[ch]       what commands that read traces share
 *     cmd_*.c             one a command: cmd_trace.c launches and traces
 *     progress.[ch]       how far a long job is
 *   pipeline.[ch]       the one loop: next, select, number, emit
 *   source.h            where events come from:
 *     source_live.c       an engine, the decoder and the life of the command
 *     choice.[ch]         which engine
 *     source_trace.c      recorded traces
 *   select.[ch]         -e, -z, -Z, --min-size
 *   sink/               where events go
 *     sink.h, sinks.[ch]  the interface and the table
 *     lines.[ch]          what those that print events share
 *     sink_*.c            one a sink: sink_jsonl.c prints lines of JSON, sink_text.c lines for people,
 *                         sink_mysql.c rows, sink_web.c a page, sink_audit.c words about findings, sink_summary.c tables
 *   web/                a run as a live page
 *     server.[ch]         who is answered, and when: http.[ch] loads the library
 *     listen.[ch]         an address in words to a socket
 *     visitors.[ch]       who is connected, and too slow
 *     guard.[ch]          who may ask: token.[ch] what they must know
 *     request.[ch]        what they ask
 *     api.[ch]            documents for scripts: /api/v1/
 *     stream.[ch]         what open pages are told: filter.[ch] says which events
 *     documents.h         parts of both: document_*.c, put down by put.[ch]
 *     runs.[ch]           the runs that are shown
 *     live.[ch]           one of them, kept up as events come
 *     roster.[ch]         its processes
 *     sites.[ch]          who made what it has mapped
 *     track.[ch]          values over time
 *     tail.[ch]           its last events
 *     residents.[ch]      what of it is in memory
 *     follow.[ch]         recorded events to runs
 *     database.[ch]       runs of a database
 *     legacy.[ch]         rows of insertar_proceso
 *     assets/, embed      the page: modules fetches what it's made of, assets.[ch] finds its files
 *   db/                 events as rows of a MySQL database
 *     feed.[ch]           a thread that gives events to the loader
 *     queue.[ch]          events that wait for it
 *     spool.[ch]          what waits on disk for the database
 *     loader.[ch]         batches as transactions: loader_state.h, loader_run.c, loader_rows.c
 *     fetch.[ch]          a run's events back from the database
 *     reading.[ch]        what those that read from it share
 *     row.[ch]            event to row and back, by columns.def
 *     names.[ch]          names that rows refer to by number
 *     derive.[ch]         the rows of processes and findings
 *     schema.[ch], embed  the tables: the files of sql/
 *     dsn.[ch]            where a database is
 *     conn.h, conn_mysql.c  the client library, which client.[ch] loads; conn_none.c where there is none
 *     greeting.[ch]       what a server offers before a login
 *   audit/              whether that is as it should be
 *     audit.[ch]          rules beside a run; findings
 *     rule.h, rules.c     the interface and the table of rules
 *     rule_*.c            one a rule
 *     say.[ch]            what rules have in common
 *     profile.[ch]        what a run comes to, to hold others against
 *     starter.[ch]        a rules file to begin with
 *     compare.[ch]        two of these
 *     written.[ch]        shared memory that was ever writable
 *     config.[ch]         rules files, --max, --deny
 *     gate.[ch]           what options ask for
 *     format.h, formats.c the table of reports
 *     format_*.c          one a report
 *   report/             what events come to
 *     report.h            a ledger for people, programs, flame graphs: report_text.c,
 *                         report_json.c, report_folded.c
 *     ledger.[ch]         what a run comes to
 *     document.[ch]       JSON documents
 *     summary.[ch]        the tables of -c
 *     groups.[ch]         calls by who, what, where from
 *     site.[ch]           where a call comes from
 *     view.[ch]           a space at a moment
 *     holdings.[ch]       what a process has at its end
 *     series.[ch]         a value over time
 *     words.[ch]          figures for people
 *     causes.c            what errors mean
 *     history.[ch]        what was done to which addresses
 *     crash.[ch]          why an access to memory failed
 *     stacks.[ch]         stacks by number, and in words
 *   unwind/             who made a call
 *     unwind.[ch]         registers and a piece of stack to frames
 *     cfi.[ch]            DWARF's rules from one to the next
 *     module.[ch]         files of code: their rules, symbols, lines
 *   model/              the address spaces that events make
 *     model.[ch]          who uses which
 *     space.[ch]          one of them: its ranges
 *     apply.[ch]          what a call does to one
 *     truth.[ch]          one beside /proc/PID/maps
 *     shared.[ch]         memory that several of them have
 *     usage.[ch]          metrics and their peaks
 *   trace/              events as lines
 *     writer.[ch]         event to line
 *     text.[ch]           event to a line for people: text_arguments.c, text_flags.c
 *     reader.[ch]         a stream of lines to events
 *     parse.[ch]          line to event
 *     take.[ch]           values off a line
 *     json.[ch]           as much of JSON as that takes
 *     event.schema.json   the contract of a line
 *   engine/             the kernel's view to raw records
 *     engine.h, engines.c the interface and the table
 *     engine_*.c          one an engine: engine_ptrace.c has the ptrace engine's loop
 *     ptrace_calls.c        its entries and exits of calls
 *     ptrace_own.c          calls that concern the engine: filters, names, tracing
 *     ptrace_tasks.c        births, execs, deaths
 *     ptrace_attach.c       attaching to what runs
 *     ptrace_wait.c         waiting for stops
 *     ptrace_exit.c         what the dead leave behind
 *     ptrace_colocate.c     who runs where
 *     ptrace_stack.c        pieces of stacks
 *     ptrace_leave.c        letting go, killing
 *     engine_notify.c       the notify engine
 *     clients.[ch]          its processes
 *     engine_perf.c         the perf engine's loop
 *     perf_watch.c          what the kernel's records mean
 *     perf_calls.c          its captured calls
 *     perf_attach.c         who ran before, and who runs on
 *     perf_image.[ch]       what a new image has mapped
 *     perf_order.[ch]       its records into the kernel's order
 *     perf_events.[ch]      the events that it opens
 *     perf_ring.[ch]        the rings that these write to
 *     perf_pump.[ch]        a thread that empties them in time
 *     perf_record.[ch]      bytes of a ring to a record
 *     perf_filter.[ch]      which calls the kernel is to tell of
 *     tracefs.[ch]          the kernel's list of tracepoints
 *     cgroup.[ch]           control groups
 *     guardian.[ch]         who answers when memtrace no longer does
 *     spin.[ch]           whether to look for stops or wait
 *     colocate.[ch]       whether who stops is to do so, or to run, on our processor
 *     affinity.[ch]       a task's processors, lent and given back
 *     order.[ch]          records into the kernel's order
 *     stop.[ch]           wait status to kind of stop
 *     task.[ch]           tasks, processes, spaces
 *     filter.[ch]         the seccomp filter
 *     probe.[ch]          whether another filter hides calls from it
 *     records.[ch]        what engines have in common about raw records
 *     launch.[ch]         starting a command
 *     memory.[ch]         what arguments point to: names, masks, contexts
 *     shortage.[ch]       what a task may have, when it wanted more
 *     residency.[ch]      what of a space is in memory
 *     targets.[ch]        attaching to several
 *     refusal.[ch]        why a process can't be attached to
 *     proc.[ch]           readers of /proc
 *     arch.h, arch_*.c    what differs between processors
 *   decode/             what raw records mean
 *     decode.[ch]         raw to event
 *     syscalls.[ch]       the table syscalls.def
 *     refine.c            what registers alone don't say
 *     effect.[ch]         what calls do to ranges
 *     flags.[ch]          the table flags.def
 *     errnos.[ch]         names of errors and signals
 *     shortage.[ch]       why there was no memory
 *     maps.[ch]           the text of /proc/PID/maps
 *   raw.h, event.h, opts.h   the values that cross the borders;
 *                       fields.def: every key of an event, options.def: every option
 *   util/               nothing that knows what memtrace is: out.[ch] writes streams, pack.[ch]
 *                       makes them smaller
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/recorded.h"
#include "db/conn.h"
#include "engine/engine.h"
#include "util/log.h"
#include "version.h"
#include "web/assets.h"

/*
 * Descriptors 0 to 2 that we weren't given stay taken, or files that we open would be what the
 * command reads and writes. They close on its execve, so it gets none either; and they refuse the
 * direction that they would be used in, so that lost output shows.
 */
static void fill_streams(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", (fd ? O_RDONLY : O_WRONLY) | O_CLOEXEC) != fd)
			_exit(EXIT_STATUS_FAILED);
	}
}

static int show_help(void)
{
	struct buf text = {0};
	options_help(&text);
	size_t written = fwrite(text.data, 1, text.len, stdout);
	bool good = written == text.len && fflush(stdout) == 0;
	buf_free(&text);
	return good ? 0 : EXIT_STATUS_FAILED;
}

static int show_version(void)
{
	printf("memtrace %s\nengines:", MEMTRACE_VERSION);
	for (unsigned i = 0; i < engines_count; i++)
		printf(" %s", engines[i]->name);
	printf("\nwith:%s%s\n", conn_exists() ? " MySQL" : "", assets_whole ? " live page" : "");
	return fflush(stdout) == 0 ? 0 : EXIT_STATUS_FAILED;
}

int main(int argc, char **argv)
{
	struct opts opts;
	struct err err = {.status = 0};
	fill_streams();
	log_init("memtrace", false);
	int r = options_parse(argc, argv, &opts, &err);
	if (r < 0) {
		log_error("%s", err.text);
		options_free(&opts);
		return opts.subcommand ? STATUS_TROUBLE : err.status;
	}
	if (r != OPTIONS_RUN) {
		options_free(&opts);
		return r == OPTIONS_HELP ? show_help() : show_version();
	}
	log_init("memtrace", opts.quiet);
	int status = options_command(&opts)->run(&opts, &err);
	if (err.text[0])
		log_error("%s", err.text);
	options_free(&opts);
	return status;
}
