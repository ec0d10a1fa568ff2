#include "engine/filter.h"

#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "decode/syscalls.h"
#include "engine/arch.h"

static void emit(struct filter *f, uint16_t code, uint32_t k, uint8_t jt, uint8_t jf)
{
	f->code[f->len++] = (struct sock_filter){code, jt, jf, k};
}

static void load(struct filter *f, size_t offset)
{
	emit(f, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void answer(struct filter *f, uint32_t action)
{
	emit(f, BPF_RET | BPF_K, action, 0, 0);
}

static void answer_seen(struct filter *f)
{
	answer(f, f->answer);
}

/* The lower half of an argument: the kernel looks at no more of these. */
static size_t arg_offset(unsigned index)
{
	size_t low = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 4;
	return offsetof(struct seccomp_data, args) + index * sizeof(uint64_t) + low;
}

static void emit_call(struct filter *f, const struct arch_abi *abi, int nr)
{
	emit(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr | abi->nr_bit, 0, 1);
	answer_seen(f);
}

/* Only if an argument has one of these values. The number is in the accumulator, here and below. */
static void emit_values(
    struct filter *f, const struct arch_abi *abi, int nr, unsigned arg, const struct values *values)
{
	uint8_t n = (uint8_t)values->n;
	emit(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr | abi->nr_bit, 0, n + 3);
	load(f, arg_offset(arg));
	for (uint8_t i = 0; i < n; i++)
		emit(f, BPF_JMP | BPF_JEQ | BPF_K, values->v[i], (uint8_t)(n - 1 - i), i == n - 1);
	answer_seen(f);
	load(f, offsetof(struct seccomp_data, nr));
}

static void emit_prctl(struct filter *f, const struct arch_abi *abi)
{
	emit(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)abi->nr_prctl | abi->nr_bit, 0, 5);
	load(f, arg_offset(0));
	emit(f, BPF_JMP | BPF_JEQ | BPF_K, PR_SET_NAME, 1, 0);
	emit(f, BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1);
	answer_seen(f);
	answer(f, SECCOMP_RET_ALLOW);
}

/* Calls that a tracer itself has to see. */
static void emit_for_tracer(struct filter *f, const struct arch_abi *abi)
{
	emit_call(f, abi, abi->nr_seccomp);
	emit_call(f, abi, abi->nr_ptrace);
	emit_call(f, abi, SYS_clone3); /* the same number everywhere */
	emit_prctl(f, abi);
	emit(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)abi->nr_clone | abi->nr_bit, 0, 4);
	load(f, arg_offset(0));
	emit(f, BPF_JMP | BPF_JSET | BPF_K, CLONE_UNTRACED, 0, 1);
	answer_seen(f);
	answer(f, SECCOMP_RET_ALLOW);
}

/* And also where it lends affinities. */
static void emit_for_colocation(struct filter *f, const struct arch_abi *abi)
{
	for (unsigned i = 0; i < ARCH_SCHEDULING; i++)
		emit_call(f, abi, abi->scheduling[i]);
	emit_for_tracer(f, abi);
}

/* And those that a listener has to. */
static void emit_for_listener(struct filter *f, const struct arch_abi *abi)
{
	emit_call(f, abi, abi->nr_seccomp);
	emit_call(f, abi, abi->nr_execve);
	emit_call(f, abi, abi->nr_execveat);
	emit_prctl(f, abi);
}

typedef void emit_own_fn(struct filter *f, const struct arch_abi *abi);

static void emit_abi(
    struct filter *f, const struct arch_abi *abi, uint64_t calls, emit_own_fn *emit_own)
{
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		int nr = syscalls[id].nr[abi->abi];
		if (nr < 0 || !syscalls_names(calls, id))
			continue;
		const struct values *values = syscalls_values(calls, id);
		if (values)
			emit_values(f, abi, nr, (unsigned)syscalls_choice(id), values);
		else
			emit_call(f, abi, nr);
	}
	for (unsigned i = 0; i < abi->aliases_n; i++) {
		if (calls >> abi->aliases[i].id & 1)
			emit_call(f, abi, abi->aliases[i].nr);
	}
	emit_own(f, abi);
}

static void build(struct filter *ret, uint64_t calls, emit_own_fn *emit_own)
{
	ret->len = 0;
	for (unsigned i = 0; i < arch.abis_n;) {
		uint32_t audit = arch.abis[i].audit;
		load(ret, offsetof(struct seccomp_data, arch));
		emit(ret, BPF_JMP | BPF_JEQ | BPF_K, audit, 1, 0);
		unsigned jump = ret->len;
		emit(ret, BPF_JMP | BPF_JA, 0, 0, 0);
		load(ret, offsetof(struct seccomp_data, nr));
		for (; i < arch.abis_n && arch.abis[i].audit == audit; i++)
			emit_abi(ret, &arch.abis[i], calls, emit_own);
		answer(ret, SECCOMP_RET_ALLOW);
		ret->code[jump].k = ret->len - jump - 1U;
	}
	answer_seen(ret);
}

void filter_build(uint64_t calls, uint16_t cookie, bool scheduling, struct filter *ret)
{
	ret->cookie = cookie;
	ret->answer = SECCOMP_RET_TRACE | cookie;
	build(ret, calls, scheduling ? emit_for_colocation : emit_for_tracer);
}

void filter_build_notify(uint64_t calls, struct filter *ret)
{
	ret->cookie = 0;
	ret->answer = SECCOMP_RET_USER_NOTIF;
	build(ret, calls, emit_for_listener);
}
