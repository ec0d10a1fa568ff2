#include "web/visitors.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "util/clock.h"
#include "util/mem.h"

/* To send a request, the pause before it included; and to take what was answered. Streams go on. */
#define ASKS_FOR  (10 * NSEC_PER_SEC)
#define TAKES_FOR (60 * NSEC_PER_SEC)

void visitors_init(struct visitors *c)
{
	pthread_mutex_init(&c->lock, NULL);
	TAILQ_INIT(&c->list);
}

struct visitor *visitors_add(struct visitors *c, int fd, uint64_t now)
{
	struct visitor *visitor = mem_alloc(sizeof(*visitor));
	visitor->fd = fd;
	visitor->since = now;
	pthread_mutex_lock(&c->lock);
	TAILQ_INSERT_TAIL(&c->list, visitor, link);
	pthread_mutex_unlock(&c->lock);
	return visitor;
}

void visitors_note(struct visitors *c, struct visitor *visitor, enum visitor_does does, uint64_t now)
{
	pthread_mutex_lock(&c->lock);
	visitor->does = does;
	visitor->since = now;
	pthread_mutex_unlock(&c->lock);
}

void visitors_remove(struct visitors *c, struct visitor *visitor)
{
	pthread_mutex_lock(&c->lock);
	TAILQ_REMOVE(&c->list, visitor, link);
	pthread_mutex_unlock(&c->lock);
	free(visitor);
}

static uint64_t patience(const struct visitor *visitor)
{
	switch (visitor->does) {
	case VISITOR_ASKS: return ASKS_FOR;
	case VISITOR_TAKES: return TAKES_FOR;
	case VISITOR_STREAMS: break;
	}
	return UINT64_MAX;
}

void visitors_cut(struct visitors *c, uint64_t now)
{
	const struct visitor *visitor;
	pthread_mutex_lock(&c->lock);
	TAILQ_FOREACH (visitor, &c->list, link) {
		if (now > visitor->since && now - visitor->since > patience(visitor))
			shutdown(visitor->fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&c->lock);
}

void visitors_free(struct visitors *c)
{
	struct visitor *visitor;
	while ((visitor = TAILQ_FIRST(&c->list)))
		visitors_remove(c, visitor);
	pthread_mutex_destroy(&c->lock);
}
