/* What registers alone don't say about calls. */
#include <errno.h>
#include <linux/mman.h>

#include "decode/compat.h"
#include "decode/decode.h"
#include "decode/effect.h"
#include "decode/syscalls.h"
#include "util/cleanup.h"

static void set_file(const struct raw *raw, struct event *ev)
{
	if (!raw->file.known)
		return;
	EVENT_SET(ev, path, buf_view(&raw->path));
	EVENT_SET(ev, dev, raw->file.dev);
	EVENT_SET(ev, inode, raw->file.inode);
	if (raw->file.deleted)
		EVENT_SET(ev, deleted, true);
}

void refine_io_setup(struct decoder *d, const struct raw *raw, struct event *ev)
{
	(void)d;
	set_file(raw, ev);
	if (raw->file.known)
		EVENT_SET(ev, length, raw->file.end - raw->file.start);
	else
		event_unmark(ev, F_addr); /* it was a pointer to where the context goes */
}

/* include/uapi/asm-generic/mman-common.h of Linux 6.18, by value; madvise(2) says what each does. */
static const char *const advices[] = {"NORMAL", "RANDOM", "SEQUENTIAL", "WILLNEED", "DONTNEED", [8] = "FREE",
    [9] = "REMOVE", [10] = "DONTFORK", [11] = "DOFORK", [12] = "MERGEABLE", [13] = "UNMERGEABLE",
    [14] = "HUGEPAGE", [15] = "NOHUGEPAGE", [16] = "DONTDUMP", [17] = "DODUMP", [18] = "WIPEONFORK",
    [19] = "KEEPONFORK", [20] = "COLD", [21] = "PAGEOUT", [22] = "POPULATE_READ", [23] = "POPULATE_WRITE",
    [24] = "DONTNEED_LOCKED", [25] = "COLLAPSE", [100] = "HWPOISON", [101] = "SOFT_OFFLINE",
    [102] = "GUARD_INSTALL", [103] = "GUARD_REMOVE"};

/* The name of a value, or the value. */
static struct str word_of(
    struct decoder *d, const char *prefix, const char *const *names, size_t names_n, uint32_t value)
{
	d->word.len = 0;
	if (value < names_n && names[value])
		buf_fmt(&d->word, "%s%s", prefix, names[value]);
	else
		buf_fmt(&d->word, "0x%x", value);
	return buf_view(&d->word);
}

void refine_madvise(struct decoder *d, const struct raw *raw, struct event *ev)
{
	EVENT_SET(ev, advice, word_of(d, "MADV_", advices, countof(advices), (uint32_t)raw->args[2]));
}

void refine_process_madvise(struct decoder *d, const struct raw *raw, struct event *ev)
{
	EVENT_SET(ev, advice, word_of(d, "MADV_", advices, countof(advices), (uint32_t)raw->args[3]));
}

/* include/uapi/linux/prctl.h; prctl(2), PR_SET_MM. */
static const char *const mm_fields[] = {[1] = "START_CODE", [2] = "END_CODE", [3] = "START_DATA", [4] = "END_DATA",
    [5] = "START_STACK", [6] = "START_BRK", [7] = "BRK", [8] = "ARG_START", [9] = "ARG_END", [10] = "ENV_START",
    [11] = "ENV_END", [12] = "AUXV", [13] = "EXE_FILE", [14] = "MAP", [15] = "MAP_SIZE"};

static void set_vma(struct decoder *d, const struct raw *raw, struct event *ev)
{
	static const char *const attributes[] = {"ANON_NAME"};
	EVENT_SET(ev, option, STR("PR_SET_VMA"));
	EVENT_SET(ev, cmd, word_of(d, "PR_SET_VMA_", attributes, countof(attributes), (uint32_t)raw->args[1]));
	EVENT_SET(ev, addr, raw->args[2]);
	EVENT_SET(ev, length, raw->args[3]);
	if (raw->args[4] && raw->ret != -EFAULT && !raw->unread)
		EVENT_SET(ev, name, buf_view(&raw->path));
}

static void set_mm(struct decoder *d, const struct raw *raw, struct event *ev)
{
	EVENT_SET(ev, option, STR("PR_SET_MM"));
	EVENT_SET(ev, cmd, word_of(d, "PR_SET_MM_", mm_fields, countof(mm_fields), (uint32_t)raw->args[1]));
	EVENT_SET(ev, addr, raw->args[2]);
	if (raw->args[3])
		EVENT_SET(ev, length, raw->args[3]);
}

