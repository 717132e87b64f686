// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "feature.h"
#include "memory.h"

/* Memory that is merged with a twin. */

static bool all_merged(struct scene *s, void *arg)
{
	(void)arg;
	for_each_page(s, i)
		if (!ksm_merged(page_addr(s, i), s->alias + s->page_offset[i]))
			return false;
	return true;
}

/* The twins are private, too: whoever writes to one side, the other goes on as it was. */
static void map_ksm(struct scene *s)
{
	feature_needed(s, F_KSM);
	/* Of two twins the one with the higher address is kept for both, see make_twins(). */
	s->alias = map_4k(s);
	s->area = map_4k(s);
	pages_in_a_row(s, PAGE_4K);
	populate(s);
	memcpy(s->alias, s->area, s->area_len);
	ksm_may_merge(s, s->alias, s->area_len);
	ksm_may_merge(s, s->area, s->area_len);
	if (!ksm_run(s, 1, all_merged, NULL))
		wait_error(s, by_kernel("ksmd"), "ksmd does not merge pages with their twins");
}

const struct memory_kind memory_ksm = {
	.name = "ksm",
	.what = "private anonymous pages, each merged by KSM with a twin that is watched",
	.npages = 4,
	.map = map_ksm,
};
