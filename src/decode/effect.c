#include "decode/effect.h"

#include <errno.h>
#include <linux/mman.h>
#include <sys/mman.h>
#include <sys/shm.h>

/* The largest errno that a system call returns (syscall(2)). */
#define MAX_ERRNO 4095

static struct span span_of(uint64_t start, uint64_t length)
{
	uint64_t end;
	if (__builtin_add_overflow(start, length, &end))
		end = UINT64_MAX;
	return (struct span){start, end};
}

/* What mremap(2) rounds up to whole pages; more than there are becomes 0 so (mm/mremap.c, PAGE_ALIGN). */
static struct span span_of_pages(uint64_t start, uint64_t length)
{
	return span_of(start, length > UINT64_MAX - 65536 ? 0 : length);
}

static bool is_fixed(const struct syscall *call, const uint64_t args[6])
{
	return call - syscalls == SYS_ID_mmap && args[3] & MAP_FIXED;
}

void effect_gone(
    const struct syscall *call, const uint64_t args[6], uint64_t brk, struct span ret[EFFECT_SPANS])
{
	ret[0] = ret[1] = (struct span){0, 0};
	switch (call->effect) {
	case EFFECT_MAP:
		if (is_fixed(call, args))
			ret[0] = span_of(args[0], args[1]);
		break;
	case EFFECT_UNMAP: ret[0] = span_of(args[0], args[1]); break;
	case EFFECT_REMAP:
		ret[0] = span_of_pages(args[0], args[1]);
		if (args[3] & MREMAP_FIXED)
			ret[1] = span_of(args[4], args[2]);
		break;
	case EFFECT_BRK:
		/* brk(0) asks where the break is. */
		if (args[0] && (!brk || args[0] < brk))
			ret[0] = (struct span){args[0], brk ? brk : UINT64_MAX};
		break;
	case EFFECT_SHMAT:
		if (!(args[2] & SHM_REMAP))
			break;
		/* fallthrough */
	case EFFECT_SHMDT:
		/* How long the segment is, the call doesn't say. */
		ret[0] = (struct span){args[call->effect == EFFECT_SHMAT ? 1 : 0], UINT64_MAX};
		break;
	case EFFECT_IO_DESTROY: ret[0] = (struct span){args[0], UINT64_MAX}; break; /* nor here */
	case EFFECT_IO_SETUP:
	case EFFECT_NONE: break;
	}
}

/* No call but brk(2) is about these bytes: the first page can't be mapped (proc_sys_vm(5), mmap_min_addr). */
#define THE_BREAK ((struct span){0, 1})

struct span effect_named(const struct syscall *call, const uint64_t args[6])
{
	switch (call - syscalls) {
	case SYS_ID_brk: return THE_BREAK;
	case SYS_ID_mmap:
		if (!is_fixed(call, args))
			break;
		/* fallthrough */
	case SYS_ID_mprotect:
	case SYS_ID_pkey_mprotect:
	case SYS_ID_remap_file_pages: return span_of(args[0], args[1]);
	case SYS_ID_mremap:
		if (args[3] & MREMAP_FIXED)
			return span_of(args[4], args[2]);
		break;
	case SYS_ID_shmat:
		if (args[2] & SHM_REMAP) /* how long the segment is, the call doesn't say */
			return (struct span){args[1], UINT64_MAX};
		break;
	default: break;
	}
	return (struct span){0, 0};
}

struct span effect_got(
    const struct syscall *call, const uint64_t args[6], int64_t result, uint64_t brk)
{
	uint64_t start = (uint64_t)result;
	if (effect_failed(call, result))
		return (struct span){0, 0};
	switch (call->effect) {
	case EFFECT_MAP: return span_of(start, args[1]);
	case EFFECT_REMAP:
		if (start == args[0] && args[2] >= args[1])
			return span_of(start + args[1], args[2] - args[1]);
		return span_of(start, start == args[0] ? 0 : args[2]);
	case EFFECT_BRK:
		return brk && start > brk ? (struct span){brk, start} : (struct span){0, 0};
	case EFFECT_SHMAT: return span_of(start, 1);
	case EFFECT_IO_SETUP: return span_of(args[1], 1);
	case EFFECT_IO_DESTROY:
	case EFFECT_UNMAP:
	case EFFECT_SHMDT:
	case EFFECT_NONE: break;
	}
	return (struct span){0, 0};
}

bool effect_failed(const struct syscall *call, int64_t result)
{
	return call->result != RESULT_BREAK && result < 0 && result >= -MAX_ERRNO;
}

bool effect_halves(const struct syscall *call, const uint64_t args[6], int64_t result)
{
	if (!effect_failed(call, result) || result == -EBADF)
		return false;
	switch (call - syscalls) {
	case SYS_ID_mmap: return args[3] & MAP_FIXED;
	case SYS_ID_mremap: return args[3] & MREMAP_FIXED;
	case SYS_ID_mprotect:
	case SYS_ID_pkey_mprotect: return result != -EINVAL; /* looked for before anything is done */
	default: return false;
	}
}

bool effect_file(const struct syscall *call, const uint64_t args[6], int *ret_fd)
{
	*ret_fd = -1;
	if (call->effect == EFFECT_SHMAT || call->effect == EFFECT_IO_SETUP)
		return true;
	if (call - syscalls != SYS_ID_mmap || args[3] & MAP_ANONYMOUS)
		return false;
	*ret_fd = (int)args[4];
	return true;
}
