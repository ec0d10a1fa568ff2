/* src/engine/perf_filter.c: what it builds is evaluated as the kernel does */
#include "engine/perf_filter.h"

#include <sys/syscall.h>

#include "decode/syscalls.h"
#include "engine/arch.h"
#include "unit.h"

/* ---- the kernel's side: id==N, (id>=A&&id<=B) and id>=N, with || between ---- */

static bool skip(const char **at, const char *text)
{
	size_t len = strlen(text);
	if (strncmp(*at, text, len) != 0)
		return false;
	*at += len;
	return true;
}

/* A number that the kernel takes for a long. */
static int64_t take_number(const char **at)
{
	int64_t number = 0;
	unit_check(**at >= '0' && **at <= '9', "no number: %s", *at);
	for (; **at >= '0' && **at <= '9'; (*at)++) {
		number = number * 10 + (**at - '0');
		unit_check(number <= UINT32_MAX, "a long number before: %s", *at);
	}
	return number;
}

static bool take_term(const char **at, int64_t id)
{
	if (skip(at, "id=="))
		return id == take_number(at);
	if (skip(at, "id>="))
		return id >= take_number(at);
	unit_check(skip(at, "(id>="), "no term: %s", *at);
	int64_t low = take_number(at);
	unit_check(skip(at, "&&id<="), "no range: %s", *at);
	int64_t high = take_number(at);
	unit_check(low < high, "%lld to %lld", (long long)low, (long long)high);
	unit_check(skip(at, ")"), "no end: %s", *at);
	return id >= low && id <= high;
}

static bool passes(const char *filter, int64_t id)
{
	bool any = false;
	do
		any |= take_term(&filter, id);
	while (skip(&filter, "||"));
	unit_check(*filter == '\0', "more: %s", filter);
	return any;
}

/* ---- what is expected ---- */

static bool serves(const struct arch_abi *abi, bool narrow)
{
	return !abi->nr_bit && (narrow || abi->abi == arch.native);
}

static bool is_captured(const struct arch_abi *abi, uint64_t calls, int64_t nr)
{
	bool any = nr == abi->nr_execve || nr == abi->nr_execveat;
	for (int id = 0; id < SYSCALLS_COUNT; id++)
		any |= syscalls_names(calls, id) && syscalls[id].nr[abi->abi] == nr;
	for (unsigned i = 0; i < abi->aliases_n; i++)
		any |= syscalls_names(calls, abi->aliases[i].id) && abi->aliases[i].nr == nr;
	return any && nr >= 0;
}

static bool is_expected(uint64_t calls, bool narrow, int64_t nr)
{
	bool any = false;
	for (unsigned i = 0; i < arch.abis_n; i++) {
		if (arch.abis[i].nr_bit)
			any |= nr >= arch.abis[i].nr_bit;
		else if (serves(&arch.abis[i], narrow))
			any |= is_captured(&arch.abis[i], calls, nr);
	}
	return any;
}

static void assert_filter(uint64_t calls, bool narrow)
{
	static const int64_t far[] = {INT64_MIN, -4096, -1, 0x3fffffff, 0x40000000, 0x40000009,
	    0x400003ff, 0x7fffffff, 0x80000000, UINT32_MAX, INT64_MAX};
	_cleanup_(buf_free) struct buf b = {0};
	perf_filter_build(calls, narrow, &b);
	ck_assert_uint_gt(b.len, 1);
	ck_assert_ptr_eq(memchr(b.data, '\0', b.len), b.data + b.len - 1);
	ck_assert_uint_le(b.len, 4096); /* a page is what the kernel takes */
	for (int64_t nr = -2; nr < 1100; nr++)
		unit_check(passes(b.data, nr) == is_expected(calls, narrow, nr), "number %d by %s",
		    (int)nr, b.data);
	for (size_t i = 0; i < countof(far); i++)
		unit_check(passes(b.data, far[i]) == is_expected(calls, narrow, far[i]),
		    "number %lld by %s", (long long)far[i], b.data);
}

