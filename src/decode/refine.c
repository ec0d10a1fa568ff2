/* What registers alone don't say about the calls of %map. */
#include <linux/mman.h>

#include "decode/decode.h"
#include "decode/effect.h"
#include "decode/syscalls.h"

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
