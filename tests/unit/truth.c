/* src/model/truth.c: ranges of a space beside those of /proc/PID/maps */
#include "model/truth.h"

#include "unit.h"

#define MAPS(...)                                                                                  \
	((struct map_list){(const struct map[]){__VA_ARGS__},                                      \
	    sizeof((const struct map[]){__VA_ARGS__}) / sizeof(struct map)})
#define SHM(from, to, off, perm)                                                                   \
	{.start = (from), .end = (to), .offset = (off), .dev = 1, .inode = 9, .path = STR_INIT("/dev/zero"), .perms = perm}
#define ANON(from, to, perm)                                                                       \
	{.start = (from), .end = (to), .perms = perm}

static bool equals(struct address_space *s, struct map_list maps)
{
	char difference[256];
	return truth_equals(s, maps, difference, sizeof(difference));
}

static void correct(struct address_space *s, struct map_list maps)
{
	struct intern names = {0};
	truth_correct(s, maps, 8, &names);
	intern_free(&names);
}

static void put(struct address_space *s, uint64_t start, uint64_t end, unsigned is)
{
	struct range r = {.is = is, .born = 5, .changed = 5};
	space_put(s, start, end, &r);
}

START_TEST(how_many_ranges_doesnt_matter)
{
	struct address_space *s = space_new();
	put(s, 0x10000, 0x12000, RANGE_READ);
	put(s, 0x12000, 0x14000, RANGE_READ);
	put(s, 0x15000, 0x16000, RANGE_READ | RANGE_WRITE);
	ck_assert(equals(s, MAPS(ANON(0x10000, 0x11000, "r--p"), ANON(0x11000, 0x14000, "r--p"),
	                        ANON(0x15000, 0x16000, "rw-p"))));
	ck_assert(!equals(s, MAPS(ANON(0x10000, 0x14000, "r--p"), ANON(0x15000, 0x16000, "r--p"))));
	ck_assert(!equals(s, MAPS(ANON(0x10000, 0x16000, "r--p"))));
	ck_assert(!equals(s, MAPS(ANON(0x10000, 0x14000, "r--p"))));
	ck_assert(!equals(s, MAPS(ANON(0x10000, 0x14000, "r--p"), ANON(0x15000, 0x16000, "rw-p"),
	                         ANON(0x17000, 0x18000, "rw-p"))));
	space_free(s);
}
END_TEST

/* One half was named by the kernel, as what moved half-way is; the other wasn't. */
START_TEST(a_part_may_have_a_name)
{
	struct address_space *s = space_new();
	struct range r = {.is = RANGE_READ | RANGE_SHARED | RANGE_OBJECT, .dev = DEV_UNNAMED, .inode = 3};
	space_put(s, 0x10000, 0x12000, &r);
	r.dev = 1;
	r.inode = 9;
	r.offset = 0x2000;
	space_put(s, 0x12000, 0x13000, &r);
	ck_assert(equals(s, MAPS(SHM(0x10000, 0x13000, 0, "r--s"))));
	ck_assert(equals(s, MAPS(SHM(0x10000, 0x11000, 0, "r--s"), SHM(0x11000, 0x13000, 0x1000, "r--s"))));
	ck_assert(!equals(s, MAPS(SHM(0x10000, 0x13000, 0x1000, "r--s"))));
	space_free(s);
}
END_TEST

START_TEST(unnamed_neighbours_may_be_different_ones)
{
	struct address_space *s = space_new();
	struct range r = {.is = RANGE_READ | RANGE_SHARED | RANGE_OBJECT, .dev = DEV_UNNAMED, .inode = 3};
	space_put(s, 0x10000, 0x12000, &r);
	r.dev = 1;
	r.inode = 8;
	r.offset = 0x2000; /* as if it went on */
	space_put(s, 0x12000, 0x13000, &r);
	struct map_list maps = MAPS(SHM(0x10000, 0x12000, 0, "r--s"), SHM(0x12000, 0x13000, 0x2000, "r--s"));
	struct map two[] = {maps.v[0], maps.v[1]};
	two[1].inode = 8;
	ck_assert(equals(s, (struct map_list){two, 2}));
	two[1].inode = 7;
	ck_assert(!equals(s, (struct map_list){two, 2}));
	space_free(s);
}
END_TEST

