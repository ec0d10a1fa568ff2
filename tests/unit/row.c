/*
 * src/db/row.c: a line, as an event, as a row, as the text that a server keeps and gives back, as
 * an event and as a line again: the same bytes.
 */
#include "db/row.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "events.h"
#include "util/utf8.h"

enum kind { NUM, INT, BYTES, NAME, BITS, RET };

static const struct {
	const char *name;
	enum kind kind;
	unsigned limit;
} columns[COLUMN_COUNT] = {
#define COLUMN(column, key, kind, limit) {#column, kind, limit},
#include "db/columns.def"
#undef COLUMN
};

/* All that one test needs; made by bench_init. */
struct bench {
	struct parse_keys keys;
	struct names_table names;
	struct writer writer;
	struct row row;
	struct arena arena;
	struct buf sent, line;
	struct str cells[ROW_SELECTED];
};

static void bench_init(struct bench *b)
{
	*b = (struct bench){0};
	parse_keys_init(&b->keys);
	for (enum column c = 0; c < COLUMN_COUNT; c++)
		b->row.cells[c].kind = 77; /* what isn't set must not be looked at */
}

static void free_cells(struct bench *b)
{
	for (size_t i = 0; i < ROW_SELECTED; i++) {
		free((void *)(uintptr_t)b->cells[i].s);
		b->cells[i] = (struct str){0};
	}
}

static void bench_free(struct bench *b)
{
	free_cells(b);
	names_free(&b->names);
	writer_free(&b->writer);
	row_free(&b->row);
	arena_free(&b->arena);
	buf_free(&b->sent);
	buf_free(&b->line);
}

/* ---- a server ---- */

/* A value of a row that comes back: memory of its own, so that reads beyond it show, and a NUL. */
static struct str server_text(struct str text)
{
	char *copy = malloc(text.len + 1);
	if (text.len)
		memcpy(copy, text.s, text.len);
	copy[text.len] = '\0';
	return (struct str){copy, text.len};
}

static struct str server_fmt(const char *format, uint64_t num)
{
	char text[32];
	/* One of two formats, PRIu64 or PRId64. */
	int n = format[0] == 'u' ? snprintf(text, sizeof(text), "%" PRIu64, num)
	                         : snprintf(text, sizeof(text), "%" PRId64, (int64_t)num);
	return server_text((struct str){text, (size_t)n});
}

/* What the server keeps for a cell: nothing that its column can't hold. */
static void check_cell(const struct cell *cell, enum column c, const struct names_table *names)
{
	enum kind kind = columns[c].kind;
	const char *name = columns[c].name;
	if (cell->kind == CELL_NULL)
		return;
	unit_check(cell->kind == (kind == BYTES    ? CELL_BYTES
	                             : kind == INT ? CELL_INT
	                                           : CELL_NUM),
	    "%s is of kind %d", name, cell->kind);
	if (kind == INT)
		unit_check(
		    (int64_t)cell->num == (int32_t)cell->num, "%s: %" PRIx64, name, cell->num);
	if (kind == BYTES)
		unit_check(cell->bytes.len <= columns[c].limit, "%s: %zu", name, cell->bytes.len);
	if (kind == BITS)
		unit_check(cell->num <= UINT32_MAX, "%s: %" PRIx64, name, cell->num);
	if (kind == NAME) {
		unit_check(cell->num < names->n, "%s: %" PRIu64, name, cell->num);
		unit_check(names->entries[cell->num].id == cell->num, "ids don't follow");
		unit_check(names->entries[cell->num].text.len <= columns[c].limit, "%s", name);
	}
}

static struct str server_cell(
    const struct cell *cell, enum column c, const struct names_table *names)
{
	check_cell(cell, c, names);
	if (cell->kind == CELL_NULL)
		return (struct str){0};
	if (columns[c].kind == NAME)
		return server_text(names->entries[cell->num].text);
	switch (cell->kind) {
	case CELL_NUM: return server_fmt("u", cell->num);
	case CELL_INT: return server_fmt("d", cell->num);
	case CELL_BYTES: return server_text(cell->bytes);
	case CELL_NULL: break;
	}
	return (struct str){0};
}

