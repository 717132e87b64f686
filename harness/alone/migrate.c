// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <errno.h>
#include <linux/mempolicy.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* All pages to the other NUMA node; those with a bit in @must have nothing that holds them. */
static void migrate(int must)
{
	int node[PAGES], now[PAGES], to, status;
	void *page[PAGES];

	for (int p = 0; p < PAGES; p++)
		page[p] = at(p);
	syscall(__NR_move_pages, 0, (long)PAGES, page, NULL, node, 0);
	/* One a call, as one that stays ends it, and more than once: it may have been busy. */
	for (int i = 0; i < 3 * PAGES; i++) {
		to = !node[i % PAGES];
		if (syscall(__NR_move_pages, 0, 1L, &page[i % PAGES], &to, &status,
			    MPOL_MF_MOVE_ALL) < 0)
			skip("two NUMA nodes");
	}
	syscall(__NR_move_pages, 0, (long)PAGES, page, NULL, now, 0);
	for (int p = 0; p < PAGES; p++)
		if (must >> p & 1 && now[p] == node[p])
			fail("C8", "a page that nothing holds is moved", "it is not");
}
