/* prctl(PR_SET_VMA): names of anonymous ranges, which some kernels don't have (PR_SET_VMA(2const)). */
#include "expect.h"

#include <sys/mman.h>
#include <sys/prctl.h>

#define PAGE 4096UL

/* `shown`: with U+FFFD for each bad byte, or NULL where there is none. */
static void name_range(
    unsigned long attribute, unsigned long addr, unsigned long length, const char *name, const char *shown)
{
	long ret = expect_raw(SYS_prctl, PR_SET_VMA, attribute, addr, length, name);

	expect_call("prctl");
	expect_put(",\"option\":\"PR_SET_VMA\"");
	expect_string("cmd", attribute ? "0x7" : "PR_SET_VMA_ANON_NAME");
	expect_hex("addr", addr);
	expect_size("length", length);
	if (name && ret != -EFAULT)
		expect_string("name", shown ? shown : name);
	if (shown)
		expect_base64("name_b64", name);
	expect_ret(ret, false);
}

int main(void)
{
	char longest[80];

	memset(longest, 'n', sizeof(longest));
	longest[79] = '\0';
	expect_begin();
	unsigned long at = expect_mmap(0, 4 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	name_range(0, at, PAGE, "my arena: 1 (deleted)", NULL);
	name_range(0, at + PAGE, 2 * PAGE, longest, NULL);
	name_range(0, at, PAGE, "", NULL);
	name_range(0, at, PAGE, NULL, NULL);
	name_range(0, at, PAGE, "two\nlines \"and\" \\more [$`]", NULL); /* none of these is allowed */
	name_range(0, at, PAGE, "\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd");
	name_range(0, at, PAGE, "\xc3\xa9t\xc3\xa9", NULL);
	name_range(0, at + 1, PAGE, "not aligned", NULL);
	name_range(0, at, 5 * PAGE, "a hole behind it", NULL);
	name_range(7, at, PAGE, "no such attribute", NULL);
	expect_munmap(at, 4 * PAGE);
	expect_end();
	return 0;
}
