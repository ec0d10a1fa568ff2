/* memfd_create, memfd_secret, userfaultfd: calls that give a descriptor. */
#include "memory_calls.h"

#include <linux/memfd.h>
#include <linux/userfaultfd.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x8
#define MFD_EXEC        0x10
#endif
#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1
#endif

/* `shown`: the name with U+FFFD for each bad byte; NULL: it's valid. */
static void create(const char *name, const char *shown, unsigned flags, const char *flag_names)
{
	long ret = expect_raw(SYS_memfd_create, name, flags);

	expect_call("memfd_create");
	expect_names("flags", flag_names);
	if (ret != -EFAULT)
		expect_string("name", shown ? shown : name);
	if (shown)
		expect_base64("name_b64", name);
	expect_ret(ret, false);
	if (ret >= 0)
		close((int)ret);
}

#define expect_create(name, shown, flags) create(name, shown, flags, #flags)

static void close_it(long fd)
{
	if (fd >= 0)
		close((int)fd);
}

int main(void)
{
	char longest[250], longer[251];

	memset(longest, 'n', sizeof(longest));
	memset(longer, 'n', sizeof(longer));
	longest[249] = longer[250] = '\0';
	expect_begin();
	expect_create("a name", NULL, 0);
	expect_create("", NULL, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	expect_create("two\nlines \"and\" \\more (deleted)", NULL, MFD_CLOEXEC);
	expect_create("\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd", MFD_NOEXEC_SEAL);
	expect_create(longest, NULL, MFD_CLOEXEC);
	expect_create("no pages", NULL, MFD_HUGETLB | MFD_HUGE_2MB);
	expect_create("odd", NULL, MFD_EXEC | 0x100);
	/* A result that is the call's own number, as the kernel has it where a filter traps the call. */
	for (int fd = 3; fd < SYS_memfd_create; fd++)
		dup2(1, fd);
	expect_create("number 319", NULL, 0);
	expect_create(NULL, NULL, MFD_CLOEXEC);
	close_it(expect_flags(memfd_secret, 0));
	close_it(expect_flags(memfd_secret, O_CLOEXEC));
	close_it(expect_flags(memfd_secret, 0x4));
	close_it(expect_flags(userfaultfd, UFFD_USER_MODE_ONLY | O_CLOEXEC));
	close_it(expect_flags(userfaultfd, UFFD_USER_MODE_ONLY | O_NONBLOCK));
	close_it(expect_flags(userfaultfd, 0x4));
	expect_end();
	return 0;
}
