/*
 * x86_64, and the i386 and x32 programs that its kernels run (syscall(2), "Architecture calling
 * conventions").
 */
#include "engine/arch.h"

#include <asm/perf_regs.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

#include "decode/syscalls.h"
#include "engine/proc.h"
#include "util/cleanup.h"

#define X32_BIT 0x40000000

/* Of i386; those of its numbers that mean the same as ours are in syscalls.def. */
enum { I386_OLD_MMAP = 90, I386_IPC = 117, I386_MMAP2 = 192 };

/* What ipc(2) is asked to do: linux/ipc.h. */
enum { IPC_SHMAT = 21, IPC_SHMDT = 22, IPC_SHMGET = 23, IPC_SHMCTL = 24 };

static const struct arch_alias i386_aliases[] = {
    {I386_OLD_MMAP, SYS_ID_mmap},
    {I386_MMAP2, SYS_ID_mmap},
    {I386_IPC, SYS_ID_shmat},
    {I386_IPC, SYS_ID_shmdt},
    {I386_IPC, SYS_ID_shmget},
    {I386_IPC, SYS_ID_shmctl},
};

static const struct arch_abi abis[] = {
    {ABI_X86_64, AUDIT_ARCH_X86_64, 0, 157, 56, 317, 101, 59, 322, {203, 204, 309, 144, 142, 314},
        {0, 1, 60, 15}, NULL, 0},
    {ABI_X32, AUDIT_ARCH_X86_64, X32_BIT, 157, 56, 317, 521, 520, 545, {203, 204, 309, 144, 142, 314},
        {-1, -1, -1, -1}, NULL, 0},
    {ABI_I386, AUDIT_ARCH_I386, 0, 172, 120, 354, 26, 11, 358, {241, 242, 318, 156, 154, 351}, {3, 4, 1, 119},
        i386_aliases, countof(i386_aliases)},
};

#define BIT(name) (UINT64_C(1) << PERF_REG_X86_##name)

/* With ip, flags, cx and r11 for arch_sampled, and those of 32-bit callers. */
#define SAMPLED                                                                                    \
	(BIT(AX) | BIT(BX) | BIT(CX) | BIT(DX) | BIT(SI) | BIT(DI) | BIT(BP) | BIT(SP) | BIT(IP) |  \
	    BIT(FLAGS) | BIT(R8) | BIT(R9) | BIT(R10) | BIT(R11))

const struct arch arch = {"x86_64", ABI_X86_64, abis, countof(abis), SAMPLED,
    SAMPLED | BIT(R12) | BIT(R13) | BIT(R14) | BIT(R15), true};

enum abi arch_abi_of(uint32_t audit, uint64_t nr)
{
	if (audit == AUDIT_ARCH_I386)
		return ABI_I386;
	if (audit != AUDIT_ARCH_X86_64)
		return ABI_COUNT;
	return nr & X32_BIT ? ABI_X32 : ABI_X86_64;
}

/* i386's first mmap takes a pointer to its six arguments. */
static int old_mmap(pid_t tid, uint64_t args[6])
{
	uint32_t words[6] = {0};
	proc_memory(tid, args[0], words, sizeof(words)); /* if it fails, so will the call: EFAULT */
	for (unsigned i = 0; i < countof(words); i++)
		args[i] = words[i];
	return SYS_ID_mmap;
}

/*
 * ipc(what, first, second, third, ptr) before it was taken apart: shmat's address comes back
 * through the pointer `third`, which is kept where shmat has no argument.
 */
static int ipc(uint64_t args[6])
{
	uint64_t first = args[1], second = args[2], third = args[3], ptr = args[4];
	int call;
	switch (args[0] & 0xffff) {
	case IPC_SHMAT:
		args[0] = first;
		args[1] = ptr;
		args[2] = second;
		args[5] = third;
		return SYS_ID_shmat;
	case IPC_SHMDT:
		args[0] = ptr;
		args[5] = 0; /* no address comes back */
		return SYS_ID_shmdt;
	case IPC_SHMGET:
	case IPC_SHMCTL:
		call = (args[0] & 0xffff) == IPC_SHMGET ? SYS_ID_shmget : SYS_ID_shmctl;
		args[0] = first;
		args[1] = second;
		args[2] = call == SYS_ID_shmget ? third : ptr;
		args[5] = 0;
		return call;
	default: return -1;
	}
}

int arch_call(pid_t tid, enum abi abi, uint64_t nr, uint64_t args[6])
{
	if (abi != ABI_I386)
		return syscalls_find(abi, abi == ABI_X32 ? nr & ~(uint64_t)X32_BIT : nr);
	switch (nr) {
	case I386_OLD_MMAP: return old_mmap(tid, args);
	case I386_IPC: return ipc(args);
	case I386_MMAP2: args[5] <<= 12; return SYS_ID_mmap; /* in units of 4096: mmap2(2) */
	default: return syscalls_find(abi, nr);
	}
}