static void serve(struct bench *b)
{
	const struct row *row = &b->row;
	struct str body = buf_view(&row->body);
	free_cells(b);
	b->cells[0] = server_text(str_of(event_type_names[row->type]));
	for (enum column c = 0; c < COLUMN_COUNT; c++)
		b->cells[1 + c] = server_cell(&row->cells[c], c, &b->names);
	if (!body.len)
		return;
	unit_check(utf8_valid(body), "no UTF-8: %.*s", (int)body.len, body.s);
	unit_check(!memchr(body.s, '\0', body.len), "a NUL in %.*s", (int)body.len, body.s);
	unit_check(!str_is(body, "{}"), "an empty body");
	b->cells[ROW_SELECTED - 1] = server_text(body);
}

/* ---- what LOAD DATA makes of a line: defaults, but for CHARACTER SET binary ---- */

/* The next field of a line; s == NULL for \N. */
static struct str load_field(const char **p, const char *end, struct buf *to)
{
	static const char from[] = "0bnrtZ", meant[] = "\0\b\n\r\t\x1a";
	size_t begin = to->len;
	if (end - *p >= 3 && memcmp(*p, "\\N", 2) == 0 && ((*p)[2] == '\t' || (*p)[2] == '\n')) {
		*p += 2;
		return (struct str){0};
	}
	while (*p < end && **p != '\t' && **p != '\n') {
		char c = *(*p)++;
		if (c == '\\') {
			unit_check(*p < end, "a line ends with a backslash");
			c = *(*p)++;
			const char *at = c ? strchr(from, c) : NULL;
			c = at ? meant[at - from] : c;
		}
		buf_char(to, c);
	}
	return (struct str){to->data + begin, to->len - begin};
}

static void check_field(struct str got, const struct cell *cell, const char *name)
{
	char number[32];
	struct str expected = {0};
	switch (cell->kind) {
	case CELL_NULL: break;
	case CELL_NUM:
		expected.len = (size_t)snprintf(number, sizeof(number), "%" PRIu64, cell->num);
		expected.s = number;
		break;
	case CELL_INT:
		expected.len = (size_t)snprintf(number, sizeof(number), "%" PRId64, cell->num);
		expected.s = number;
		break;
	case CELL_BYTES: expected = cell->bytes.s ? cell->bytes : STR(""); break;
	}
	unit_check(!got.s == !expected.s, "%s: NULL or not", name);
	assert_str(got, expected);
}

static struct cell body_cell(const struct row *row)
{
	struct cell ret = {CELL_NULL, 0, {0}};
	if (row->body.len)
		ret = (struct cell){CELL_BYTES, 0, buf_view(&row->body)};
	return ret;
}

static void check_line(struct bench *b)
{
	struct buf text = {0};
	struct cell body = body_cell(&b->row);
	b->sent.len = 0;
	row_put_line(&b->row, &b->sent);
	buf_reserve(&text, b->sent.len); /* so that fields stay where they are */
	const char *p = b->sent.data, *end = p + b->sent.len;
	assert_text(load_field(&p, end, &text), event_type_names[b->row.type]);
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		unit_check(p < end && *p++ == '\t', "no tab before %s", columns[c].name);
		check_field(load_field(&p, end, &text), &b->row.cells[c], columns[c].name);
	}
	unit_check(p < end && *p++ == '\t', "no tab before body");
	check_field(load_field(&p, end, &text), &body, "body");
	unit_check(p + 1 == end && *p == '\n', "no newline at the end, or one before");
	buf_free(&text);
}

/* ---- what INSERT makes of values ---- */

static unsigned digit_of(char c)
{
	unit_check(isxdigit((unsigned char)c), "no hexadecimal digit: %d", c);
	return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static struct str sql_value(const char **p, const char *end, struct buf *to)
{
	size_t begin = to->len;
	if (end - *p >= 4 && memcmp(*p, "NULL", 4) == 0) {
		*p += 4;
		return (struct str){0};
	}
	if (end - *p >= 9 && memcmp(*p, "_utf8mb4 ", 9) == 0)
		*p += 9;
	if (end - *p >= 2 && memcmp(*p, "X'", 2) == 0) {
		for (*p += 2; *p < end && **p != '\''; *p += 2) {
			unit_check(*p + 2 < end, "half a byte");
			buf_char(to, (char)(digit_of((*p)[0]) << 4 | digit_of((*p)[1])));
		}
		unit_check(*p < end && *(*p)++ == '\'', "a literal doesn't end");
	} else {
		while (*p < end && (isdigit((unsigned char)**p) || **p == '-'))
			buf_char(to, *(*p)++);
	}
	return (struct str){to->data + begin, to->len - begin};
}

static void check_values(struct bench *b)
{
	struct buf text = {0};
	struct cell body = body_cell(&b->row);
	char start[64];
	b->sent.len = 0;
	row_put_values(&b->row, STR("@run"), &b->sent);
	buf_reserve(&text, b->sent.len);
	const char *p = b->sent.data, *end = p + b->sent.len;
	size_t len =
	    (size_t)snprintf(start, sizeof(start), "(@run,'%s'", event_type_names[b->row.type]);
	assert_text(((struct str){p, b->sent.len < len ? 0 : len}), start);
	p += len;
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		unit_check(p < end && *p++ == ',', "no comma before %s", columns[c].name);
		check_field(sql_value(&p, end, &text), &b->row.cells[c], columns[c].name);
	}
	unit_check(p < end && *p++ == ',', "no comma before body");
	check_field(sql_value(&p, end, &text), &body, "body");
	unit_check(p + 1 == end && *p == ')', "no ) at the end");
	buf_free(&text);
}

