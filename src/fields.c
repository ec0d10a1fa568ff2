/* The table behind fields.def. */
#include "fields.h"

#include <stddef.h>

const struct field_info fields[F_COUNT] = {
#define FIELD(key, kind)                                                                           \
	[F_##key] = {#key, ",\"" #key "\":", sizeof(#key) - 1, KIND_##kind, offsetof(struct event, key)},
#include "fields.def"
#undef FIELD
};

const char *const event_type_names[EVENT_TYPES] = {
    [EVENT_START] = "start",
    [EVENT_CALL] = "call",
    [EVENT_EXEC] = "exec",
    [EVENT_FORK] = "fork",
    [EVENT_EXIT] = "exit",
    [EVENT_ATTACH] = "attach",
    [EVENT_DETACH] = "detach",
    [EVENT_LOST] = "lost",
    [EVENT_FINDING] = "finding",
    [EVENT_END] = "end",
};
