#include "engine/targets.h"

#include "util/log.h"

int targets_each(const struct engine_setup *setup, target_fn *attach, struct tracer *t, struct err *err)
{
	size_t refused = 0;
	int r = 0;
	for (size_t i = 0; i < setup->targets_n; i++) {
		int error = attach(t, setup->targets[i], err);
		if (error == 0)
			continue;
		r = error;
		refused++;
		if (setup->targets_n > 1)
			log_error("%s", err->text);
	}
	if (refused == setup->targets_n)
		return setup->targets_n == 1 ? r : err_set(err, r, "none of the processes can be traced");
	err->text[0] = '\0';
	return 0;
}
