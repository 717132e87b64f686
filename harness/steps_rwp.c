// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>

#include "feature.h"
#include "memory.h"
#include "tell.h"

struct reader {
	volatile uint64_t *addr[NR_CELLS];
	uint64_t value[NR_CELLS];
};

static void read_in_thread(void *arg)
{
	struct reader *r = arg;

	for (enum cell c = 0; c < NR_CELLS; c++)
		r->value[c] = *r->addr[c];
}

static void notice_is_for_read(struct scene *s, const struct uffd_notice *n, int proc,
			       unsigned int page)
{
	uintptr_t at = (uintptr_t)page_addr_in(s, proc, page);

	tell("notified(%s, %u, RWP_READ);", proc == PARENT ? "uffd" : "child_uffd", page);
	if (!n->rwp || n->wp || n->write)
		scene_fail(s, CHECK("rwp-notice-kind"), "C3",
			   "a notification with the flag RWP alone", "%s%s%s", n->rwp ? "RWP " : "",
			   n->wp ? "WP " : "", n->write ? "WRITE" : "");
	if (n->address < at || n->address >= at + s->page_len)
		scene_fail(s, CHECK("rwp-notice-page"), "C3",
			   "a notification for the page that is read", "one for offset %#llx",
			   (unsigned long long)(n->address - at + s->page_offset[page]));
}

/* Let the monitor of @proc resolve what must come: the notification of a read of @page. */
static void resolve_read(struct scene *s, int proc, unsigned int page,
			 const struct helper_thread *reader)
{
	int uffd = proc == PARENT ? s->uffd : s->proc[proc].uffd;
	struct uffd_notice n;
	bool noticed;

	if (proc != PARENT)
		tell("child_waits();");
	while (!wait_until((noticed = uffd_next(s, uffd, &n)) ||
			   (reader ? helper_done(reader) : child_answered(s, proc))))
		wait_failed(s, CHECK("rwp-read-no-notice"), "C3",
			    reader ? by_thread(reader) : by_process(s->proc[proc].pid),
			    "a notification of the read", "none within %d ms", PATIENCE_MS);
	if (noticed) {
		notice_is_for_read(s, &n, proc, page);
		uffd_protect(s, uffd, page_addr_in(s, proc, page), s->page_len, 0);
	} else {
		scene_fail(s, CHECK("rwp-read-unnoticed"), "C3",
			   "a notification before the read completes", "it completed without");
	}
	model_mark(&s->model, proc, page, false);
	touch(s, PAGE(page));
}

static void parent_reads(struct scene *s, unsigned int page)
{
	static struct helper_thread thread;
	static struct reader r;

	r = (struct reader){ 0 };
	for (enum cell c = 0; c < NR_CELLS; c++)
		r.addr[c] = cell_addr(s, page, c);
	tell("read_begins(%u);", page);
	helper_start(s, &thread, read_in_thread, &r);
	resolve_read(s, PARENT, page, &thread);
	tell("thread_ends();");
	while (!helper_wait(&thread))
		wait_failed(s, CHECK("rwp-read-hang"), "C3", by_thread(&thread),
			    "the read completes once the monitor has resolved it",
			    "it does not within %d ms", PATIENCE_MS);
}

static void child_reads(struct scene *s, int proc, unsigned int page)
{
	struct child_cmd cmd = { .op = OP_LOOK, .pages = 1U << page };
	struct child_reply reply;

	if (s->proc[proc].uffd < 0)
		scene_error(s, "the child has no uffd: no EVENT_FORK");
	tell("child_begins(touch, %u, 0);", page);
	child_send(s, proc, &cmd);
	resolve_read(s, proc, page, NULL);
	tell("child_ends();");
	while (!child_answer(s, proc, &reply))
		child_stuck(s, proc, CHECK("rwp-child-read-hang"), "C3",
			    "the child's read completes once it is resolved");
}

/* What the read saw is what every view sees from now on. */
void read_under_rwp(struct scene *s, int proc, unsigned int page)
{
	step_begin(s, "C3", "read_under_rwp %s page %u", who[proc], page);
	if (!(s->uffd_mode & UFFDIO_REGISTER_MODE_RWP) || !model_marked(&s->model, proc, page))
		scene_error(s, "page %u of the %s is not read-and-write protected", page,
			    who[proc]);
	if (proc == PARENT)
		parent_reads(s, page);
	else
		child_reads(s, proc, page);
	step_end(s);
}

/* --- asynchronous ------------------------------------------------------------------ */

/*
 * They were touched: the protection has gone, which is how that is told. A huge page that a
 * PMD maps is protected as a whole, so all of it is told of.
 */
