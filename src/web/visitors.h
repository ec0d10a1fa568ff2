/*
 * Who is connected, and for how long it has been asking or taking what it got: who is slow is cut off. One thread adds
 * and removes, another looks at the clock.
 */
#pragma once

#include <pthread.h>
#include <stdint.h>
#include <sys/queue.h>

struct visitor {
	TAILQ_ENTRY(visitor) link;
	int fd;
	enum visitor_does { VISITOR_ASKS, VISITOR_TAKES, VISITOR_STREAMS } does;
	uint64_t since; /* ns */
};

struct visitors {
	pthread_mutex_t lock;
	TAILQ_HEAD(visitor_list, visitor) list;
};

void visitors_init(struct visitors *c);

/* visitors_add - one that connected; its descriptor is another's. */
struct visitor *visitors_add(struct visitors *c, int fd, uint64_t now);

/* visitors_note - from now on it does something else. */
void visitors_note(struct visitors *c, struct visitor *visitor, enum visitor_does does, uint64_t now);

void visitors_remove(struct visitors *c, struct visitor *visitor);

/* visitors_cut - shut the connections of those that took too long for what they do. */
void visitors_cut(struct visitors *c, uint64_t now);

void visitors_free(struct visitors *c);
