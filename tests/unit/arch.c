/*
 * src/engine/arch_x86_64.c, but for what needs a tracee; the memory that it reads is the test's own
 */
#include "engine/arch.h"

#include <errno.h>
#include <linux/audit.h>
#include <unistd.h>

#include "decode/syscalls.h"
#include "unit.h"

#if defined(__x86_64__)

#define X32 0x40000000

static int call(enum abi abi, uint64_t nr, uint64_t args[6])
{
	return arch_call(getpid(), abi, nr, args);
}

static void assert_args(const uint64_t *got, size_t n, const uint64_t *expected)
{
	for (size_t i = 0; i < n; i++)
		ck_assert_uint_eq(got[i], expected[i]);
}

START_TEST(conventions)
{
	ck_assert_int_eq(arch.native, ABI_X86_64);
	ck_assert_int_eq(arch.abis[0].abi, ABI_X86_64);
	ck_assert_int_eq(arch_abi_of(AUDIT_ARCH_X86_64, 9), ABI_X86_64);
	ck_assert_int_eq(arch_abi_of(AUDIT_ARCH_X86_64, X32 | 9), ABI_X32);
	ck_assert_int_eq(arch_abi_of(AUDIT_ARCH_I386, 90), ABI_I386);
	ck_assert_int_eq(arch_abi_of(AUDIT_ARCH_AARCH64, 222), ABI_COUNT);
	ck_assert_int_eq(arch_abi_of(0, 0), ABI_COUNT);
}
END_TEST

START_TEST(calls_by_their_rows)
{
	const uint64_t before[6] = {1, 2, 3, 4, 5, 6};
	uint64_t args[6] = {1, 2, 3, 4, 5, 6};
	ck_assert_int_eq(call(ABI_X86_64, 9, args), SYS_ID_mmap);
	ck_assert_int_eq(call(ABI_X86_64, 0, args), -1);
	ck_assert_int_eq(call(ABI_X86_64, X32 | 9, args), -1);
	ck_assert_int_eq(call(ABI_X32, X32 | 9, args), SYS_ID_mmap);
	ck_assert_int_eq(call(ABI_X32, X32 | 11, args), SYS_ID_munmap);
	ck_assert_int_eq(call(ABI_I386, 91, args), SYS_ID_munmap);
	ck_assert_int_eq(call(ABI_I386, 9, args), -1);
	ck_assert_int_eq(call(ABI_I386, 397, args), SYS_ID_shmat);
	assert_args(args, 6, before);
}
END_TEST

START_TEST(mmap2)
{
	uint64_t args[6] = {0, 4096, 1, 2, 0xffffffff, 0xffffffff};
	ck_assert_int_eq(call(ABI_I386, 192, args), SYS_ID_mmap);
	assert_args(args, 6, (const uint64_t[]){0, 4096, 1, 2, 0xffffffff, 0xffffffff000});
}
END_TEST

START_TEST(old_mmap)
{
	uint32_t block[6] = {0x1000, 8192, 3, 0x22, 0xffffffff, 0x5000};
	uint64_t args[6] = {(uintptr_t)block, 9, 9, 9, 9, 9};
	ck_assert_int_eq(call(ABI_I386, 90, args), SYS_ID_mmap);
	assert_args(args, 6, (const uint64_t[]){0x1000, 8192, 3, 0x22, 0xffffffff, 0x5000});
	uint64_t bad[6] = {8, 9, 9, 9, 9, 9};
	ck_assert_int_eq(call(ABI_I386, 90, bad), SYS_ID_mmap);
}
END_TEST

START_TEST(ipc_shmat)
{
	uint32_t address = 0xf7f00000;
	uint64_t args[6] = {21, 5, 010000, (uintptr_t)&address, 0x7000, 99};
	ck_assert_int_eq(call(ABI_I386, 117, args), SYS_ID_shmat);
	assert_args(args, 3, (const uint64_t[]){5, 0x7000, 010000});
	ck_assert_int_eq(arch_result(getpid(), ABI_I386, 117, args, 0), 0xf7f00000);
	ck_assert_int_eq(arch_result(getpid(), ABI_I386, 117, args, -EINVAL), -EINVAL);
}
END_TEST

START_TEST(ipc_shmdt)
{
	uint32_t anything = 4711; /* ipc's sixth argument, which shmdt leaves alone */
	uint64_t args[6] = {22, 9, 9, 9, 0x7000, (uintptr_t)&anything};
	ck_assert_int_eq(call(ABI_I386, 117, args), SYS_ID_shmdt);
	ck_assert_uint_eq(args[0], 0x7000);
	ck_assert_int_eq(arch_result(getpid(), ABI_I386, 117, args, 0), 0);
	ck_assert_int_eq(arch_result(getpid(), ABI_I386, 117, args, -EINVAL), -EINVAL);
}
END_TEST

START_TEST(ipc_of_other_kinds)
{
	for (uint64_t what = 0; what < 30; what++) {
		uint64_t args[6] = {what, 1, 2, 3, 4, 5};
		bool known = what >= 21 && what <= 24;
		ck_assert_int_eq(call(ABI_I386, 117, args) >= 0, known);
	}
}
END_TEST

START_TEST(ipc_shmget_shmctl)
{
	uint64_t get[6] = {23, 5, 8192, 01600, 9, 9}, ctl[6] = {24, 7, 0x102, 9, 0x8000, 9};
	ck_assert_int_eq(call(ABI_I386, 117, get), SYS_ID_shmget);
	assert_args(get, 3, (const uint64_t[]){5, 8192, 01600});
	ck_assert_int_eq(arch_result(getpid(), ABI_I386, 117, get, 42), 42);
	ck_assert_int_eq(call(ABI_I386, 117, ctl), SYS_ID_shmctl);
	assert_args(ctl, 3, (const uint64_t[]){7, 0x102, 0x8000});
	ck_assert_int_eq(arch_result(getpid(), ABI_I386, 117, ctl, 0), 0);
}
END_TEST

START_TEST(other_results)
{
	uint32_t anything = 4711;
	const uint64_t args[6] = {0, 0, 0, 0, 0, (uintptr_t)&anything};
	ck_assert_int_eq(arch_result(getpid(), ABI_X86_64, 117, args, 7), 7);
	ck_assert_int_eq(arch_result(getpid(), ABI_I386, 192, args, 0xf7000000), 0xf7000000);
	ck_assert_int_eq(arch_result(getpid(), ABI_X32, X32 | 9, args, -ENOMEM), -ENOMEM);
}
END_TEST

TEST_SUITE(arch)
{
	TEST(conventions);
	TEST(calls_by_their_rows);
	TEST(mmap2);
	TEST(old_mmap);
	TEST(ipc_shmat);
	TEST(ipc_shmdt);
	TEST(ipc_of_other_kinds);
	TEST(ipc_shmget_shmctl);
	TEST(other_results);
}

#endif
