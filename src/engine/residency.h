/* What of an address space is in memory. */
#pragma once

#include <sys/types.h>

#include "util/buf.h"

/*
 * residency_read - append /proc/PID/maps, and behind each line "Rss: N kB", as smaps has it (proc_pid_smaps(5)); or
 * smaps itself, where pages are huge or swapped out, or the kernel is older than 6.7: that walks through each page
 * and prints a kilobyte a range. Nobody may change the space meanwhile. Returns 0 or a negative errno.
 */
int residency_read(pid_t tid, struct buf *ret);
