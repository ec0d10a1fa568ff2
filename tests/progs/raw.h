/*
 * Memory calls for workloads: raw, so that a program's calls are those it writes, and checked,
 * so that a tracer which changed a result is noticed. Include this file first.
 */
#ifndef RAW_H
#define RAW_H

#define _GNU_SOURCE

#include <errno.h>
#include <linux/mman.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* vfork(2): safe in a child that shares its parent's memory. */
static inline _Noreturn void raw_die(const char *what)
{
	dprintf(2, "%s: %s\n", what, strerror(errno));
	_exit(1);
}

static inline unsigned long raw_mmap(
    unsigned long addr, unsigned long length, unsigned long prot, unsigned long flags)
{
	long ret = syscall(SYS_mmap, addr, length, prot, flags | MAP_ANONYMOUS, -1, 0);

	if (ret == -1)
		raw_die("mmap");
	return (unsigned long)ret;
}

static inline void raw_munmap(unsigned long addr, unsigned long length)
{
	if (syscall(SYS_munmap, addr, length) == -1)
		raw_die("munmap");
}

static inline void raw_mprotect(unsigned long addr, unsigned long length, unsigned long prot)
{
	if (syscall(SYS_mprotect, addr, length, prot) == -1)
		raw_die("mprotect");
}

static inline unsigned long raw_mremap(unsigned long addr, unsigned long length,
    unsigned long new_length, unsigned long flags, unsigned long new_addr)
{
	long ret = syscall(SYS_mremap, addr, length, new_length, flags, new_addr);

	if (ret == -1)
		raw_die("mremap");
	return (unsigned long)ret;
}

#endif
