/*
 * A filter of the program's own that answers SECCOMP_RET_TRACE: without a tracer that asked
 * for these stops the calls fail with ENOSYS. usage: seccomp_trace DATA...: filter upon filter.
 */
#include "expect.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define PAGE 4096UL
#define CALL(nr, action)                              \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1), \
	    BPF_STMT(BPF_RET | BPF_K, action)

static void install(unsigned int data)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    CALL(SYS_mprotect, SECCOMP_RET_TRACE | data),
	    CALL(SYS_getppid, SECCOMP_RET_TRACE | data),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		expect_die("seccomp");
}

static void said(const char *name, unsigned long length, long ret)
{
	dprintf(1, "call %s %lu %s\n", name, length,
	    expect_failed(ret) ? strerrorname_np((int)-ret) : "ok");
}

static void make_calls(unsigned long pages)
{
	unsigned long length = pages * PAGE;
	long parent = expect_raw(SYS_getppid);
	unsigned long addr = (unsigned long)expect_raw(
	    SYS_mmap, 0, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	said("mmap", length, (long)addr);
	said("mprotect", length, expect_raw(SYS_mprotect, addr, length, PROT_NONE));
	dprintf(1, "getppid: %s\n", parent < 0 ? strerrorname_np((int)-parent) : "a process");
	said("munmap", length, expect_raw(SYS_munmap, addr, length));
}

int main(int argc, char **argv)
{
	int status;

	make_calls(310);
	for (int i = 1; i < argc; i++)
		install((unsigned int)strtoul(argv[i], NULL, 0) & SECCOMP_RET_DATA);
	make_calls(311);
	if (fork() == 0) {
		make_calls(312);
		_exit(0);
	}
	wait(&status);
	return status != 0;
}
