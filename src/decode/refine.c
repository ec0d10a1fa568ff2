/* What registers alone don't say about the calls of %map. */
#include <errno.h>
#include <linux/mman.h>
#include <sys/prctl.h>

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

void refine_madvise(struct decoder *d, const struct raw *raw, struct event *ev)
{
	uint32_t advice = (uint32_t)raw->args[2];
	d->word.len = 0;
	if (advice < countof(advices) && advices[advice])
		buf_fmt(&d->word, "MADV_%s", advices[advice]);
	else
		buf_fmt(&d->word, "0x%x", advice);
	EVENT_SET(ev, advice, buf_view(&d->word));
}

void refine_prctl(struct decoder *d, const struct raw *raw, struct event *ev)
{
	uint32_t option = (uint32_t)raw->args[0];
	d->word.len = 0;
	if (option != PR_SET_VMA) {
		buf_fmt(&d->word, "0x%x", option);
		EVENT_SET(ev, option, buf_view(&d->word));
		return;
	}
	EVENT_SET(ev, option, STR("PR_SET_VMA"));
	EVENT_SET(ev, addr, raw->args[2]);
	EVENT_SET(ev, length, raw->args[3]);
	if (raw->args[4] && raw->ret != -EFAULT)
		EVENT_SET(ev, name, buf_view(&raw->path));
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
