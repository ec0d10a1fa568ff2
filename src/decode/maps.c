#include "decode/maps.h"

#include <stdbool.h>
#include <stdlib.h>

#include "util/mem.h"

/* What is left of a line; a failed take makes `ok` false and the following ones do nothing. */
struct cursor {
	const char *p, *end;
	bool ok;
};

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return 99;
}

static uint64_t take_number(struct cursor *c, unsigned base)
{
	uint64_t value = 0;
	const char *start = c->p;
	for (; c->p < c->end && digit_value(*c->p) < (int)base; c->p++) {
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)digit_value(*c->p), &value))
			c->ok = false;
	}
	c->ok &= c->p > start;
	return value;
}

static void take_char(struct cursor *c, char expected)
{
	c->ok = c->ok && c->p < c->end && *c->p == expected;
	c->p += c->ok;
}

static void take_perms(struct cursor *c, char perms[5])
{
	static const char *const allowed[] = {"r-", "w-", "x-", "ps"};
	for (unsigned i = 0; i < 4; i++) {
		c->ok = c->ok && c->p < c->end && *c->p && strchr(allowed[i], *c->p);
		perms[i] = c->ok ? *c->p++ : '-';
	}
	perms[4] = '\0';
}

/* The rest of the line: blanks, then a name in which a newline is written \012. */
static struct str take_path(struct cursor *c, struct buf *text)
{
	while (c->p < c->end && *c->p == ' ')
		c->p++;
	size_t from = text->len;
	while (c->p < c->end) {
		if (c->end - c->p >= 4 && memcmp(c->p, "\\012", 4) == 0) {
			buf_char(text, '\n');
			c->p += 4;
		} else {
			buf_char(text, *c->p++);
		}
	}
	return (struct str){text->data + from, text->len - from};
}

static bool parse_line(struct str line, struct map *map, struct buf *text)
{
	struct cursor c = {line.s, line.s + line.len, true};
	map->start = take_number(&c, 16);
	take_char(&c, '-');
	map->end = take_number(&c, 16);
	take_char(&c, ' ');
	take_perms(&c, map->perms);
	take_char(&c, ' ');
	map->offset = take_number(&c, 16);
	take_char(&c, ' ');
	map->dev = take_number(&c, 16) << 32;
	take_char(&c, ':');
	map->dev |= take_number(&c, 16);
	take_char(&c, ' ');
	map->inode = take_number(&c, 10);
	if (!c.ok || map->end <= map->start)
		return false;
	map->path = take_path(&c, text);
	map->deleted = str_ends(map->path, STR(" (deleted)"));
	if (map->deleted)
		map->path.len -= STR(" (deleted)").len;
	return true;
}

/* The value of a line "Rss:   4 kB" of smaps that begins with `key`, in bytes. */
static bool take_detail(struct str line, struct str key, uint64_t *ret)
{
	if (!str_begins(line, key))
		return false;
	struct cursor c = {line.s + key.len, line.s + line.len, true};
	while (c.p < c.end && *c.p == ' ')
		c.p++;
	*ret = take_number(&c, 10) << 10;
	return true;
}

/* What smaps says about the range whose line came before. */
static void parse_detail(struct str line, struct map *map)
{
	static const struct str flags = STR_INIT("VmFlags:");
	if (take_detail(line, STR("Rss:"), &map->rss) || take_detail(line, STR("Swap:"), &map->swap) ||
	    take_detail(line, STR("AnonHugePages:"), &map->anon_huge))
		return;
	if (str_begins(line, flags))
		map->grows_down = memmem(line.s, line.len, " gd", 3) != NULL;
}

/*
 * Let it begin no earlier than where what came before it ends; false if nothing is left of it. The kernel lets
 * others change ranges while it lists them and shows one that was merged backwards from where it begins now, though
 * it showed a part of it before (fs/proc/task_mmu.c, get_next_vma, since Linux 6.17).
 */
static bool clip(struct map *map, uint64_t before)
{
	if (map->start >= before)
		return true;
	if (map->end <= before)
		return false;
	map->offset += map->inode ? before - map->start : 0;
	map->start = before;
	return true;
}

size_t maps_parse(struct str text, struct maps *maps)
{
	maps->n = 0;
	maps->text.len = 0;
	buf_reserve(&maps->text, text.len + 1); /* never moves below: paths point into it */
	size_t number = 1;
	for (size_t at = 0; at < text.len; number++) {
		const char *line = text.s + at;
		const char *end = memchr(line, '\n', text.len - at);
		size_t len = end ? (size_t)(end - line) : text.len - at;
		at += len + 1;
		if (maps->n && *line >= 'A' && *line <= 'Z') { /* addresses are in small letters */
			parse_detail((struct str){line, len}, &maps->v[maps->n - 1]);
			continue;
		}
		struct map *map = MEM_PUSH(maps->v, maps->n, maps->size);
		map->rss = map->swap = map->anon_huge = 0;
		map->grows_down = false;
		if (!parse_line((struct str){line, len}, map, &maps->text)) {
			maps->n--;
			return number;
		}
		if (maps->n > 1 && !clip(map, map[-1].end))
			maps->n--;
	}
	return 0;
}

void maps_free(struct maps *maps)
{
	free(maps->v);
	buf_free(&maps->text);
	*maps = (struct maps){0};
}
