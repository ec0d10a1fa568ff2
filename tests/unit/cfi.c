/* src/unwind/cfi.c: from a function's registers to its caller's */
#include "unwind/cfi.h"

#include <dwarf.h>

#include "unit.h"

#define SP 7
#define FP 6
#define RA 16

static uint64_t words[8];

static struct cfi_stack stack_of_words(void)
{
	return (struct cfi_stack){{(const char *)words, sizeof(words)}, 0x1000, false};
}

static struct registers registers(void)
{
	struct registers regs = {.sp = SP, .fp = FP, .ip = 0x400};
	regs.v[SP] = 0x1010;
	regs.v[FP] = 0x1020;
	regs.v[3] = 0x33;
	return regs;
}

/* The usual rules at a function's first instruction: CFA = sp + 8, the return address below it. */
static struct cfi_row usual(void)
{
	struct cfi_row row = {.known = true, .ra = RA, .cfa_reg = SP, .cfa_number = 8};
	row.rules[RA] = (struct cfi_rule){.kind = CFI_AT, .number = -8};
	return row;
}

START_TEST(the_caller)
{
	struct registers regs = registers();
	struct cfi_row row = usual();
	struct cfi_stack stack = stack_of_words();
	words[2] = 0xabc;
	ck_assert(cfi_step(&row, &stack, &regs));
	ck_assert_uint_eq(regs.ip, 0xabc);
	ck_assert_uint_eq(regs.v[SP], 0x1018);
	ck_assert_uint_eq(regs.v[3], 0x33);
}
END_TEST

START_TEST(each_kind_of_rule)
{
	struct registers regs = registers();
	struct cfi_row row = usual();
	struct cfi_stack stack = stack_of_words();
	const Dwarf_Op at[] = {{.atom = DW_OP_call_frame_cfa}, {.atom = DW_OP_lit8}, {.atom = DW_OP_minus}};
	words[2] = 0xabc;
	words[0] = 0x77;
	row.rules[FP] = (struct cfi_rule){.kind = CFI_AT, .number = -24};
	row.rules[3] = (struct cfi_rule){.kind = CFI_IS, .number = 16};
	row.rules[12] = (struct cfi_rule){.kind = CFI_REGISTER, .number = 3};
	row.rules[13] = (struct cfi_rule){.kind = CFI_EXPRESSION, .ops = at, .ops_n = 3};
	row.rules[14] = (struct cfi_rule){.kind = CFI_VALUE, .ops = at, .ops_n = 3};
	row.rules[15] = (struct cfi_rule){.kind = CFI_UNDEFINED};
	ck_assert(cfi_step(&row, &stack, &regs));
	ck_assert_uint_eq(regs.v[FP], 0x77);
	ck_assert_uint_eq(regs.v[3], 0x1028);
	ck_assert_uint_eq(regs.v[12], 0x33); /* as it was before */
	ck_assert_uint_eq(regs.v[13], 0xabc);
	ck_assert_uint_eq(regs.v[14], 0x1010);
}
END_TEST

/* That of a PLT: CFA = sp + 8 + ((ip & 15) >= 11) * 8. */
START_TEST(expressions)
{
	const Dwarf_Op plt[] = {{.atom = DW_OP_breg7, .number = 8}, {.atom = DW_OP_bregx, .number = RA},
	    {.atom = DW_OP_lit15}, {.atom = DW_OP_and}, {.atom = DW_OP_lit11}, {.atom = DW_OP_ge},
	    {.atom = DW_OP_lit3}, {.atom = DW_OP_shl}, {.atom = DW_OP_plus}};
	for (uint64_t ip = 0x400; ip < 0x420; ip++) {
		struct registers regs = registers();
		struct cfi_row row = usual();
		struct cfi_stack stack = stack_of_words();
		row.cfa_reg = -1;
		row.cfa_ops = plt;
		row.cfa_ops_n = countof(plt);
		regs.v[RA] = ip;
		ck_assert(cfi_step(&row, &stack, &regs));
		ck_assert_uint_eq(regs.v[SP], (ip & 15) >= 11 ? 0x1020 : 0x1018);
	}
}
END_TEST

START_TEST(what_cannot_be_known)
{
	static const Dwarf_Op bad[][2] = {{{.atom = DW_OP_plus}, {.atom = DW_OP_nop}},
	    {{.atom = DW_OP_lit1}, {.atom = DW_OP_deref}}, {{.atom = DW_OP_call2}, {.atom = DW_OP_nop}}};
	struct cfi_stack stack = stack_of_words();
	for (size_t i = 0; i < countof(bad); i++) {
		struct registers regs = registers();
		struct cfi_row row = usual();
		row.cfa_reg = -1;
		row.cfa_ops = bad[i];
		row.cfa_ops_n = 2;
		ck_assert(!cfi_step(&row, &stack, &regs));
		ck_assert_uint_eq(regs.ip, 0x400); /* untouched */
	}
	struct registers regs = registers();
	struct cfi_row none = {0}, ends = usual();
	ck_assert(!cfi_step(&none, &stack, &regs));
	ends.rules[RA].kind = CFI_UNDEFINED; /* as _start says it */
	ck_assert(!cfi_step(&ends, &stack, &regs));
	regs.v[SP] = 0x2000; /* beyond what was copied */
	struct cfi_row row = usual();
	ck_assert(!cfi_step(&row, &stack, &regs));
}
END_TEST

START_TEST(words_at_the_edges)
{
	struct cfi_stack stack = stack_of_words();
	uint64_t value;
	words[7] = 0x1122334455667788;
	ck_assert(cfi_word(&stack, 0x1038, &value));
	ck_assert_uint_eq(value, 0x1122334455667788);
	ck_assert(!cfi_word(&stack, 0x1039, &value));
	ck_assert(!cfi_word(&stack, 0xfff, &value));
	ck_assert(!cfi_word(&stack, UINT64_MAX, &value));
	stack.narrow = true;
	ck_assert(cfi_word(&stack, 0x103c, &value));
	ck_assert_uint_eq(value, 0x11223344);
}
END_TEST

TEST_SUITE(cfi)
{
	TEST(the_caller);
	TEST(each_kind_of_rule);
	TEST(expressions);
	TEST(what_cannot_be_known);
	TEST(words_at_the_edges);
}
