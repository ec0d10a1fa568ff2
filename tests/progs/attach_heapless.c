/*
 * A process that asks for its break and has no heap yet: says "ready", and once standard input has a line or ends
 * grows the break twice and takes back half. It uses no function that would need a heap itself.
 */
#include "raw.h"

#include <sys/syscall.h>

#define PIECE 65536L

int main(void)
{
	long first = syscall(SYS_brk, 0);
	char byte;

	if (write(1, "ready\n", 6) != 6 || read(0, &byte, 1) < 0)
		return 1;
	syscall(SYS_brk, first + PIECE);
	syscall(SYS_brk, first + 2 * PIECE);
	syscall(SYS_brk, first + PIECE);
	return syscall(SYS_brk, 0) == first + PIECE ? 7 : 1;
}
