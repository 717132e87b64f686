// SPDX-License-Identifier: GPL-2.0-only

static int node_before[PAGES];

/* All pages to the other NUMA node. */
static void migrate(void)
{
	int to, status;
	void *page[PAGES];

	for (int p = 0; p < PAGES; p++)
		page[p] = at(p);
	syscall(__NR_move_pages, 0, (long)PAGES, page, NULL, node_before, 0);
	/* One a call, as one that stays ends it, and more than once: it may have been busy. */
	for (int i = 0; i < 3 * PAGES; i++) {
		to = !node_before[i % PAGES];
		if (syscall(__NR_move_pages, 0, 1L, &page[i % PAGES], &to, &status,
			    MPOL_MF_MOVE_ALL) < 0)
			skip("second NUMA node");
	}
}

/* Those with a bit in @pages have nothing that holds them. */
static void migrated(int pages)
{
	void *page;
	int node;

	for (int p = 0; p < PAGES; p++) {
		page = at(p);
		syscall(__NR_move_pages, 0, 1L, &page, NULL, &node, 0);
		must(!(pages >> p & 1) || node != node_before[p], "C8",
		     "a page that nothing holds is moved");
	}
}
