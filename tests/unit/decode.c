/* src/decode/decode.c and refine.c */
#include "decode/decode.h"

#include <errno.h>
#include <signal.h>

#include "decode/flags.h"
#include "decode/syscalls.h"
#include "fields.h"
#include "unit.h"

#define START_MONO 1000000
#define START_REAL 1700000000000000000ULL

static struct decoder new_decoder(void)
{
	return (struct decoder){
	    .page_size = 4096, .start_mono = START_MONO, .start_real = START_REAL};
}

static struct raw new_raw(enum raw_kind kind)
{
	return (struct raw){.kind = kind,
	    .entered = START_MONO + 2000,
	    .left = START_MONO + 8500,
	    .pid = 812,
	    .tid = 813,
	    .comm = "python3"};
}

static struct raw new_call(int id, int64_t ret, const uint64_t args[6])
{
	struct raw raw = new_raw(RAW_CALL);
	raw.abi = ABI_X86_64;
	raw.call_id = id;
	raw.ret = ret;
	memcpy(raw.args, args, sizeof(raw.args));
	return raw;
}

#define ARGS(...) ((const uint64_t[6]){__VA_ARGS__})
#define TASK      F_time, F_elapsed, F_pid, F_tid, F_comm
#define FINISHED  TASK, F_call, F_ret, F_duration

/* That exactly the `n` fields of `expected` are set. */
static void assert_fields(const struct event *ev, size_t n, const enum field *expected)
{
	uint64_t has[EVENT_HAS_WORDS] = {0};
	for (size_t i = 0; i < n; i++)
		has[expected[i] / 64] |= UINT64_C(1) << (expected[i] % 64);
	for (unsigned f = 0; f < F_COUNT; f++) {
		bool wanted = has[f / 64] >> (f % 64) & 1;
		ck_assert_msg(event_has(ev, f) == wanted, "%s is %s", fields[f].key,
		    wanted ? "missing" : "set");
	}
}

#define assert_only(ev, ...)                                                                       \
	assert_fields((ev), sizeof((enum field[]){__VA_ARGS__}) / sizeof(enum field),              \
	    (const enum field[]){__VA_ARGS__})

START_TEST(common)
{
	struct decoder d = new_decoder();
	struct raw raw = new_raw(RAW_DETACH);
	struct event ev;
	decode(&d, &raw, &ev);
	ck_assert_int_eq(ev.type, EVENT_DETACH);
	ck_assert_int_eq(ev.call_id, -1);
	assert_only(&ev, TASK);
	ck_assert_uint_eq(ev.elapsed, 8500);
	ck_assert_uint_eq(ev.time, START_REAL + 8500);
	ck_assert_int_eq(ev.pid, 812);
	ck_assert_int_eq(ev.tid, 813);
	assert_text(ev.comm, "python3");
	raw.nspid = 7;
	memset(raw.comm, 'c', sizeof(raw.comm));
	decode(&d, &raw, &ev);
	assert_only(&ev, TASK, F_nspid);
	ck_assert_int_eq(ev.nspid, 7);
	assert_text(ev.comm, "cccccccccccccccc");
	decoder_free(&d);
}
END_TEST

START_TEST(mmap_anonymous)
{
	struct decoder d = new_decoder();
	struct raw raw =
	    new_call(SYS_ID_mmap, 0x7f5e5a1f2000, ARGS(0, 8192, 3, 0x22, UINT64_MAX, 0));
	struct event ev;
	decode(&d, &raw, &ev);
	ck_assert_int_eq(ev.type, EVENT_CALL);
	ck_assert_int_eq(ev.call_id, SYS_ID_mmap);
	assert_only(&ev, FINISHED, F_addr, F_length, F_prot, F_flags, F_fd, F_offset);
	assert_text(ev.call, "mmap");
	ck_assert_uint_eq(ev.addr, 0);
	ck_assert_uint_eq(ev.length, 8192);
	ck_assert(ev.prot.bits == 3 && ev.prot.table == &flags_prot && ev.prot.text.len == 0);
	ck_assert(ev.flags.bits == 0x22 && ev.flags.table == &flags_map);
	ck_assert_int_eq(ev.fd, -1);
	ck_assert_uint_eq(ev.offset, 0);
	ck_assert(ev.ret.kind == RET_HEX && ev.ret.value == 0x7f5e5a1f2000);
	ck_assert_uint_eq(ev.duration, 6500);
	decoder_free(&d);
}
END_TEST

