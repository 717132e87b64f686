// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <string.h>

#include "internal.h"
#include "tell.h"

/*
 * Where pagemap has no bit for the mark (before v5.13), ask a long-term pin on
 * a ring of its own: there it cannot wait for a monitor and is refused with
 * EFAULT, without a notification and without effect, exactly where a mark is.
 */
static struct pin probe = { .kind = &pin_io_uring };

void mark_probe_open(struct scene *s)
{
	if (!probe.opened)
		probe.kind->open(s, &probe);
	probe.opened = true;
}

static bool marked_by_behaviour(struct scene *s, unsigned int page)
{
	mark_probe_open(s);
	if (probe.kind->take(s, &probe, page_addr(s, page), 4096) == -EFAULT)
		return true;
	probe.kind->release(s, &probe);
	return false;
}

static void prove_mark(struct scene *s, unsigned int page)
{
	bool on = s->pagemap_has_mark ? !!(pagemap(0, page_addr(s, page)) & PM_UFFD_WP) :
					marked_by_behaviour(s, page);

	if (!on)
		scene_fail(s, CHECK("wp-no-mark"), "C3", "the page is write-protected",
			   "it said so, and there is no mark on page %u", page);
}

static bool is_the_files(const struct scene *s, unsigned int page)
{
	return s->out[page] && (s->memory->shared ||
				(s->memfd >= 0 && !(pagemap(0, page_addr(s, page)) & PM_SWAP)));
}

void wp_pages(struct scene *s, unsigned int first, unsigned int n)
{
	unsigned int marks = 0;
	size_t len;
	char *addr;

	if (s->uffd < 0)
		uffd_open(s, 0);
	step_begin(s, "C3", "%s%s", s->uffd_mode & UFFDIO_REGISTER_MODE_RWP ? "rwp" : "wp",
		   which(s, first, n));
	page_range(s, first, n, &addr, &len);
	uffd_protect(s, s->uffd, addr, len, UFFDIO_WRITEPROTECT_MODE_WP);
	n = clamp_pages(s, first, n);
	for (unsigned int i = first; i < first + n; i++) {
		/*
		 * Where no page is there is nothing to protect, unless the
		 * kernel was asked for markers or the memory has them anyway.
		 * What a file has in swap is not in the page table, nor is what a private
		 * mapping has of the file itself.
		 */
		if ((!s->touched[i] || is_the_files(s, i)) &&
		    !(s->uffd_features & UFFD_FEATURE_WP_UNPOPULATED) && !memory_has_markers(s))
			continue;
		prove_mark(s, i);
		model_mark(&s->model, PARENT, i, true);
		marks |= 1U << i;
	}
	if (marks && s->pagemap_has_mark)
		tell("protected(%#x);", marks);
	if (s->model.fault == FAULT_UNREGISTERED)
		uffd_unregister(s);
	step_end(s);
}

void wp(struct scene *s)
{
	wp_pages(s, ALL_PAGES);
}

void unwp_pages(struct scene *s, unsigned int first, unsigned int n)
{
	size_t len;
	char *addr;

	step_begin(s, "C3", "unwp%s", which(s, first, n));
	if (s->uffd < 0)
		scene_error(s, "nothing was ever write-protected");
	page_range(s, first, n, &addr, &len);
	uffd_protect(s, s->uffd, addr, len, 0);
	n = clamp_pages(s, first, n);
	for (unsigned int i = first; i < first + n; i++)
		model_mark(&s->model, PARENT, i, false);
	step_end(s);
}

void unwp(struct scene *s)
{
	unwp_pages(s, ALL_PAGES);
}

void marks_stay(struct scene *s)
{
	/* In a program the step before has asked that already. */
	tell_part(true);
	step_begin(s, "C4", "marks_stay");
	tell_nothing();
	step_end(s);
	tell_part(false);
}

/* A copy of each page, its samples if it is a huge one, and what must be in there. */
static struct {
	bool taken;
	struct content wanted;
	char copy[SAMPLES * SAMPLE];
} snapshots[MODEL_PAGES];

static void take_snapshot(struct scene *s, unsigned int page)
{
	look_at(s, page_addr(s, page), snapshots[page].copy);
	snapshots[page].wanted = *model_content(&s->model, PARENT, page);
	snapshots[page].taken = true;
}

static void begin_one_write(struct scene *s, unsigned int page, uint64_t v)
{
	uint64_t *addr = write_addr(s, page);

	if (!model_marked(&s->model, PARENT, page))
		scene_error(s, "page %u is not write-protected", page);
	writer_begin(s, 1, &addr, &v);
}

/* What the monitor does with the notification of the write of @v, and that the write then ends. */
static void monitor_resolves(struct scene *s, unsigned int page, enum monitor how, uint64_t v)
{
	struct uffd_notice n;

	if (!uffd_next(s, s->uffd, &n))
		scene_fail(s, CHECK("wp-notice-gone"), "C3", "a notification that can be read",
			   "it went away before anybody had read it");
	else
		notice_is_for(s, PARENT, &n, page, write_offset(s, page));
	switch (how) {
	case COPY_THEN_UNPROTECT:
		tell("copy_out(%u, 1);", page);
		take_snapshot(s, page);
		/* fallthrough */
	case UNPROTECT:
		uffd_protect(s, s->uffd, page_addr(s, page), s->page_len, 0);
		break;
	case UNPROTECT_THEN_WAKE:
		tell("thread_sleeps();");
		writer_asleep(s);
		uffd_protect(s, s->uffd, page_addr(s, page), s->page_len,
			     UFFDIO_WRITEPROTECT_MODE_DONTWAKE);
		/* It may wake up for another reason and go on: the page is resolved. */
		if (writer_wait(s, -1, 2) == WRITER_DONE) {
			observe(s, "went_on_unwoken", "1");
			return;
		}
		tell_seen(s, page);
		views_compare(s, "C3");
		uffd_wake(s, s->uffd, page_addr(s, page), s->page_len);
		break;
	case EMULATE:
		writer_emulate(s, page, v);
		break;
	}
	writer_must_end(s);
}

