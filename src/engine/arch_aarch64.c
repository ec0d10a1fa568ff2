/* aarch64 (syscall(2), "Architecture calling conventions"). 32-bit ARM callers aren't decoded. */
#include "engine/arch.h"

#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "decode/syscalls.h"
#include "util/cleanup.h"

static const struct arch_abi abis[] = {
    {ABI_AARCH64, AUDIT_ARCH_AARCH64, 0, 167, 220, 277, 117, 221, 281,
        {122, 123, 168, 119, 118, 274}, {63, 64, 93, 139}, NULL, 0},
};

const struct arch arch = {"aarch64", ABI_AARCH64, abis, countof(abis)};

enum abi arch_abi_of(uint32_t audit, uint64_t nr)
{
	(void)nr;
	return audit == AUDIT_ARCH_AARCH64 ? ABI_AARCH64 : ABI_COUNT;
}

int arch_call(pid_t tid, enum abi abi, uint64_t nr, uint64_t args[6])
{
	(void)tid, (void)args;
	return syscalls_find(abi, nr);
}

int64_t arch_result(pid_t tid, enum abi abi, uint64_t nr, const uint64_t args[6], int64_t result)
{
	(void)tid, (void)abi, (void)nr, (void)args;
	return result;
}

int arch_set_arg(pid_t tid, enum abi abi, unsigned index, uint64_t value)
{
	(void)abi;
	/* x0 holds the first argument at the entry and the result at the exit. */
	struct user_regs_struct regs;
	struct iovec iov = {&regs, sizeof(regs)};
	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &iov) < 0)
		return -errno;
	regs.regs[index] = value;
	return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &iov) < 0 ? -errno : 0;
}

int arch_skip(pid_t tid)
{
	int none = -1;
	struct iovec iov = {&none, sizeof(none)};
	if (ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &iov) < 0)
		return -errno;
	return arch_set_result(tid, -ENOSYS);
}

int arch_set_result(pid_t tid, int64_t result)
{
	return arch_set_arg(tid, ABI_AARCH64, 0, (uint64_t)result);
}

bool arch_registers(pid_t tid, struct registers *ret)
{
	struct user_regs_struct regs;
	struct iovec iov = {&regs, sizeof(regs)};
	*ret = (struct registers){.sp = 31, .fp = 29};
	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &iov) < 0)
		return false;
	for (unsigned i = 0; i < 31; i++)
		ret->v[i] = regs.regs[i];
	ret->v[31] = regs.sp;
	ret->ip = regs.pc;
	return true;
}

void arch_sleep_on(pid_t tid)
{
	(void)tid; /* the kernel decides on that before the stop: arch/arm64/kernel/signal.c, do_signal */
}
