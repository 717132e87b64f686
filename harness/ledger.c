// SPDX-License-Identifier: GPL-2.0-only

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "feature.h"
#include "ledger.h"
#include "tell.h"

/* What the ledgers say, and what they must say. */

int ledger_scan(struct scene *s, int proc, const struct query *q, unsigned int *pages)
{
	char *area = proc == PARENT ? s->area : s->proc[proc].area, path[64];
	struct page_region region[MAX_REGIONS];
	struct pm_scan_arg arg = {
		.size = sizeof(arg),
		.flags = q->flags,
		.start = (uintptr_t)area,
		.end = (uintptr_t)area + s->area_len,
		.vec = q->regions ? (uintptr_t)region : 0,
		.vec_len = q->regions,
		.max_pages = q->max_pages,
		.category_mask = q->mask,
		.category_anyof_mask = q->anyof,
		.category_inverted = q->inverted,
		.return_mask = q->regions ? q->mask | q->anyof : 0,
	};
	int fd, n = 0;

	*pages = 0;
	if (q->bytes) {
		arg.start = (uintptr_t)page_addr_in(s, proc, q->page);
		arg.end = arg.start + q->bytes;
	}
	snprintf(path, sizeof(path), "/proc/%d/pagemap",
		 proc == PARENT ? getpid() : s->proc[proc].pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		scene_error(s, "%s: %s", path, strerror(errno));
	while (arg.start < arg.end) {
		n = ioctl(fd, PAGEMAP_SCAN, &arg);
		if (n < 0) {
			n = -errno;
			break;
		}
		for (int r = 0; r < n; r++)
			for_each_page(s, i) {
				uintptr_t at = (uintptr_t)page_addr_in(s, proc, i);

				if (at >= region[r].start && at < region[r].end)
					*pages |= 1U << i;
			}
		/* Whoever asks for bytes looks himself at what came of it. */
		if (q->bytes)
			break;
		if (arg.walk_end <= arg.start) {
			scene_fail(s, CHECK("scan-stands-still"), "C9",
				   "PAGEMAP_SCAN gets on, over and over, to the end",
				   "it does not from offset %#llx",
				   (unsigned long long)(arg.start - (uintptr_t)area));
			break;
		}
		arg.start = arg.walk_end;
	}
	close(fd);
	return n < 0 ? n : 0;
}

void ledger_must_scan(struct scene *s, int proc, const struct query *q, unsigned int *pages)
{
	int err = ledger_scan(s, proc, q, pages);

	if (err)
		scene_fail(s, CHECK("scan-refused"), "C9", "PAGEMAP_SCAN is done", "%s",
			   strerrorname_np(-err));
}

/* --- reading ------------------------------------------------------------------------ */

/* The kernel has several ways through, by what it is asked for. They must agree. */
static const struct way {
	unsigned int ledger;
	const char *name;
	uint64_t mask, anyof, inverted;
	bool others; /* it lists those that were not written */
} ways[] = {
	{ SOFT_DIRTY, "PAGEMAP_SCAN for SOFT_DIRTY", PAGE_IS_SOFT_DIRTY, 0, 0, false },
	{ WP_ASYNC, "PAGEMAP_SCAN for WRITTEN", PAGE_IS_WRITTEN, 0, 0, false },
	{ WP_ASYNC, "PAGEMAP_SCAN for any of WRITTEN", 0, PAGE_IS_WRITTEN, 0, false },
	{ WP_ASYNC, "PAGEMAP_SCAN for those not WRITTEN", PAGE_IS_WRITTEN, 0, PAGE_IS_WRITTEN,
	  true },
};

bool ledger_kept(const struct scene *s, unsigned int ledger, int proc)
{
	if (!(s->ledgers & ledger) || !s->model.proc[proc].alive || !s->model.proc[proc].mapped)
		return false;
	return ledger == SOFT_DIRTY || registered_for_wp(s, proc);
}

unsigned int ledger_must_have(const struct scene *s, int proc)
{
	unsigned int pages = 0;

	for_each_page(s, i)
		if (!s->racing[i] && model_must_report(&s->model, proc, i))
			pages |= 1U << i;
	return pages;
}

void ledger_tell(struct scene *s)
{
	for (int proc = PARENT; s->ledgers_run && proc < MODEL_PROCS; proc++) {
		unsigned int pages = ledger_must_have(s, proc);

		if (pages && ledger_kept(s, SOFT_DIRTY, proc))
			tell("soft_dirty(%s, %#x);", told_proc(proc), pages);
		if (pages && ledger_kept(s, WP_ASYNC, proc))
			tell("reported(%s, %#x);", told_proc(proc), pages);
	}
}

/* The pages that are reported, as bits. False if this kernel cannot be asked so. */
static bool ask(struct scene *s, const struct way *w, int proc, unsigned int *pages)
{
	struct query q = {
		.mask = w->mask, .anyof = w->anyof, .inverted = w->inverted, .regions = MAX_REGIONS
	};
	int err = ledger_scan(s, proc, &q, pages);

	if (err && w->ledger == SOFT_DIRTY && !feature_there(s, F_PAGEMAP_SCAN_SOFT_DIRTY))
		return false;
	if (err) {
		scene_fail(s, CHECK("scan-ask-refused"), "C9", "PAGEMAP_SCAN answers", "%s (%s)",
			   strerrorname_np(-err), w->name);
		return false;
	}
	if (w->others)
		*pages = ~*pages;
	return true;
}

unsigned int soft_dirty_pages(struct scene *s, int proc)
{
	unsigned int pages = 0;

	for_each_page(s, i)
		if (pagemap(proc == PARENT ? 0 : s->proc[proc].pid, page_addr_in(s, proc, i)) &
		    PM_SOFT_DIRTY)
			pages |= 1U << i;
	return pages;
}

void ledger_must_report(struct scene *s, int proc, const char *way, unsigned int reported)
{
	unsigned int over = 0;

	for_each_page(s, i) {
		bool is = reported & 1U << i, must = model_must_report(&s->model, proc, i);

		/* What is on its way into the page may be seen already, or not yet. */
		if (s->racing[i])
			continue;
		over += is && !must;
		if (is || !must)
			continue;
		scene_fail(s, CHECK("unreported"), "C9", "what the CPU wrote is reported",
			   "page %u of the %s is not (%s; pagemap 0x%016llx)", i, who[proc], way,
			   (unsigned long long)pagemap(proc == PARENT ? 0 : s->proc[proc].pid,
						       page_addr_in(s, proc, i)));
	}
	if (over > s->over_reports)
		s->over_reports = over;
	observe(s, "over_reports", "%u of %u", s->over_reports, s->npages);
}

void ledger_compare(struct scene *s)
{
	unsigned int pages;

	if (!s->ledgers_run)
		return;
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		if (ledger_kept(s, SOFT_DIRTY, proc))
			ledger_must_report(s, proc, "soft-dirty bit", soft_dirty_pages(s, proc));
		for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++)
			if (ledger_kept(s, ways[w].ledger, proc) && ask(s, &ways[w], proc, &pages))
				ledger_must_report(s, proc, ways[w].name, pages);
	}
}

