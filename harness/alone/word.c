// SPDX-License-Identifier: GPL-2.0-only

#define WORD(p) (*(uint64_t *)at(p))

static long touch(long p, long value)
{
	if (value)
		WORD(p) = value;
	return WORD(p);
}