/* What lies where something grew before isn't that, grown. */
START_TEST(others_do_not_grow)
{
	struct address_space *s = space_new();
	put(s, 0x20000, 0x22000, RANGE_READ | RANGE_GROWS);
	struct map other = ANON(0x1f000, 0x22000, "---p");
	correct(s, (struct map_list){&other, 1});
	ck_assert(equals(s, (struct map_list){&other, 1}));
	struct map grown = ANON(0x1e000, 0x22000, "---p");
	ck_assert(!(space_at(s, 0x1f000)->is & RANGE_GROWS));
	ck_assert(!equals(s, (struct map_list){&grown, 1}));
	space_free(s);
}
END_TEST

START_TEST(the_stack_grows)
{
	struct address_space *s = space_new();
	put(s, 0x20000, 0x22000, RANGE_READ | RANGE_STACK | RANGE_GROWS);
	struct map stack = {.start = 0x1f000, .end = 0x22000, .path = STR_INIT("[stack]"), .perms = "r--p"};
	ck_assert(equals(s, (struct map_list){&stack, 1}));
	stack.start = 0x21000;
	ck_assert(equals(s, (struct map_list){&stack, 1}));
	stack.end = 0x23000;
	ck_assert(!equals(s, (struct map_list){&stack, 1}));
	stack = (struct map){.start = 0x1e000, .end = 0x1f000, .path = STR_INIT("[stack]"), .perms = "r--p"};
	ck_assert(!equals(s, (struct map_list){&stack, 1}));
	space_free(s);
}
END_TEST

START_TEST(corrections_keep_what_is_known)
{
	struct address_space *s = space_new();
	put(s, 0x10000, 0x14000, RANGE_READ | RANGE_WRITE | RANGE_WRITTEN | RANGE_NORESERVE);
	put(s, 0x18000, 0x19000, RANGE_READ);
	struct map_list maps = MAPS(ANON(0x10000, 0x11000, "rw-p"), ANON(0x11000, 0x15000, "r--p"));
	correct(s, maps);
	ck_assert(equals(s, maps));
	const struct range *changed = space_at(s, 0x11000), *added = space_at(s, 0x14000);
	ck_assert_uint_eq(changed->is, RANGE_READ | RANGE_WRITTEN | RANGE_NORESERVE);
	ck_assert_uint_eq(changed->born, 5);
	ck_assert_uint_eq(changed->changed, 8);
	ck_assert_uint_eq(space_at(s, 0x10000)->changed, 5);
	ck_assert_uint_eq(added->is, RANGE_READ);
	ck_assert_uint_eq(added->born, 8);
	ck_assert_ptr_null(space_at(s, 0x18000));
	space_free(s);
}
END_TEST

START_TEST(corrections_replace_what_is_another)
{
	struct address_space *s = space_new();
	put(s, 0x10000, 0x14000, RANGE_READ);
	struct map_list maps = MAPS(ANON(0x10000, 0x11000, "r--p"), SHM(0x11000, 0x14000, 0x5000, "r--s"));
	correct(s, maps);
	ck_assert(equals(s, maps));
	ck_assert_uint_eq(space_at(s, 0x10000)->born, 5);
	ck_assert_uint_eq(space_at(s, 0x11000)->born, 8);
	ck_assert_uint_eq(space_at(s, 0x11000)->offset, 0x5000);
	space_free(s);
}
END_TEST

TEST_SUITE(truth)
{
	TEST(how_many_ranges_doesnt_matter);
	TEST(a_part_may_have_a_name);
	TEST(unnamed_neighbours_may_be_different_ones);
	TEST(others_do_not_grow);
	TEST(the_stack_grows);
	TEST(corrections_keep_what_is_known);
	TEST(corrections_replace_what_is_another);
}
