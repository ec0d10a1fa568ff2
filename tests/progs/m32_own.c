/*
 * What a tracer answers in the kernel's place, asked for by a 32-bit program: a child made with
 * CLONE_UNTRACED, and calls that a filter of its own asks a tracer about. Prints what came of each.
 */
#include "m32.h"

struct instruction {
	unsigned short code;
	unsigned char yes, no;
	unsigned k;
};

static void untraced(void)
{
	long status = -1, pid = call(120, 0x00800000 | 17, 0, 0, 0, 0, 0);

	if (pid == 0) {
		long addr = call(192, 0, 4096 * 201, 1, 0x22, -1, 0);

		call(1, addr < 0 && addr > -4096, 0, 0, 0, 0, 0);
	}
	call(7, pid, (long)&status, 0, 0, 0, 0);
	tell("untraced child", status >> 8);
}

static void filtered(void)
{
	/* getppid and mprotect: RET_TRACE; all others: RET_ALLOW. */
	static struct instruction code[] = {{0x20, 0, 0, 0}, {0x15, 1, 0, 64}, {0x15, 0, 1, 125},
	    {0x06, 0, 0, 0x7ff00007}, {0x06, 0, 0, 0x7fff0000}};
	struct {
		unsigned short length;
		struct instruction *code;
	} program = {5, code};
	long addr = call(192, 0, 4096 * 203, 1, 0x22, -1, 0);

	call(172, 38, 1, 0, 0, 0, 0);
	tell("filter", call(172, 22, 2, (long)&program, 0, 0, 0));
	tell("getppid", call(64, 0, 0, 0, 0, 0, 0) < 0 ? -38 : 0);
	tell("mprotect", call(125, addr, 4096 * 203, 0, 0, 0, 0));
}

void _start(void);

void _start(void)
{
	untraced();
	filtered();
	call(1, 0, 0, 0, 0, 0, 0);
}
