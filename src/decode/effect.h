/*
 * What a call does to ranges of its address space, as far as registers tell: needed to put calls
 * into the kernel's order before there is a model. Pure.
 */
#pragma once

#include "decode/syscalls.h"

/* Bytes [start, end); start == end: none. */
struct span {
	uint64_t start, end;
};

static inline bool span_overlaps(struct span a, struct span b)
{
	return a.start < b.end && b.start < a.end && a.start < a.end && b.start < b.end;
}

#define EFFECT_SPANS 2

/*
 * effect_gone - the ranges that a call which has begun may free: what another task can be given
 * before this call is seen to end. `brk` is the space's break as last returned, 0 if unknown.
 */
void effect_gone(const struct syscall *call, const uint64_t args[6], uint64_t brk,
    struct span ret[EFFECT_SPANS]);

/*
 * effect_named - the range that its caller named for a call which has begun, and which is mapped afterwards as the
 * call wants it: by MAP_FIXED, mprotect(2) and the like. All brk(2) calls name one and the same.
 */
struct span effect_named(const struct syscall *call, const uint64_t args[6]);

/* effect_got - the range that a call which returned `result` was given. */
struct span effect_got(
    const struct syscall *call, const uint64_t args[6], int64_t result, uint64_t brk);

/* effect_failed - whether `result` is an error (-errno) for this call. */
bool effect_failed(const struct syscall *call, int64_t result);

/*
 * effect_halves - whether a call with that result may have failed half-way: after it has changed a part of what
 * it was to change.
 */
bool effect_halves(const struct syscall *call, const uint64_t args[6], int64_t result);

/*
 * effect_file - whether the call makes a mapping that has a file behind it: the engine then finds
 * out which. *ret_fd is the descriptor named, or -1.
 */
bool effect_file(const struct syscall *call, const uint64_t args[6], int *ret_fd);
