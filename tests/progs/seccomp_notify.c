/*
 * A child whose mmap is answered by its parent (SECCOMP_RET_USER_NOTIF): with a result that was
 * made up, with an error, and by letting it be made.
 */
#include "expect.h"
#include "listener.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#define PAGE 4096UL
#define MADE_UP 0x123456000

enum { FIRST = 320, ASKED = 4 }; /* lengths in pages: made up, refused, continued, continued */

static void said(const char *name, unsigned long length, long ret)
{
	dprintf(1, "call %s %lu %s\n", name, length,
	    expect_failed(ret) ? strerrorname_np((int)-ret) : "ok");
}

/* Asks for mmaps and munmaps of these lengths only. */
static int install(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 1, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_munmap, 0, 4),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
	    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST * PAGE, 0, 2),
	    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (FIRST + ASKED) * PAGE, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	return listen_by(code, sizeof(code) / sizeof(code[0]));
}

static _Noreturn void child(int pipe_end)
{
	int fd = install();

	if (write(pipe_end, &fd, sizeof(fd)) != sizeof(fd))
		expect_die("write");
	for (unsigned long pages = FIRST; pages <= FIRST + ASKED; pages++) {
		long addr = expect_raw(SYS_mmap, 0, pages * PAGE, PROT_READ,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		said("mmap", pages * PAGE, addr);
		dprintf(1, "made up: %d\n", addr == MADE_UP);
		said("munmap", pages * PAGE, expect_raw(SYS_munmap, MADE_UP, pages * PAGE));
	}
	_exit(0);
}

static void answer(int fd, pid_t expected)
{
	struct seccomp_notif asked;
	struct seccomp_notif_resp reply;

	memset(&asked, 0, sizeof(asked));
	memset(&reply, 0, sizeof(reply));
	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0)
		expect_die("NOTIF_RECV");
	unsigned long pages = asked.data.args[1] / PAGE;
	dprintf(1, "asked: call %d, %lu pages, of the child: %d, still there: %d\n", asked.data.nr,
	    pages, asked.pid == (unsigned int)expected,
	    ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &asked.id) == 0);
	reply.id = asked.id;
	if (pages == FIRST)
		reply.val = asked.data.nr == SYS_mmap ? MADE_UP : 0;
	else if (pages == FIRST + 1)
		reply.error = -ENOTUNIQ;
	else
		reply.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &reply) < 0)
		expect_die("NOTIF_SEND");
}

int main(void)
{
	int ends[2], fd, status;
	long pid;

	if (pipe(ends) < 0)
		expect_die("pipe");
	pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		child(ends[1]);
	if (read(ends[0], &fd, sizeof(fd)) != sizeof(fd))
		expect_die("read");
	for (int i = 0; i < 2 * ASKED; i++)
		answer(fd, (pid_t)pid);
	waitpid((pid_t)pid, &status, 0);
	dprintf(1, "the child ended with %x\n", status);
	return 0;
}
