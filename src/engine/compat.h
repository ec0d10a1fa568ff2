/* Kernel interfaces newer than the headers of Debian 12 (Linux 6.1). */
#pragma once

#include <linux/types.h>
#include <sys/ioctl.h>

/* PROCMAP_QUERY, Linux 6.11: include/uapi/linux/fs.h. */
#ifndef PROCMAP_QUERY
struct procmap_query {
	__u64 size;
	__u64 query_flags;
	__u64 query_addr;
	__u64 vma_start;
	__u64 vma_end;
	__u64 vma_flags;
	__u64 vma_page_size;
	__u64 vma_offset;
	__u64 inode;
	__u32 dev_major;
	__u32 dev_minor;
	__u32 vma_name_size;
	__u32 build_id_size;
	__u64 vma_name_addr;
	__u64 build_id_addr;
};
#define PROCMAP_QUERY _IOWR('f', 17, struct procmap_query)
#endif

/* Linux 5.19 and 6.6: include/uapi/linux/seccomp.h. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS      _IOW('!', 4, __u64)
#endif

/* include/uapi/asm-generic/siginfo.h: the si_code of a SIGSYS that a filter sends. */
#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif
