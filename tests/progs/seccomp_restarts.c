/*
 * A child whose mmap waits for its parent's answer (SECCOMP_RET_USER_NOTIF), and is interrupted
 * while it does: by handlers that let it be made again (SA_RESTART), that let it fail, or that make
 * such calls themselves, by stops, and at last by death. Says how each call ended, as whoever made
 * it saw.
 */
#include "expect.h"
#include "listener.h"

#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>

#define PAGE    4096UL
#define MADE_UP 0x123456000

/* Lengths in pages, of the child's calls and of its handler's. */
enum { FIRST = 5330, INNER = 5350, LAST = 5359 };

/*
 * What the parent does each time it's asked: it sends a signal whose handler has the call made again
 * (r), lets it fail (e), calls itself (m) or leaves it behind (j); stops (s) or kills (k) the child; or
 * answers: make it (c), fail (x), a made-up result (v).
 */
static const char *steps[] = {"c", "rrrc", "rrrx", "rv", "ec", "rrec", "sc", "srsx", "mc", "mrmc",
    "j", "rj", "mc"};
static const char *inner_steps[] = {"c", "rrc", "ec", "c"};
static const char *death = "rrk";

static unsigned long inner;
static sigjmp_buf behind;

static void said(const char *name, unsigned long pages, long ret)
{
	dprintf(1, "call %s %lu %s\n", name, pages * PAGE,
	    expect_failed(ret) ? strerrorname_np((int)-ret) : "ok");
}

/* Tries again after EINTR, as programs do. */
static void map(unsigned long pages)
{
	long addr;

	if (pages < INNER && sigsetjmp(behind, 1)) {
		said("mmap", pages, -EINTR); /* as far as it's known: nobody sees the result */
		return;
	}
	do {
		addr = expect_raw(
		    SYS_mmap, 0, pages * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		said("mmap", pages, addr);
	} while (addr == -EINTR);
	if (!expect_failed(addr) && addr != MADE_UP)
		said("munmap", pages, expect_raw(SYS_munmap, addr, pages * PAGE));
}

static void on_signal(int signal)
{
	if (signal == SIGURG)
		map(INNER + inner++);
	if (signal == SIGWINCH)
		siglongjmp(behind, 1);
}

static void handle(int signal, int flags)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};

	if (sigaction(signal, &action, NULL) < 0)
		expect_die("sigaction");
}

/* Asks for mmaps of these lengths only. */
static int install(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 4),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
	    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST * PAGE, 0, 2),
	    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (LAST + 1) * PAGE, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	return listen_by(code, sizeof(code) / sizeof(code[0]));
}

static _Noreturn void child(int pipe_end)
{
	size_t n = sizeof(steps) / sizeof(steps[0]);
	int fd;

	handle(SIGUSR1, SA_RESTART);
	handle(SIGURG, SA_RESTART);
	handle(SIGWINCH, SA_RESTART);
	handle(SIGUSR2, 0);
	fd = install();
	if (write(pipe_end, &fd, sizeof(fd)) != sizeof(fd))
		expect_die("write");
	for (size_t i = 0; i <= n; i++) /* of the last it doesn't come back */
		map(FIRST + i);
	_exit(1);
}

static void stop_and_continue(pid_t pid)
{
	int status;

	kill(pid, SIGSTOP);
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		expect_die("waitpid");
	kill(pid, SIGCONT);
}

static void reply(int fd, const struct seccomp_notif *asked, char step)
{
	struct seccomp_notif_resp reply = {.id = asked->id};

	if (step == 'v')
		reply.val = MADE_UP;
	else if (step == 'x')
		reply.error = -ENOTUNIQ;
	else
		reply.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &reply) < 0)
		expect_die("NOTIF_SEND");
}

/* Where the steps of a call are noted, by its length. */
static const char **steps_of(unsigned long pages)
{
	size_t n = sizeof(steps) / sizeof(steps[0]);

	if (pages >= INNER)
		return &inner_steps[pages - INNER];
	return pages < FIRST + n ? &steps[pages - FIRST] : &death;
}

/* Returns whether the child is to live on. */
static bool serve(int fd, pid_t pid)
{
	struct seccomp_notif asked;

	memset(&asked, 0, sizeof(asked));
	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0)
		expect_die("NOTIF_RECV");
	char step = *(*steps_of(asked.data.args[1] / PAGE))++;
	switch (step) {
	case 'r': kill(pid, SIGUSR1); break;
	case 'e': kill(pid, SIGUSR2); break;
	case 'm': kill(pid, SIGURG); break;
	case 'j': kill(pid, SIGWINCH); break;
	case 's': stop_and_continue(pid); break;
	case 'k':
		dprintf(1, "call mmap %lu unfinished\n", (unsigned long)asked.data.args[1]);
		kill(pid, SIGKILL);
		return false;
	default: reply(fd, &asked, step);
	}
	return true;
}

int main(void)
{
	int ends[2], fd, status;
	long pid;

	alarm(30);
	if (pipe(ends) < 0)
		expect_die("pipe");
	pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		child(ends[1]);
	if (read(ends[0], &fd, sizeof(fd)) != sizeof(fd))
		expect_die("read");
	while (serve(fd, (pid_t)pid))
		;
	waitpid((pid_t)pid, &status, 0);
	dprintf(1, "the child ended with %x\n", status);
	return 0;
}
