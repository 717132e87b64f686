// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>

#define WORD(p) (*(uint64_t *)at(p))

static long load(long p, long unused)
{
	(void)unused;
	return WORD(p);
}

static long store(long p, long value)
{
	WORD(p) = value;
	return 0;
}
