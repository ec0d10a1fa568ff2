#include "unwind/unwind.h"

#include <stdlib.h>

#include "unwind/module.h"
#include "util/mem.h"
#include "util/sig.h"

/* Deeper ones are cut, whatever is asked for: a recursion without end. */
#define FRAMES_MAX 4096

struct unwinder {
	struct modules *modules;
	size_t most;
	struct frame *frames;
};

struct unwinder *unwinder_new(uint64_t most)
{
	struct unwinder *u = mem_alloc(sizeof(*u));
	u->most = most < FRAMES_MAX ? (size_t)most : FRAMES_MAX;
	u->frames = mem_alloc(u->most * sizeof(*u->frames));
	u->modules = modules_new();
	sig_bear_short_files(); /* libelf maps them */
	return u;
}

/* Where a program counter is. */
struct spot {
	struct module *module; /* NULL: in no file */
	uint64_t address;      /* there */
};

static struct spot find_spot(
    struct unwinder *u, const struct model *model, struct address_space *space, int64_t pid, uint64_t ip)
{
	struct spot spot = {0};
	const struct range *r = space_at(space, ip);
	if (!r)
		return spot;
	spot.module = modules_find(u->modules, pid, r, model_name(model, r));
	if (spot.module)
		spot.address = module_address(spot.module, ip - r->start + r->offset);
	return spot;
}

/* Who jumped to where no code is had called it, so where it came from is on top of the stack. */
static bool step_from_nowhere(const struct cfi_stack *stack, struct registers *regs)
{
	uint64_t sp = regs->v[regs->sp];
	if (!cfi_word(stack, sp, &regs->ip))
		return false;
	regs->v[regs->sp] = sp + (stack->narrow ? 4 : 8);
	return true;
}

static bool is_code(struct address_space *space, uint64_t address)
{
	const struct range *r = space_at(space, address);
	return r && r->is & RANGE_EXEC;
}

/*
 * Without rules: code that keeps a frame pointer has the caller's at its address, and the return address behind
 * it. What isn't so can look like it, so that must be an address of code. The caller may keep none.
 */
static bool step_by_pointer(
    struct address_space *space, const struct cfi_stack *stack, struct registers *regs)
{
	uint64_t fp = regs->v[regs->fp], size = stack->narrow ? 4 : 8, next, ip;
	if (fp < regs->v[regs->sp] || !cfi_word(stack, fp, &next) || !cfi_word(stack, fp + size, &ip))
		return false;
	if (!is_code(space, ip - 1))
		return false;
	regs->v[regs->fp] = next;
	regs->v[regs->sp] = fp + 2 * size;
	regs->ip = ip;
	return true;
}

static struct frame frame_at(const struct spot *spot, uint64_t ip, uint64_t back)
{
	struct frame frame = {0};
	if (spot->module) {
		frame = *module_frame(spot->module, spot->address);
		frame.offset += back;
		frame.symbol_offset += frame.symbol.len ? back : 0;
	}
	frame.ip = ip;
	return frame;
}

static size_t walk(struct unwinder *u, const struct model *model, struct address_space *space,
    int64_t pid, const struct cfi_stack *stack, struct registers *regs)
{
	size_t n = 0;
	uint64_t back = 0; /* a return address is behind its call, which may be a function's last instruction */
	while (n < u->most && regs->ip) {
		struct spot spot = find_spot(u, model, space, pid, regs->ip - back);
		if (n && !spot.module && !space_at(space, regs->ip))
			break; /* no code: what came before was misread */
		uint64_t sp = regs->v[regs->sp];
		const struct cfi_row *row = spot.module ? module_row(spot.module, spot.address) : NULL;
		bool known = row && row->known;
		if (known && row->signal) { /* a handler returns to its first instruction */
			spot.address += back;
			back = 0;
		}
		u->frames[n++] = frame_at(&spot, regs->ip, back);
		bool lost = n == 1 && !is_code(space, regs->ip);
		if (lost && !step_from_nowhere(stack, regs))
			break;
		if (!lost && (known ? !cfi_step(row, stack, regs) : !step_by_pointer(space, stack, regs)))
			break;
		if (regs->v[regs->sp] <= sp && !(known && row->signal) && n > 1)
			break;
		back = known && row->signal ? 0 : 1;
	}
	return n;
}

struct frame_list unwind(struct unwinder *u, const struct model *model, const struct event *ev)
{
	struct address_space *space = model_space(model, ev->pid);
	struct registers regs = *ev->registers;
	struct cfi_stack stack = {ev->stack_copy, regs.copied, regs.narrow};
	size_t n = space ? walk(u, model, space, ev->pid, &stack, &regs) : 0;
	return (struct frame_list){u->frames, n};
}

void unwinder_free(struct unwinder *u)
{
	if (!u)
		return;
	modules_free(u->modules);
	free(u->frames);
	free(u);
}