/* ---- there and back ---- */

/* The event of `line`, with its newline, comes back from the database as the same line. */
static void carry(struct bench *b, struct str line, uint64_t started)
{
	struct event ev, back;
	const char *why = parse_line(&b->keys, (struct str){line.s, line.len - 1}, &b->arena, &ev);
	unit_check(!why, "%.*s: %s", (int)line.len, line.s, why);
	row_make(&b->row, &ev, started, &b->names, &b->writer);
	unit_check(b->row.type == ev.type, "%.*s", (int)line.len, line.s);
	serve(b);
	check_line(b);
	check_values(b);
	memset(&back, 0xee, sizeof(back));
	why = row_event(b->cells, started, &b->keys, &b->arena, &back);
	unit_check(!why, "%.*s: %s", (int)line.len, line.s, why);
	b->line.len = 0;
	writer_put(&b->writer, &back, &b->line);
	assert_str(buf_view(&b->line), line);
	unit_check(back.call_id == ev.call_id || ev.type != EVENT_CALL, "other call_id");
	arena_reset(&b->arena);
}

static void carry_text(const char *line)
{
	struct bench b;
	struct buf copy = {0};
	bench_init(&b);
	buf_fmt(&copy, "%s\n", line);
	carry(&b, buf_view(&copy), LINES_NSEC);
	buf_free(&copy);
	bench_free(&b);
}

/* What a call's line has up to "call"; "elapsed" is what it should be. */
#define TASK                                                                                       \
	"\"seq\":2,\"time\":\"2026-11-22T15:12:53.000000000Z\",\"elapsed\":0,\"pid\":1,\"tid\":1," \
	"\"comm\":\"c\""
#define COMMON "\"seq\":3,\"time\":\"2026-11-22T15:12:54.500000000Z\",\"elapsed\":1.5"
#define CALL   "{\"type\":\"call\"," TASK ",\"call\":"