START_TEST(mmap_file)
{
	struct decoder d = new_decoder();
	struct raw raw = new_call(SYS_ID_mmap, 0x10000, ARGS(0, 100, 1, 2, 0x100000003, 0x5000));
	struct event ev;
	raw.file = (struct raw_file){.known = true, .dev = 0xfe00000001, .inode = 99};
	buf_str(&raw.path, STR("/lib/x\xff"));
	decode(&d, &raw, &ev);
	assert_only(&ev, FINISHED, F_addr, F_length, F_prot, F_flags, F_fd, F_offset, F_path, F_dev,
	    F_inode);
	ck_assert_int_eq(ev.fd, 3);
	ck_assert_uint_eq(ev.offset, 0x5000);
	assert_text(ev.path, "/lib/x\xff");
	ck_assert_uint_eq(ev.dev, 0xfe00000001);
	ck_assert_uint_eq(ev.inode, 99);
	raw.file.deleted = true;
	decode(&d, &raw, &ev);
	ck_assert(event_has(&ev, F_deleted) && ev.deleted);
	buf_free(&raw.path);
	decoder_free(&d);
}
END_TEST

START_TEST(failure)
{
	struct decoder d = new_decoder();
	struct raw raw = new_call(SYS_ID_mmap, -ENOMEM, ARGS(0, 1ULL << 40, 3, 0x22, -1ULL, 0));
	struct event ev;
	decode(&d, &raw, &ev);
	assert_only(&ev, FINISHED, F_addr, F_length, F_prot, F_flags, F_fd, F_offset, F_error);
	ck_assert(ev.ret.kind == RET_INT && ev.ret.value == UINT64_MAX);
	assert_text(ev.error, "ENOMEM");
	raw = new_call(SYS_ID_munmap, -EINVAL, ARGS(1, 2));
	decode(&d, &raw, &ev);
	assert_only(&ev, FINISHED, F_addr, F_length, F_error);
	ck_assert(ev.ret.kind == RET_INT && ev.ret.value == UINT64_MAX);
	assert_text(ev.error, "EINVAL");
	raw = new_call(SYS_ID_mmap, -4096, ARGS(0, 4096, 3, 0x22, -1ULL, 0));
	decode(&d, &raw, &ev);
	ck_assert(!event_has(&ev, F_error));
	ck_assert(ev.ret.kind == RET_HEX && ev.ret.value == -4096ULL);
	decoder_free(&d);
}
END_TEST

START_TEST(munmap)
{
	struct decoder d = new_decoder();
	struct raw raw = new_call(SYS_ID_munmap, 0, ARGS(0x7f5e5a1f2000, UINT64_MAX, 9, 9, 9, 9));
	struct event ev;
	decode(&d, &raw, &ev);
	assert_only(&ev, FINISHED, F_addr, F_length);
	ck_assert_uint_eq(ev.addr, 0x7f5e5a1f2000);
	ck_assert_uint_eq(ev.length, UINT64_MAX);
	ck_assert(ev.ret.kind == RET_INT && ev.ret.value == 0);
	decoder_free(&d);
}
END_TEST

