/*
 * src/engine/arch_aarch64.c, on any processor: its registers are the test's, and ptrace(2) reads and writes them
 * there. The numbers are those of include/uapi/asm-generic/unistd.h, which aarch64 has.
 */
#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "decode/decode.h"
#include "decode/syscalls.h"
#include "unit.h"

/* As arch/arm64/include/uapi/asm/ptrace.h has them. */
struct arm_registers {
	unsigned long long regs[31], sp, pc, pstate;
};

static struct arm_registers registers;
static int syscall_number;
static int refused; /* errno of all requests, or 0 */

static long arm_ptrace(int request, pid_t tid, int set, struct iovec *iov)
{
	void *kept = set == NT_ARM_SYSTEM_CALL ? (void *)&syscall_number : (void *)&registers;
	size_t size = set == NT_ARM_SYSTEM_CALL ? sizeof(syscall_number) : sizeof(registers);
	ck_assert_int_eq(tid, 7);
	ck_assert(set == NT_ARM_SYSTEM_CALL || set == NT_PRSTATUS);
	ck_assert_uint_eq(iov->iov_len, size);
	errno = refused;
	if (refused)
		return -1;
	if (request == PTRACE_GETREGSET)
		memcpy(iov->iov_base, kept, size);
	else
		memcpy(kept, iov->iov_base, size);
	return 0;
}

#define ptrace           arm_ptrace
#define user_regs_struct arm_registers
#define arch             arm
#define arch_abi_of      arm_abi_of
#define arch_call        arm_call
#define arch_result      arm_result
#define arch_set_arg     arm_set_arg
#define arch_skip        arm_skip
#define arch_set_result  arm_set_result
#define arch_registers   arm_registers_of
#define arch_sleep_on    arm_sleep_on
#define arch_birth_flags arm_birth_flags
#define arch_sampled     arm_sampled
#define arch_sampled_by  arm_sampled_by
#define arch_sampled_ip  arm_sampled_ip
#define arch_convention  arm_convention
#define arch_sampled_registers arm_sampled_registers
#include "engine/arch.h"
#include "engine/arch_aarch64.c"

static void fill(void)
{
	for (unsigned i = 0; i < 31; i++)
		registers.regs[i] = 100 + i;
	registers.sp = 0x7ffff000;
	registers.pc = 0x400000;
	syscall_number = 222;
	refused = 0;
}

START_TEST(conventions)
{
	uint64_t args[6] = {0};
	ck_assert_int_eq(arm.native, ABI_AARCH64);
	ck_assert_int_eq(arm_abi_of(AUDIT_ARCH_AARCH64, 222), ABI_AARCH64);
	ck_assert_int_eq(arm_abi_of(AUDIT_ARCH_ARM, 192), ABI_COUNT);
	ck_assert_int_eq(arm_call(7, ABI_AARCH64, 222, args), SYS_ID_mmap);
	ck_assert_int_eq(arm_call(7, ABI_AARCH64, 9, args), -1); /* x86_64's mmap */
	ck_assert_int_eq(arm.abis[0].nr_prctl, 167);
	ck_assert_int_eq(arm.abis[0].nr_clone, 220);
	ck_assert_int_eq(arm.abis[0].nr_execve, 221);
}
END_TEST

/* x0 is the first argument at the entry of a call, and its result at the exit. */
START_TEST(x0_is_argument_and_result)
{
	fill();
	ck_assert_int_eq(arm_set_arg(7, ABI_AARCH64, 0, 5), 0);
	ck_assert_uint_eq(registers.regs[0], 5);
	ck_assert_uint_eq(registers.regs[1], 101);
	ck_assert_int_eq(arm_set_result(7, -ENOMEM), 0);
	ck_assert_int_eq((int64_t)registers.regs[0], -ENOMEM);
	ck_assert_int_eq(arm_set_arg(7, ABI_AARCH64, 5, 6), 0);
	ck_assert_uint_eq(registers.regs[5], 6);
	ck_assert_int_eq(syscall_number, 222);
	uint64_t args[6] = {1, 2, 3, 4, 5, 6};
	ck_assert_int_eq(arm_result(7, ABI_AARCH64, 222, args, -ENOMEM), -ENOMEM);
	ck_assert_uint_eq(args[0], 1); /* from the entry, whatever x0 is now */
}
END_TEST

