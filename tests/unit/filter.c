/* src/engine/filter.c: an interpreter runs what it builds */
#include "engine/filter.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "decode/syscalls.h"
#include "engine/arch.h"
#include "unit.h"

#define COOKIE 0x6d74
#define TRACE  (SECCOMP_RET_TRACE | COOKIE)
#define ALLOW  SECCOMP_RET_ALLOW

static uint32_t load_word(const struct seccomp_data *data, uint32_t offset)
{
	uint32_t word;
	unit_check(offset % 4 == 0, "offset %u", offset);
	unit_check(offset <= sizeof(*data) - sizeof(word), "offset %u", offset);
	memcpy(&word, (const char *)data + offset, sizeof(word));
	return word;
}

static bool compare(uint16_t op, uint32_t a, uint32_t k)
{
	switch (op) {
	case BPF_JEQ: return a == k;
	case BPF_JGT: return a > k;
	case BPF_JGE: return a >= k;
	case BPF_JSET: return a & k;
	default: ck_abort_msg("an unknown jump %#x", op); return false;
	}
}

/* Classic BPF, as much as seccomp(2) allows and a filter like this needs. */
static uint32_t run(const struct filter *f, const struct seccomp_data *data)
{
	uint32_t a = 0;
	for (uint32_t pc = 0; pc < f->len; pc++) {
		const struct sock_filter *at = &f->code[pc];
		switch (BPF_CLASS(at->code)) {
		case BPF_LD:
			unit_check(at->code == (BPF_LD | BPF_W | BPF_ABS), "load %#x", at->code);
			a = load_word(data, at->k);
			break;
		case BPF_RET:
			unit_check(at->code == (BPF_RET | BPF_K), "return %#x", at->code);
			return at->k;
		case BPF_JMP:
			if (BPF_OP(at->code) == BPF_JA)
				pc += at->k;
			else
				pc += compare(BPF_OP(at->code), a, at->k) ? at->jt : at->jf;
			break;
		default: ck_abort_msg("an instruction %#x", at->code);
		}
	}
	ck_abort_msg("the program ran beyond its end");
	return 0;
}

/* As the kernel's checker: all jumps end inside, nothing falls off the end. */
static void assert_sound(const struct filter *f)
{
	ck_assert_uint_gt(f->len, 0);
	ck_assert_uint_le(f->len, FILTER_MAX);
	for (uint32_t pc = 0; pc < f->len; pc++) {
		const struct sock_filter *at = &f->code[pc];
		if (BPF_CLASS(at->code) != BPF_JMP)
			continue;
		if (BPF_OP(at->code) == BPF_JA) {
			ck_assert_uint_lt((uint64_t)pc + 1 + at->k, f->len);
		} else {
			ck_assert_uint_lt(pc + 1 + at->jt, f->len);
			ck_assert_uint_lt(pc + 1 + at->jf, f->len);
		}
	}
	ck_assert_uint_eq(BPF_CLASS(f->code[f->len - 1].code), BPF_RET);
}

static void assert_answer(
    const struct filter *f, uint32_t audit, uint32_t nr, uint64_t arg0, uint32_t expected)
{
	struct seccomp_data data = {.nr = (int)nr, .arch = audit, .args = {arg0}};
	uint32_t got = run(f, &data);
	unit_check(got == expected, "arch %#x nr %u arg %#llx: %#x, not %#x", audit, nr,
	    (unsigned long long)arg0, got, expected);
}

/* Whether `nr` is another number of a call that is captured. */
static bool is_alias(const struct arch_abi *abi, uint32_t nr, uint64_t calls)
{
	for (unsigned i = 0; i < abi->aliases_n; i++) {
		if ((uint32_t)abi->aliases[i].nr == nr && calls >> abi->aliases[i].id & 1)
			return true;
	}
	return false;
}