static const char *const lines[] = {LINE_EXEC, LINE_MMAP, LINE_MUNMAP, LINE_FAILED, LINE_FORK,
    LINE_EXIT, LINE_END,
    /* results where others are usual */
    CALL "\"mmap\",\"ret\":\"0x0\"}", CALL "\"mmap\",\"ret\":0}", CALL "\"mmap\",\"ret\":-1}",
    CALL "\"mmap\",\"ret\":null}", CALL "\"mmap\",\"ret\":\"0xffffffffffffffff\"}",
    CALL "\"mmap\",\"ret\":null,\"unfinished\":true}", CALL "\"munmap\",\"ret\":\"0x0\"}",
    CALL "\"munmap\",\"ret\":-1}", CALL "\"munmap\",\"ret\":9223372036854775807}",
    CALL "\"munmap\",\"ret\":-9223372036854775808}", CALL "\"munmap\",\"ret\":null}",
    CALL "\"munmap\",\"ret\":\"0xffffffffffffffff\"}", CALL "\"brk\",\"ret\":\"0x1\"}",
    CALL "\"brk\",\"ret\":-12}", CALL "\"other\",\"ret\":\"0x1f\"}", CALL "\"other\",\"ret\":5}",
    CALL "\"other\",\"ret\":-1}", CALL "\"\",\"ret\":-5}",
    /* errors that don't go with their result */
    CALL "\"mmap\",\"ret\":0,\"error\":\"ENOMEM\"}",
    CALL "\"mmap\",\"ret\":\"0x1000\",\"error\":\"ENOMEM\"}",
    CALL "\"mmap\",\"ret\":null,\"error\":\"ENOMEM\"}",
    CALL "\"mmap\",\"ret\":\"0xffffffffffffffff\",\"error\":\"ENOMEM\"}",
    CALL "\"mmap\",\"ret\":-12,\"error\":\"ENOMEM\"}", CALL "\"mmap\",\"ret\":-1,\"error\":\"\"}",
    CALL "\"munmap\",\"ret\":0,\"error\":\"EINVAL\"}",
    CALL "\"munmap\",\"ret\":-1,\"error\":\"an error of thirty-two bytes, all\"}",
    CALL "\"munmap\",\"ret\":-1,\"error\":\"an error of more than 32 bytes, each\"}",
    CALL "\"munmap\",\"ret\":7,\"error\":\"an error of more than 32 bytes, each\"}",
    CALL "\"munmap\",\"ret\":-1,\"error\":\"E\\u0000\"}",
    CALL "\"other\",\"ret\":-1,\"error\":\"ENOSYS\"}",
    /* flags */
    CALL "\"mmap\",\"prot\":[\"PROT_NONE\"],\"flags\":[],\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"prot\":[],\"flags\":[\"0x0\"],\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"prot\":[\"PROT_NEW\"],\"flags\":[\"MAP_NEW\",\"0x1\"],\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"flags\":[\"MAP_ANONYMOUS\",\"MAP_PRIVATE\"],\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"flags\":[\"MAP_PRIVATE\",\"0x100000000\"],\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"flags\":[\"0xffffffff00000000\"],\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"prot\":[\"PROT_READ\",\"0xffffffff80000000\"],\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"prot\":[\"PROT_READ\",\"PROT_READ\"],\"ret\":\"0x0\"}",
    CALL "\"munmap\",\"flags\":[\"MAP_PRIVATE\"],\"ret\":0}",
    CALL "\"munmap\",\"prot\":[\"0x1\"],\"ret\":0}",
    CALL "\"mprotect\",\"prot\":[\"PROT_READ\"],\"flags\":[\"0x2\"],\"ret\":0}",
    CALL "\"mremap\",\"flags\":[\"MREMAP_MAYMOVE\"],\"ret\":\"0x0\"}",
    CALL "\"mremap\",\"flags\":[\"MAP_PRIVATE\"],\"ret\":\"0x0\"}",
    CALL "\"shmat\",\"shmid\":-1,\"flags\":[\"SHM_RDONLY\",\"SHM_EXEC\"],\"ret\":\"0x0\"}",
    CALL "\"other\",\"prot\":[\"PROT_READ\"],\"flags\":[\"MAP_PRIVATE\",\"0x8\"],\"ret\":0}",
    CALL "\"mmap\\u0000\",\"flags\":[\"MAP_PRIVATE\"],\"ret\":0}",
    /* numbers */
    CALL "\"mmap\",\"addr\":\"0xffffffffffffffff\",\"length\":18446744073709551615,\"fd\":-1,"
         "\"offset\":18446744073709551615,\"ret\":\"0x0\",\"duration\":18446744073.709551615}",
    CALL "\"mmap\",\"fd\":2147483647,\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"fd\":2147483648,\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"fd\":-2147483648,\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"fd\":-2147483649,\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"fd\":9223372036854775807,\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"fd\":-9223372036854775808,\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"dev\":\"ffffffff:ffffffff\",\"inode\":18446744073709551615,\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"dev\":\"00:00\",\"inode\":0,\"deleted\":false,\"ret\":\"0x0\"}",
    /* texts */
    CALL "\"mmap\",\"path\":\"\",\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"path\":\"/a\\u0000b\",\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"path\":\"\xef\xbf\xbd\",\"path_b64\":\"/w==\",\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"path\":\"\xef\xbf\xbd\",\"ret\":\"0x0\"}",
    CALL "\"mmap\",\"path\":\"NULL\",\"ret\":\"0x0\",\"error\":\"\\\\N\"}",
    CALL "\"mmap\",\"path\":\"a\\tb\\nc\\\\N\\\\\",\"ret\":\"0x0\"}",
    "{\"type\":\"exit\",\"seq\":1,\"time\":\"2026-11-22T15:12:53.000000000Z\",\"elapsed\":0,"
    "\"pid\":-1,\"tid\":4294967296,\"comm\":\"\xef\xbf\xbd\",\"comm_b64\":\"/w==\"}",
    "{\"type\":\"exit\",\"seq\":18446744073709551615,\"time\":\"1970-01-01T00:00:00.000000000Z\","
    "\"elapsed\":0,\"pid\":-9223372036854775808,\"tid\":0,\"comm\":\"\"}",
    "{\"type\":\"exit\"," TASK ",\"code\":-9223372036854775808,\"signal\":\"SIG\\u0000\"}",
    "{\"type\":\"exit\"," TASK ",\"usage\":{},\"max_rss\":18446744073709551615}",
    "{\"type\":\"exec\"," TASK ",\"exe\":\"\",\"argv\":[],\"maps\":[]}",
    "{\"type\":\"exec\"," TASK ",\"exe\":\"\xef\xbf\xbd\",\"exe_b64\":\"/w==\","
    "\"argv\":[\"\",\"\xef\xbf\xbd\"],\"argv_b64\":[null,\"/w==\"]}",
    /* times that don't agree */
    "{\"type\":\"exit\",\"seq\":1,\"time\":\"2026-11-22T15:12:53.000000001Z\",\"elapsed\":0,"
    "\"pid\":1,\"tid\":1,\"comm\":\"c\"}",
    "{\"type\":\"exit\",\"seq\":1,\"time\":\"2026-11-22T15:12:52.000000000Z\",\"elapsed\":0.5,"
    "\"pid\":1,\"tid\":1,\"comm\":\"c\"}",
    "{\"type\":\"exit\",\"seq\":1,\"time\":\"2554-07-21T23:34:33.709551615Z\","
    "\"elapsed\":18446744073.709551615,\"pid\":1,\"tid\":1,\"comm\":\"c\"}",
    /* events without a task */
    "{\"type\":\"attach\"," TASK ",\"exe\":\"/e\",\"argv\":[\"a\"],\"tids\":[1,-1]}",
    "{\"type\":\"detach\"," TASK "}", "{\"type\":\"lost\"," COMMON ",\"count\":5}",
    "{\"type\":\"finding\"," COMMON ",\"rule\":\"r\",\"severity\":\"note\",\"message\":\"m\"}",
    "{\"type\":\"finding\"," COMMON
    ",\"pid\":5,\"comm\":\"c\",\"exe\":\"/e\",\"rule\":\"\xc3\xa4\","
    "\"severity\":\"error\",\"message\":\"\",\"metric\":\"mapped\",\"value\":1,\"limit\":2,"
    "\"event\":3,\"stack\":[{\"ip\":\"0x1\"}]}",
    "{\"type\":\"end\"," COMMON ",\"events\":1,\"lost\":2,\"coverage\":\"partial\","
    "\"reasons\":[\"lost_events\"],\"status\":{\"signal\":\"SIGKILL\"},\"usage\":{}}"};

