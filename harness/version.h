/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_VERSION_H
#define COWPEN_VERSION_H

#include <stdbool.h>

/*
 * Which kernel runs. Is it @version or newer: "6.8", or "6.1.130"? Debian's older kernels
 * call themselves 5.10.0-46 whatever stable release they are; it is that one which counts.
 */
bool kernel_version_at_least(const char *version);
/*
 * The same for what stable branches were given, too: "6.8 6.6.14 6.1.75" is v6.8, or
 * 6.6.14 and newer of that branch, or 6.1.75 and newer of that.
 */
bool kernel_since(const char *versions);
/* The version as text, for a message. */
const char *kernel_version(void);
/* Be told what it is, in the words of uname(2), for a test of all this. */
void kernel_is(const char *release, const char *built);

#endif