START_TEST(brk_is_never_an_error)
{
	static const int64_t results[] = {0x555000, 0, -1, -ENOMEM, -4095};
	struct decoder d = new_decoder();
	for (size_t i = 0; i < countof(results); i++) {
		struct raw raw = new_call(SYS_ID_brk, results[i], ARGS(0x556000));
		struct event ev;
		decode(&d, &raw, &ev);
		assert_only(&ev, FINISHED, F_addr);
		ck_assert(ev.ret.kind == RET_HEX && ev.ret.value == (uint64_t)results[i]);
	}
	decoder_free(&d);
}
END_TEST

START_TEST(mremap)
{
	struct decoder d = new_decoder();
	struct event ev;
	for (uint64_t flags = 0; flags < 8; flags++) {
		struct raw raw =
		    new_call(SYS_ID_mremap, 0x30000, ARGS(0x10000, 4096, 8192, flags, 0x30000));
		decode(&d, &raw, &ev);
		ck_assert_uint_eq(ev.length, 4096);
		ck_assert_uint_eq(ev.new_length, 8192);
		ck_assert(ev.flags.bits == flags && ev.flags.table == &flags_mremap);
		ck_assert(ev.ret.kind == RET_HEX && ev.ret.value == 0x30000);
		if (flags & 6) {
			assert_only(
			    &ev, FINISHED, F_addr, F_length, F_new_length, F_flags, F_new_addr);
			ck_assert_uint_eq(ev.new_addr, 0x30000);
		} else {
			assert_only(&ev, FINISHED, F_addr, F_length, F_new_length, F_flags);
		}
	}
	decoder_free(&d);
}
END_TEST

START_TEST(protections)
{
	struct decoder d = new_decoder();
	struct raw raw = new_call(SYS_ID_mprotect, 0, ARGS(0x1000, 0x2000, 0xf00000000005, 9, 9));
	struct event ev;
	decode(&d, &raw, &ev);
	assert_only(&ev, FINISHED, F_addr, F_length, F_prot);
	ck_assert_uint_eq(ev.prot.bits, 0xf00000000005);
	raw = new_call(SYS_ID_pkey_mprotect, 0, ARGS(0x1000, 0x2000, 1, 0xffffffff));
	decode(&d, &raw, &ev);
	assert_only(&ev, FINISHED, F_addr, F_length, F_prot, F_pkey);
	ck_assert_int_eq(ev.pkey, -1);
	decoder_free(&d);
}
END_TEST

START_TEST(remap_file_pages)
{
	struct decoder d = new_decoder();
	struct raw raw = new_call(SYS_ID_remap_file_pages, 0, ARGS(0x1000, 0x2000, 0, 3, 0x10000));
	struct event ev;
	decode(&d, &raw, &ev);
	assert_only(&ev, FINISHED, F_addr, F_length, F_prot, F_offset, F_flags);
	ck_assert_uint_eq(ev.offset, 3 * 4096);
	ck_assert_ptr_eq(ev.flags.table, &flags_map);
	decoder_free(&d);
}
END_TEST

START_TEST(shared_memory)
{
	struct decoder d = new_decoder();
	struct raw raw = new_call(SYS_ID_shmat, 0x7000, ARGS(5, 0x7123, 0xa00002000));
	struct event ev;
	decode(&d, &raw, &ev);
	assert_only(&ev, FINISHED, F_shmid, F_addr, F_flags);
	ck_assert_int_eq(ev.shmid, 5);
	ck_assert_uint_eq(ev.addr, 0x7123);
	ck_assert(ev.flags.bits == 0x2000 && ev.flags.table == &flags_shmat);
	raw.file = (struct raw_file){
	    .known = true, .deleted = true, .dev = 1, .inode = 5, .start = 0x7000, .end = 0x9000};
	buf_str(&raw.path, STR("/SYSV00000000"));
	decode(&d, &raw, &ev);
	assert_only(
	    &ev, FINISHED, F_shmid, F_addr, F_flags, F_length, F_path, F_dev, F_inode, F_deleted);
	ck_assert_uint_eq(ev.length, 0x2000);
	buf_free(&raw.path);
	raw = new_call(SYS_ID_shmdt, 0, ARGS(0x7000, 1, 2, 3));
	decode(&d, &raw, &ev);
	assert_only(&ev, FINISHED, F_addr);
	raw = new_call(SYS_ID_shmat, -EINVAL, ARGS(0xffffffff, 0, 0));
	decode(&d, &raw, &ev);
	ck_assert_int_eq(ev.shmid, -1);
	assert_only(&ev, FINISHED, F_shmid, F_addr, F_flags, F_error);
	decoder_free(&d);
}
END_TEST