START_TEST(each_line)
{
	carry_text(lines[_i]);
}
END_TEST

/* ---- keys where nobody expects them ---- */

/* Keys that belong to calls, on other events: a newer version may write them. */
static const char *const stray_lines[] = {"{\"type\":\"exit\"," TASK ",\"error\":\"EPERM\"}",
    "{\"type\":\"exit\"," TASK ",\"error\":\"EPERM\",\"code\":1}",
    "{\"type\":\"exit\"," TASK ",\"ret\":0}", "{\"type\":\"exit\"," TASK ",\"ret\":\"0x5\"}",
    "{\"type\":\"exit\"," TASK ",\"ret\":-1,\"error\":\"EPERM\"}",
    "{\"type\":\"exit\"," TASK ",\"call\":\"mmap\",\"ret\":5}",
    "{\"type\":\"exit\"," TASK ",\"call\":\"mmap\",\"ret\":\"0x5\"}",
    "{\"type\":\"exit\"," TASK ",\"call\":\"mmap\",\"flags\":[\"MAP_PRIVATE\"]}",
    "{\"type\":\"exit\"," TASK ",\"call\":\"other\",\"prot\":[\"PROT_READ\"]}",
    "{\"type\":\"exit\"," TASK ",\"length\":1,\"fd\":2,\"path\":\"/p\",\"duration\":0.5}",
    "{\"type\":\"lost\"," COMMON ",\"error\":\"EPERM\",\"count\":1}",
    "{\"type\":\"lost\"," COMMON ",\"path\":\"/p\",\"count\":1}"};

START_TEST(stray_keys)
{
	carry_text(stray_lines[_i]);
}
END_TEST

