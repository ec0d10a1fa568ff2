/*
 * From what an engine saw to what it means: struct raw to struct event. Pure: no I/O, no clock, no
 * globals; all state is in the decoder that the caller owns.
 */
#pragma once

#include "decode/maps.h"
#include "event.h"
#include "raw.h"

struct decoder {
	uint64_t page_size;  /* bytes */
	uint64_t start_mono; /* ns: what `elapsed` counts from */
	uint64_t start_real; /* ns: what `time` shows for start_mono */
	bool no_argv;        /* leave argument lists out */
	/* What the last event's lists point into. */
	struct str *args;
	size_t args_n, args_size;
	int64_t *tids;
	size_t tids_n, tids_size;
	struct maps maps;
	struct buf word, why;
	struct map *resident;
	size_t resident_n, resident_size;
};

/*
 * decode - say in *ret what `raw` means. The event's texts and lists point into `raw`, the decoder
 * and constant tables; they hold until either is used again.
 */
void decode(struct decoder *d, const struct raw *raw, struct event *ret);

/* decode_status - a status as wait(2) gives it. */
struct status decode_status(int wait_status);

void decoder_free(struct decoder *d);

/*
 * The refine functions of syscalls.def: called when the parameters are in the event, the result is
 * not; they may add, change and unmark members.
 */
void refine_mbind(struct decoder *d, const struct raw *raw, struct event *ev);
void refine_memfd_create(struct decoder *d, const struct raw *raw, struct event *ev);
void refine_process_madvise(struct decoder *d, const struct raw *raw, struct event *ev);
void refine_shmctl(struct decoder *d, const struct raw *raw, struct event *ev);
void refine_shmget(struct decoder *d, const struct raw *raw, struct event *ev);
void refine_io_setup(struct decoder *d, const struct raw *raw, struct event *ev);
void refine_madvise(struct decoder *d, const struct raw *raw, struct event *ev);
void refine_prctl(struct decoder *d, const struct raw *raw, struct event *ev);
void refine_mmap(struct decoder *d, const struct raw *raw, struct event *ev);
void refine_mremap(struct decoder *d, const struct raw *raw, struct event *ev);
void refine_remap_file_pages(struct decoder *d, const struct raw *raw, struct event *ev);
void refine_shmat(struct decoder *d, const struct raw *raw, struct event *ev);
