#include "unwind/cfi.h"

#include <dwarf.h>

/* ---- rules ---- */

static bool is_cfa_plus(const Dwarf_Op *ops, size_t n, size_t tail, int64_t *ret)
{
	if (n < 1 + tail || n > 2 + tail || ops[0].atom != DW_OP_call_frame_cfa)
		return false;
	*ret = 0;
	if (n == 2 + tail && ops[1].atom != DW_OP_plus_uconst)
		return false;
	if (n == 2 + tail)
		*ret = (int64_t)ops[1].number;
	return true;
}

static struct cfi_rule rule_of(Dwarf_Frame *frame, unsigned reg)
{
	Dwarf_Op memory[3], *ops;
	size_t n;
	struct cfi_rule rule = {.kind = CFI_UNDEFINED};
	if (dwarf_frame_register(frame, (int)reg, memory, &ops, &n) != 0)
		return rule;
	if (n == 0) {
		rule.kind = ops ? CFI_UNDEFINED : CFI_SAME;
		return rule;
	}
	bool value = ops[n - 1].atom == DW_OP_stack_value;
	if (is_cfa_plus(ops, n, value, &rule.number)) {
		rule.kind = value ? CFI_IS : CFI_AT;
	} else if (n == 1 && ops[0].atom == DW_OP_regx) {
		rule.kind = CFI_REGISTER;
		rule.number = (int64_t)ops[0].number;
	} else if (n == 1 && ops[0].atom >= DW_OP_reg0 && ops[0].atom <= DW_OP_reg31) {
		rule.kind = CFI_REGISTER;
		rule.number = ops[0].atom - DW_OP_reg0;
	} else if (ops != memory) { /* else it wouldn't hold */
		rule.kind = value ? CFI_VALUE : CFI_EXPRESSION;
		rule.ops = ops;
		rule.ops_n = value ? n - 1 : n;
	}
	return rule;
}

static void read_cfa(Dwarf_Frame *frame, struct cfi_row *ret)
{
	Dwarf_Op *ops;
	size_t n;
	ret->known = dwarf_frame_cfa(frame, &ops, &n) == 0 && n > 0;
	if (!ret->known)
		return;
	ret->cfa_reg = -1;
	ret->cfa_ops = ops;
	ret->cfa_ops_n = n;
	if (n != 1)
		return;
	if (ops[0].atom == DW_OP_bregx) {
		ret->cfa_reg = (int)ops[0].number;
		ret->cfa_number = (int64_t)ops[0].number2;
	} else if (ops[0].atom >= DW_OP_breg0 && ops[0].atom <= DW_OP_breg31) {
		ret->cfa_reg = ops[0].atom - DW_OP_breg0;
		ret->cfa_number = (int64_t)ops[0].number;
	}
}

void cfi_read_row(Dwarf_Frame *frame, struct cfi_row *ret)
{
	Dwarf_Addr start, end;
	*ret = (struct cfi_row){0};
	int ra = dwarf_frame_info(frame, &start, &end, &ret->signal);
	read_cfa(frame, ret);
	ret->known &= ra >= 0 && ra < REGISTERS_MAX;
	ret->ra = ret->known ? (unsigned)ra : 0;
	for (unsigned reg = 0; ret->known && reg < REGISTERS_MAX; reg++)
		ret->rules[reg] = rule_of(frame, reg);
}

/* ---- what they give ---- */

bool cfi_word(const struct cfi_stack *stack, uint64_t address, uint64_t *ret)
{
	size_t size = stack->narrow ? 4 : 8;
	uint64_t at = address - stack->start;
	if (address < stack->start || at + size > stack->bytes.len || at + size < at)
		return false;
	*ret = 0;
	memcpy(ret, stack->bytes.s + at, size);
	return true;
}

#define DEPTH 32

/* The stack of DWARF's expressions (DWARF 5, 2.5). */
struct machine {
	uint64_t v[DEPTH];
	unsigned n;
	const struct registers *regs;
	const struct cfi_stack *stack;
	uint64_t cfa;
};

static bool push(struct machine *m, uint64_t value)
{
	if (m->n == DEPTH)
		return false;
	m->v[m->n++] = value;
	return true;
}