static void protection_gone(struct scene *s, unsigned int first, unsigned int n, bool whole)
{
	for_each_page(s, i) {
		bool touched = i >= first && i < first + n;

		if (!touched && !whole)
			continue;
		if (touched && pagemap(0, page_addr(s, i)) & PM_UFFD_WP)
			scene_fail(s, CHECK("rwp-async-unreported"), "C9",
				   "an access takes the protection away",
				   "page %u is protected still", i);
		model_mark(&s->model, PARENT, i, false);
	}
	touch(s, first, n);
}

/* Is all of it one entry of the page table? The huge zero page is in no account of huge pages. */
static bool one_entry(const struct scene *s)
{
	const uint64_t huge_zero = KPF_ZERO_PAGE | KPF_THP;

	return pmd_mapped(s->area) ||
	       (kpageflags(PM_PFN(pagemap(0, s->area))) & huge_zero) == huge_zero;
}

static void begin_async(struct scene *s, const char *what, unsigned int first, unsigned int n)
{
	step_begin(s, "C3", "%s_async%s", what, which(s, first, n));
	if (!(s->uffd_features & UFFD_FEATURE_RWP_ASYNC))
		scene_error(s, "the area is not registered for RWP_ASYNC");
	for (unsigned int i = first; i < first + n; i++)
		if (!model_marked(&s->model, PARENT, i))
			scene_error(s, "page %u is not read-and-write protected", i);
}

void read_async(struct scene *s, unsigned int first, unsigned int n)
{
	static struct helper_thread thread;
	static struct reader r;
	bool whole = one_entry(s);

	n = clamp_pages(s, first, n);
	begin_async(s, "read", first, n);
	for (unsigned int i = first; i < first + n; i++) {
		for (enum cell c = 0; c < NR_CELLS; c++)
			r.addr[c] = cell_addr(s, i, c);
		tell("read_page(%u);", i);
		helper_start(s, &thread, read_in_thread, &r);
		while (!helper_wait(&thread))
			wait_failed(s, CHECK("rwp-async-read-hang"), "C3", by_thread(&thread),
				    "the read ends: it needs no monitor",
				    "it does not within %d ms", PATIENCE_MS);
	}
	protection_gone(s, first, n, whole);
	step_end(s);
}

void write_async(struct scene *s, unsigned int first, unsigned int n)
{
	uint64_t *addr[MODEL_PAGES], value[MODEL_PAGES];
	bool whole = one_entry(s);

	n = clamp_pages(s, first, n);
	begin_async(s, "write", first, n);
	tell("cpu_write(PARENT, %u, %u, %u);", first, n, s->step);
	for (unsigned int i = 0; i < n; i++) {
		addr[i] = write_addr(s, first + i);
		value[i] = stamp(BY_PARENT, s->step, first + i, write_cell(s, first + i));
	}
	writer_begin(s, n, addr, value);
	writer_goes_through(s);
	for (unsigned int i = 0; i < n; i++)
		model_write(&s->model, PARENT, first + i, write_cell(s, first + i), value[i]);
	protection_gone(s, first, n, whole);
	step_end(s);
}

/*
 * The write that waited goes on by itself, and takes the protection away as it touches the page. If not,
 * whoever waits for it will say so.
 */
static void waiter_goes_on(struct scene *s, bool whole)
{
	const char *page = page_addr(s, s->begun.page);

	if (!wait_until(!(pagemap(0, page) & PM_UFFD_WP)))
		return;
	for_each_page(s, i)
		if (whole || i == s->begun.page)
			model_mark(&s->model, PARENT, i, false);
}

void set_mode(struct scene *s, enum rwp_mode mode)
{
	static const char *const names[] = { [TO_ASYNC] = "async", [TO_SYNC] = "sync" };
	struct uffdio_set_mode m = { 0 };
	bool waits = false, whole = one_entry(s);

	step_begin(s, "C3", "set_mode %s", names[mode]);
	if (s->uffd < 0 || !(s->uffd_features & UFFD_FEATURE_RWP))
		scene_error(s, "the userfaultfd is not for read-and-write protect");
	feature_needed(s, F_UFFD_RWP_ASYNC);
	tell("set_mode(to_%s);", names[mode]);
	*(mode == TO_ASYNC ? &m.enable : &m.disable) = UFFD_FEATURE_RWP_ASYNC;
	if (ioctl(s->uffd, UFFDIO_SET_MODE, &m))
		scene_fail(s, CHECK("set-mode-refused"), "C3", "what is asked for can be switched",
			   "UFFDIO_SET_MODE says %s", strerrorname_np(errno));
	s->uffd_features = (s->uffd_features | m.enable) & ~m.disable;
	for_each_page(s, i)
		waits |= s->racing[i] && model_marked(&s->model, PARENT, i);
	if (mode == TO_ASYNC && waits)
		waiter_goes_on(s, whole);
	step_end(s);
}