/* What they did, they don't tell. */
START_TEST(doubtful)
{
	struct decoder d = new_decoder();
	struct event ev;
	struct raw raw = new_call(SYS_ID_munmap, 0, ARGS(0x7000, 0x1000));
	decode(&d, &raw, &ev);
	ck_assert(!ev.doubtful);
	raw.contested = true;
	decode(&d, &raw, &ev);
	ck_assert(ev.doubtful);
	raw.contested = false;
	raw.result = RAW_UNFINISHED;
	decode(&d, &raw, &ev);
	ck_assert(ev.doubtful);
	raw = new_call(SYS_ID_mprotect, -ENOMEM, ARGS(0x7000, 0x4000, 1));
	decode(&d, &raw, &ev);
	ck_assert(ev.doubtful && !ev.has_truth);
	decoder_free(&d);
}
END_TEST

START_TEST(unfinished_and_unseen)
{
	struct decoder d = new_decoder();
	struct raw raw = new_call(SYS_ID_munmap, -EINVAL, ARGS(0x1000, 0x2000));
	struct event ev;
	raw.result = RAW_UNFINISHED;
	decode(&d, &raw, &ev);
	assert_only(&ev, TASK, F_call, F_ret, F_addr, F_length, F_unfinished);
	ck_assert_int_eq(ev.ret.kind, RET_NULL);
	ck_assert(ev.unfinished);
	raw.result = RAW_UNSEEN;
	decode(&d, &raw, &ev);
	assert_only(&ev, TASK, F_call, F_ret, F_addr, F_length);
	ck_assert_int_eq(ev.ret.kind, RET_NULL);
	decoder_free(&d);
}
END_TEST

START_TEST(durations)
{
	struct decoder d = new_decoder();
	struct raw raw = new_call(SYS_ID_munmap, 0, ARGS(0x1000, 0x2000));
	struct event ev;
	raw.entered = raw.left;
	decode(&d, &raw, &ev);
	assert_only(&ev, TASK, F_call, F_ret, F_addr, F_length);
	raw.entered = raw.left - 1;
	decode(&d, &raw, &ev);
	ck_assert_uint_eq(ev.duration, 1);
	raw.entered = raw.left = START_MONO;
	decode(&d, &raw, &ev);
	ck_assert_uint_eq(ev.elapsed, 0);
	ck_assert_uint_eq(ev.time, START_REAL);
	raw.entered = raw.left = START_MONO - 1; /* before the start: a stop that was waited for */
	decode(&d, &raw, &ev);
	ck_assert_uint_eq(ev.elapsed, 0);
	decoder_free(&d);
}
END_TEST

START_TEST(abis)
{
	static const struct {
		enum abi abi;
		const char *name;
	} rows[] = {{ABI_X86_64, NULL}, {ABI_I386, "i386"}, {ABI_X32, "x32"}, {ABI_AARCH64, NULL}};
	struct decoder d = new_decoder();
	for (size_t i = 0; i < countof(rows); i++) {
		struct raw raw = new_call(SYS_ID_brk, 0, ARGS(0));
		struct event ev;
		raw.abi = rows[i].abi;
		decode(&d, &raw, &ev);
		ck_assert_int_eq(event_has(&ev, F_abi), rows[i].name != NULL);
		if (rows[i].name)
			assert_text(ev.abi, rows[i].name);
	}
	decoder_free(&d);
}
END_TEST

