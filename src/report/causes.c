/* What errors of calls mean: mmap(2), munmap(2), mprotect(2), mremap(2), shmop(2), brk(2), "ERRORS". */
#include "decode/syscalls.h"
#include "report/report.h"

static const struct {
	int call_id; /* -1: any */
	const char *error, *cause;
} causes[] = {
    {SYS_ID_mmap, "ENOMEM", "no memory or room, over a limit, or over vm.max_map_count ranges"},
    {SYS_ID_munmap, "ENOMEM", "it would make one range more than vm.max_map_count"},
    {SYS_ID_mprotect, "ENOMEM", "something there isn't mapped, or vm.max_map_count is reached"},
    {SYS_ID_mremap, "ENOMEM", "no room to grow there, or over a limit"},
    {SYS_ID_mmap, "EEXIST", "MAP_FIXED_NOREPLACE, and something is there"},
    {SYS_ID_mmap, "EACCES", "the file wasn't opened for that, or mustn't hold code"},
    {SYS_ID_mmap, "EPERM", "sealed, or more than the program may have"},
    {SYS_ID_mmap, "ENODEV", "what the descriptor is can't be mapped"},
    {SYS_ID_mmap, "EBADF", "no such descriptor"},
    {SYS_ID_mmap, "EAGAIN", "locked memory over RLIMIT_MEMLOCK"},
    {SYS_ID_mprotect, "EACCES", "the file wasn't opened for that, or a policy forbids it"},
    {SYS_ID_mremap, "EFAULT", "the range isn't mapped, or isn't one mapping"},
    {SYS_ID_mremap, "EAGAIN", "locked memory over RLIMIT_MEMLOCK"},
    {SYS_ID_shmat, "EINVAL", "no such segment, or no room at that address"},
    {SYS_ID_shmdt, "EINVAL", "nothing is attached there"},
    {-1, "EINVAL", "not aligned, of no length, or flags that don't go together"},
    {-1, "EPERM", "sealed (mseal), or forbidden by a policy"},
};

const char *report_cause(int call_id, struct str error)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if ((causes[i].call_id == call_id || causes[i].call_id < 0) && str_is(error, causes[i].error))
			return causes[i].cause;
	}
	return "";
}
