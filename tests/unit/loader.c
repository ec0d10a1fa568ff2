/* src/engine/loader.c: which code of a new image loads the rest of it, and what it does in several steps */
#include "engine/loader.h"

#include <sys/mman.h>

#include "unit.h"

static const struct str dynamic = STR_INIT(
    "5560a0000000-5560a0002000 r--p 00000000 fe:00 100 /usr/bin/true\n"
    "5560a0002000-5560a0006000 r-xp 00002000 fe:00 100 /usr/bin/true\n"
    "7f0000000000-7f0000001000 r--p 00000000 fe:00 200 /lib/ld.so\n"
    "7f0000001000-7f0000026000 r-xp 00001000 fe:00 200 /lib/ld.so\n"
    "7f0000030000-7f0000034000 rw-p 0002f000 fe:00 200 /lib/ld.so\n"
    "7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0 [stack]\n"
    "7ffc00030000-7ffc00032000 r-xp 00000000 00:00 0 [vdso]\n");

static const struct str alone = STR_INIT(
    "000000400000-000000401000 r--p 00000000 fe:00 100 /sbin/ldconfig\n"
    "000000401000-000000480000 r-xp 00001000 fe:00 100 /sbin/ldconfig\n"
    "7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0 [stack]\n");

static void expect_span(struct span got, uint64_t start, uint64_t end)
{
	ck_assert_uint_eq(got.start, start);
	ck_assert_uint_eq(got.end, end);
}

START_TEST(found_where_the_image_starts)
{
	expect_span(loader_find(dynamic, 0x7f0000001a00), 0x7f0000001000, 0x7f0000026000);
	expect_span(loader_find(alone, 0x401a00), 0, 0);        /* linked with all that it needs */
	expect_span(loader_find(dynamic, 0x10000), 0, 0);       /* in no mapping */
	expect_span(loader_find((struct str){0}, 0x401a00), 0, 0);
}
END_TEST

static bool goes_on(uint64_t ip, uint16_t id, uint64_t flags)
{
	struct raw call = {.call_id = id, .args = {0, 4096, PROT_READ, flags, 3, 0}};
	return loader_goes_on((struct span){0x1000, 0x2000}, ip, &call);
}

START_TEST(goes_on_with_a_file)
{
	ck_assert(goes_on(0x1000, SYS_ID_mmap, MAP_PRIVATE));
	ck_assert(goes_on(0x1fff, SYS_ID_mmap, MAP_PRIVATE | MAP_FIXED));
	ck_assert(goes_on(0x1800, SYS_ID_mmap, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS)); /* .bss */
	ck_assert(!goes_on(0x1800, SYS_ID_mmap, MAP_PRIVATE | MAP_ANONYMOUS));            /* its own tables */
	ck_assert(!goes_on(0x1800, SYS_ID_mprotect, MAP_PRIVATE));                        /* the end of it */
	ck_assert(!goes_on(0x1800, SYS_ID_munmap, MAP_PRIVATE));
	ck_assert(!goes_on(0x0fff, SYS_ID_mmap, MAP_PRIVATE)); /* the program */
	ck_assert(!goes_on(0x2000, SYS_ID_mmap, MAP_PRIVATE));
}
END_TEST

TEST_SUITE(loader)
{
	TEST(found_where_the_image_starts);
	TEST(goes_on_with_a_file);
}