/* Every key of fields.def on an event of every type that rows are made of. */
START_TEST(every_key)
{
	struct bench b;
	struct arena arena = {0};
	struct buf line = {0};
	uint64_t random = 3 + (uint64_t)_i;
	bench_init(&b);
	for (unsigned i = 0; i < 50 * (EVENT_TYPES - 1); i++) {
		enum event_type type = EVENT_START + 1 + i % (EVENT_TYPES - 1);
		struct event ev;
		event_init(&ev, type);
		for (const enum field *f = events_must[type]; *f != EVENTS_END; f++)
			events_set(&ev, *f, &random, &arena);
		events_set(&ev, (enum field)_i, &random, &arena);
		line.len = 0;
		writer_put(&b.writer, &ev, &line);
		carry(&b, buf_view(&line), LINES_NSEC);
		arena_reset(&arena);
	}
	buf_free(&line);
	arena_free(&arena);
	bench_free(&b);
}
END_TEST

/* ---- texts of every length around a column's limit ---- */

static void carry_long(const char *before, size_t len, const char *after, bool b64)
{
	struct bench b;
	struct buf line = {0};
	bench_init(&b);
	buf_str(&line, str_of(before));
	for (size_t i = 0; i < len; i++)
		buf_str(&line, b64 && i == 0 ? STR("\xef\xbf\xbd") : STR("x"));
	buf_str(&line, str_of(after));
	carry(&b, buf_view(&line), LINES_NSEC);
	buf_free(&line);
	bench_free(&b);
}

START_TEST(lengths)
{
	static const unsigned limits[] = {32, 255, 1020, 8192, 65535, 1U << 20};
	size_t len = limits[_i / 3] + _i % 3 - 1;
	carry_long("{\"type\":\"exit\",\"seq\":2,\"time\":\"2026-11-22T15:12:53.000000000Z\","
	           "\"elapsed\":0,\"pid\":1,\"tid\":1,\"comm\":\"",
	    len, "\"}\n", false);
	carry_long(CALL "\"", len, "\",\"ret\":5}\n", false);
	carry_long(CALL "\"mmap\",\"path\":\"", len, "\",\"ret\":\"0x5\"}\n", false);
	carry_long(CALL "\"mmap\",\"ret\":-1,\"error\":\"", len, "\"}\n", false);
	carry_long(CALL "\"mmap\",\"ret\":\"0x5\",\"error\":\"", len, "\"}\n", false);
	carry_long(CALL "\"mmap\",\"path\":\"", len, "\",\"ret\":\"0x5\"}\n", true);
}
END_TEST

/* ---- anything ---- */

static void carry_random(bool stray, uint64_t random, unsigned times)
{
	struct bench b;
	struct arena arena = {0};
	struct buf line = {0};
	bench_init(&b);
	for (unsigned i = 0; i < times; i++) {
		struct event ev;
		enum event_type type = EVENT_START + 1 + unit_below(&random, EVENT_TYPES - 1);
		uint64_t started = LINES_NSEC - unit_below(&random, 5) * 1000000000;
		if (unit_below(&random, 20) == 0)
			started = events_number(&random);
		if (unit_below(&random, 3) == 0)
			type = EVENT_CALL;
		events_make(&ev, type, stray, &random, &arena);
		if (unit_below(&random, 2))
			ev.elapsed = ev.time - started;
		line.len = 0;
		writer_put(&b.writer, &ev, &line);
		carry(&b, buf_view(&line), started);
		arena_reset(&arena);
	}
	buf_free(&line);
	arena_free(&arena);
	bench_free(&b);
}

START_TEST(any_events)
{
	carry_random(false, 1234 + (uint64_t)_i, 5000);
}
END_TEST

START_TEST(any_events_with_stray_keys)
{
	carry_random(true, 4321 + (uint64_t)_i, 5000);
}
END_TEST

/* ---- which cells ---- */

static void make(struct bench *b, const char *line)
{
	struct event *ev = arena_alloc(&b->arena, sizeof(*ev));
	const char *why = parse_line(&b->keys, str_of(line), &b->arena, ev);
	ck_assert_msg(!why, "%s", why);
	row_make(&b->row, ev, LINES_NSEC, &b->names, &b->writer);
}