static void assert_both(uint64_t calls)
{
	assert_filter(calls, false);
	assert_filter(calls, true);
}

START_TEST(all_calls)
{
	assert_both(SYSCALLS_ALL);
	assert_both(UINT64_MAX >> (32 - SYSCALLS_COUNT));
}
END_TEST

START_TEST(no_call)
{
	assert_both(0);
}
END_TEST

START_TEST(each_call_alone)
{
	assert_both(UINT64_C(1) << _i);
	assert_both(SYSCALLS_PART(_i));
}
END_TEST

START_TEST(all_calls_but_one)
{
	assert_both(SYSCALLS_ALL & ~(UINT64_C(1) << _i));
}
END_TEST

START_TEST(some_calls)
{
	uint64_t random = 1;
	for (unsigned i = 0; i < 100; i++)
		assert_both(unit_random(&random) & SYSCALLS_ALL);
}
END_TEST

START_TEST(groups)
{
	assert_both(syscalls_group(GROUP_MAP));
	assert_both(syscalls_group(GROUP_MAP | GROUP_MAP_PART));
	assert_both(syscalls_group(GROUP_MEMORY));
}
END_TEST

/* Numbers that the tables which builder and test share aren't needed for. */
START_TEST(known_numbers)
{
	_cleanup_(buf_free) struct buf b = {0}, narrow = {0};
	uint64_t calls = UINT64_C(1) << SYS_ID_mmap | UINT64_C(1) << SYS_ID_munmap;
	perf_filter_build(calls, false, &b);
	perf_filter_build(calls, true, &narrow);
	static const int64_t own[] = {SYS_mmap, SYS_munmap, SYS_execve, SYS_execveat};
	for (size_t i = 0; i < countof(own); i++)
		ck_assert(passes(b.data, own[i]) && passes(narrow.data, own[i]));
	ck_assert(!passes(b.data, SYS_mprotect) && !passes(b.data, SYS_read));
#if defined(__x86_64__)
	static const int64_t others[] = {90, 91, 192, 358}; /* of i386; its execve(2) is 11 */
	for (size_t i = 0; i < countof(others); i++)
		ck_assert(!passes(b.data, others[i]) && passes(narrow.data, others[i]));
	ck_assert(passes(b.data, 0x40000000 | 9) && passes(b.data, 0x40000000 | 520));
	ck_assert(!passes(b.data, 0x3fffffff) && !passes(narrow.data, 125));
#endif
}
END_TEST

/* Neighbours are a range, and nothing is said twice. */
START_TEST(ranges)
{
#if defined(__x86_64__)
	_cleanup_(buf_free) struct buf b = {0};
	uint64_t calls = UINT64_C(1) << SYS_ID_mmap | UINT64_C(1) << SYS_ID_mprotect |
	                 UINT64_C(1) << SYS_ID_munmap | UINT64_C(1) << SYS_ID_brk;
	perf_filter_build(calls, false, &b);
	assert_text(str_of(b.data), "(id>=9&&id<=12)||id==59||id==322||id>=1073741824");
#endif
}
END_TEST

START_TEST(is_appended)
{
	_cleanup_(buf_free) struct buf b = {0}, alone = {0};
	buf_str(&b, STR("before "));
	perf_filter_build(SYSCALLS_ALL, true, &b);
	perf_filter_build(SYSCALLS_ALL, true, &alone);
	ck_assert(str_begins(buf_view(&b), STR("before ")));
	assert_str(((struct str){b.data + 7, b.len - 7}), buf_view(&alone));
}
END_TEST

TEST_SUITE(perf_filter)
{
	TEST(all_calls);
	TEST(no_call);
	TEST_LOOP(each_call_alone, SYSCALLS_COUNT);
	TEST_LOOP(all_calls_but_one, SYSCALLS_COUNT);
	TEST(some_calls);
	TEST(groups);
	TEST(known_numbers);
	TEST(ranges);
	TEST(is_appended);
}
