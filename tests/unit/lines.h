/* Lines of a trace, for the tests of the writer, the parser and the reader. */
#pragma once

#include "trace/parse.h"
#include "trace/writer.h"
#include "unit.h"

/* 2026-11-22T15:12:53Z */
#define LINES_SECOND 1795360373ULL
#define LINES_NSEC   (LINES_SECOND * 1000000000)

#define LINES_RUN "019ab3c2-9a88-7abc-8def-0123456789ab"

#define LINE_START                                                                                 \
	"{\"type\":\"start\",\"v\":1,\"memtrace\":\"0.1.0\",\"run\":\"" LINES_RUN                  \
	"\",\"host\":\"web1\",\"boot_id\":\"b0071d\",\"kernel\":\"6.1.0\",\"arch\":\"x86_64\","    \
	"\"engine\":\"ptrace\",\"engine_reason\":\"launched command\",\"page_size\":4096,"         \
	"\"time\":\"2026-11-22T15:12:53.000000000Z\",\"command\":[\"python3\",\"-c\",\"pass\"],"   \
	"\"calls\":[\"brk\",\"mmap\",\"munmap\"]}"

#define LINES_TASK(seq, elapsed, pid)                                                              \
	"\"seq\":" #seq ",\"time\":\"2026-11-22T15:12:53.000000000Z\",\"elapsed\":" elapsed        \
	",\"pid\":" #pid ",\"tid\":" #pid ",\"comm\":\"python3\","

#define LINE_EXEC                                                                                  \
	"{\"type\":\"exec\"," LINES_TASK(1, "0.000412345",                                         \
	    812) "\"exe\":\"/usr/bin/"                                                             \
	         "python3.11\",\"argv\":[\"python3\",\"-c\",\"pass\"],\"maps\":["                  \
	         "{\"start\":\"0x400000\",\"end\":\"0x41f000\",\"perms\":\"r--p\",\"offset\":0,"   \
	         "\"dev\":\"fe:00\",\"inode\":1234,\"path\":\"/usr/bin/python3.11\"}]}"

#define LINE_MMAP                                                                                  \
	"{\"type\":\"call\"," LINES_TASK(2, "0.000533211",                                         \
	    812) "\"call\":\"mmap\",\"addr\":\"0x0\",\"length\":8192,\"prot\":[\"PROT_READ\","     \
	         "\"PROT_WRITE\"],"                                                                \
	         "\"flags\":[\"MAP_PRIVATE\",\"MAP_ANONYMOUS\"],\"fd\":-1,\"offset\":0,"           \
	         "\"ret\":\"0x7f5e5a1f2000\",\"duration\":0.0000065}"

#define LINE_MUNMAP                                                                                \
	"{\"type\":\"call\"," LINES_TASK(3, "0.000612345",                                         \
	    812) "\"call\":\"munmap\",\"addr\":\"0x7f5e5a1f2000\",\"length\":8192,\"ret\":0,"      \
	         "\"duration\":0.000006}"

#define LINE_FAILED                                                                                \
	"{\"type\":\"call\"," LINES_TASK(4, "0.000698121",                                         \
	    812) "\"call\":\"mmap\",\"addr\":\"0x0\",\"length\":1099511627776,"                    \
	         "\"prot\":[\"PROT_READ\",\"PROT_WRITE\"],\"flags\":[\"MAP_PRIVATE\",\"MAP_"       \
	         "ANONYMOUS\"],"                                                                   \
	         "\"fd\":-1,\"offset\":0,\"ret\":-1,\"error\":\"ENOMEM\",\"duration\":0.000006}"

#define LINE_FORK                                                                                  \
	"{\"type\":\"fork\"," LINES_TASK(                                                          \
	    5, "0.0101", 812) "\"child\":813,\"thread\":false,\"shares_vm\":false}"

#define LINE_EXIT                                                                                  \
	"{\"type\":\"exit\"," LINES_TASK(                                                          \
	    6, "0.0201", 813) "\"code\":0,\"usage\":{\"mapped\":{\"last\":12582912,\"peak\":"      \
	                      "14680064}},\"max_rss\":9437184}"

#define LINE_END                                                                                   \
	"{\"type\":\"end\",\"seq\":7,\"time\":\"2026-11-22T15:12:53.000000000Z\",\"elapsed\":0."   \
	"0211,"                                                                                    \
	"\"events\":6,\"lost\":0,\"coverage\":\"complete\",\"reasons\":[],\"status\":{\"code\":0}" \
	"}"

#define LINES_ALL                                                                                  \
	LINE_START, LINE_EXEC, LINE_MMAP, LINE_MUNMAP, LINE_FAILED, LINE_FORK, LINE_EXIT, LINE_END

/* lines_parse - parse_line with keys made on the first use. */
static inline const char *lines_parse(struct str line, struct arena *arena, struct event *ret)
{
	static struct parse_keys keys;
	static bool made;
	if (!made)
		parse_keys_init(&keys);
	made = true;
	return parse_line(&keys, line, arena, ret);
}

/* lines_assert - that `ev` is written as `expected` and a newline, also when it comes again. */
static inline void lines_assert(const struct event *ev, struct str expected)
{
	struct writer w = {0};
	struct buf b = {0};
	for (unsigned i = 0; i < 2; i++) {
		b.len = 0;
		writer_put(&w, ev, &b);
		unit_check(b.len && b.data[b.len - 1] == '\n', "no newline at the end");
		assert_str(((struct str){b.data, b.len - 1}), expected);
	}
	buf_free(&b);
	writer_free(&w);
}
