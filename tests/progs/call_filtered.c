/*
 * A seccomp filter of the program's own that fails, traps and allows calls: all of them are seen,
 * with what the program sees of them; in its threads and children too.
 */
#include "expect.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define PAGE 4096UL

static void on_trap(int signal)
{
	(void)signal;
}

#define CALL(nr, action)                                                                           \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1), BPF_STMT(BPF_RET | BPF_K, action)

static void install(unsigned int flags)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    CALL(SYS_mremap, SECCOMP_RET_ERRNO | ENOSPC),
	    CALL(SYS_mprotect, SECCOMP_RET_TRAP),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) < 0)
		expect_die("seccomp");
}

/* The trapped call returns its number; it was never made. */
static void trapped(unsigned long addr)
{
	syscall(SYS_mprotect, addr, PAGE, 1);
	expect_call("mprotect");
	expect_hex("addr", addr);
	expect_size("length", PAGE);
	expect_names("prot", "PROT_READ");
	expect_put(",\"ret\":null,\"unfinished\":true");
	expect_done();
}

int main(void)
{
	unsigned long addr;
	int status;

	signal(SIGSYS, on_trap);
	install(0);
	expect_begin();
	addr = expect_mmap(0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mremap(addr, PAGE, 2 * PAGE, MREMAP_MAYMOVE, 0);
	trapped(addr);
	expect_end();
	if (fork() == 0) {
		expect_begin();
		expect_mremap(addr, PAGE, 3 * PAGE, MREMAP_MAYMOVE, 0);
		expect_end();
		_exit(0);
	}
	wait(&status);
	expect_begin();
	expect_munmap(addr, PAGE);
	expect_end();
	return 0;
}
