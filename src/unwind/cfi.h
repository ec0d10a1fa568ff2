/* How a function's caller is found: rules of DWARF call frame information, and what they give. Pure. */
#pragma once

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "util/str.h"

/* Where a register of the caller is. */
enum cfi_kind {
	CFI_SAME,       /* in the same register */
	CFI_UNDEFINED,  /* nowhere any more */
	CFI_AT,         /* in memory, at CFA + number */
	CFI_IS,         /* it is CFA + number */
	CFI_REGISTER,   /* in register `number` */
	CFI_EXPRESSION, /* what `ops` give is where it is, */
	CFI_VALUE,      /* or what it is */
};

struct cfi_rule {
	enum cfi_kind kind;
	int64_t number;
	const Dwarf_Op *ops; /* libdw's */
	size_t ops_n;
};

/* The rules for one place in the code. */
struct cfi_row {
	bool known;  /* there are any */
	bool signal; /* the caller was interrupted there, not left by a call */
	unsigned ra; /* the register that the caller's program counter is in */
	int cfa_reg; /* CFA is that register + cfa_number; -1: what cfa_ops give */
	int64_t cfa_number;
	const Dwarf_Op *cfa_ops;
	size_t cfa_ops_n;
	struct cfi_rule rules[REGISTERS_MAX];
};

/* A stack as it was copied. */
struct cfi_stack {
	struct str bytes;
	uint64_t start; /* its address */
	bool narrow;    /* words are of 32 bits */
};

/* cfi_read_row - take over what libdw says about one place. */
void cfi_read_row(Dwarf_Frame *frame, struct cfi_row *ret);

/* cfi_word - a word of the stack. Returns false if it isn't in the copy. */
bool cfi_word(const struct cfi_stack *stack, uint64_t address, uint64_t *ret);

/*
 * cfi_step - from the registers of a function to those of its caller, whose stack pointer is the CFA. Returns
 * false where that can't be known.
 */
bool cfi_step(const struct cfi_row *row, const struct cfi_stack *stack, struct registers *regs);
