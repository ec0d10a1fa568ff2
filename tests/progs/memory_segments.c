/* shmget and shmctl: segments of System V's shared memory. */
#include "memory_calls.h"

#include <sys/ipc.h>
#include <sys/shm.h>

/* `mode`: the low nine bits of the flags, which the event has by itself. */
static int get(unsigned long key, unsigned long size, int flags, const char *flag_names, int mode)
{
	char text[8];
	long ret = expect_raw(SYS_shmget, key, size, flags | mode);

	snprintf(text, sizeof(text), "0%03o", mode);
	expect_call("shmget");
	expect_hex("key", key);
	expect_size("length", size);
	expect_names("flags", flag_names);
	expect_string("mode", text);
	expect_ret(ret, false);
	return (int)ret;
}

#define expect_shmget(key, size, flags, mode) get(key, size, flags, #flags, mode)

static void control(int id, int cmd, const char *name)
{
	static struct shmid_ds data;
	long ret = expect_raw(SYS_shmctl, id, cmd, &data);

	expect_call("shmctl");
	expect_int("shmid", id);
	expect_string("cmd", name);
	expect_hex("buf", (unsigned long)&data);
	expect_ret(ret, false);
}

int main(void)
{
	unsigned long key = 0x6d000000UL + (unsigned long)getpid();

	expect_begin();
	int id = expect_shmget(0, 8192, IPC_CREAT, 0600);
	int other = expect_shmget(key, 4096, IPC_CREAT | IPC_EXCL, 0640);
	expect_shmget(key, 4096, IPC_CREAT | IPC_EXCL, 0640);
	expect_shmget(key, 4096, 0, 0);
	expect_shmget(key, 8192, SHM_NORESERVE, 0);
	expect_shmget(0, 0, IPC_CREAT, 0777);
	control(id, IPC_STAT, "IPC_STAT");
	control(id, IPC_SET, "IPC_SET");
	control(id, SHM_LOCK, "SHM_LOCK");
	control(id, SHM_UNLOCK, "SHM_UNLOCK");
	control(0, IPC_INFO, "IPC_INFO");
	control(0, SHM_INFO, "SHM_INFO");
	control(id, 99, "0x63");
	control(id, IPC_RMID, "IPC_RMID");
	control(id, IPC_RMID, "IPC_RMID");
	control(other, IPC_RMID, "IPC_RMID");
	expect_end();
	return 0;
}