int64_t arch_result(pid_t tid, enum abi abi, uint64_t nr, const uint64_t args[6], int64_t result)
{
	uint32_t address = 0;
	if (abi != ABI_I386 || nr != I386_IPC || result < 0 || args[5] == 0)
		return result;
	proc_memory(tid, args[5], &address, sizeof(address));
	return address;
}

/*
 * Where a register is for PTRACE_POKEUSER, which names those of 32-bit programs as it does ours; the
 * register sets of these are of another layout.
 */
#define REGISTER(name) offsetof(struct user, regs.name)

/* Change one register of a stopped task. */
static int set_register(pid_t tid, size_t at, uint64_t value)
{
	return ptrace(PTRACE_POKEUSER, tid, at, value) < 0 ? -errno : 0;
}

int arch_set_arg(pid_t tid, enum abi abi, unsigned index, uint64_t value)
{
	static const size_t args[] = {REGISTER(rdi), REGISTER(rsi), REGISTER(rdx), REGISTER(r10),
	    REGISTER(r8), REGISTER(r9)};
	static const size_t i386_args[] = {REGISTER(rbx), REGISTER(rcx), REGISTER(rdx), REGISTER(rsi),
	    REGISTER(rdi), REGISTER(rbp)};
	return set_register(tid, abi == ABI_I386 ? i386_args[index] : args[index], value);
}

int arch_skip(pid_t tid)
{
	int r = arch_set_result(tid, -ENOSYS);
	return r < 0 ? r
	             : set_register(tid, REGISTER(orig_rax), UINT64_MAX);
}

int arch_set_result(pid_t tid, int64_t result)
{
	return set_register(tid, REGISTER(rax), (uint64_t)result);
}

/* Those that fail with EINTR after any stop, and have done nothing then. */
static bool is_ended_by_stops(int64_t nr)
{
	switch (nr) {
	case SYS_read: /* of inotify(7) */
	case SYS_readv:
	case SYS_accept: /* these with a timeout of the socket's: socket(7), SO_RCVTIMEO and SO_SNDTIMEO */
	case SYS_accept4:
	case SYS_recvfrom:
	case SYS_recvmsg:
	case SYS_recvmmsg:
	case SYS_connect:
	case SYS_write:
	case SYS_writev:
	case SYS_sendto:
	case SYS_sendmsg:
	case SYS_sendmmsg:
	case SYS_sendfile:
	case SYS_splice:
	case SYS_io_uring_enter:
	case SYS_semop:
	case SYS_semtimedop:
	case SYS_rt_sigtimedwait:
	case SYS_io_getevents:
	case SYS_io_pgetevents:
	case SYS_epoll_wait:
	case SYS_epoll_pwait:
	case SYS_epoll_pwait2: return true;
	default: return false;
	}
}

/* The same of i386, with those that its programs reach by socketcall(2) and ipc(2). */
static bool is_ended_by_stops_32(int64_t nr)
{
	static const int calls[] = {3, 4, 102, 117, 145, 146, 177, 187, 239, 247, 256, 313, 319, 337, 345, 362, 364, 369,
	    370, 371, 372, 385, 416, 417, 420, 421, 426, 441};
	for (size_t i = 0; i < countof(calls); i++) {
		if (nr == calls[i])
			return true;
	}
	return false;
}

/* arch/x86/include/asm/segment.h: __USER_CS, __USER32_CS. */
#define CS_64BIT 0x33
#define CS_32BIT 0x23

int arch_birth_flags(pid_t tid, uint64_t *ret)
{
	static const struct {
		long clone, clone3, fork, vfork;
	} wide = {SYS_clone, SYS_clone3, SYS_fork, SYS_vfork}, narrow = {120, 435, 2, 190};
	bool is_narrow = ptrace(PTRACE_PEEKUSER, tid, REGISTER(cs), 0) == CS_32BIT;
	long nr = ptrace(PTRACE_PEEKUSER, tid, REGISTER(orig_rax), 0) & ~X32_BIT;
	long arg = ptrace(PTRACE_PEEKUSER, tid, is_narrow ? REGISTER(rbx) : REGISTER(rdi), 0);
	errno = 0;
	if (nr == (is_narrow ? narrow.clone : wide.clone))
		*ret = (uint64_t)arg;
	else if (nr == (is_narrow ? narrow.clone3 : wide.clone3)) /* the first word there */
		*ret = (uint64_t)ptrace(PTRACE_PEEKDATA, tid, arg, 0);
	else if (nr == (is_narrow ? narrow.vfork : wide.vfork))
		*ret = CLONE_VM | CLONE_VFORK;
	else if (nr == (is_narrow ? narrow.fork : wide.fork))
		*ret = 0;
	else
		return -ENOSYS;
	return -errno;
}

#define ERESTARTNOHAND_NR 514 /* include/linux/errno.h: made again if no handler runs, else EINTR */

void arch_sleep_on(pid_t tid)
{
	long result = ptrace(PTRACE_PEEKUSER, tid, REGISTER(rax), 0);
	long cs = ptrace(PTRACE_PEEKUSER, tid, REGISTER(cs), 0);
	long nr = ptrace(PTRACE_PEEKUSER, tid, REGISTER(orig_rax), 0);
	if ((int32_t)result != -EINTR)
		return;
	if ((cs == CS_64BIT && is_ended_by_stops(nr)) || (cs == CS_32BIT && is_ended_by_stops_32(nr)))
		arch_set_result(tid, -ERESTARTNOHAND_NR);
}

