// SPDX-License-Identifier: GPL-2.0-only
/*
 * pagemap and PAGEMAP_SCAN: two ways to ask what a page is, which must agree. Not of soft-dirty:
 * pagemap tells that of a mapping that is new as a whole, too.
 */
#include <linux/fs.h>
#include <string.h>

#include "feature.h"
#include "internal.h"
#include "ledger.h"
#include "sys.h"
#include "tell.h"

#ifndef PAGE_IS_GUARD
#define PAGE_IS_GUARD (1 << 8)
#endif
/* v7.3, with read-and-write protect: what is not protected was accessed. */
#ifndef PAGE_IS_ACCESSED
#define PAGE_IS_ACCESSED (1 << 9)
#endif

static bool is_zero_page(uint64_t e)
{
	return e & PM_PRESENT && kpageflags(PM_PFN(e)) & KPF_ZERO_PAGE;
}

static const struct {
	const char *name;
	uint64_t category, bit; /* of PAGEMAP_SCAN, of pagemap */
} kinds[] = {
	{ "PRESENT", PAGE_IS_PRESENT, PM_PRESENT }, { "SWAPPED", PAGE_IS_SWAPPED, PM_SWAP },
	{ "FILE", PAGE_IS_FILE, PM_FILE },	    { "PFNZERO", PAGE_IS_PFNZERO, 0 },
	{ "GUARD", PAGE_IS_GUARD, PM_GUARD },	    { "ACCESSED", PAGE_IS_ACCESSED, PM_UFFD_WP },
};

/* Is the page at @e of that kind, by pagemap? */
static bool is_of(unsigned int k, uint64_t e)
{
	if (kinds[k].category == PAGE_IS_ACCESSED)
		return !(e & PM_UFFD_WP);
	return kinds[k].bit ? !!(e & kinds[k].bit) : is_zero_page(e);
}

static bool can_ask(struct scene *s, unsigned int k)
{
	if (kinds[k].category == PAGE_IS_ACCESSED)
		return model_registered(&s->model, PARENT) & UFFDIO_REGISTER_MODE_RWP;
	return kinds[k].category != PAGE_IS_GUARD || feature_there(s, F_PAGEMAP_SCAN_GUARD);
}

/*
 * Is there an entry for it, as far as the model knows? Of what is a file's none is left when it
 * goes, or a marker, and of that the two say different things.
 */
static bool has_entry(const struct scene *s, unsigned int page)
{
	return s->touched[page] && !s->racing[page] &&
	       (!s->out[page] || (!s->memory->shared && s->memfd < 0));
}

static void known_of(struct scene *s, unsigned int page, uint64_t e)
{
	if (s->out[page] && !(e & PM_SWAP))
		scene_fail(s, CHECK("pagemap-not-swapped"), "C0",
			   "pagemap has a page that is swapped out as such", "page %u: 0x%016llx",
			   page, (unsigned long long)e);
	if (!(e & (PM_PRESENT | PM_SWAP)))
		scene_fail(s, CHECK("pagemap-nothing"), "C0",
			   "pagemap has a page that is there as such", "page %u: 0x%016llx", page,
			   (unsigned long long)e);
}

/* Nobody else has it, or ever had, as far as the model knows. */
static bool is_own(const struct scene *s, uint64_t e)
{
	static const char *const of[] = { "anon",     "swapped", "thp",	   "thp_pte",
					  "small_2m", "mthp",	 "hugetlb" };
	bool is = false;

	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		is |= !strcmp(s->memory->name, of[i]);
	return is && !s->proc[CHILD].area && !s->alias && e & PM_PRESENT && !is_zero_page(e);
}

static void exclusive_of(struct scene *s, unsigned int page, uint64_t e)
{
	if (is_own(s, e) && !(e & PM_EXCLUSIVE))
		scene_fail(s, CHECK("pagemap-not-exclusive"), "C2",
			   "pagemap has a page that one process has mapped as such",
			   "page %u: 0x%016llx", page, (unsigned long long)e);
}

void scan_agrees(struct scene *s)
{
	step_begin(s, "C9", "scan_agrees");
	tell_not("asks PAGEMAP_SCAN for all that it can tell");
	feature_needed(s, F_PAGEMAP_SCAN);
	for (unsigned int k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		struct query q = { .mask = kinds[k].category, .regions = MAX_REGIONS };
		bool guards = kinds[k].bit == PM_GUARD;
		unsigned int pages;

		if (!can_ask(s, k))
			continue;
		ledger_must_scan(s, PARENT, &q, &pages);
		for_each_page(s, i) {
			uint64_t e = pagemap(0, page_addr(s, i));
			bool is = is_of(k, e);

			if (guards ? s->racing[i] : !has_entry(s, i))
				continue;
			/* 6.12 has the huge zero page as one of a file: that is of no use to anybody. */
			if (kinds[k].bit == PM_FILE && is_zero_page(e))
				continue;
			if (!guards) {
				known_of(s, i, e);
				exclusive_of(s, i, e);
			}
			if (is == !!(pages & 1U << i))
				continue;
			scene_fail(s, CHECK("scan-disagrees"), "C9",
				   "PAGEMAP_SCAN says what pagemap says",
				   "page %u is %s by %s only", i, kinds[k].name,
				   is ? "pagemap" : "PAGEMAP_SCAN");
		}
	}
	step_end(s);
}