static bool two(struct machine *m, unsigned atom)
{
	if (m->n < 2)
		return false;
	uint64_t b = m->v[--m->n], *a = &m->v[m->n - 1];
	switch (atom) {
	case DW_OP_plus: *a += b; return true;
	case DW_OP_minus: *a -= b; return true;
	case DW_OP_mul: *a *= b; return true;
	case DW_OP_and: *a &= b; return true;
	case DW_OP_or: *a |= b; return true;
	case DW_OP_xor: *a ^= b; return true;
	case DW_OP_shl: *a = b < 64 ? *a << b : 0; return true;
	case DW_OP_shr: *a = b < 64 ? *a >> b : 0; return true;
	case DW_OP_eq: *a = *a == b; return true;
	case DW_OP_ne: *a = *a != b; return true;
	case DW_OP_lt: *a = (int64_t)*a < (int64_t)b; return true;
	case DW_OP_le: *a = (int64_t)*a <= (int64_t)b; return true;
	case DW_OP_gt: *a = (int64_t)*a > (int64_t)b; return true;
	case DW_OP_ge: *a = (int64_t)*a >= (int64_t)b; return true;
	default: return false;
	}
}

static bool one(struct machine *m, const Dwarf_Op *op)
{
	if (!m->n)
		return false;
	uint64_t *a = &m->v[m->n - 1];
	switch (op->atom) {
	case DW_OP_deref: return cfi_word(m->stack, *a, a);
	case DW_OP_plus_uconst: *a += op->number; return true;
	case DW_OP_neg: *a = -*a; return true;
	case DW_OP_not: *a = ~*a; return true;
	case DW_OP_dup: return push(m, *a);
	case DW_OP_drop: m->n--; return true;
	default: return two(m, op->atom);
	}
}

static bool operate(struct machine *m, const Dwarf_Op *op)
{
	unsigned atom = op->atom;
	if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31)
		return push(m, atom - DW_OP_lit0);
	if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31)
		return push(m, m->regs->v[atom - DW_OP_breg0] + op->number);
	if (atom == DW_OP_bregx && op->number < REGISTERS_MAX)
		return push(m, m->regs->v[op->number] + op->number2);
	switch (atom) {
	case DW_OP_call_frame_cfa: return push(m, m->cfa);
	case DW_OP_const1u:
	case DW_OP_const1s:
	case DW_OP_const2u:
	case DW_OP_const2s:
	case DW_OP_const4u:
	case DW_OP_const4s:
	case DW_OP_const8u:
	case DW_OP_const8s:
	case DW_OP_constu:
	case DW_OP_consts: return push(m, op->number);
	case DW_OP_nop: return true;
	default: return one(m, op);
	}
}

static bool evaluate(struct machine *m, const Dwarf_Op *ops, size_t n, uint64_t *ret)
{
	m->n = 0;
	for (size_t i = 0; i < n; i++) {
		if (!operate(m, &ops[i])) /* or one that frames have no use for */
			return false;
	}
	*ret = m->n ? m->v[m->n - 1] : 0;
	return m->n > 0;
}

static bool find_cfa(const struct cfi_row *row, struct machine *m)
{
	if (row->cfa_reg >= REGISTERS_MAX)
		return false;
	if (row->cfa_reg < 0)
		return evaluate(m, row->cfa_ops, row->cfa_ops_n, &m->cfa);
	m->cfa = m->regs->v[row->cfa_reg] + (uint64_t)row->cfa_number;
	return true;
}

static bool follow(const struct cfi_rule *rule, struct machine *m, unsigned reg, uint64_t *ret)
{
	uint64_t at;
	switch (rule->kind) {
	case CFI_SAME: *ret = m->regs->v[reg]; return true;
	case CFI_UNDEFINED: return false;
	case CFI_AT: return cfi_word(m->stack, m->cfa + (uint64_t)rule->number, ret);
	case CFI_IS: *ret = m->cfa + (uint64_t)rule->number; return true;
	case CFI_REGISTER:
		*ret = rule->number < REGISTERS_MAX ? m->regs->v[rule->number] : 0;
		return rule->number < REGISTERS_MAX;
	case CFI_VALUE: return evaluate(m, rule->ops, rule->ops_n, ret);
	case CFI_EXPRESSION:
		return evaluate(m, rule->ops, rule->ops_n, &at) && cfi_word(m->stack, at, ret);
	}
	return false;
}

bool cfi_step(const struct cfi_row *row, const struct cfi_stack *stack, struct registers *regs)
{
	struct registers caller = *regs;
	struct machine m = {.regs = regs, .stack = stack};
	if (!row->known || !find_cfa(row, &m))
		return false;
	if (stack->narrow)
		m.cfa = (uint32_t)m.cfa;
	caller.v[regs->sp] = m.cfa; /* by definition, where no rule says more */
	for (unsigned reg = 0; reg < REGISTERS_MAX; reg++) {
		bool plain_sp = reg == regs->sp && row->rules[reg].kind == CFI_SAME;
		if (!plain_sp && reg != row->ra)
			follow(&row->rules[reg], &m, reg, &caller.v[reg]);
	}
	if (!follow(&row->rules[row->ra], &m, row->ra, &caller.ip))
		return false;
	caller.v[row->ra] = caller.ip;
	*regs = caller;
	return true;
}
