/* What a stack is unwound from, copied while its task is stopped. */
#include <unistd.h>

#include "engine/arch.h"
#include "engine/ptrace_tracer.h"

/* The most that is copied: deeper frames are lost. */
#define COPY_MAX (64U << 10)

void stack_copy(const struct task *task, struct registers *ret, struct buf *stack)
{
	stack->len = 0;
	if (!arch_registers(task->tid, ret))
		return;
	buf_reserve(stack, COPY_MAX);
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	ret->copied = ret->v[ret->sp];
	/* Less where the stack ends before that: process_vm_readv(2), "partial". */
	ssize_t n = proc_memory(task->tid, ret->copied, stack->data, COPY_MAX);
	if (n <= 0) { /* it overflowed */
		ret->copied = (ret->copied | (page - 1)) + 1;
		n = proc_memory(task->tid, ret->copied, stack->data, COPY_MAX);
	}
	stack->len = n > 0 ? (size_t)n : 0;
}
