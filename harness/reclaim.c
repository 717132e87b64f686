// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"

static bool swapped(const char *addr)
{
	return pagemap(0, addr) & PM_SWAP;
}

/*
 * Which pages must leave a swap entry behind: those of a private mapping of a file that were
 * copied. What is the file's own leaves none, unless it was write-protected. Private memory
 * without a file that leaves none is lost, as who looks will see.
 */
static void leaves_entry(const struct scene *s, bool entry[MODEL_PAGES])
{
	for_each_page(s, i) {
		uint64_t e = pagemap(0, page_addr(s, i));

		entry[i] = !s->memory->shared && s->memfd >= 0 &&
			   (e & PM_SWAP || (e & PM_PRESENT && !(e & PM_FILE)));
	}
}

static bool gone(const struct scene *s, unsigned int page, bool entry)
{
	const char *addr = page_addr(s, page);

	return entry ? swapped(addr) : !(pagemap(0, addr) & PM_PRESENT);
}

/* But for what is locked, of which more is said elsewhere. */
static bool all_gone(const struct scene *s, const bool entry[MODEL_PAGES])
{
	for_each_page(s, i)
		if (!(s->lock.pages >> i & 1) && !gone(s, i, entry[i]))
			return false;
	return true;
}

/* The area, and a page @beside. */
static void page_out(struct scene *s, char *beside)
{
	/* It leaves alone what is mapped twice. */
	if (s->memfd >= 0 && s->alias && madvise(s->alias, s->area_len, MADV_DONTNEED))
		scene_error(s, "MADV_DONTNEED: %s", strerror(errno));
	if (madvise(s->area, s->area_len, MADV_PAGEOUT) || madvise(beside, 4096, MADV_PAGEOUT))
		scene_error(s, "MADV_PAGEOUT: %s", strerror(errno));
}

/*
 * What was MAP_DROPPABLE and went is zeros, written or not, as if its owner had given it up
 * (9651fcedf7b9). What is held must not go: then it is left to who looks.
 */
static void dropped(struct scene *s)
{
	for_each_page(s, i) {
		if (!s->out[i] || page_held(s, i))
			continue;
		gave_up_pages(s, PARENT, PAGE(i));
		s->touched[i] = s->out[i] = false;
	}
}

void reclaim(struct scene *s, bool must_go)
{
	reclaim_by(s, must_go, page_out, "MADV_PAGEOUT");
}

void is_out(struct scene *s, unsigned int page, bool out)
{
	s->out[page] = out;
	if (out)
		s->in_slot[page] = s->model.proc[PARENT].content[page];
}

void reclaim_by(struct scene *s, bool must_go, takes_pages *take, const char *by)
{
	bool all = false, entry[MODEL_PAGES];
	char *p;

	feature_needed(s, F_SWAP);
	leaves_entry(s, entry);
	/* Reclaim must be seen to work, or "it stayed" would say nothing. */
	p = canary(s);
	/* A fresh page sits in a per-CPU batch until that is drained. */
	if (!wait_until((take(s, p), all = !must_go || all_gone(s, entry)) && swapped(p)))
		wait_error(s, by_kernel(NULL), "%s did not swap out %s", by,
			   all ? "a page beside" : "the pages");
	munmap(p, 4096);
	/* Of a hole and a guard page nothing can go. */
	for_each_page(s, i)
		is_out(s, i, s->touched[i] && gone(s, i, entry[i]));
	if (s->memory->droppable)
		dropped(s);
}
