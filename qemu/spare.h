/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_SPARE_H
#define COWPEN_SPARE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A test that hangs, or waits for a second, leaves its processor to nobody: has one of those that
 * this process may use been idle for most of the last second? Asked every now and then; false
 * until a second is over, and again after each true. The file is /proc/stat but in tests.
 */
struct spare {
	uint64_t at_ms, idle_ms;
};
bool spare_processor(struct spare *s, const char *stat, uint64_t now);

#endif
