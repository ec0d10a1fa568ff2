/* shmat and shmdt that work: with and without a key, every flag, an address, a removed segment. */
#include "expect.h"

static int make(key_t key, size_t size)
{
	int id = shmget(key, size, IPC_CREAT | IPC_EXCL | 0600);

	if (id < 0)
		expect_die("shmget");
	return id;
}

static void attach(const struct expect_file *file, int id, unsigned long length)
{
	unsigned long addr = expect_shmat(file, length, id, 0, 0);
	unsigned long second = expect_shmat(file, length, id, 0, SHM_RDONLY);

	expect_shmdt(addr);
	expect_shmdt(second);
	addr = expect_shmat(file, length, id, 0, SHM_EXEC);
	if (!expect_failed((long)addr))
		expect_shmdt(addr);
	addr = expect_shmat(file, length, id, 0, SHM_RDONLY | SHM_EXEC);
	if (!expect_failed((long)addr))
		expect_shmdt(addr);
	/* shmat ignores what it doesn't know, such as the mode that belongs to shmget. */
	addr = expect_shmat(file, length, id, 0, SHM_RDONLY | 0x1ff);
	expect_shmdt(addr);
}

static void attach_at(const struct expect_file *file, int id, unsigned long length)
{
	unsigned long addr = expect_mmap(0, 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	expect_shmat(file, length, id, addr, SHM_REMAP);
	expect_shmat(file, length, id, addr + 16385, SHM_RND | SHM_REMAP);
	expect_shmat(file, length, id, addr + 32768, SHM_RDONLY | SHM_RND | SHM_REMAP);
	expect_shmdt(addr + 16384);
	expect_munmap(addr + 32768, 4096);
	expect_shmdt(addr);
	expect_shmat(file, length, id, addr, 0);
	expect_shmdt(addr);
	expect_munmap(addr, 65536);
}

/* shmctl(2): a segment that is to go stays while it is attached, and can be attached again. */
static void removed(const struct expect_file *file, int id, unsigned long length)
{
	unsigned long addr = expect_shmat(file, length, id, 0, 0);
	unsigned long second;

	shmctl(id, IPC_RMID, NULL);
	second = expect_shmat(file, length, id, 0, 0);
	if (!expect_failed((long)second))
		expect_shmdt(second);
	expect_shmdt(addr);
	expect_shmat(file, length, id, 0, 0);
}

/* SHM_NORESERVE: no free huge page is needed to attach it. */
static void huge(const struct expect_file *file)
{
	int id = shmget(IPC_PRIVATE, 3 << 20, IPC_CREAT | SHM_HUGETLB | SHM_NORESERVE | 0600);
	unsigned long addr;

	if (id < 0)
		return;
	addr = expect_shmat(file, 4 << 20, id, 0, 0);
	shmctl(id, IPC_RMID, NULL);
	if (!expect_failed((long)addr))
		expect_shmdt(addr);
}

int main(void)
{
	static const struct expect_file no_key = {.path = "/SYSV00000000", .deleted = true};
	key_t key = 0x0d000000 | getpid();
	char name[32];
	const struct expect_file keyed = {.path = name, .deleted = true};
	int id;

	snprintf(name, sizeof(name), "/SYSV%08x", (unsigned int)key);
	expect_begin();
	id = make(IPC_PRIVATE, 5000);
	attach(&no_key, id, 8192);
	attach_at(&no_key, id, 8192);
	removed(&no_key, id, 8192);
	id = make(key, 1);
	attach(&keyed, id, 4096);
	removed(&keyed, id, 4096);
	huge(&no_key);
	expect_end();
	return 0;
}