/* Numbers around all that mean something, by each convention. */
static void assert_convention(const struct filter *f, const struct arch_abi *abi, uint64_t calls)
{
	for (uint32_t nr = 0; nr < 600; nr++) {
		if (nr == (uint32_t)abi->nr_prctl || nr == (uint32_t)abi->nr_clone ||
		    nr == (uint32_t)abi->nr_seccomp || nr == (uint32_t)abi->nr_ptrace ||
		    nr == SYS_clone3)
			continue;
		int id = syscalls_find(abi->abi, nr);
		bool captured = (id >= 0 && calls >> id & 1) || is_alias(abi, nr, calls);
		if (id >= 0 && syscalls_names(calls, id) && syscalls_values(calls, id))
			continue; /* see assert_values */
		assert_answer(f, abi->audit, nr | abi->nr_bit, 0, captured ? TRACE : ALLOW);
		assert_answer(f, abi->audit, nr | abi->nr_bit, -1ULL, captured ? TRACE : ALLOW);
	}
	assert_answer(f, abi->audit, UINT32_MAX, 0, ALLOW);
	assert_answer(f, abi->audit, 0x80000009, 0, ALLOW);
	assert_answer(f, abi->audit, 1 << 30 | 1 << 29 | 9, 0, ALLOW);
}

/* Those of a row that its argument lets in. */
static void assert_values(const struct filter *f, const struct arch_abi *abi, uint64_t calls, int id)
{
	int arg = syscalls_choice(id);
	const struct values *values = syscalls_values(calls, id);
	for (uint32_t i = 0; i < 100 + values->n; i++) {
		uint32_t value = i < 100 ? i : values->v[i - 100];
		struct seccomp_data data = {.arch = abi->audit, .nr = syscalls[id].nr[abi->abi] | (int)abi->nr_bit};
		data.args[arg] = value | 0xabcd00000000;
		uint64_t args[6] = {0};
		args[arg] = value;
		bool own = id == SYS_ID_prctl && (value == PR_SET_NAME || value == PR_SET_SECCOMP);
		ck_assert_uint_eq(run(f, &data), own || syscalls_has(calls, id, args) ? TRACE : ALLOW);
	}
}

static void assert_own_calls(const struct filter *f, const struct arch_abi *abi)
{
	uint32_t prctl = (uint32_t)abi->nr_prctl | abi->nr_bit;
	uint32_t clone = (uint32_t)abi->nr_clone | abi->nr_bit;
	uint32_t seccomp = (uint32_t)abi->nr_seccomp | abi->nr_bit;
	const uint64_t high = 0xabcd00000000;
	assert_answer(f, abi->audit, prctl, PR_SET_NAME, TRACE);
	assert_answer(f, abi->audit, prctl, high | PR_SET_NAME, TRACE);
	assert_answer(f, abi->audit, prctl, PR_GET_NAME, ALLOW);
	assert_answer(f, abi->audit, prctl, PR_SET_SECCOMP, TRACE);
	assert_answer(f, abi->audit, prctl, PR_GET_SECCOMP, ALLOW);
	assert_answer(f, abi->audit, seccomp, SECCOMP_SET_MODE_STRICT, TRACE);
	assert_answer(f, abi->audit, seccomp, SECCOMP_SET_MODE_FILTER, TRACE);
	assert_answer(f, abi->audit, SYS_clone3 | abi->nr_bit, 0, TRACE);
	assert_answer(f, abi->audit, (uint32_t)abi->nr_ptrace | abi->nr_bit, 0, TRACE);
	assert_answer(f, abi->audit, prctl, 0, ALLOW);
	assert_answer(f, abi->audit, prctl, (uint64_t)PR_SET_NAME << 32, ALLOW);
	assert_answer(f, abi->audit, clone, CLONE_UNTRACED, TRACE);
	assert_answer(f, abi->audit, clone, CLONE_UNTRACED | CLONE_VM | 17, TRACE);
	assert_answer(f, abi->audit, clone, high | CLONE_UNTRACED, TRACE);
	assert_answer(f, abi->audit, clone, CLONE_VM | CLONE_VFORK | 17, ALLOW);
	assert_answer(f, abi->audit, clone, 0xffffffff & ~CLONE_UNTRACED, ALLOW);
	assert_answer(f, abi->audit, clone, (uint64_t)CLONE_UNTRACED << 32, ALLOW);
}

