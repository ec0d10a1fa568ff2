/*
 * The code that loads what a program is linked with: ld.so(8), which the kernel maps beside the program and starts in
 * its place. Pure.
 */
#pragma once

#include "decode/effect.h"
#include "raw.h"

/*
 * loader_find - where it is in a new image, which starts at `ip` and of which `maps` is the text
 * (proc_pid_maps(5)); {0, 0}: it has none, or that isn't to be found out.
 */
struct span loader_find(struct str maps, uint64_t ip);

/*
 * loader_goes_on - whether the mapping `call`, which code at `ip` makes, is one of several that the `loader` makes of a
 * file, or for what isn't in the file of it: then only its own code runs until after the last of them.
 */
bool loader_goes_on(struct span loader, uint64_t ip, const struct raw *call);
