#include "unwind/module.h"

#include <elfutils/libdwfl.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/proc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/intern.h"
#include "util/mem.h"

/* What is known of one address. */
struct place {
	uint64_t address;
	bool has_row, has_frame;
	struct cfi_row *row;
	struct frame frame;
};

/* A part of the file that is mapped (elf(5), PT_LOAD). */
struct segment {
	uint64_t offset, size, address;
};

struct module {
	RB_ENTRY(module) link;
	uint64_t dev, inode;
	uint64_t born;      /* of the range that it was last seen in */
	uint64_t size;      /* of the file as it was opened, and when that was written */
	struct timespec written;
	struct str name, build_id;
	struct intern *texts;
	Dwfl *dwfl;
	Dwfl_Module *elf; /* NULL: can't be read */
	Dwarf_CFI *cfi[2]; /* of .eh_frame and .debug_frame */
	Dwarf_Addr cfi_bias[2];
	struct segment *segments;
	size_t segments_n, segments_size;
	struct place **places; /* by address */
	size_t places_n, slots_n;
};

RB_HEAD(module_tree, module);

struct modules {
	struct module_tree tree;
	struct intern texts;
};

static int compare(const struct module *a, const struct module *b)
{
	if (a->dev != b->dev)
		return a->dev < b->dev ? -1 : 1;
	return a->inode < b->inode ? -1 : a->inode > b->inode;
}

RB_GENERATE_INTERNAL(module_tree, module, link, compare, static __attribute__((unused)))

struct modules *modules_new(void)
{
	struct modules *m = mem_alloc(sizeof(*m));
	RB_INIT(&m->tree);
	return m;
}

/* ---- opening ---- */

/* Debug information that is installed; libdwfl's standard way could ask servers for it. */
static int find_debug(Dwfl_Module *elf, void **user, const char *name, Dwarf_Addr base, const char *file,
    const char *link, GElf_Word crc, char **ret)
{
	(void)file, (void)link, (void)crc;
	return dwfl_build_id_find_debuginfo(elf, user, name, base, file, link, crc, ret);
}

static int find_elf(Dwfl_Module *elf, void **user, const char *name, Dwarf_Addr base, char **file, Elf **ret)
{
	(void)elf, (void)user, (void)name, (void)base, (void)file, (void)ret;
	return -1; /* all are given to it open */
}

static const Dwfl_Callbacks callbacks = {.find_elf = find_elf, .find_debuginfo = find_debug};

static int open_if_same(const char *path, uint64_t inode, struct stat *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0 && (fstat(fd, ret) < 0 || !S_ISREG(ret->st_mode) || (inode && ret->st_ino != inode))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/*
 * The very file that is mapped, where we may have it and the process lives; or whatever is there by its name as
 * the process sees it, or as we do, if it has that number.
 */
static int open_file(int64_t pid, const struct range *r, struct str name, struct stat *ret)
{
	_cleanup_(buf_free) struct buf path = {0};
	if (proc_is_served((pid_t)pid, r->dev))
		return -1;
	buf_fmt(&path, "/proc/%lld/map_files/%llx-%llx%c", (long long)pid, (unsigned long long)r->start,
	    (unsigned long long)r->end, '\0');
	int fd = open_if_same(path.data, r->inode, ret);
	for (unsigned ours = 0; fd < 0 && ours < 2; ours++) {
		path.len = 0;
		if (!ours)
			buf_fmt(&path, "/proc/%lld/root", (long long)pid);
		buf_str(&path, name);
		buf_char(&path, '\0');
		fd = open_if_same(path.data, r->inode, ret);
	}
	return fd;
}

static void read_segments(struct module *module, Elf *elf)
{
	size_t n;
	GElf_Phdr header;
	if (elf_getphdrnum(elf, &n) != 0)
		return;
	for (size_t i = 0; i < n; i++) {
		if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_LOAD)
			continue;
		*MEM_PUSH(module->segments, module->segments_n, module->segments_size) =
		    (struct segment){header.p_offset, header.p_filesz, header.p_vaddr};
	}
}

static void read_build_id(struct module *module)
{
	const unsigned char *bits;
	GElf_Addr address;
	int len = dwfl_module_build_id(module->elf, &bits, &address);
	_cleanup_(buf_free) struct buf text = {0};
	for (int i = 0; i < len; i++)
		buf_fmt(&text, "%02x", bits[i]);
	module->build_id = intern_text(module->texts, intern_add(module->texts, buf_view(&text)));
}

static void open_module(struct module *module, int64_t pid, const struct range *r)
{
	struct stat st;
	int fd = open_file(pid, r, module->name, &st);
	if (fd < 0)
		return;
	module->size = (uint64_t)st.st_size;
	module->written = st.st_mtim;
	module->dwfl = dwfl_begin(&callbacks);
	_cleanup_(buf_free) struct buf name = {0};
	buf_str(&name, module->name);
	buf_char(&name, '\0');
	if (module->dwfl)
		module->elf = dwfl_report_elf(module->dwfl, name.data, name.data, fd, 0, true);
	if (!module->elf) { /* else the file is libdwfl's */
		close(fd);
		return;
	}
	dwfl_report_end(module->dwfl, NULL, NULL);
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(module->elf, &bias);
	if (elf)
		read_segments(module, elf);
	read_build_id(module);
	module->cfi[0] = dwfl_module_eh_cfi(module->elf, &module->cfi_bias[0]);
}

static void module_free(struct module *module)
{
	for (size_t i = 0; i < module->slots_n; i++) {
		if (module->places[i])
			free(module->places[i]->row);
		free(module->places[i]);
	}
	free(module->places);
	free(module->segments);
	if (module->dwfl)
		dwfl_end(module->dwfl);
	free(module);
}