void refine_prctl(struct decoder *d, const struct raw *raw, struct event *ev)
{
	uint32_t option = (uint32_t)raw->args[0];
	if (option != PR_SET_MDWE)
		event_unmark(ev, F_flags);
	switch (option) {
	case PR_SET_VMA: set_vma(d, raw, ev); break;
	case PR_SET_MM: set_mm(d, raw, ev); break;
	case PR_SET_MDWE: EVENT_SET(ev, option, STR("PR_SET_MDWE")); break;
	case PR_SET_THP_DISABLE:
		EVENT_SET(ev, option, STR("PR_SET_THP_DISABLE"));
		EVENT_SET(ev, disable, raw->args[1]);
		break;
	default: break;
	}
}

/* include/uapi/linux/mempolicy.h of Linux 6.18; the modes are values, beside which three flags can stand. */
void refine_mbind(struct decoder *d, const struct raw *raw, struct event *ev)
{
	static const char *const modes[] = {"DEFAULT", "PREFERRED", "BIND", "INTERLEAVE", "LOCAL", "PREFERRED_MANY",
	    "WEIGHTED_INTERLEAVE"};
	static const struct {
		const char *name;
		uint32_t bit;
	} flags[] = {{"MPOL_F_STATIC_NODES", 1 << 15}, {"MPOL_F_RELATIVE_NODES", 1 << 14},
	    {"MPOL_F_NUMA_BALANCING", 1 << 13}};
	uint32_t mode = (uint32_t)raw->args[2], known = 0;
	for (size_t i = 0; i < countof(flags); i++)
		known |= flags[i].bit;
	word_of(d, "MPOL_", modes, countof(modes), mode & ~known);
	for (size_t i = 0; i < countof(flags); i++) {
		if (mode & flags[i].bit)
			buf_fmt(&d->word, "|%s", flags[i].name);
	}
	EVENT_SET(ev, mode, buf_view(&d->word));
	if (!raw->args[3] || raw->unread)
		event_unmark(ev, F_nodes);
}

void refine_memfd_create(struct decoder *d, const struct raw *raw, struct event *ev)
{
	(void)d;
	if (raw->args[0] && raw->ret != -EFAULT && !raw->unread)
		EVENT_SET(ev, name, buf_view(&raw->path));
}

/* Who may use a segment, as chmod(1) writes it. */
#define SHM_MODE 0777

void refine_shmget(struct decoder *d, const struct raw *raw, struct event *ev)
{
	d->word.len = 0;
	buf_fmt(&d->word, "0%03o", (unsigned)raw->args[2] & SHM_MODE);
	EVENT_SET(ev, mode, buf_view(&d->word));
	ev->flags.bits &= ~(uint64_t)SHM_MODE;
}

/* include/uapi/linux/ipc.h, shm.h. */
#define IPC_64 0x100 /* which structure 32-bit programs mean */

void refine_shmctl(struct decoder *d, const struct raw *raw, struct event *ev)
{
	static const char *const cmds[] = {"IPC_RMID", "IPC_SET", "IPC_STAT", "IPC_INFO", [11] = "SHM_LOCK",
	    "SHM_UNLOCK", "SHM_STAT", "SHM_INFO", "SHM_STAT_ANY"};
	EVENT_SET(ev, cmd, word_of(d, "", cmds, countof(cmds), (uint32_t)raw->args[1] & ~IPC_64));
}

void refine_mmap(struct decoder *d, const struct raw *raw, struct event *ev)
{
	(void)d;
	set_file(raw, ev);
}

void refine_mremap(struct decoder *d, const struct raw *raw, struct event *ev)
{
	(void)d;
	/* mremap(2): the fifth argument is looked at with these flags only. */
	if (!(raw->args[3] & (MREMAP_FIXED | MREMAP_DONTUNMAP)))
		event_unmark(ev, F_new_addr);
}

void refine_remap_file_pages(struct decoder *d, const struct raw *raw, struct event *ev)
{
	(void)raw;
	ev->offset *= d->page_size; /* counted in pages: remap_file_pages(2) */
}

void refine_shmat(struct decoder *d, const struct raw *raw, struct event *ev)
{
	(void)d;
	set_file(raw, ev);
	if (raw->file.known)
		EVENT_SET(ev, length, raw->file.end - raw->file.start);
}
