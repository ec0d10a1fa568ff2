#include "engine/memory.h"

#include "decode/syscalls.h"
#include "engine/proc.h"

#define ANON_VMA_NAME_MAX 80  /* with its NUL: PR_SET_VMA(2const) */
#define MFD_NAME_MAX      250 /* likewise: memfd_create(2) */

static void read_name(pid_t tid, uint64_t address, size_t most, struct raw *raw)
{
	char name[MFD_NAME_MAX] = {0};
	if (address && proc_memory(tid, address, name, most - 1) > 0)
		buf_str(&raw->path, str_of(name));
}

/* A word of the caller's, as long as its words are. Returns 0 if it can't be read. */
static uint64_t read_word(pid_t tid, const struct raw *raw, uint64_t address)
{
	uint64_t word = 0;
	size_t size = raw->abi == ABI_I386 ? 4 : 8;
	return address && proc_memory(tid, address, &word, size) == (ssize_t)size ? word : 0;
}

/* The first 64 nodes at most; of the mask, one bit less than `maxnode` counts (mbind(2), BUGS). */
static uint64_t read_nodes(pid_t tid, const struct raw *raw)
{
	uint64_t maxnode = raw->args[4];
	if (maxnode < 2)
		return 0;
	uint64_t mask = read_word(tid, raw, raw->args[3]);
	return maxnode > 64 ? mask : mask & ((UINT64_C(1) << (maxnode - 1)) - 1);
}

void memory_read(pid_t tid, struct raw *raw, bool made)
{
	uint64_t context;
	switch (raw->call_id) {
	case SYS_ID_io_setup: /* the context is the ring's address */
		context = made ? read_word(tid, raw, raw->args[1]) : 0;
		raw->args[1] = context ? context : raw->args[1];
		break;
	case SYS_ID_mbind: raw->args[3] = read_nodes(tid, raw); break;
	case SYS_ID_memfd_create: read_name(tid, raw->args[0], MFD_NAME_MAX, raw); break;
	case SYS_ID_prctl: /* of PR_SET_VMA, which alone has so many arguments */
		read_name(tid, raw->args[4], ANON_VMA_NAME_MAX, raw);
		break;
	default: break;
	}
}
