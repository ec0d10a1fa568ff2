/*
 * Strict mode: read, write and _exit go on, any other call kills.
 * usage: seccomp_strict prctl|seccomp exit|call
 */
#include "expect.h"

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define PAGE 4096UL

static void said(const char *name, unsigned long length, long ret)
{
	dprintf(1, "call %s %lu %s\n", name, length,
	    expect_failed(ret) ? strerrorname_np((int)-ret) : "ok");
}

static long enter(const char *how)
{
	if (how[0] == 'p')
		return prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0);
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL);
}

static _Noreturn void child(const char *how, const char *end)
{
	static const char written[] = "written in strict mode\n", result[] = "a call came back\n";
	char byte;

	said("munmap", 301 * PAGE, expect_raw(SYS_munmap, 0x10000000000, 301 * PAGE));
	if (end[0] == 'c') /* of which nobody can tell afterwards */
		dprintf(1, "call munmap %lu unfinished\n", 302 * PAGE);
	if (enter(how) != 0) {
		dprintf(1, "strict mode is refused: %s\n", strerrorname_np(errno));
		_exit(9);
	}
	syscall(SYS_write, 1, written, sizeof(written) - 1);
	syscall(SYS_read, 0, &byte, 1);
	if (end[0] == 'c') {
		syscall(SYS_munmap, 0x10000000000, 302 * PAGE);
		syscall(SYS_write, 1, result, sizeof(result) - 1);
	}
	for (;;)
		syscall(SYS_exit, 3);
}

int main(int argc, char **argv)
{
	int status = 0;
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = fork();
	if (pid == 0)
		child(argv[1], argv[2]);
	if (waitpid(pid, &status, 0) != pid)
		expect_die("waitpid");
	dprintf(1, "%s %s: ended with %x\n", argv[1], argv[2], status);
	said("munmap", 303 * PAGE, expect_raw(SYS_munmap, 0x10000000000, 303 * PAGE));
	return 0;
}
