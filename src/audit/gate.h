/* The audit as options ask for it: its rules from a file and the command line, its reports to files. */
#pragma once

#include "audit/audit.h"
#include "opts.h"

/* gate_wanted - whether any option asks for an audit. */
bool gate_wanted(const struct opts *opts);

/* gate_config - all rules that are asked for, and whether --report makes sense. Returns 0 or a negative errno. */
int gate_config(const struct opts *opts, struct config *ret, struct err *err);

/* gate_standard - standard output, kept for reports that go there; -1: none does. The caller closes it. */
int gate_standard(const struct opts *opts);

/*
 * gate_report - write what --report asks for, each report of all `runs`; where nothing does, nothing. `standard` is
 * what gate_standard gave; -1: standard output itself. One that can't be written leaves the others be.
 * Returns 0 or a negative errno with err set.
 */
int gate_report(const struct opts *opts, const struct audits *runs, int standard, struct err *err);
