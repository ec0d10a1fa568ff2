/*
 * What /proc says about a task (proc(5)). Each reader takes the id of a task that is stopped, and
 * any of its threads will do. They fail quietly where the task is gone: what they would have
 * said then stays empty.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "raw.h"

/* proc_comm - its name, 15 bytes and a NUL. Returns 0 or a negative errno, with ret untouched. */
int proc_comm(pid_t tid, char ret[16]);

/* proc_exe - append the path of its image, "" if unknown. */
void proc_exe(pid_t tid, struct buf *ret);

/*
 * proc_is_served - whether files of that device (struct raw_file), as process `tid` sees them, are served by a process:
 * FUSE. That one may be traced and wait for us, so they aren't to be opened or asked about while anyone is held.
 */
bool proc_is_served(pid_t tid, uint64_t dev);

/* proc_gives_rights - whether its image is a set-uid or set-gid file, or has capabilities. */
bool proc_gives_rights(pid_t tid);

/* proc_is_ours - whether /proc is there, and shows processes by the ids that they have for us: proc(5), "NSpid". */
bool proc_is_ours(void);

/* proc_filtered - whether this process is under a seccomp filter. */
bool proc_filtered(void);

/* proc_cmdline - append its argument list, a NUL after each. */
void proc_cmdline(pid_t tid, struct buf *ret);

/* proc_maps - append its address space as text. Returns 0 or a negative errno. */
int proc_maps(pid_t tid, struct buf *ret);

/*
 * proc_brk - the program break of one whose maps, these, show no heap: it's where that will begin
 * (proc_pid_stat(5), start_brk). 0: they do show one, or it can't be read.
 */
uint64_t proc_brk(pid_t tid, struct str maps);

/* proc_smaps - the same with what of it is in memory (proc_pid_smaps(5)). */
int proc_smaps(pid_t tid, struct buf *ret);

/* proc_max_rss - the most memory that its process had (VmHWM), bytes; 0: unknown. */
uint64_t proc_max_rss(pid_t tid);

/* proc_nspid - its id in its own pid namespace, 0 if that is ours (or unknown). */
pid_t proc_nspid(pid_t tid);

/*
 * proc_memory - up to `len` bytes of its memory from `address` on. Returns how many could be read, or
 * a negative errno.
 */
ssize_t proc_memory(pid_t tid, uint64_t address, void *ret, size_t len);

/* proc_tids - append the ids of its process's threads, as pid_t. Returns 0 or a negative errno. */
int proc_tids(pid_t pid, struct buf *ret);

/* proc_pids - append the ids of all processes, as pid_t. Returns 0 or a negative errno. */
int proc_pids(struct buf *ret);

/* What proc_state says. */
struct proc_state {
	char letter; /* R, S, D, T, t, Z, … (proc_pid_stat(5)) */
	bool kernel; /* a kernel thread */
	bool forked; /* it hasn't executed anything since it was made */
	pid_t tgid, ppid, tracer;
	uid_t uid; /* by which the kernel judges it */
};

/* proc_state - who and how it is. Returns 0 or a negative errno. */
int proc_state(pid_t tid, struct proc_state *ret);

/*
 * proc_same_space - whether two tasks use one address space, or none: those that have ended, and kernel threads.
 * Returns 1, 0 or a negative errno: -EPERM, -ENOSYS (kcmp(2)), -ESRCH.
 */
int proc_same_space(pid_t a, pid_t b);

/* proc_shares_space - whether two tasks use one address space, and have one. Returns likewise. */
int proc_shares_space(pid_t a, pid_t b);

/*
 * proc_running - how many tasks of the machine run or want to (proc_loadavg(5)); 0: unknown. *fd is the file, kept
 * by the caller, or -1 at first.
 */
unsigned proc_running(int *fd);

/* proc_is_zombie - whether it has ended, though its thread group may live. */
bool proc_is_zombie(pid_t tid);

/* proc_parent - the id of its thread group and of its parent. Returns 0 or a negative errno. */
int proc_parent(pid_t tid, pid_t *ret_tgid, pid_t *ret_ppid);

/*
 * An open /proc/PID/maps, kept while one space maps file after file. {-1, 0} is none. It belongs to
 * the address space that was there when it was opened, whatever the task does later.
 */
struct proc_space {
	int fd;
	uint64_t space;
};

/*
 * proc_mapping - what is behind the mapping that holds `addr` of `tid`, whose space has the id
 * `space`: by PROCMAP_QUERY (Linux 6.11), else from the text. Its path is appended to `path`.
 */
void proc_mapping(struct proc_space *cache, pid_t tid, uint64_t space, uint64_t addr,
    struct raw_file *ret, struct buf *path);

/* proc_descriptor - the same for what descriptor `fd` of `tid` refers to. */
void proc_descriptor(pid_t tid, int fd, struct raw_file *ret, struct buf *path);

/*
 * proc_range - where the mapping that holds `addr` begins and ends, of that task and space. Returns 0 or a negative
 * errno: -ENOENT if none holds it, -ESRCH if the task is gone, another where the kernel doesn't tell of single ones
 * (before Linux 6.11).
 */
int proc_range(struct proc_space *cache, pid_t tid, uint64_t space, uint64_t addr, uint64_t *ret_start,
    uint64_t *ret_end);

/*
 * proc_settle_deleted - `path` from `from` on is the kernel's for `file`, as task `tid` sees it: if that says that it's
 * deleted, and no file of that very name is the one meant, take the word off and mark the file.
 */
void proc_settle_deleted(pid_t tid, struct raw_file *file, struct buf *path, size_t from);

/* proc_space_close - close what a cache holds. */
void proc_space_close(struct proc_space *cache);
