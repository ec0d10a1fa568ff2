/*
 * Any bytes as a request for the live page: who asks is judged, and what is asked for is answered, in JSON or not at all.
 * The first byte says what the request comes with; fields stand behind one another, each ended by a NUL.
 */
#include <stdlib.h>
#include <string.h>

#include "web/api.h"
#include "web/follow.h"
#include "web/guard.h"
#include "web/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FIELDS 16

struct given {
	struct str fields[FIELDS];
	unsigned n;
};

/* Arguments are "name=value" in the fields behind the headers. */
static struct str argument(const struct request *r, const char *name)
{
	const struct given *given = r->of;
	size_t len = strlen(name);
	for (unsigned i = 7; i < given->n; i++) {
		struct str field = given->fields[i];
		if (field.len > len && memcmp(field.s, name, len) == 0 && field.s[len] == '=')
			return (struct str){field.s + len + 1, field.len - len - 1};
	}
	return (struct str){0};
}

static void take(struct follower *f, struct event *ev, const char *comm, int64_t pid)
{
	EVENT_SET(ev, time, 1);
	EVENT_SET(ev, elapsed, 1000);
	EVENT_SET(ev, pid, pid);
	EVENT_SET(ev, tid, pid);
	EVENT_SET(ev, comm, str_of(comm));
	follow_event(f, ev);
}

/* A run with a process, a mapping and a call that failed. */
static void fill(struct runs *runs)
{
	static const struct str calls[] = {STR_INIT("brk"), STR_INIT("mmap"), STR_INIT("munmap"), STR_INIT("mprotect"),
	    STR_INIT("mremap"), STR_INIT("shmat"), STR_INIT("shmdt")};
	static const struct map maps[] = {{.start = 0x1000, .end = 0x9000, .perms = "r-xp"}};
	struct follower f = {.runs = runs};
	struct event ev;
	event_init(&ev, EVENT_START);
	EVENT_SET(&ev, run, STR("0190b0b0-b0b0-7000-8000-000000000000"));
	EVENT_SET(&ev, engine, STR("ptrace"));
	EVENT_SET(&ev, calls, (struct str_list){calls, 7});
	follow_event(&f, &ev);
	event_init(&ev, EVENT_EXEC);
	EVENT_SET(&ev, maps, (struct map_list){maps, 1});
	EVENT_SET(&ev, exe, STR("/bin/x"));
	take(&f, &ev, "<x>", 7);
	event_init(&ev, EVENT_CALL);
	ev.call_id = SYS_ID_mmap;
	EVENT_SET(&ev, call, STR("mmap"));
	EVENT_SET(&ev, length, 65536);
	EVENT_SET(&ev, ret, (struct ret){RET_HEX, 0x100000});
	take(&f, &ev, "\xff\"", 7);
	follow_end(&f);
}

static struct runs *runs_once(void)
{
	static struct runs runs;
	static bool filled;
	if (!filled) {
		runs_init(&runs);
		runs.paced = true;
		fill(&runs);
		filled = true;
	}
	return &runs;
}

static void stream(const struct request *r)
{
	struct err err = {.status = 0};
	struct shelf shelf = {0};
	struct stream *s;
	struct buf out = {0};
	if (stream_open(runs_once(), r, 7, &s, &err) == 0) {
		stream_message(s, &shelf, 1, &out);
		stream_message(s, &shelf, 2, &out);
		stream_close(s);
	}
	buf_free(&out);
	shelf_free(&shelf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct given given = {0};
	struct guard guard = {.token = "0123456789abcdef", .cookie = "memtrace-1", .host = "127.0.0.1"};
	struct err err = {.status = 0};
	bool greets;
	const char *p = (const char *)data, *end = p + size;
	while (given.n < FIELDS && p < end) {
		size_t len = strnlen(p, (size_t)(end - p));
		given.fields[given.n++] = (struct str){p, len};
		p += len + 1;
	}
	struct request r = {.method = STR("GET"),
	    .path = given.fields[0],
	    .host = given.fields[1],
	    .origin = given.fields[2],
	    .fetch_site = given.fields[3],
	    .authorization = given.fields[4],
	    .cookie = given.fields[5],
	    .last_id = given.fields[6],
	    .argument = argument,
	    .of = &given};
	if (guard_check(&guard, &r, 1, &greets, &err) == 0 && !r.authorization.len && !r.cookie.len && !greets)
		abort(); /* nobody comes in without a token */
	if (str_begins(r.path, STR(API_PREFIX))) {
		struct answer a = {.status = 0};
		api_answer(runs_once(), &r, &a);
		if (!a.body.len || a.status < 200)
			abort();
		buf_free(&a.body);
	}
	stream(&r);
	return 0;
}