START_TEST(usual_calls_need_no_body)
{
	struct bench b;
	bench_init(&b);
	make(&b, CALL "\"mmap\",\"addr\":\"0x0\",\"length\":8192,\"prot\":[\"PROT_READ\"],"
	              "\"flags\":[\"MAP_PRIVATE\"],\"fd\":3,\"offset\":0,\"path\":\"/lib/c\","
	              "\"dev\":\"fe:00\",\"inode\":5,\"ret\":\"0x1000\",\"duration\":0.000001}");
	ck_assert_uint_eq(b.row.body.len, 0);
	for (enum column c = 0; c < COLUMN_COUNT; c++)
		ck_assert_msg((b.row.cells[c].kind == CELL_NULL) == (c == COLUMN_error), "%s",
		    columns[c].name);
	make(&b,
	    CALL "\"munmap\",\"addr\":\"0x1000\",\"length\":1,\"ret\":-1,\"error\":\"EINVAL\"}");
	ck_assert_uint_eq(b.row.body.len, 0);
	ck_assert_int_eq(b.row.cells[COLUMN_ret].kind, CELL_NULL);
	assert_text(b.row.cells[COLUMN_error].bytes, "EINVAL");
	/* Nothing of the row before is left. */
	ck_assert_int_eq(b.row.cells[COLUMN_flags].kind, CELL_NULL);
	ck_assert_int_eq(b.row.cells[COLUMN_path].kind, CELL_NULL);
	bench_free(&b);
}
END_TEST

START_TEST(only_what_does_not_fit_is_in_the_body)
{
	struct bench b;
	bench_init(&b);
	make(&b, CALL "\"mmap\",\"new_length\":5,\"fd\":4294967296,\"ret\":\"0x0\"}");
	assert_buf(&b.row.body, "{\"new_length\":5,\"fd\":4294967296}");
	ck_assert_int_eq(b.row.cells[COLUMN_fd].kind, CELL_NULL);
	ck_assert_int_eq(b.row.cells[COLUMN_ret].kind, CELL_NUM);
	make(&b, LINE_EXEC);
	ck_assert_ptr_null(memmem(b.row.body.data, b.row.body.len, "\"pid\"", 5));
	ck_assert_ptr_nonnull(
	    memmem(b.row.body.data, b.row.body.len, "\"elapsed\":0.000412345", 21));
	bench_free(&b);
}
END_TEST

START_TEST(names_have_one_id)
{
	struct bench b;
	bench_init(&b);
	names_reset(&b.names, 40);
	make(&b, CALL "\"mmap\",\"path\":\"/a\",\"ret\":\"0x0\"}");
	ck_assert_uint_eq(b.row.cells[COLUMN_path].num, 40);
	make(&b, CALL "\"mmap\",\"path\":\"/b\",\"ret\":\"0x0\"}");
	ck_assert_uint_eq(b.row.cells[COLUMN_path].num, 41);
	make(&b, CALL "\"munmap\",\"path\":\"/a\",\"ret\":0}");
	ck_assert_uint_eq(b.row.cells[COLUMN_path].num, 40);
	make(&b, CALL "\"munmap\",\"ret\":0}");
	ck_assert_uint_eq(b.names.n, 2);
	bench_free(&b);
}
END_TEST

/* ---- the names of columns, and literals ---- */

/* How many commas stand outside of brackets, and one. */
static unsigned count_items(const struct buf *b)
{
	unsigned n = 1, depth = 0;
	for (size_t i = 0; i < b->len; i++) {
		depth += (b->data[i] == '(') - (b->data[i] == ')');
		n += b->data[i] == ',' && depth == 0;
	}
	return n;
}

START_TEST(columns_and_select)
{
	struct buf names = {0}, select = {0};
	row_columns(&names);
	row_select(&select);
	ck_assert_uint_eq(count_items(&names), ROW_SELECTED);
	ck_assert_uint_eq(count_items(&select), ROW_SELECTED);
	ck_assert(names.len > 5 && memcmp(names.data, "type,", 5) == 0);
	ck_assert(str_ends(buf_view(&names), STR(",body")));
	struct buf expected = {0};
	buf_str(&expected, STR("type"));
	for (enum column c = 0; c < COLUMN_COUNT; c++)
		buf_fmt(&expected, ",%s", columns[c].name);
	buf_str(&expected, STR(",body"));
	assert_str(buf_view(&names), buf_view(&expected));
	buf_free(&expected);
	buf_free(&names);
	buf_free(&select);
}
END_TEST

