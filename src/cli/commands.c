/* The table of commands: one row each; the first is what memtrace does without a subcommand. */
#include "cli/commands.h"

#include "cli/options.h"
#include "util/cleanup.h"

const struct command commands[] = {
    {NULL, TRACE, "[-p PIDS] [--] [COMMAND [ARG...]]", "trace a command, or what runs", cmd_trace},
    {"replay", REPLAY, "TRACE...", "carry recorded events through selection and output",
        cmd_replay},
    {"import", IMPORT, "[TRACE...]", "put recorded events into a database", cmd_import},
    {"export", EXPORT, "", "get a run back from a database", cmd_export},
};

const unsigned commands_n = countof(commands);
