/*
 * i386 calls from 64-bit code, by int $0x80: mmap with its six words, mmap2 in units of 4096,
 * 32-bit results and errors, shmat and shmdt through ipc. Each event says "abi":"i386".
 *
 * call_int80 registers: without the mmap that takes its words from memory.
 */
#include "expect.h"

#include <stdint.h>
#include <sys/ipc.h>
#include <sys/mman.h>

#define PAGE 4096U

enum {
	NR_BRK = 45,
	NR_MMAP = 90,
	NR_MUNMAP = 91,
	NR_IPC = 117,
	NR_MPROTECT = 125,
	NR_MREMAP = 163,
	NR_MMAP2 = 192
};
enum { IPC_SHMAT = 21, IPC_SHMDT = 22 };

/* What i386 code can point to: memory below 4 GiB. */
static uint32_t *low;

static int32_t int80(
    uint32_t nr, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f)
{
	int64_t ret;

	/* rbp holds the sixth argument, and may be the frame pointer; below rsp is the red zone. */
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\tpush %%rbp\n\tmov %[f], %%ebp\n\t"
	                 "int $0x80\n\tpop %%rbp\n\tlea 128(%%rsp), %%rsp"
	                 : "=a"(ret)
	                 : "a"((uint64_t)nr), "b"((uint64_t)a), "c"((uint64_t)b), "d"((uint64_t)c),
	                 "S"((uint64_t)d), "D"((uint64_t)e), [f] "r"(f)
	                 : "memory", "r8", "r9", "r10", "r11");
	return (int32_t)ret;
}

static void start(const char *name)
{
	expect_call(name);
	expect_put(",\"abi\":\"i386\"");
}

static void end_address(int32_t ret)
{
	expect_ret(expect_failed(ret) ? (long)ret : (long)(uint32_t)ret, true);
}

static uint32_t map(bool old, uint32_t addr, uint32_t length, uint32_t fd, uint32_t pages)
{
	int32_t ret;

	if (old) {
		uint32_t words[] = {
		    addr, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, fd, pages * PAGE};
		memcpy(low, words, sizeof(words));
		ret = int80(NR_MMAP, (uint32_t)(uintptr_t)low, 0, 0, 0, 0, 0);
	} else {
		ret = int80(
		    NR_MMAP2, addr, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, fd, pages);
	}
	start("mmap");
	expect_hex("addr", addr);
	expect_size("length", length);
	expect_names("prot", "PROT_READ");
	expect_names("flags", "MAP_PRIVATE | MAP_ANONYMOUS");
	expect_int("fd", (int)fd);
	expect_size("offset", (unsigned long)pages * PAGE);
	end_address(ret);
	return (uint32_t)ret;
}

static void unmap(uint32_t addr, uint32_t length)
{
	int32_t ret = int80(NR_MUNMAP, addr, length, 0, 0, 0, 0);

	start("munmap");
	expect_hex("addr", addr);
	expect_size("length", length);
	expect_ret(ret, false);
}

static void protect(uint32_t addr, uint32_t length)
{
	int32_t ret = int80(NR_MPROTECT, addr, length, PROT_READ | PROT_WRITE, 0, 0, 0);

	start("mprotect");
	expect_hex("addr", addr);
	expect_size("length", length);
	expect_names("prot", "PROT_READ | PROT_WRITE");
	expect_ret(ret, false);
}

static uint32_t remap(uint32_t addr, uint32_t length, uint32_t new_length)
{
	int32_t ret = int80(NR_MREMAP, addr, length, new_length, MREMAP_MAYMOVE, 0, 0);

	start("mremap");
	expect_hex("addr", addr);
	expect_size("length", length);
	expect_size("new_length", new_length);
	expect_names("flags", "MREMAP_MAYMOVE");
	end_address(ret);
	return (uint32_t)ret;
}

static void attach(int shmid)
{
	char path[32];
	struct expect_file file = {path, NULL, true};
	int32_t ret =
	    int80(NR_IPC, IPC_SHMAT, (uint32_t)shmid, SHM_RDONLY, (uint32_t)(uintptr_t)low, 0, 0);
	uint32_t addr = *low;

	start("shmat");
	expect_int("shmid", shmid);
	expect_hex("addr", 0);
	expect_names("flags", "SHM_RDONLY");
	if (ret < 0) {
		expect_ret(ret, true);
		return;
	}
	snprintf(path, sizeof(path), "/SYSV%08x", 0);
	expect_size("length", PAGE);
	expect_put_file(&file, expect_id_mapped(addr));
	end_address((int32_t)addr);
	ret = int80(NR_IPC, IPC_SHMDT, 0, 0, 0, addr, 0);
	start("shmdt");
	expect_hex("addr", addr);
	expect_ret(ret, false);
}

int main(int argc, char **argv)
{
	bool old = argc < 2 || strcmp(argv[1], "registers") != 0;
	uint32_t addr;
	int shmid = shmget(IPC_PRIVATE, PAGE, 0600);

	low = mmap(
	    NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (low == MAP_FAILED || shmid < 0)
		expect_die("set-up");
	expect_begin();
	addr = map(old, 0, 2 * PAGE, ~0U, 0);
	protect(addr, PAGE);
	protect(addr + 1, PAGE);
	addr = remap(addr, 2 * PAGE, 4 * PAGE);
	unmap(addr, 4 * PAGE);
	addr = map(false, 0, PAGE, ~0U, 0x12345);
	unmap(addr, PAGE);
	unmap(0xfffff000, 0xffffffff);
	map(false, 0, 0, 7, 0);
	map(false, 0xfffff000, 0xfffff000, ~0U, 0);
	attach(shmid);
	attach(0x7fffffff);
	expect_end();
	shmctl(shmid, IPC_RMID, NULL);
	return 0;
}
