/* src/trace/reader.c */
#include "trace/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "fields.h"
#include "lines.h"

#define RUN_1 LINE_START "\n" LINE_MMAP "\n" LINE_END "\n"

/* What came: the types, and why it ended if that was by an error. */
struct story {
	struct buf types;
	struct err err;
	int code;
};

static void read_all(struct reader *r, struct story *s)
{
	struct event *ev;
	*s = (struct story){0};
	while ((s->code = reader_next(r, &ev, &s->err)) > 0)
		buf_fmt(&s->types, "%s%s", s->types.len ? " " : "", event_type_names[ev->type]);
}

static int memory_file(struct str text)
{
	int fd = memfd_create("trace", MFD_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	for (size_t at = 0; at < text.len;) {
		ssize_t n = write(fd, text.s + at, text.len - at);
		ck_assert_int_gt(n, 0);
		at += (size_t)n;
	}
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* A descriptor from which each read gets `chunk` bytes of `text`, fed by a child. */
static int chunked(struct str text, size_t chunk, pid_t *ret_child)
{
	int ends[2];
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	*ret_child = fork();
	ck_assert_int_ge(*ret_child, 0);
	if (*ret_child == 0) {
		close(ends[0]);
		for (size_t at = 0; at < text.len; at += chunk) {
			size_t n = text.len - at < chunk ? text.len - at : chunk;
			if (write(ends[1], text.s + at, n) != (ssize_t)n)
				_exit(1);
		}
		_exit(0);
	}
	close(ends[1]);
	return ends[0];
}

static void assert_story(struct reader *r, const char *types, const char *error)
{
	struct story s;
	read_all(r, &s);
	assert_buf(&s.types, types);
	if (error) {
		ck_assert_int_eq(s.code, -EINVAL);
		ck_assert_msg(strstr(s.err.text, error), "%s", s.err.text);
	} else {
		ck_assert_msg(s.code == 0, "%s", s.err.text);
	}
	buf_free(&s.types);
	reader_close(r);
}

/* `text` gives these types, and then the error, however it comes in. */
static void assert_reads(struct str text, const char *types, const char *error)
{
	static const size_t chunks[] = {1, 7, 14, 64, 1021};
	assert_story(reader_open_fd(memory_file(text), "t.jsonl"), types, error);
	for (size_t i = 0; i < countof(chunks); i++) {
		pid_t child;
		int fd = chunked(text, chunks[i], &child);
		assert_story(reader_open_fd(fd, "t.jsonl"), types, error);
		waitpid(child, NULL, 0);
	}
}

START_TEST(nothing)
{
	assert_reads(STR(""), "", NULL);
	assert_reads(STR("\n"), "", NULL);
	assert_reads(STR("\n\n\n"), "", NULL);
}
END_TEST

START_TEST(one_run)
{
	assert_reads(STR(RUN_1), "start call end", NULL);
	assert_reads(STR(LINE_START "\n\n\n" LINE_END "\n\n"), "start end", NULL);
	assert_reads(STR(LINE_START "\r\n" LINE_END "\r\n"), "start end", NULL);
	assert_reads(STR(LINE_START "\n" LINE_END), "start end", NULL);
}
END_TEST

START_TEST(several_runs)
{
	assert_reads(STR(RUN_1 RUN_1 RUN_1), "start call end start call end start call end", NULL);
}
END_TEST

START_TEST(values_arrive)
{
	struct reader *r = reader_open_fd(memory_file(STR(RUN_1)), "t");
	struct event *ev;
	struct err err;
	ck_assert_int_eq(reader_next(r, &ev, &err), 1);
	lines_assert(ev, STR(LINE_START));
	ck_assert_int_eq(reader_next(r, &ev, &err), 1);
	lines_assert(ev, STR(LINE_MMAP));
	ck_assert_int_eq(reader_next(r, &ev, &err), 1);
	lines_assert(ev, STR(LINE_END));
	ck_assert_int_eq(reader_next(r, &ev, &err), 0);
	ck_assert_int_eq(reader_next(r, &ev, &err), 0);
	reader_close(r);
	reader_close(NULL);
}
END_TEST

START_TEST(last_line_cut_anywhere)
{
	static const struct str line = STR_INIT(LINE_END);
	for (size_t len = 0; len <= line.len; len++) {
		struct buf text = {0};
		buf_str(&text, STR(LINE_START "\n" LINE_MMAP "\n"));
		buf_add(&text, line.s, len);
		assert_story(reader_open_fd(memory_file(buf_view(&text)), "t"),
		    len == line.len ? "start call end" : "start call", NULL);
		buf_free(&text);
	}
}
END_TEST

START_TEST(line_cut_before_the_next_run)
{
	static const struct str line = STR_INIT(LINE_END);
	for (size_t len = 1; len < line.len; len++) {
		struct buf text = {0};
		buf_str(&text, STR(LINE_START "\n" LINE_MMAP "\n"));
		buf_add(&text, line.s, len);
		buf_str(&text, STR("\n" RUN_1));
		assert_story(reader_open_fd(memory_file(buf_view(&text)), "t"),
		    "start call start call end", NULL);
		buf_free(&text);
	}
	assert_reads(STR(LINE_START "\n{\"type\":\"ca\n" RUN_1), "start start call end", NULL);
}
END_TEST

START_TEST(garbage)
{
	assert_reads(STR("garbage\n"), "", "t.jsonl:1:");
	assert_reads(STR(LINE_START "\ngarbage\n" LINE_END "\n"), "start", "t.jsonl:2:");
	assert_reads(
	    STR(LINE_START "\n\n\n{\"type\":\"ca\n" LINE_MMAP "\n"), "start", "t.jsonl:4:");
	assert_reads(STR(RUN_1 "{}\n"), "start call end", "t.jsonl:4:");
	assert_reads(STR(RUN_1 "x\ny\n" RUN_1), "start call end", "t.jsonl:4:");
	assert_reads(STR(RUN_1 "x\n{\"type\":\"starts\"}\n"), "start call end", "t.jsonl:4:");
}
END_TEST

START_TEST(garbage_says_why)
{
	struct story s;
	struct reader *r = reader_open_fd(memory_file(STR("{\"type\":\"huh\"}\n")), "name of it");
	read_all(r, &s);
	ck_assert_int_eq(s.code, -EINVAL);
	ck_assert_msg(strstr(s.err.text, "name of it:1:"), "%s", s.err.text);
	ck_assert_msg(strstr(s.err.text, "unknown type"), "%s", s.err.text);
	ck_assert_int_eq(s.err.status, EXIT_STATUS_FAILED);
	reader_close(r);
}
END_TEST

/* A line with a path of `length` bytes. */
static void put_long_line(struct buf *b, size_t length)
{
	buf_add(b, LINE_MMAP, strlen(LINE_MMAP) - 1);
	buf_str(b, STR(",\"path\":\"/"));
	for (size_t i = 1; i < length; i++)
		buf_char(b, (char)('a' + i % 26));
	buf_str(b, STR("\"}\n"));
}

START_TEST(long_lines)
{
	static const size_t lengths[] = {4097, 262143, 262144, 262145, 600000, 3000000};
	struct buf text = {0};
	for (size_t i = 0; i < countof(lengths); i++) {
		put_long_line(&text, lengths[i]);
		buf_str(&text, STR(LINE_MUNMAP "\n"));
	}
	struct reader *r = reader_open_fd(memory_file(buf_view(&text)), "t");
	struct event *ev;
	struct err err;
	for (size_t i = 0; i < countof(lengths); i++) {
		ck_assert_int_eq(reader_next(r, &ev, &err), 1);
		ck_assert_uint_eq(ev->path.len, lengths[i]);
		ck_assert_int_eq(ev->path.s[lengths[i] - 1], (int)('a' + (lengths[i] - 1) % 26));
		ck_assert_int_eq(reader_next(r, &ev, &err), 1);
		lines_assert(ev, STR(LINE_MUNMAP));
	}
	ck_assert_int_eq(reader_next(r, &ev, &err), 0);
	reader_close(r);
	buf_free(&text);
}
END_TEST

/* Lines move over the borders of what one read gets, in files larger than that. */
START_TEST(large_files)
{
	struct buf text = {0};
	unsigned expected = 0, got = 0;
	for (size_t i = 0; text.len < 2000000; i++, expected++)
		put_long_line(&text, 1 + i % 997);
	struct reader *r = reader_open_fd(memory_file(buf_view(&text)), "t");
	struct event *ev;
	struct err err;
	for (; reader_next(r, &ev, &err) > 0; got++)
		ck_assert_uint_eq(ev->path.len, 1 + got % 997);
	ck_assert_uint_eq(got, expected);
	reader_close(r);
	buf_free(&text);
}
END_TEST

START_TEST(a_pipe)
{
	int ends[2];
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_gt(write(ends[1], RUN_1, strlen(RUN_1)), 0);
	close(ends[1]);
	assert_story(reader_open_fd(ends[0], "t"), "start call end", NULL);
}
END_TEST

START_TEST(by_name)
{
	char path[] = "/tmp/memtrace-unit-XXXXXX";
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_gt(write(fd, RUN_1, strlen(RUN_1)), 0);
	close(fd);
	struct reader *r;
	struct err err = {0};
	ck_assert_int_eq(reader_open(path, &r, &err), 0);
	assert_story(r, "start call end", NULL);
	unlink(path);
	ck_assert_int_eq(reader_open(path, &r, &err), -ENOENT);
	ck_assert_msg(strstr(err.text, path), "%s", err.text);
	ck_assert_int_eq(err.status, EXIT_STATUS_FAILED);
}
END_TEST

START_TEST(standard_input)
{
	int saved = dup(STDIN_FILENO), fd = memory_file(STR(RUN_1));
	struct reader *r;
	struct err err = {0};
	ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	ck_assert_int_eq(reader_open("-", &r, &err), 0);
	assert_story(r, "start call end", NULL);
	ck_assert_int_ge(fcntl(STDIN_FILENO, F_GETFD), 0); /* it wasn't ours to close */
	dup2(saved, STDIN_FILENO);
	close(saved);
	close(fd);
}
END_TEST

START_TEST(peeks)
{
	struct err err;
	struct str ahead;
	struct reader *r = reader_open_fd(memory_file(STR(RUN_1)), "trace");
	ck_assert_int_eq(reader_peek(r, 5, &ahead, &err), 0);
	ck_assert_uint_ge(ahead.len, 5);
	ck_assert(str_begins(STR(RUN_1), ahead));
	ck_assert_int_eq(reader_peek(r, SIZE_MAX, &ahead, &err), 0);
	assert_str(ahead, STR(RUN_1));
	assert_story(r, "start call end", NULL);
}
END_TEST

START_TEST(what_can_not_be_read)
{
	struct reader *r;
	struct event *ev;
	struct err err = {0};
	ck_assert_int_eq(reader_open("/tmp", &r, &err), 0);
	ck_assert_int_eq(reader_next(r, &ev, &err), -EISDIR);
	ck_assert_msg(strstr(err.text, "/tmp"), "%s", err.text);
	reader_close(r);
}
END_TEST

TEST_SUITE(reader)
{
	TEST(nothing);
	TEST(one_run);
	TEST(several_runs);
	TEST(values_arrive);
	TEST(last_line_cut_anywhere);
	TEST(line_cut_before_the_next_run);
	TEST(garbage);
	TEST(garbage_says_why);
	TEST(long_lines);
	TEST(large_files);
	TEST(a_pipe);
	TEST(by_name);
	TEST(standard_input);
	TEST(peeks);
	TEST(what_can_not_be_read);
}
