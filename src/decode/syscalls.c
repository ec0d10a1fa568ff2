#include "decode/syscalls.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "decode/compat.h"
#include "decode/decode.h"
#include "decode/flags.h"
#include "util/cleanup.h"
#include "util/nearest.h"

/* clang-format off */
#define P(key)                   {F_##key, NULL, false, NULL, NULL}
#define P_FLAGS(key, table)      {F_##key, &flags_##table, false, NULL, NULL}
#define P_FLAGS32(key, table)    {F_##key, &flags_##table, true, NULL, NULL}
#define P_CHOICE(key, whole, part) {F_##key, NULL, true, whole, part}
/* clang-format on */

/* What madvise(2) calls MADV_DONTFORK and MADV_DOFORK: a child has other ranges by them. */
static const struct values madvise_map = {2, {MADV_DONTFORK, MADV_DOFORK}};
static const struct values prctl_map = {1, {PR_SET_VMA}};
static const struct values prctl_memory = {4, {PR_SET_VMA, PR_SET_MM, PR_SET_THP_DISABLE, PR_SET_MDWE}};

const struct syscall syscalls[SYSCALLS_COUNT] = {
#define SYSCALL(call, groups_, x86_64, i386, aarch64, result_, effect_, refine_, ...)              \
	[SYS_ID_##call] = {                                                                        \
	    .name = #call,                                                                         \
	    .groups = groups_,                                                                     \
	    .nr = {[ABI_X86_64] = x86_64,                                                          \
	        [ABI_I386] = i386,                                                                 \
	        [ABI_X32] = x86_64,                                                                \
	        [ABI_AARCH64] = aarch64},                                                          \
	    .result = RESULT_##result_,                                                            \
	    .effect = EFFECT_##effect_,                                                            \
	    .refine = refine_,                                                                     \
	    .params_n = sizeof((struct param[]){__VA_ARGS__}) / sizeof(struct param),              \
	    .params = {__VA_ARGS__},                                                               \
	},
#include "decode/syscalls.def"
#undef SYSCALL
};

/* By number, since each call is looked for as it's made: of the first rows that have it, plus one. */
#define NUMBERS 1024
static int8_t by_number[ABI_COUNT][NUMBERS];

static void number_rows(void)
{
	for (int id = SYSCALLS_COUNT - 1; id >= 0; id--) {
		for (int abi = 0; abi < ABI_COUNT; abi++) {
			if (syscalls[id].nr[abi] >= 0)
				by_number[abi][syscalls[id].nr[abi]] = (int8_t)(id + 1);
		}
	}
}

_Static_assert(SYSCALLS_COUNT < INT8_MAX, "a row's number fits");

int syscalls_find(enum abi abi, uint64_t nr)
{
	static bool numbered;
	if (!numbered)
		number_rows();
	numbered = true;
	return nr < NUMBERS ? by_number[abi][nr] - 1 : -1;
}

int syscalls_by_name(struct str name)
{
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		if (name.len && *name.s == *syscalls[id].name && str_is(name, syscalls[id].name))
			return id;
	}
	return -1;
}

int syscalls_choice(int id)
{
	for (unsigned i = 0; i < syscalls[id].params_n; i++) {
		if (syscalls[id].params[i].whole || syscalls[id].params[i].part)
			return (int)i;
	}
	return -1;
}

const struct values *syscalls_values(uint64_t set, int id)
{
	int choice = syscalls_choice(id);
	if (choice < 0)
		return NULL;
	const struct param *param = &syscalls[id].params[choice];
	return set >> id & 1 ? param->whole : param->part;
}

bool values_have(const struct values *values, uint64_t arg)
{
	for (unsigned i = 0; values && i < values->n; i++) {
		if (values->v[i] == (uint32_t)arg)
			return true;
	}
	return !values;
}

bool syscalls_has(uint64_t set, int id, const uint64_t args[6])
{
	int choice = syscalls_choice(id);
	return syscalls_names(set, id) && (choice < 0 || values_have(syscalls_values(set, id), args[choice]));
}

bool syscalls_cover(uint64_t set, uint64_t of)
{
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		bool all = set >> id & 1;
		if (!all && (of >> id & 1 || (of & SYSCALLS_PART(id) && !(set & SYSCALLS_PART(id)))))
			return false;
	}
	return true;
}

uint64_t syscalls_group(unsigned groups)
{
	uint64_t set = 0;
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		if (syscalls[id].groups & groups & ~(unsigned)GROUP_MAP_PART)
			set |= UINT64_C(1) << id;
		else if (syscalls[id].groups & groups)
			set |= SYSCALLS_PART(id);
	}
	return set;
}

static const struct {
	const char *name;
	unsigned groups;
} group_names[] = {
    {"%map", GROUP_MAP | GROUP_MAP_PART},
    {"%memory", GROUP_MAP | GROUP_MAP_PART | GROUP_MEMORY},
    {"%all", ~0U},
};

/* All that can be written in a set, for suggestions. */
static const char *set_word(size_t i)
{
	return i < SYSCALLS_COUNT ? syscalls[i].name : group_names[i - SYSCALLS_COUNT].name;
}

static int parse_word(struct str word, uint64_t *set, struct err *err)
{
	for (size_t i = 0; i < countof(group_names); i++) {
		if (str_is(word, group_names[i].name)) {
			*set |= syscalls_group(group_names[i].groups);
			return 0;
		}
	}
	int id = syscalls_by_name(word);
	if (id >= 0) {
		*set |= UINT64_C(1) << id;
		return 0;
	}
	char typed[80];
	size_t len = word.len < sizeof(typed) - 1 ? word.len : sizeof(typed) - 1;
	memcpy(typed, word.s, len);
	typed[len] = '\0';
	if (!len)
		return err_set(err, -EINVAL, "-e: a call's name is missing between commas");
	const char *near = nearest_name(typed, SYSCALLS_COUNT + countof(group_names), set_word);
	if (near)
		return err_set(
		    err, -EINVAL, "-e: unknown call '%s'; did you mean '%s'?", typed, near);
	return err_set(err, -EINVAL,
	    "-e: unknown call '%s'; known are %%map, %%memory, %%all and the names that "
	    "memtrace(1) lists",
	    typed);
}

int syscalls_parse(const char *text, uint64_t *ret, struct err *err)
{
	uint64_t set = 0;
	if (strncmp(text, "trace=", 6) == 0)
		text += 6;
	bool negated = *text == '!';
	text += negated;
	for (const char *p = text;; p++) {
		size_t len = strcspn(p, ",");
		int r = parse_word((struct str){p, len}, &set, err);
		if (r < 0)
			return r;
		p += len;
		if (!*p)
			break;
	}
	*ret = negated ? SYSCALLS_ALL & ~set : set; /* what is in a set by a part isn't named by that */
	return 0;
}
