/*
 * What differs between processors, for the engines that read registers. One file each:
 * arch_x86_64.c, arch_aarch64.c; the build picks it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/perf_record.h"
#include "raw.h"

/* A call that goes by another number than its row in syscalls[] has. */
struct arch_alias {
	int nr;
	int id; /* index into syscalls[] */
};

#define ARCH_SCHEDULING 6

/* One system call convention that programs on this machine can use. */
struct arch_abi {
	enum abi abi;
	uint32_t audit;  /* AUDIT_ARCH_* (linux/audit.h) */
	uint32_t nr_bit; /* set in each of its numbers (x32), or 0 */
	int nr_prctl;
	int nr_clone;
	int nr_seccomp;
	int nr_ptrace;
	int nr_execve;
	int nr_execveat;
	/* sched_setaffinity, sched_getaffinity, getcpu, sched_setscheduler, sched_setparam, sched_setattr (sched(7)) */
	int scheduling[ARCH_SCHEDULING];
	int strict[4]; /* what strict mode allows: read, write, exit, sigreturn (seccomp(2)) */
	const struct arch_alias *aliases;
	unsigned aliases_n;
};

struct arch {
	const char *name; /* as uname -m */
	enum abi native;
	/* The native one first; those with a nr_bit behind their own. */
	const struct arch_abi *abis;
	unsigned abis_n;
	/* Of the registers that a perf event can sample (asm/perf_regs.h), */
	uint64_t sampled;       /* those that tell of a call, at its end, */
	uint64_t sampled_stack; /* and those that a stack is unwound from */
	bool keeps_first;       /* the first argument is still there at the end */
};

extern const struct arch arch;

/*
 * arch_abi_of - the convention of a call with that AUDIT_ARCH_* and number; ABI_COUNT if unknown.
 */
enum abi arch_abi_of(uint32_t audit, uint64_t nr);

/*
 * arch_call - which row of syscalls[] a call that task `tid` is about to make is, or -1. What other
 * conventions do differently is put right in `args`: afterwards they are as the native call has
 * them.
 */
int arch_call(pid_t tid, enum abi abi, uint64_t nr, uint64_t args[6]);

/* arch_result - likewise what it returned; `args` are those that arch_call left. */
int64_t arch_result(pid_t tid, enum abi abi, uint64_t nr, const uint64_t args[6], int64_t result);

/*
 * arch_set_arg - change argument `index` (0 to 5) of the call that stopped task `tid` is about to
 * make by the convention `abi`. Returns 0 or a negative errno (-ESRCH: the task is gone).
 */
int arch_set_arg(pid_t tid, enum abi abi, unsigned index, uint64_t value);

/*
 * arch_skip - the call that a filter stopped task `tid` at isn't made, and fails with ENOSYS. Returns 0
 * or a negative errno.
 */
int arch_skip(pid_t tid);

/*
 * arch_birth_flags - the flags of clone(2) by which task `tid`, in the stop that tells of it, made another, or what its
 * fork(2) or vfork(2) comes to. Returns 0 or a negative errno: -ENOSYS where registers don't tell.
 */
int arch_birth_flags(pid_t tid, uint64_t *ret);

/*
 * arch_sleep_on - task `tid` was stopped by PTRACE_INTERRUPT: if that ended a call which the kernel doesn't
 * make again by itself (signal(7), "Interruption of system calls and library functions by stop signals"),
 * let it be made again, unless a signal handler runs first.
 */
void arch_sleep_on(pid_t tid);

/* arch_registers - those of stopped task `tid`. Returns whether it could be asked. */
bool arch_registers(pid_t tid, struct registers *ret);

/*
 * arch_sampled - the convention and the arguments (as arch_call wants them) of a call, from the registers that were
 * sampled at its end. Returns ABI_COUNT if they don't tell which it is: then whoever has the code tells.
 */
enum abi arch_sampled(const struct perf_record *record, uint64_t args[6]);

/*
 * arch_sampled_by - the same, where the convention is known by the code before the instruction pointer:
 * arch_convention.
 */
void arch_sampled_by(const struct perf_record *record, enum abi abi, uint64_t args[6]);

/*
 * arch_convention - which one the instruction is of that ends before address `ip` of task `tid`. `others`: registers
 * have told of other calls of this machine; it counts where the code can't be read any more.
 */
enum abi arch_convention(pid_t tid, uint64_t nr, uint64_t ip, bool others);

/* arch_sampled_ip, arch_sampled_registers - the instruction pointer, and all that unwinding needs. */
uint64_t arch_sampled_ip(const struct perf_record *record);
void arch_sampled_registers(const struct perf_record *record, struct registers *ret);

/* arch_set_result - what the call that `tid` comes out of returns. Returns 0 or a negative errno. */
int arch_set_result(pid_t tid, int64_t result);
