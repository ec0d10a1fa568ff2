#include "choice.h"

#include <errno.h>
#include <string.h>

#include "audit/gate.h"

static bool is_whole(const struct opts *opts)
{
	return opts->all || opts->cgroup;
}

/* What an engine must be able to do. */
static unsigned needs(const struct opts *opts)
{
	return (opts->attach.n ? ENGINE_ATTACH : 0) | (opts->operands[0] ? ENGINE_LAUNCH : 0) |
	       (is_whole(opts) ? ENGINE_WHOLE : 0);
}

static const struct engine *find_engine(unsigned needed)
{
	for (unsigned i = 0; i < engines_count; i++) {
		if ((engines[i]->capabilities & needed) == needed)
			return engines[i];
	}
	return NULL;
}

/*
 * A service that runs is better not stopped at each of its calls, unless what comes of it must be exact; if that can't
 * be had here, it's stopped all the same.
 */
static void choose_for(const struct opts *opts, unsigned needed, struct choice *ret)
{
	bool exact = gate_wanted(opts) || opts->stacks || opts->require_complete || opts->no_follow;
	ret->engine = find_engine(needed);
	if (needed == ENGINE_ATTACH && !exact && find_engine(needed | ENGINE_LIGHT)) {
		ret->fallback = ret->engine;
		ret->engine = find_engine(needed | ENGINE_LIGHT);
	}
	ret->reason = opts->cgroup    ? "a control group"
	              : opts->all      ? "all processes"
	              : opts->attach.n ? "running processes"
	                               : "launched command";
}

static int refuse_engine(const struct engine *engine, unsigned missing, struct err *err)
{
	const struct engine *other = find_engine(missing);
	return err_set(err, -EINVAL, "engine %s can't %s; --engine=%s can", engine->name,
	    missing & ENGINE_WHOLE    ? "trace all processes"
	    : missing & ENGINE_ATTACH ? "attach to running processes"
	                              : "launch a command",
	    other ? other->name : "auto");
}

/* Whether the engine sees what options are about. */
static int check_sight(const struct opts *opts, const struct engine *engine, struct err *err)
{
	if (opts->stacks && !(engine->capabilities & ENGINE_STACKS))
		return err_set(err, -EINVAL, "-k needs stacks, which engine %s doesn't see; --engine=ptrace does",
		    engine->name);
	if (gate_wanted(opts) && !(engine->capabilities & ENGINE_RESULTS))
		return err_set(err, -EINVAL, "an audit needs results, which engine %s doesn't see; --engine=ptrace does",
		    engine->name);
	if (!(engine->capabilities & ENGINE_RESULTS) && (opts->successful_only || opts->failed_only))
		return err_set(err, -EINVAL, "-z and -Z need results, which engine %s doesn't see",
		    engine->name);
	return 0;
}

int choose_engine(const struct opts *opts, struct choice *ret, struct err *err)
{
	*ret = (struct choice){0};
	if (strcmp(opts->engine, "auto") != 0) {
		ret->engine = engine_find(opts->engine);
		ret->reason = "as --engine says";
		if (!ret->engine)
			return err_set(err, -EINVAL,
			    "--engine=%s: there is no such engine; memtrace --version lists them",
			    opts->engine);
	}
	unsigned needed = needs(opts);
	if (!ret->engine)
		choose_for(opts, needed, ret);
	if (!ret->engine)
		return err_set(err, -EINVAL, "no engine of this build can do that");
	if ((ret->engine->capabilities & needed) != needed)
		return refuse_engine(ret->engine, needed & ~ret->engine->capabilities, err);
	return check_sight(opts, ret->engine, err);
}
