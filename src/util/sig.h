/*
 * Signals that memtrace itself gets: what was set when it was started (given back to the command it
 * launches), requests to stop, and a tick that wakes blocked system calls.
 *
 * Handlers are installed without SA_RESTART, so wait4(2) and write(2) return EINTR. A signal that
 * comes just before such a call blocks would go unnoticed; the tick, which each handler starts,
 * makes up for that.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * sig_init - remember dispositions and mask, then: SIGTERM and SIGHUP count as requests to stop
 * (unless they were ignored: nohup(1)), the terminal's other signals are left to the command,
 * SIGPIPE and SIGXFSZ become errors of write(2). Once a process.
 */
void sig_init(void);

/* sig_init_reading - for commands that trace nobody: only SIGPIPE and SIGXFSZ become errors. */
void sig_init_reading(void);

/* sig_restore - put back what sig_init found. Async-signal-safe: for a child before execve(2). */
void sig_restore(void);

/* sig_stops - how many requests to stop came so far; *ret_last is the last one's number. */
unsigned sig_stops(int *ret_last);

/*
 * sig_heed_interrupts - the command has ended: the terminal's ^C and ^\ are for us from now on (unless
 * they were ignored when memtrace was started).
 */
void sig_heed_interrupts(void);

/* sig_interrupted - whether one came since. */
bool sig_interrupted(void);

/* sig_tick - let a tick interrupt system calls ten times a second, or no longer. */
void sig_tick(bool on);

/*
 * sig_stop_with - the command was stopped by job control: stop too, if both are one job of a
 * terminal, so that its shell sees it. Returns when the job is continued, at once where it is none.
 */
void sig_stop_with(pid_t command);

/*
 * sig_die - end this process by `signal`, without a core dump of our own. Returns only where the
 * kernel protects us from it (as pid 1, or a signal that kills nobody).
 */
void sig_die(int signal);
