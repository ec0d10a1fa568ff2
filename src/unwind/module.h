/*
 * Files that code comes from: how to unwind it (CFI), and its symbols and lines, each looked up once. They are
 * opened as the process sees them, so that containers work; nothing is downloaded.
 */
#pragma once

#include "event.h"
#include "model/space.h"
#include "unwind/cfi.h"

struct modules;
struct module;

/* modules_new - freed with modules_free. */
struct modules *modules_new(void);

/*
 * modules_find - the module that the range `r` of process `pid` maps, called `name`; NULL if it's no file. It's
 * the table's. A file that can't be opened any more is a module that knows its name only.
 */
struct module *modules_find(struct modules *m, int64_t pid, const struct range *r, struct str name);

/* module_address - what a byte at that offset of the file has for an address there (as addr2line(1) takes it). */
uint64_t module_address(const struct module *module, uint64_t offset);

/* module_row - the rules at an address of it. They hold as long as the table. */
const struct cfi_row *module_row(struct module *module, uint64_t address);

/* module_frame - module, symbol, file and line of an address; texts hold as long as the table. */
const struct frame *module_frame(struct module *module, uint64_t address);

void modules_free(struct modules *m);
