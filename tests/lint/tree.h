/* What cppcheck, which doesn't read the system's headers, needs to know of bsd/sys/tree.h and sys/queue.h. */
#define RB_GENERATE_INTERNAL(name, type, field, compare, attributes)
#define RB_FOREACH(at, name, head) for (at = 0; at;)
#define TAILQ_FOREACH(at, head, field) for (at = 0; at;)
#define RB_FOREACH_SAFE(at, name, head, next) for (at = 0, next = 0; at; at = next)