static void assert_filter(uint64_t calls)
{
	struct filter f;
	memset(&f, 0xee, sizeof(f));
	filter_build(calls, COOKIE, false, &f);
	assert_sound(&f);
	for (unsigned i = 0; i < arch.abis_n; i++) {
		assert_convention(&f, &arch.abis[i], calls);
		if (!(calls >> SYS_ID_prctl & 1))
			assert_own_calls(&f, &arch.abis[i]);
		for (int id = 0; id < SYSCALLS_COUNT; id++) {
			if (syscalls_names(calls, id) && syscalls_values(calls, id))
				assert_values(&f, &arch.abis[i], calls, id);
		}
	}
	static const uint32_t unknown[] = {0, UINT32_MAX, AUDIT_ARCH_MIPS, AUDIT_ARCH_PPC64LE};
	for (size_t i = 0; i < countof(unknown); i++) {
		assert_answer(&f, unknown[i], 0, 0, TRACE);
		assert_answer(&f, unknown[i], 9, 0, TRACE);
		assert_answer(&f, unknown[i], 100000, -1ULL, TRACE);
	}
}

START_TEST(all_calls)
{
	assert_filter(SYSCALLS_ALL);
}
END_TEST

START_TEST(no_call)
{
	assert_filter(0);
}
END_TEST

START_TEST(each_call_alone)
{
	assert_filter(UINT64_C(1) << _i);
}
END_TEST

START_TEST(all_calls_but_one)
{
	assert_filter(SYSCALLS_ALL & ~(UINT64_C(1) << _i));
}
END_TEST

START_TEST(groups)
{
	assert_filter(syscalls_group(GROUP_MAP));
	assert_filter(syscalls_group(GROUP_MAP | GROUP_MAP_PART));
	assert_filter(syscalls_group(GROUP_MEMORY));
}
END_TEST

/* Known numbers, so that the tables that builder and test share aren't the only witness. */
START_TEST(known_numbers)
{
#if defined(__x86_64__)
	struct filter f;
	filter_build(UINT64_C(1) << SYS_ID_munmap, COOKIE, false, &f);
	assert_answer(&f, AUDIT_ARCH_X86_64, 11, 0, TRACE);
	assert_answer(&f, AUDIT_ARCH_X86_64, 0x40000000 | 11, 0, TRACE);
	assert_answer(&f, AUDIT_ARCH_I386, 91, 0, TRACE);
	assert_answer(&f, AUDIT_ARCH_I386, 11, 0, ALLOW);
	assert_answer(&f, AUDIT_ARCH_I386, 192, 0, ALLOW);
	assert_answer(&f, AUDIT_ARCH_X86_64, 91, 0, ALLOW);
	assert_answer(&f, AUDIT_ARCH_X86_64, 9, 0, ALLOW);
	assert_answer(&f, AUDIT_ARCH_X86_64, 157, PR_SET_NAME, TRACE);
	assert_answer(&f, AUDIT_ARCH_X86_64, 0x40000000 | 157, PR_SET_NAME, TRACE);
	assert_answer(&f, AUDIT_ARCH_I386, 172, PR_SET_NAME, TRACE);
	assert_answer(&f, AUDIT_ARCH_I386, 157, PR_SET_NAME, ALLOW);
	assert_answer(&f, AUDIT_ARCH_X86_64, 56, CLONE_UNTRACED, TRACE);
	assert_answer(&f, AUDIT_ARCH_I386, 120, CLONE_UNTRACED, TRACE);
	assert_answer(&f, AUDIT_ARCH_X86_64, 317, SECCOMP_SET_MODE_FILTER, TRACE);
	assert_answer(&f, AUDIT_ARCH_X86_64, 0x40000000 | 317, SECCOMP_SET_MODE_FILTER, TRACE);
	assert_answer(&f, AUDIT_ARCH_I386, 354, SECCOMP_SET_MODE_FILTER, TRACE);
	assert_answer(&f, AUDIT_ARCH_AARCH64, 1, 0, TRACE);
#endif
}
END_TEST