void write_under_wp(struct scene *s, unsigned int page, enum monitor how)
{
	static const char *const names[] = { "unprotects", "unprotects, then wakes",
					     "copies, then unprotects", "emulates" };
	uint64_t v;

	step_begin(s, "C3", "write_under_wp page %u, monitor %s", page, names[how]);
	if (how == EMULATE)
		tracer_start(s);
	v = stamp(BY_PARENT, s->step, page, write_cell(s, page));
	tell(how == EMULATE ? "store_begins(%u, %u);" : "write_begins(%u, %u);", page, s->step);
	begin_one_write(s, page, v);
	if (write_is_pending(s, page))
		monitor_resolves(s, page, how, v);
	model_write(&s->model, PARENT, page, write_cell(s, page), v);
	model_mark(&s->model, PARENT, page, how == EMULATE);
	touch(s, PAGE(page));
	step_end(s);
}

void child_write_under_wp(struct scene *s, unsigned int page)
{
	struct child_cmd cmd = { .op = OP_WRITE, .pages = 1U << page };
	struct child_reply reply;
	struct uffd_notice n;
	bool noticed;

	step_begin(s, "C4", "child_write_under_wp page %u", page);
	if (s->proc[CHILD].uffd < 0 || !model_marked(&s->model, CHILD, page))
		scene_error(s, "the child has no mark there");
	cmd.cell[page] = write_cell(s, page);
	cmd.value[page] = stamp(BY_CHILD, s->step, page, cmd.cell[page]);
	tell("child_begins(touch, %u, VALUE(CHILD, %u, %u));", page, s->step, page);
	tell("child_waits();");
	child_send(s, CHILD, &cmd);
	while (!wait_until((noticed = uffd_next(s, s->proc[CHILD].uffd, &n)) ||
			   child_answered(s, CHILD)))
		wait_failed(s, CHECK("child-wp-no-notice"), "C4", by_process(s->proc[CHILD].pid),
			    "the child's write makes a notification on its uffd",
			    "none within %d ms", PATIENCE_MS);
	if (noticed) {
		notice_is_for(s, CHILD, &n, page, write_offset(s, page));
		/* Before the data changes in any view, the child's own too. */
		s->proc[CHILD].asleep = true;
		tell_seen(s, page);
		views_compare(s, "C3");
		s->proc[CHILD].asleep = false;
		uffd_protect(s, s->proc[CHILD].uffd, page_addr_in(s, CHILD, page), s->page_len, 0);
	} else {
		scene_fail(s, CHECK("child-wp-unnoticed"), "C4",
			   "the child's write makes a notification on its uffd",
			   "it completed without");
	}
	tell("child_ends();");
	while (!child_answer(s, CHILD, &reply))
		child_stuck(s, CHILD, CHECK("child-wp-hang"), "C3",
			    "the child's write completes once it is resolved");
	model_write(&s->model, CHILD, page, cmd.cell[page], cmd.value[page]);
	model_mark(&s->model, CHILD, page, false);
	step_end(s);
}

void snapshot(struct scene *s)
{
	step_begin(s, "C3", "snapshot");
	tell("copy_out(0, %u);", s->npages);
	for_each_page(s, i)
		take_snapshot(s, i);
	step_end(s);
}

void snapshot_holds(struct scene *s)
{
	struct view v = { .name = "snapshot", .clause = "C3", .proc = PARENT };
	const struct content *wanted[MODEL_PAGES];

	v.cells = CHECK("snapshot-content");
	v.bytes = CHECK("snapshot-bytes");
	step_begin(s, "C3", "snapshot_holds");
	for_each_page(s, i)
		wanted[i] = snapshots[i].taken ? &snapshots[i].wanted : NULL;
	tell_copies(s, wanted);
	for_each_page(s, i)
		if (snapshots[i].taken)
			samples_compare(s, &v, i, &snapshots[i].wanted, snapshots[i].copy,
					s->page_len);
	step_end(s);
}

void write_begin(struct scene *s, unsigned int page)
{
	step_begin(s, "C3", "write_begin page %u", page);
	s->begun.page = page;
	s->begun.cell = write_cell(s, page);
	s->begun.value = stamp(BY_PARENT, s->step, page, s->begun.cell);
	tell("write_begins(%u, %u);", page, s->step);
	begin_one_write(s, page, s->begun.value);
	s->begun.waits = write_is_pending(s, page);
	/* One that is still on its way to sleep needs nobody to wake it. */
	tell("thread_sleeps();");
	if (s->begun.waits)
		writer_asleep(s);
	/* Nobody reads the notification: what wakes the writer takes it away. */
	s->racing[page] = true;
}

void write_finish(struct scene *s)
{
	step_begin(s, "C3", "write_finish page %u", s->begun.page);
	if (s->begun.missing)
		missing_resolve(s);
	if (s->begun.waits)
		writer_must_end(s);
	s->racing[s->begun.page] = false;
	model_write(&s->model, PARENT, s->begun.page, s->begun.cell, s->begun.value);
	step_end(s);
}