/* As the psABI of i386 numbers them, the return address last. */
static void narrow_registers(const struct user_regs_struct *regs, struct registers *ret)
{
	const uint64_t v[] = {regs->rax, regs->rcx, regs->rdx, regs->rbx, regs->rsp, regs->rbp, regs->rsi,
	    regs->rdi, regs->rip};
	for (unsigned i = 0; i < countof(v); i++)
		ret->v[i] = (uint32_t)v[i];
	ret->ip = (uint32_t)regs->rip;
	ret->sp = 4;
	ret->fp = 5;
	ret->narrow = true;
}

static void wide_registers(const struct user_regs_struct *regs, struct registers *ret)
{
	const uint64_t v[] = {regs->rax, regs->rdx, regs->rcx, regs->rbx, regs->rsi, regs->rdi, regs->rbp,
	    regs->rsp, regs->r8, regs->r9, regs->r10, regs->r11, regs->r12, regs->r13, regs->r14,
	    regs->r15, regs->rip};
	memcpy(ret->v, v, sizeof(v));
	ret->ip = regs->rip;
	ret->sp = 7;
	ret->fp = 6;
}

#define SAMPLE(name) perf_record_reg(record, PERF_REG_X86_##name)

void arch_sampled_by(const struct perf_record *record, enum abi abi, uint64_t args[6])
{
	if (abi == ABI_I386) {
		const uint64_t narrow[6] = {
		    SAMPLE(BX), SAMPLE(CX), SAMPLE(DX), SAMPLE(SI), SAMPLE(DI), SAMPLE(BP)};
		for (unsigned i = 0; i < 6; i++)
			args[i] = (uint32_t)narrow[i];
		return;
	}
	const uint64_t wide[6] = {
	    SAMPLE(DI), SAMPLE(SI), SAMPLE(DX), SAMPLE(R10), SAMPLE(R8), SAMPLE(R9)};
	memcpy(args, wide, sizeof(wide));
}

/*
 * The instruction syscall leaves the addresses of what comes next in cx and the flags in r11, where the processor
 * isn't one with FRED; int $0x80 of a 64-bit program changes neither.
 */
enum abi arch_sampled(const struct perf_record *record, uint64_t args[6])
{
	enum abi abi = record->nr & X32_BIT ? ABI_X32 : ABI_X86_64;
	if (record->abi == PERF_SAMPLE_REGS_ABI_32)
		abi = ABI_I386;
	else if (record->abi != PERF_SAMPLE_REGS_ABI_64 || SAMPLE(CX) != SAMPLE(IP) || SAMPLE(R11) != SAMPLE(FLAGS))
		return ABI_COUNT;
	arch_sampled_by(record, abi, args);
	return abi;
}

enum abi arch_convention(pid_t tid, uint64_t nr, uint64_t ip, bool others)
{
	uint8_t code[2];
	bool known = proc_memory(tid, ip - sizeof(code), code, sizeof(code)) == sizeof(code);
	/* Where syscall tells, what doesn't isn't one. */
	if (known ? code[0] == 0xcd && code[1] == 0x80 : others)
		return ABI_I386;
	return nr & X32_BIT ? ABI_X32 : ABI_X86_64;
}

uint64_t arch_sampled_ip(const struct perf_record *record)
{
	return SAMPLE(IP);
}

void arch_sampled_registers(const struct perf_record *record, struct registers *ret)
{
	struct user_regs_struct regs = {.rax = SAMPLE(AX),
	    .rbx = SAMPLE(BX),
	    .rcx = SAMPLE(CX),
	    .rdx = SAMPLE(DX),
	    .rsi = SAMPLE(SI),
	    .rdi = SAMPLE(DI),
	    .rbp = SAMPLE(BP),
	    .rsp = SAMPLE(SP),
	    .rip = SAMPLE(IP),
	    .r8 = SAMPLE(R8),
	    .r9 = SAMPLE(R9),
	    .r10 = SAMPLE(R10),
	    .r11 = SAMPLE(R11),
	    .r12 = SAMPLE(R12),
	    .r13 = SAMPLE(R13),
	    .r14 = SAMPLE(R14),
	    .r15 = SAMPLE(R15)};
	*ret = (struct registers){0};
	if (record->abi == PERF_SAMPLE_REGS_ABI_32)
		narrow_registers(&regs, ret);
	else
		wide_registers(&regs, ret);
}

bool arch_registers(pid_t tid, struct registers *ret)
{
	struct user_regs_struct regs;
	*ret = (struct registers){0};
	if (ptrace(PTRACE_GETREGS, tid, 0, &regs) < 0)
		return false;
	if (regs.cs == CS_32BIT) {
		narrow_registers(&regs, ret);
		return true;
	}
	wide_registers(&regs, ret);
	return true;
}
