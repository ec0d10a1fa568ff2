/* src/util/uuid.c */
#include "util/uuid.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

/* 2022-02-22T19:22:22Z, the example of RFC 9562, A.6. */
#define EXAMPLE_MSEC 0x017f22e279b0ULL

START_TEST(form)
{
	static const char shape[] = "xxxxxxxx-xxxx-7xxx-Vxxx-xxxxxxxxxxxx";
	for (unsigned n = 0; n < 500; n++) {
		char text[37];
		memset(text, 'Z', sizeof(text));
		uuid_v7(unit_random(&(uint64_t){n + 1}) << 10, text);
		ck_assert_int_eq(text[36], '\0');
		for (size_t i = 0; i < 36; i++) {
			const char *allowed = shape[i] == 'x'   ? "0123456789abcdef"
			                      : shape[i] == 'V' ? "89ab"
			                                        : (char[]){shape[i], '\0'};
			ck_assert_msg(text[i] && strchr(allowed, text[i]), "%s at %zu", text, i);
		}
	}
}
END_TEST

START_TEST(time_part)
{
	char text[37];
	uuid_v7(EXAMPLE_MSEC * 1000000 + 999999, text);
	assert_str(((struct str){text, 14}), STR("017f22e2-79b0-"));
	uuid_v7(0, text);
	assert_str(((struct str){text, 14}), STR("00000000-0000-"));
	uuid_v7(UINT64_MAX, text);
	char expected[32];
	uint64_t msec = UINT64_MAX / 1000000;
	snprintf(expected, sizeof(expected), "%08x-%04x-", (unsigned)(msec >> 16),
	    (unsigned)(msec & 0xffff));
	assert_str(((struct str){text, 14}), str_of(expected));
}
END_TEST

START_TEST(sorts_by_time)
{
	char last[37] = "", text[37];
	for (uint64_t msec = EXAMPLE_MSEC - 70000; msec < EXAMPLE_MSEC + 70000; msec += 101) {
		uuid_v7(msec * 1000000, text);
		ck_assert_str_lt(last, text);
		memcpy(last, text, sizeof(last));
	}
}
END_TEST

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

START_TEST(no_two_are_the_same)
{
	static char all[5000][37];
	for (size_t i = 0; i < countof(all); i++)
		uuid_v7(EXAMPLE_MSEC * 1000000, all[i]);
	qsort(all, countof(all), sizeof(all[0]), compare);
	for (size_t i = 1; i < countof(all); i++)
		ck_assert_str_ne(all[i - 1], all[i]);
}
END_TEST

TEST_SUITE(uuid)
{
	TEST(form);
	TEST(time_part);
	TEST(sorts_by_time);
	TEST(no_two_are_the_same);
}
