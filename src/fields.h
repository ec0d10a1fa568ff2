/*
 * An event's members as data: for what must go over all of them (writer, reader, generic decoding).
 */
#pragma once

#include "event.h"

enum field_kind {
	KIND_U64,
	KIND_INT,
	KIND_HEX,
	KIND_NSEC,
	KIND_TIME,
	KIND_BOOL,
	KIND_TEXT,
	KIND_TEXTS,
	KIND_NAMES,
	KIND_DEV,
	KIND_PIDS,
	KIND_MAPS,
	KIND_RESIDENCY,
	KIND_FRAMES,
	KIND_USAGE,
	KIND_STATUS,
	KIND_RET,
	KIND_COUNT
};

/* Of no key is the text before its value longer; so many bytes are copied at once. */
#define MEMBER_MAX 32

struct field_info {
	const char *key;
	char member[MEMBER_MAX]; /* ,"key": as it stands before the value */
	unsigned key_len;
	enum field_kind kind;
	unsigned offset; /* of the member in struct event */
};

extern const struct field_info fields[F_COUNT];
extern const char *const event_type_names[EVENT_TYPES];

/* field_at - the member that belongs to `field`; its C type is that of the field's kind. */
static inline void *field_at(struct event *ev, enum field field)
{
	return (char *)ev + fields[field].offset;
}

static inline const void *field_in(const struct event *ev, enum field field)
{
	return (const char *)ev + fields[field].offset;
}
