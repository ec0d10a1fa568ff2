/* The table of commands: one row each; the first is what memtrace does without a subcommand. */
#include "cli/commands.h"

#include "cli/options.h"
#include "util/cleanup.h"

const struct command commands[] = {
    {NULL, TRACE, "[-p PIDS] [--] [COMMAND [ARG...]]", "trace a command, or what runs", cmd_trace},
    {"replay", REPLAY, "TRACE...", "carry recorded events through selection and output",
        cmd_replay},
    {"report", REPORT, "TRACE...", "say what recorded runs come to", cmd_report},
    {"maps", MAPS, "TRACE", "show an address space at a moment of a run", cmd_maps},
    {"blame", BLAME, "TRACE ADDRESS", "tell the history of an address", cmd_blame},
    {"check", CHECK, "TRACE...", "judge recorded runs by rules", cmd_check},
    {"diff", DIFF, "BASE NEW", "compare two runs", cmd_diff},
    {"serve", SERVE, "[TRACE...]", "show recorded runs, or a database's, on a live page", cmd_serve},
    {"import", IMPORT, "[TRACE...]", "put recorded events into a database", cmd_import},
    {"export", EXPORT, "", "get a run back from a database", cmd_export},
};

const unsigned commands_n = countof(commands);