START_TEST(exec)
{
	struct decoder d = new_decoder();
	struct raw raw = new_raw(RAW_EXEC);
	struct event ev;
	buf_str(&raw.path, STR("/usr/bin/python3.11"));
	buf_str(&raw.argv, STR("python3\0-c\0pass\0"));
	buf_str(&raw.maps, STR("400000-41f000 r--p 00000000 fe:00 1234   /usr/bin/python3.11\n"));
	decode(&d, &raw, &ev);
	ck_assert_int_eq(ev.type, EVENT_EXEC);
	assert_only(&ev, TASK, F_exe, F_argv, F_maps);
	assert_text(ev.exe, "/usr/bin/python3.11");
	ck_assert_uint_eq(ev.argv.n, 3);
	assert_text(ev.argv.v[2], "pass");
	ck_assert_uint_eq(ev.maps.n, 1);
	ck_assert_uint_eq(ev.maps.v[0].end, 0x41f000);
	d.no_argv = true;
	buf_str(&raw.maps, STR("garbage\n"));
	decode(&d, &raw, &ev);
	assert_only(&ev, TASK, F_exe, F_maps);
	ck_assert_uint_eq(ev.maps.n, 1);
	buf_free(&raw.path);
	buf_free(&raw.argv);
	buf_free(&raw.maps);
	decoder_free(&d);
}
END_TEST

static void assert_argv(struct str block, size_t n, const char *const *expected)
{
	struct decoder d = new_decoder();
	struct raw raw = new_raw(RAW_EXEC);
	struct event ev;
	buf_str(&raw.argv, block);
	decode(&d, &raw, &ev);
	ck_assert(event_has(&ev, F_argv));
	ck_assert_uint_eq(ev.argv.n, n);
	for (size_t i = 0; i < n; i++)
		assert_text(ev.argv.v[i], expected[i]);
	buf_free(&raw.argv);
	decoder_free(&d);
}

START_TEST(argv)
{
	assert_argv(STR(""), 0, NULL);
	assert_argv(STR("\0"), 1, (const char *[]){""});
	assert_argv(STR("\0\0"), 2, (const char *[]){"", ""});
	assert_argv(STR("a\0\0b\0"), 3, (const char *[]){"a", "", "b"});
	assert_argv(STR("cut off"), 1, (const char *[]){"cut off"});
	assert_argv(STR("a\0b c"), 2, (const char *[]){"a", "b c"});
	assert_argv(STR("\xff\xfe\0\n\0"), 2, (const char *[]){"\xff\xfe", "\n"});
}
END_TEST

START_TEST(many_arguments)
{
	struct decoder d = new_decoder();
	struct raw raw = new_raw(RAW_EXEC);
	struct event ev;
	for (unsigned i = 0; i < 5000; i++)
		buf_fmt(&raw.argv, "%u%c", i, 0);
	for (unsigned again = 0; again < 2; again++) {
		decode(&d, &raw, &ev);
		ck_assert_uint_eq(ev.argv.n, 5000);
		assert_text(ev.argv.v[4999], "4999");
	}
	buf_free(&raw.argv);
	decoder_free(&d);
}
END_TEST

START_TEST(fork_event)
{
	struct decoder d = new_decoder();
	struct raw raw = new_raw(RAW_FORK);
	struct event ev;
	raw.child = 900;
	decode(&d, &raw, &ev);
	ck_assert_int_eq(ev.type, EVENT_FORK);
	assert_only(&ev, TASK, F_child, F_thread, F_shares_vm);
	ck_assert(ev.child == 900 && !ev.thread && !ev.shares_vm);
	raw.thread = raw.shares_vm = true;
	decode(&d, &raw, &ev);
	ck_assert(ev.thread && ev.shares_vm);
	decoder_free(&d);
}
END_TEST

