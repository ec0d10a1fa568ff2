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

/*
 * sig_init_reading - the same for commands that trace nobody: only SIGPIPE and SIGXFSZ become errors. A tick would end
 * them, but for who calls sig_heed_ticks, too.
 */
void sig_init_reading(void);
void sig_heed_ticks(void);

/* sig_restore - put back what these found. Async-signal-safe: for a child before execve(2). */
void sig_restore(void);

/* sig_stops - how many requests to stop came so far; *ret_last is the last one's number. */
unsigned sig_stops(int *ret_last);

/*
 * sig_bear_short_files - files that a library of ours has mapped can get shorter at any time. From now on what is
 * gone reads as zeros, instead of ending us by SIGBUS.
 */
void sig_bear_short_files(void);

/*
 * sig_heed_interrupts - there is no command (any more) that the terminal's ^C and ^\ would be for:
 * from now on they are for us (unless they were ignored when memtrace was started).
 */
void sig_heed_interrupts(void);

/* sig_interrupts - how many came since. */
unsigned sig_interrupts(void);

/* sig_tick - let a tick interrupt system calls ten times a second, or no longer; fast ones stay on. */
void sig_tick(bool on);

/* sig_on_child - from now on a child that ends or stops interrupts system calls, too. */
void sig_on_child(void);

/* sig_tick_fast - ticks come, and 200 times a second; off: they go on at the usual pace. */
void sig_tick_fast(bool on);

/*
 * sig_on_tick - let each tick call `hook`, in its signal handler: for system calls that a signal doesn't
 * end, since the kernel makes them again by itself. NULL: none. Set it around that one call only, where
 * nothing else runs that the hook could get in the way of.
 */
void sig_on_tick(void (*hook)(void *), void *arg);

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