/*
 * What is built again has other code, often under the same number: copied in place, or by a file system that
 * gives numbers of files that are gone to new ones. Whoever maps that makes a new range.
 */
static bool is_other_file(struct module *module, int64_t pid, const struct range *r, struct str name)
{
	struct stat st;
	if (r->born <= module->born || (!r->inode && !r->dev)) /* looked at since that was mapped */
		return false;
	module->born = r->born;
	int fd = open_file(pid, r, name, &st);
	if (fd < 0) /* what was known of it still holds */
		return false;
	close(fd);
	return module->size != (uint64_t)st.st_size || module->written.tv_sec != st.st_mtim.tv_sec ||
	       module->written.tv_nsec != st.st_mtim.tv_nsec;
}

struct module *modules_find(struct modules *m, int64_t pid, const struct range *r, struct str name)
{
	struct module key = {.dev = r->dev, .inode = r->inode};
	if (!r->inode && !r->dev && name.len == 0)
		return NULL;
	if (!r->inode && !r->dev) /* [vdso] and its like are told apart by their names */
		key.inode = intern_add(&m->texts, name);
	struct module *module = RB_FIND(module_tree, &m->tree, &key);
	if (module && !is_other_file(module, pid, r, name))
		return module;
	if (module) {
		RB_REMOVE(module_tree, &m->tree, module);
		module_free(module);
	}
	module = mem_alloc(sizeof(*module));
	module->dev = key.dev;
	module->inode = key.inode;
	module->born = r->born;
	module->texts = &m->texts;
	module->name = intern_text(&m->texts, intern_add(&m->texts, name));
	RB_INSERT(module_tree, &m->tree, module);
	if (r->inode || r->dev)
		open_module(module, pid, r);
	return module;
}

/* ---- places ---- */

uint64_t module_address(const struct module *module, uint64_t offset)
{
	for (size_t i = 0; i < module->segments_n; i++) {
		const struct segment *segment = &module->segments[i];
		if (offset >= segment->offset && offset - segment->offset < segment->size)
			return offset - segment->offset + segment->address;
	}
	return offset;
}

static struct place **slot_of(const struct module *module, uint64_t address)
{
	size_t at = (address * 0x9e3779b97f4a7c15ULL >> 32) & (module->slots_n - 1);
	while (module->places[at] && module->places[at]->address != address)
		at = (at + 1) & (module->slots_n - 1);
	return &module->places[at];
}

static void grow(struct module *module)
{
	struct place **old = module->places;
	size_t n = module->slots_n;
	module->slots_n = n ? n * 2 : 64;
	module->places = mem_alloc(module->slots_n * sizeof(struct place *));
	for (size_t i = 0; i < n; i++) {
		if (old[i])
			*slot_of(module, old[i]->address) = old[i];
	}
	free(old);
}

static struct place *place_of(struct module *module, uint64_t address)
{
	if (module->places_n * 2 >= module->slots_n)
		grow(module);
	struct place **slot = slot_of(module, address);
	if (!*slot) {
		*slot = mem_alloc(sizeof(**slot));
		(*slot)->address = address;
		module->places_n++;
	}
	return *slot;
}

static bool read_row(struct module *module, unsigned which, uint64_t address, struct cfi_row *ret)
{
	Dwarf_Frame *frame = NULL;
	Dwarf_CFI *cfi = module->cfi[which];
	if (!cfi || dwarf_cfi_addrframe(cfi, address - module->cfi_bias[which], &frame) != 0)
		return false;
	cfi_read_row(frame, ret);
	free(frame);
	return ret->known;
}

const struct cfi_row *module_row(struct module *module, uint64_t address)
{
	struct place *place = place_of(module, address);
	if (place->has_row)
		return place->row;
	place->has_row = true;
	place->row = mem_alloc(sizeof(*place->row));
	if (!module->elf || read_row(module, 0, address, place->row))
		return place->row;
	if (!module->cfi[1]) /* it takes a look at debug information, which is big */
		module->cfi[1] = dwfl_module_dwarf_cfi(module->elf, &module->cfi_bias[1]);
	read_row(module, 1, address, place->row);
	return place->row;
}

static struct str keep(const struct module *module, const char *text)
{
	return text ? intern_text(module->texts, intern_add(module->texts, str_of(text))) : (struct str){0};
}

static void find_line(struct module *module, uint64_t address, struct frame *ret)
{
	int line = 0;
	Dwfl_Line *at = dwfl_module_getsrc(module->elf, address);
	const char *file = at ? dwfl_lineinfo(at, NULL, &line, NULL, NULL, NULL) : NULL;
	ret->file = keep(module, file);
	ret->line = file && line > 0 ? (uint64_t)line : 0;
}

const struct frame *module_frame(struct module *module, uint64_t address)
{
	struct place *place = place_of(module, address);
	struct frame *frame = &place->frame;
	if (place->has_frame)
		return frame;
	place->has_frame = true;
	*frame = (struct frame){.module = module->name, .build_id = module->build_id, .offset = address};
	if (!module->elf)
		return frame;
	GElf_Off offset;
	GElf_Sym symbol;
	frame->symbol = keep(module,
	    dwfl_module_addrinfo(module->elf, address, &offset, &symbol, NULL, NULL, NULL));
	frame->symbol_offset = frame->symbol.len ? offset : 0;
	find_line(module, address, frame);
	return frame;
}

void modules_free(struct modules *m)
{
	if (!m)
		return;
	struct module *module, *next;
	RB_FOREACH_SAFE(module, module_tree, &m->tree, next) {
		RB_REMOVE(module_tree, &m->tree, module);
		module_free(module);
	}
	intern_free(&m->texts);
	free(m);
}
