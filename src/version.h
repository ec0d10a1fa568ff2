#pragma once

#define MEMTRACE_VERSION "0.1.0"