/* The number of the call isn't x8 for the kernel once it has looked: NT_ARM_SYSTEM_CALL changes it. */
START_TEST(skipping_is_another_set)
{
	fill();
	ck_assert_int_eq(arm_skip(7), 0);
	ck_assert_int_eq(syscall_number, -1);
	ck_assert_int_eq((int64_t)registers.regs[0], -ENOSYS);
	ck_assert_uint_eq(registers.regs[8], 108);
}
END_TEST

START_TEST(registers_by_their_numbers)
{
	struct registers got;
	fill();
	ck_assert(arm_registers_of(7, &got));
	for (unsigned i = 0; i < 31; i++)
		ck_assert_uint_eq(got.v[i], 100 + i);
	ck_assert_uint_eq(got.v[got.sp], 0x7ffff000);
	ck_assert_uint_eq(got.v[got.fp], 129);
	ck_assert_uint_eq(got.ip, 0x400000);
}
END_TEST

/* A sample at the end of a call: x0 is the result by then. */
START_TEST(sampled_registers)
{
	uint64_t args[6], all[33];
	struct registers got;
	for (unsigned i = 0; i < 33; i++)
		all[i] = 1000 + i;
	struct perf_record record = {.abi = PERF_SAMPLE_REGS_ABI_64,
	    .mask = arm.sampled_stack,
	    .regs = {(const char *)all, sizeof(all)}};
	ck_assert(!arm.keeps_first);
	ck_assert_int_eq(arm_sampled(&record, args), ABI_AARCH64);
	ck_assert_uint_eq(args[1], 1001);
	ck_assert_uint_eq(args[5], 1005);
	ck_assert_uint_eq(arm_sampled_ip(&record), 1032);
	arm_sampled_registers(&record, &got);
	ck_assert_uint_eq(got.v[got.sp], 1031);
	ck_assert_uint_eq(got.v[got.fp], 1029);
	ck_assert_uint_eq(got.ip, 1032);
	record.mask = arm.sampled; /* x0 to x5, sp, pc */
	ck_assert_uint_eq(arm_sampled_ip(&record), 1007);
	record.abi = PERF_SAMPLE_REGS_ABI_32;
	ck_assert_int_eq(arm_sampled(&record, args), ABI_COUNT);
}
END_TEST

START_TEST(who_is_gone)
{
	struct registers got;
	fill();
	refused = ESRCH;
	ck_assert_int_eq(arm_set_arg(7, ABI_AARCH64, 0, 1), -ESRCH);
	ck_assert_int_eq(arm_set_result(7, 0), -ESRCH);
	ck_assert_int_eq(arm_skip(7), -ESRCH);
	ck_assert(!arm_registers_of(7, &got));
	arm_sleep_on(7);
}
END_TEST

/* Pages of 64 KiB, as kernels of aarch64 can have them. */
START_TEST(pages_are_not_4096)
{
	struct decoder decoder = {.page_size = 65536};
	struct raw raw = {.kind = RAW_CALL,
	    .abi = ABI_AARCH64,
	    .call_id = SYS_ID_remap_file_pages,
	    .result = RAW_RETURNED,
	    .args = {0x10000, 65536, 0, 3, 0}};
	struct event ev;
	decode(&decoder, &raw, &ev);
	ck_assert_uint_eq(ev.offset, 3 * 65536);
	ck_assert(!event_has(&ev, F_abi));
	decoder_free(&decoder);
}
END_TEST

TEST_SUITE(arch_aarch64)
{
	TEST(conventions);
	TEST(x0_is_argument_and_result);
	TEST(skipping_is_another_set);
	TEST(registers_by_their_numbers);
	TEST(sampled_registers);
	TEST(who_is_gone);
	TEST(pages_are_not_4096);
}
