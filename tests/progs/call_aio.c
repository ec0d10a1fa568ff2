/* io_setup makes a ring that is a mapping; its context, which io_destroy takes, is the address. */
#include "expect.h"

#include <linux/aio_abi.h>

static aio_context_t setup(unsigned events, aio_context_t *context)
{
	long ret = expect_raw(SYS_io_setup, events, context);
	struct expect_file file = {.path = "/[aio]", .deleted = true};

	expect_call("io_setup");
	expect_size("nr_events", events);
	if (!expect_failed(ret)) {
		struct expect_id id = expect_id_mapped(*context);

		expect_hex("addr", *context);
		expect_size("length", expect_length_mapped(*context));
		expect_put_file(&file, id);
	}
	expect_ret(ret, false);
	return expect_failed(ret) ? 0 : *context;
}

static void destroy(aio_context_t context)
{
	long ret = expect_raw(SYS_io_destroy, context);

	expect_call("io_destroy");
	expect_hex("addr", context);
	expect_ret(ret, false);
}

int main(void)
{
	static aio_context_t contexts[4];

	expect_begin();
	setup(1, &contexts[0]);
	setup(1000, &contexts[1]);
	setup(0, &contexts[2]);
	setup(1U << 31, &contexts[2]);
	setup(1, &contexts[0]); /* it isn't 0 */
	setup(1, NULL);
	destroy(contexts[1]);
	destroy(contexts[1]);
	destroy(contexts[0]);
	destroy(0x6d656d0000);
	expect_end();
	return 0;
}
