// SPDX-License-Identifier: GPL-2.0-only

/* What reads it first gets the zero page, which others have, too. */
static char *area, *others_zeros;

#define at(p) (area + (p)*4096UL)

#define bytes(n) ((n)*4096UL)

#define behind(p) (others_zeros + (p)*4096UL)

static char *map_nothing(void)
{
	char *p = mmap(NULL, bytes(PAGES), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);

	need(p != MAP_FAILED);
	madvise(p, bytes(PAGES), MADV_NOHUGEPAGE);
	return p;
}

static void map_zero(void)
{
	area = map_nothing();
	others_zeros = map_nothing();
}