/* What is lost is of nobody. */
START_TEST(lost)
{
	struct decoder d = new_decoder();
	struct raw raw = new_raw(RAW_LOST);
	struct event ev;
	raw.count = 7;
	decode(&d, &raw, &ev);
	ck_assert_int_eq(ev.type, EVENT_LOST);
	assert_only(&ev, F_time, F_elapsed, F_count);
	ck_assert_uint_eq(ev.count, 7);
	decoder_free(&d);
}
END_TEST

/* What callers had in memory, where nobody looked. */
START_TEST(unread)
{
	struct decoder d = new_decoder();
	struct raw raw = new_call(SYS_ID_memfd_create, 3, ARGS(0x1000, 0));
	struct event ev;
	decode(&d, &raw, &ev);
	ck_assert(event_has(&ev, F_name));
	raw.unread = true;
	decode(&d, &raw, &ev);
	ck_assert(!event_has(&ev, F_name));
	raw.call_id = SYS_ID_mbind;
	raw.args[3] = 0x1000;
	decode(&d, &raw, &ev);
	ck_assert(!event_has(&ev, F_nodes));
	decoder_free(&d);
}
END_TEST

START_TEST(exit_event)
{
	struct decoder d = new_decoder();
	struct raw raw = new_raw(RAW_EXIT);
	struct event ev;
	decode(&d, &raw, &ev);
	ck_assert_int_eq(ev.type, EVENT_EXIT);
	assert_only(&ev, TASK);
	raw.has_status = true;
	decode(&d, &raw, &ev);
	assert_only(&ev, TASK, F_code);
	ck_assert_int_eq(ev.code, 0);
	raw.status = 255 << 8;
	decode(&d, &raw, &ev);
	ck_assert_int_eq(ev.code, 255);
	raw.status = SIGSEGV | 0x80; /* with a core dump */
	decode(&d, &raw, &ev);
	assert_only(&ev, TASK, F_signal);
	assert_text(ev.signal, "SIGSEGV");
	decoder_free(&d);
}
END_TEST

/* What runs on is looked at as a whole, but not for what of it is in memory. */
START_TEST(detach_event)
{
	struct decoder d = new_decoder();
	struct raw raw = new_raw(RAW_DETACH);
	struct event ev;
	buf_str(&raw.maps, STR("1000-2000 rw-p 00000000 00:00 0 \n"));
	decode(&d, &raw, &ev);
	ck_assert_int_eq(ev.type, EVENT_DETACH);
	assert_only(&ev, TASK);
	ck_assert(ev.has_truth);
	ck_assert_uint_eq(ev.truth.n, 1);
	buf_free(&raw.maps);
	decoder_free(&d);
}
END_TEST

START_TEST(statuses)
{
	struct status s = decode_status(3 << 8);
	ck_assert(s.code == 3 && s.signal.len == 0);
	s = decode_status(0);
	ck_assert(s.code == 0 && s.signal.len == 0);
	for (int number = 1; number <= 64; number++) {
		s = decode_status(number);
		ck_assert_uint_gt(s.signal.len, 3);
	}
	assert_text(decode_status(SIGKILL).signal, "SIGKILL");
}
END_TEST

TEST_SUITE(decode)
{
	TEST(common);
	TEST(mmap_anonymous);
	TEST(mmap_file);
	TEST(failure);
	TEST(munmap);
	TEST(brk_is_never_an_error);
	TEST(mremap);
	TEST(protections);
	TEST(remap_file_pages);
	TEST(shared_memory);
	TEST(doubtful);
	TEST(unfinished_and_unseen);
	TEST(durations);
	TEST(abis);
	TEST(exec);
	TEST(argv);
	TEST(many_arguments);
	TEST(fork_event);
	TEST(exit_event);
	TEST(lost);
	TEST(unread);
	TEST(detach_event);
	TEST(statuses);
}
