/* src/decode/errnos.c */
#include "decode/errnos.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "unit.h"

START_TEST(errnos_by_the_c_library)
{
	for (int number = 1; number <= 133; number++) {
		const char *name = strerrorname_np(number);
		if (name)
			assert_text(errno_name(number), name);
	}
	assert_text(errno_name(ENOMEM), "ENOMEM");
	assert_text(errno_name(EAGAIN), "EAGAIN");
	assert_text(errno_name(EDEADLK), "EDEADLK");
	assert_text(errno_name(ENOTSUP), "EOPNOTSUPP");
	assert_text(errno_name(133), "EHWPOISON");
}
END_TEST

START_TEST(errnos_without_a_name)
{
	static const int numbers[] = {41, 58, 134, 135, 199, 509, 512, 513, 516, 530, 539};
	for (size_t i = 0; i < countof(numbers); i++) {
		char expected[32];
		snprintf(expected, sizeof(expected), "E%d", numbers[i]);
		assert_text(errno_name(numbers[i]), expected);
	}
	assert_text(errno_name(540), "EUNKNOWN");
	assert_text(errno_name(4095), "EUNKNOWN");
}
END_TEST

START_TEST(signals_by_the_c_library)
{
	for (int number = 1; number <= 31; number++) {
		char expected[32];
		snprintf(expected, sizeof(expected), "SIG%s", sigabbrev_np(number));
		if (number == SIGIO)
			continue;
		assert_text(signal_name(number), expected);
	}
	assert_text(signal_name(15), "SIGTERM");
	assert_text(signal_name(SIGKILL), "SIGKILL");
	assert_text(signal_name(SIGIO), "SIGIO");
	assert_text(signal_name(SIGABRT), "SIGABRT");
}
END_TEST

START_TEST(realtime_signals)
{
	assert_text(signal_name(34), "SIGRTMIN");
	for (int n = 1; n <= 30; n++) {
		char expected[32];
		snprintf(expected, sizeof(expected), "SIGRTMIN+%d", n);
		assert_text(signal_name(34 + n), expected);
	}
}
END_TEST

START_TEST(odd_numbers_are_named_somehow)
{
	static const int numbers[] = {INT32_MIN, -1, 0, 32, 33, 65, 127, INT32_MAX};
	for (size_t i = 0; i < countof(numbers); i++) {
		ck_assert_uint_gt(errno_name(numbers[i]).len, 0);
		ck_assert_uint_gt(signal_name(numbers[i]).len, 0);
	}
}
END_TEST

TEST_SUITE(errnos)
{
	TEST(errnos_by_the_c_library);
	TEST(errnos_without_a_name);
	TEST(signals_by_the_c_library);
	TEST(realtime_signals);
	TEST(odd_numbers_are_named_somehow);
}