/* --- cleared? ------------------------------------------------------------------------- */

/* Are two pages of @proc in one folio? The kernel knows of pins by folio. */
static bool in_one_folio(const struct scene *s, int proc, unsigned int a, unsigned int b)
{
	pid_t pid = proc == PARENT ? 0 : s->proc[proc].pid;

	return same_folio(PM_PFN(pagemap(pid, page_addr_in(s, proc, a))),
			  PM_PFN(pagemap(pid, page_addr_in(s, proc, b))));
}

/*
 * A pin keeps the soft-dirty bit where it is (9348b73c2e1b, v5.11, and 5.10.9), which
 * is an over-report, and allowed: of the page that is pinned, and of what is in one folio with
 * it, in the process that pinned it, in private memory. What its owner has given up is not that
 * page any more.
 */
static bool kept_by_pin(const struct scene *s, int proc, unsigned int page)
{
	for (unsigned int n = 0; n < s->npins; n++)
		for_each_page(s, i)
			if (!s->memory->shared && s->pin[n].taken && s->pin[n].owner == proc &&
			    !s->pin[n].kind->on_demand && model_pin_covers(&s->model, n, i) &&
			    !s->model.pin[n].parted[i] &&
			    (i == page || in_one_folio(s, proc, i, page)))
				return true;
	return false;
}

void ledger_must_be_clear(struct scene *s, const char *what, unsigned int ledger, int proc,
			  unsigned int reported)
{
	unsigned int still = 0;

	for_each_page(s, i) {
		if (!(reported & 1U << i) || s->racing[i])
			continue;
		still++;
		if (ledger != SOFT_DIRTY || !kept_by_pin(s, proc, i))
			scene_fail(s, CHECK("clear-left"), "C9",
				   "what was cleared is not reported any more",
				   "page %u of the %s is (%s)", i, who[proc], what);
	}
	if (still)
		observe(s, "kept_by_pin", "%u of %u", still, s->npages);
}

void ledger_async_must_be_clear(struct scene *s, int proc)
{
	unsigned int pages;

	for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++)
		if (ways[w].ledger == WP_ASYNC && ask(s, &ways[w], proc, &pages))
			ledger_must_be_clear(s, ways[w].name, WP_ASYNC, proc, pages);
}