START_TEST(known_aliases)
{
#if defined(__x86_64__)
	struct filter f;
	filter_build(UINT64_C(1) << SYS_ID_mmap, COOKIE, false, &f);
	assert_answer(&f, AUDIT_ARCH_I386, 90, 0, TRACE);
	assert_answer(&f, AUDIT_ARCH_I386, 192, 0, TRACE);
	assert_answer(&f, AUDIT_ARCH_I386, 117, 22, ALLOW);
	filter_build(UINT64_C(1) << SYS_ID_shmdt, COOKIE, false, &f);
	assert_answer(&f, AUDIT_ARCH_I386, 117, 22, TRACE);
	assert_answer(&f, AUDIT_ARCH_I386, 192, 0, ALLOW);
#endif
}
END_TEST

/* Where affinities are lent, calls that could tell are stopped at, too. */
START_TEST(about_scheduling)
{
	struct filter f;
	filter_build(SYSCALLS_ALL, COOKIE, true, &f);
	assert_sound(&f);
	for (unsigned i = 0; i < arch.abis_n; i++) {
		for (unsigned k = 0; k < ARCH_SCHEDULING; k++) {
			uint32_t nr = (uint32_t)arch.abis[i].scheduling[k];
			assert_answer(&f, arch.abis[i].audit, nr | arch.abis[i].nr_bit, 0, TRACE);
		}
		assert_own_calls(&f, &arch.abis[i]);
	}
#if defined(__x86_64__)
	assert_answer(&f, AUDIT_ARCH_X86_64, 204, 0, TRACE);
	assert_answer(&f, AUDIT_ARCH_X86_64, 145, 0, ALLOW);
	assert_answer(&f, AUDIT_ARCH_I386, 242, 0, TRACE);
#endif
	filter_build(SYSCALLS_ALL, COOKIE, false, &f);
	assert_answer(&f, arch.abis[0].audit, (uint32_t)arch.abis[0].scheduling[0], 0, ALLOW);
}
END_TEST

/* Others' filters may answer RET_TRACE too: ours must be told apart, and 0 is what most use. */
START_TEST(cookie)
{
	ck_assert_uint_ne(COOKIE, 0);
	ck_assert_uint_le(COOKIE, SECCOMP_RET_DATA);
}
END_TEST

START_TEST(for_a_listener)
{
	struct filter f;
	memset(&f, 0xee, sizeof(f));
	filter_build_notify(SYSCALLS_ALL & ~(UINT64_C(1) << SYS_ID_prctl), &f);
	assert_sound(&f);
#if defined(__x86_64__)
	const uint32_t seen = SECCOMP_RET_USER_NOTIF, arch_64 = AUDIT_ARCH_X86_64;
	assert_answer(&f, arch_64, 11, 0, seen);
	assert_answer(&f, AUDIT_ARCH_I386, 91, 0, seen);
	static const uint32_t executing[] = {59, 322, 0x40000000 | 520, 0x40000000 | 545};
	for (size_t i = 0; i < countof(executing); i++)
		assert_answer(&f, arch_64, executing[i], 0, seen);
	assert_answer(&f, AUDIT_ARCH_I386, 11, 0, seen);
	assert_answer(&f, AUDIT_ARCH_I386, 358, 0, seen);
	assert_answer(&f, arch_64, 317, SECCOMP_SET_MODE_FILTER, seen);
	assert_answer(&f, arch_64, 157, PR_SET_SECCOMP, seen);
	assert_answer(&f, arch_64, 157, PR_GET_NAME, ALLOW);
	/* What only a tracer needs: ptrace, clone, clone3. */
	assert_answer(&f, arch_64, 101, 0, ALLOW);
	assert_answer(&f, arch_64, 56, CLONE_UNTRACED, ALLOW);
	assert_answer(&f, arch_64, 435, 0, ALLOW);
	assert_answer(&f, AUDIT_ARCH_AARCH64, 1, 0, seen);
#endif
}
END_TEST

TEST_SUITE(filter)
{
	TEST(for_a_listener);
	TEST(all_calls);
	TEST(no_call);
	TEST_LOOP(each_call_alone, SYSCALLS_COUNT);
	TEST_LOOP(all_calls_but_one, SYSCALLS_COUNT);
	TEST(groups);
	TEST(known_numbers);
	TEST(known_aliases);
	TEST(about_scheduling);
	TEST(cookie);
}