START_TEST(bytes_as_literals)
{
	struct buf b = {0};
	row_put_bytes(&b, (struct str){0});
	assert_buf(&b, "NULL");
	b.len = 0;
	row_put_bytes(&b, STR(""));
	const char *p = b.data;
	struct buf text = {0};
	struct str got = sql_value(&p, b.data + b.len, &text);
	ck_assert(got.len == 0 && p == b.data + b.len && !str_is(buf_view(&b), "NULL"));
	for (unsigned c = 0; c < 256; c++) {
		char bytes[3] = {(char)c, '\'', (char)c};
		b.len = text.len = 0;
		row_put_bytes(&b, (struct str){bytes, 3});
		for (size_t i = 2; i + 1 < b.len; i++)
			ck_assert(isxdigit((unsigned char)b.data[i]));
		p = b.data;
		sql_value(&p, b.data + b.len, &text);
		assert_str(buf_view(&text), ((struct str){bytes, 3}));
	}
	buf_free(&b);
	buf_free(&text);
}
END_TEST

/* The text of a row for LOAD DATA and for INSERT, of cells that nobody makes. */
START_TEST(any_cells)
{
	struct bench b;
	struct arena arena = {0};
	uint64_t random = 99;
	bench_init(&b);
	for (unsigned i = 0; i < 5000; i++) {
		b.row.type = unit_below(&random, EVENT_TYPES);
		for (enum column c = 0; c < COLUMN_COUNT; c++)
			b.row.cells[c] = (struct cell){unit_below(&random, 4),
			    events_number(&random), events_text(&random, &arena)};
		b.row.body.len = 0;
		buf_str(&b.row.body, events_text(&random, &arena));
		check_line(&b);
		check_values(&b);
		arena_reset(&arena);
	}
	arena_free(&arena);
	bench_free(&b);
}
END_TEST

/* ---- rows that nobody here wrote ---- */

static const char *back(struct bench *b, struct event *ret)
{
	return row_event(b->cells, LINES_NSEC, &b->keys, &b->arena, ret);
}

static void set_cell(struct bench *b, size_t i, const char *text)
{
	free((void *)(uintptr_t)b->cells[i].s);
	b->cells[i] = server_text(str_of(text));
}

START_TEST(foreign_rows)
{
	static const char *const bodies[] = {
	    "", "{", "[]", "{\"fd\":\"x\"}", "{\"exe_b64\":\"YQ==\"}", "null", "{}{}"};
	struct bench b;
	struct event ev;
	bench_init(&b);
	make(&b, LINE_EXIT);
	serve(&b);
	ck_assert_ptr_null(back(&b, &ev));
	for (size_t i = 0; i < countof(bodies); i++) {
		set_cell(&b, ROW_SELECTED - 1, bodies[i]);
		ck_assert_msg(back(&b, &ev), "the body '%s' was taken", bodies[i]);
	}
	set_cell(&b, ROW_SELECTED - 1, "{}");
	ck_assert_ptr_null(back(&b, &ev));
	set_cell(&b, 0, "other");
	ck_assert_ptr_nonnull(back(&b, &ev));
	set_cell(&b, 0, "");
	ck_assert_ptr_nonnull(back(&b, &ev));
	bench_free(&b);
}
END_TEST

/* Bits mean nothing without the call that they were of. */
START_TEST(flags_of_unknown_calls)
{
	struct bench b;
	struct event ev;
	bench_init(&b);
	make(&b, LINE_MMAP);
	serve(&b);
	ck_assert_ptr_null(back(&b, &ev));
	ck_assert(ev.flags.bits == 0x22 && ev.flags.table == &flags_map);
	set_cell(&b, 1 + COLUMN_call_name, "mmap9");
	ck_assert_ptr_nonnull(back(&b, &ev));
	set_cell(&b, 1 + COLUMN_call_name, "munmap");
	ck_assert_ptr_nonnull(back(&b, &ev));
	bench_free(&b);
}
END_TEST

TEST_SUITE(row)
{
	TEST_LOOP(each_line, countof(lines));
	TEST_LOOP(stray_keys, countof(stray_lines));
	TEST_LOOP(every_key, F_COUNT);
	TEST_LOOP(lengths, 18);
	TEST_LOOP(any_events, 8);
	TEST_LOOP(any_events_with_stray_keys, 8);
	TEST(usual_calls_need_no_body);
	TEST(only_what_does_not_fit_is_in_the_body);
	TEST(names_have_one_id);
	TEST(columns_and_select);
	TEST(bytes_as_literals);
	TEST(any_cells);
	TEST(foreign_rows);
	TEST(flags_of_unknown_calls);
}
