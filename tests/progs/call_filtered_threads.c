/*
 * A filter that one thread installs for all (SECCOMP_FILTER_FLAG_TSYNC): another's calls are seen.
 */
#include "expect.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/prctl.h>

#define PAGE 4096UL

static int installed;

static void *other(void *arg)
{
	unsigned long addr;

	(void)arg;
	/* Busy, not in a call: nothing but the filter itself tells a tracer. */
	while (!__atomic_load_n(&installed, __ATOMIC_ACQUIRE))
		;
	expect_begin();
	addr = expect_mmap(0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mremap(addr, PAGE, 2 * PAGE, MREMAP_MAYMOVE, 0);
	expect_munmap(addr, PAGE);
	expect_end();
	return NULL;
}

int main(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mremap, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSPC),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};
	pthread_t thread;

	if (pthread_create(&thread, NULL, other, NULL))
		expect_die("pthread_create");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) < 0)
		expect_die("seccomp");
	__atomic_store_n(&installed, 1, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	return 0;
}
