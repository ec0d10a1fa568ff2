/* aarch64 (syscall(2), "Architecture calling conventions"). 32-bit ARM callers aren't decoded. */
#include "engine/arch.h"

#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/perf_event.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "decode/syscalls.h"
#include "util/cleanup.h"

static const struct arch_abi abis[] = {
    {ABI_AARCH64, AUDIT_ARCH_AARCH64, 0, 167, 220, 277, 117, 221, 281,
        {122, 123, 168, 119, 118, 274}, {63, 64, 93, 139}, NULL, 0},
};

/* x0 to x30, sp and pc: arch/arm64/include/uapi/asm/perf_regs.h. */
#define REGS_ALL ((UINT64_C(1) << 33) - 1)
#define REG_SP   31
#define REG_PC   32

/* x0 holds the result when the call has ended. */
const struct arch arch = {"aarch64", ABI_AARCH64, abis, countof(abis),
    0x3f | UINT64_C(1) << REG_SP | UINT64_C(1) << REG_PC, REGS_ALL, false};

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

void arch_sampled_by(const struct perf_record *record, enum abi abi, uint64_t args[6])
{
	(void)abi;
	for (unsigned i = 0; i < 6; i++)
		args[i] = perf_record_reg(record, i);
}

enum abi arch_sampled(const struct perf_record *record, uint64_t args[6])
{
	arch_sampled_by(record, ABI_AARCH64, args);
	return record->abi == PERF_SAMPLE_REGS_ABI_64 ? ABI_AARCH64 : ABI_COUNT;
}

enum abi arch_convention(pid_t tid, uint64_t nr, uint64_t ip, bool others)
{
	(void)tid, (void)nr, (void)ip, (void)others;
	return ABI_COUNT;
}

uint64_t arch_sampled_ip(const struct perf_record *record)
{
	return perf_record_reg(record, REG_PC);
}

void arch_sampled_registers(const struct perf_record *record, struct registers *ret)
{
	*ret = (struct registers){.sp = 31, .fp = 29};
	for (unsigned i = 0; i <= REG_SP; i++)
		ret->v[i] = perf_record_reg(record, i);
	ret->ip = perf_record_reg(record, REG_PC);
}

int arch_birth_flags(pid_t tid, uint64_t *ret)
{
	(void)tid, (void)ret;
	return -ENOSYS;
}

void arch_sleep_on(pid_t tid)
{
	(void)tid; /* the kernel decides on that before the stop: arch/arm64/kernel/signal.c, do_signal */
}
