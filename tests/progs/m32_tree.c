/*
 * A 32-bit program without a C library: maps, unmaps, and then becomes a 64-bit one.
 * Linked with -m32 -nostdlib, which needs no 32-bit libraries.
 */
#include "m32.h"

void _start(void);

void _start(void)
{
	static const char *const words[] = {"true", 0};
	static const char *const none[] = {0};
	long addr = call(192, 0, 8192, 3, 0x22, -1, 0);

	call(125, addr, 4096, 1, 0, 0, 0);
	call(45, 0, 0, 0, 0, 0, 0);
	call(91, addr, 8192, 0, 0, 0, 0);
	call(192, 0, 8192, 3, 0x21, 99, 0);
	call(11, (long)"/bin/true", (long)words, (long)none, 0, 0, 0);
	call(1, 1, 0, 0, 0, 0, 0);
}
