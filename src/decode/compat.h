/* What headers older than Linux 6.3's lack. */
#pragma once

#include <sys/prctl.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65 /* include/uapi/linux/prctl.h */
#endif
