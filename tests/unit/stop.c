/* src/engine/stop.c */
#include "engine/stop.h"

#include <signal.h>
#include <sys/ptrace.h>

#include "unit.h"

/* What wait4(2) gives for a task that stopped by `signal`, with a PTRACE_EVENT. */
static int stopped(int signal, int event)
{
	return event << 16 | signal << 8 | 0x7f;
}

static void assert_kind(int status, enum stop_kind kind)
{
	struct stop stop = stop_classify(status);
	ck_assert_msg(stop.kind == kind, "%#x: %d, not %d", (unsigned)status, stop.kind, kind);
}

START_TEST(exited)
{
	assert_kind(0, STOP_EXITED);
	assert_kind(7 << 8, STOP_EXITED);
	assert_kind(255 << 8, STOP_EXITED);
	for (int signal = 1; signal < 65; signal++) {
		assert_kind(signal, STOP_EXITED);
		assert_kind(signal | 0x80, STOP_EXITED);
	}
}
END_TEST

START_TEST(syscall_stop)
{
	assert_kind(stopped(SIGTRAP | 0x80, 0), STOP_SYSCALL);
}
END_TEST

START_TEST(signals)
{
	for (int signal = 1; signal < 65; signal++) {
		struct stop stop = stop_classify(stopped(signal, 0));
		ck_assert_int_eq(stop.kind, STOP_SIGNAL);
		ck_assert_int_eq(stop.signal, signal);
		ck_assert_int_eq(stop.event, 0);
	}
}
END_TEST

START_TEST(events)
{
	static const struct {
		int event;
		enum stop_kind kind;
	} rows[] = {{PTRACE_EVENT_SECCOMP, STOP_SECCOMP}, {PTRACE_EVENT_EXEC, STOP_EXEC},
	    {PTRACE_EVENT_FORK, STOP_FORK}, {PTRACE_EVENT_VFORK, STOP_FORK},
	    {PTRACE_EVENT_CLONE, STOP_FORK}, {PTRACE_EVENT_VFORK_DONE, STOP_EVENT},
	    {PTRACE_EVENT_EXIT, STOP_EXIT}, {99, STOP_EVENT}};
	for (size_t i = 0; i < countof(rows); i++) {
		struct stop stop = stop_classify(stopped(SIGTRAP, rows[i].event));
		ck_assert_int_eq(stop.kind, rows[i].kind);
		ck_assert_int_eq(stop.event, rows[i].event);
	}
}
END_TEST

START_TEST(group_stops)
{
	static const int stopping[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
	for (size_t i = 0; i < countof(stopping); i++) {
		struct stop stop = stop_classify(stopped(stopping[i], PTRACE_EVENT_STOP));
		ck_assert_int_eq(stop.kind, STOP_GROUP);
		ck_assert_int_eq(stop.signal, stopping[i]);
		assert_kind(stopped(stopping[i], 0), STOP_SIGNAL);
	}
	assert_kind(stopped(SIGTRAP, PTRACE_EVENT_STOP), STOP_TRAP);
}
END_TEST

TEST_SUITE(stop)
{
	TEST(exited);
	TEST(syscall_stop);
	TEST(signals);
	TEST(events);
	TEST(group_stops);
}
