// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"

static bool is_pinned(const struct scene *s, unsigned int page)
{
	for (unsigned int n = 0; n < s->npins; n++)
		if (s->pin[n].taken && !s->pin[n].kind->on_demand &&
		    (model_pin_covers(&s->model, n, page) || pin_leads(&s->pin[n], page)))
			return true;
	return false;
}

/* What a page holds that was dropped: for shared memory what it held. */
static struct content content_behind(const struct scene *s, unsigned int page)
{
	if (s->memory->shared)
		return *model_content(&s->model, PARENT, page);
	return s->alias ? s->first_content[page] : (struct content){ 0 };
}

/* Out of the file, too. */
static void remove_pages(struct scene *s, unsigned int first, unsigned int n)
{
	struct content zeros = { 0 };
	size_t len;
	char *addr;

	page_range(s, first, n, &addr, &len);
	if (madvise(addr, len, MADV_REMOVE))
		scene_fail(s, CHECK("remove-error"), "C4", "MADV_REMOVE is done", "%s",
			   strerrorname_np(errno));
	for (unsigned int i = first; i < first + n; i++) {
		if (pagemap(0, page_addr(s, i)) & PM_PRESENT)
			scene_fail(s, CHECK("remove-stays"), "C4", "the pages are gone",
				   "page %u is still mapped", i);
		model_replace(&s->model, PARENT, i, &zeros);
		file_page_gone(s, i);
		if (!mark_outlives_page(s, true))
			model_mark(&s->model, PARENT, i, false);
	}
}

/* Nobody looks at them before something is there again. */
static void drop(struct scene *s, unsigned int first, unsigned int n, bool from_file)
{
	n = clamp_pages(s, first, n);
	for (unsigned int i = first; i < first + n; i++)
		if (is_pinned(s, i))
			scene_error(s, "the case drops page %u, which is pinned", i);
	tell(from_file ? "punch_shared(%u, %u);" : "dontneed(PARENT, %u, %u);", first, n);
	if (from_file)
		remove_pages(s, first, n);
	else
		give_up_pages(s, PARENT, first, n);
	for (unsigned int i = first; i < first + n; i++)
		s->touched[i] = s->out[i] = false;
	/* It is not filled again: to look at it would make a notification of its own. */
	if (n == s->npages)
		s->touched[MODEL_REST] = false;
}

void drop_to_fill(struct scene *s, unsigned int first, unsigned int n)
{
	drop(s, first, n, s->memory->shared);
}

void drop_pages(struct scene *s, unsigned int first, unsigned int n)
{
	step_begin(s, "C4", "drop%s", which(s, first, n));
	drop(s, first, n, false);
	step_end(s);
}

struct dropper {
	char *addr;
	size_t len;
	_Atomic int err;
};

static void drop_in_thread(void *arg)
{
	struct dropper *d = arg;

	d->err = madvise(d->addr, d->len, MADV_DONTNEED) ? -errno : 0;
}

/* It is unread: the pages are there still, and nobody may protect what is about to go. */
static void removal_waits(struct scene *s, const struct dropper *d)
{
	struct uffdio_writeprotect w = { .range = { (uintptr_t)d->addr, s->page_len },
					 .mode = UFFDIO_WRITEPROTECT_MODE_WP };
	int err;

	views_compare(s, "C4");
	compare_marks(s);
	err = ioctl(s->uffd, UFFDIO_WRITEPROTECT, &w) ? errno : 0;
	if (err != EAGAIN)
		scene_fail(s, CHECK("remove-event-ignored"), "C4",
			   "EAGAIN from UFFDIO_WRITEPROTECT while EVENT_REMOVE is unread", "%s",
			   err ? strerrorname_np(err) : "it is done");
}

static void map_something(void *arg)
{
	munmap(mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096);
}

static void read_removal(struct scene *s, const struct dropper *d)
{
	static struct helper_thread mapper;
	uintptr_t start = (uintptr_t)d->addr, end = start + d->len;
	struct uffd_msg msg;

	helper_start(s, &mapper, map_something, NULL);
	while (!helper_wait(&mapper))
		wait_failed(s, CHECK("remove-event-locked"), "C8", by_thread(&mapper),
			    "who waits for a monitor holds no lock: mmap() ends",
			    "it does not within %d ms", PATIENCE_MS);
	if (read(s->uffd, &msg, sizeof(msg)) != sizeof(msg))
		scene_fail(s, CHECK("remove-event-gone"), "C4", "EVENT_REMOVE that can be read",
			   "%s", strerrorname_np(errno));
	else if (msg.event != UFFD_EVENT_REMOVE || msg.arg.remove.start != start ||
		 msg.arg.remove.end != end)
		scene_fail(s, CHECK("remove-event-wrong"), "C4",
			   "EVENT_REMOVE with start and end of what is dropped",
			   "event %#x, offsets %#llx to %#llx of %#zx", msg.event,
			   (unsigned long long)(msg.arg.remove.start - start),
			   (unsigned long long)(msg.arg.remove.end - start), d->len);
}

/* A thread drops pages: it waits until its event is read, or it has ended. */
static void drop_begins(struct scene *s, unsigned int first, unsigned int n,
			struct helper_thread *thread, struct dropper *d)
{
	if (s->uffd < 0 || !(s->uffd_features & UFFD_FEATURE_EVENT_REMOVE))
		scene_error(s, "nobody asked for EVENT_REMOVE");
	for (unsigned int i = first; i < first + n; i++)
		if (is_pinned(s, i))
			scene_error(s, "the case drops page %u, which is pinned", i);
	page_range(s, first, n, &d->addr, &d->len);
	helper_start(s, thread, drop_in_thread, d);
	if (!wait_until(uffd_readable(s->uffd, 0) || helper_done(thread)))
		wait_error(s, by_thread(thread), "neither an event, nor MADV_DONTNEED ends");
}

static void drop_ended(struct scene *s, unsigned int first, unsigned int n, int err)
{
	pages_given_up(s, PARENT, first, n, err);
	for (unsigned int i = first; i < first + n; i++)
		s->touched[i] = s->out[i] = false;
	if (n == s->npages)
		s->touched[MODEL_REST] = false;
}

void drop_told(struct scene *s, unsigned int first, unsigned int n)
{
	static struct helper_thread thread;
	static struct dropper d;

	step_begin(s, "C4", "drop%s with EVENT_REMOVE", which(s, first, n));
	n = clamp_pages(s, first, n);
	tell("drop_told(%u, %u);", first, n);
	drop_begins(s, first, n, &thread, &d);
	if (uffd_readable(s->uffd, 0)) {
		removal_waits(s, &d);
		read_removal(s, &d);
	} else if (!d.err) {
		scene_fail(s, CHECK("remove-event-missing"), "C4",
			   "EVENT_REMOVE before MADV_DONTNEED is done", "none");
	}
	while (!helper_wait(&thread))
		wait_failed(s, CHECK("remove-hang"), "C4", by_thread(&thread),
			    "MADV_DONTNEED ends when its event was read",
			    "it does not within %d ms", PATIENCE_MS);
	drop_ended(s, first, n, d.err);
	step_end(s);
}

void drop_unread(struct scene *s, unsigned int first, unsigned int n)
{
	static struct helper_thread thread;
	static struct dropper d;

	step_begin(s, "C4", "drop%s with EVENT_REMOVE, and close the uffd", which(s, first, n));
	n = clamp_pages(s, first, n);
	tell_not("closes a uffd that a thread waits for");
	drop_begins(s, first, n, &thread, &d);
	close(s->uffd);
	s->uffd = -1;
	while (!helper_wait(&thread))
		wait_failed(s, CHECK("close-event-hang"), "C8", by_thread(&thread),
			    "MADV_DONTNEED goes on when the uffd is closed",
			    "it does not within %d ms", PATIENCE_MS);
	registration_gone(s);
	drop_ended(s, first, n, d.err);
	step_end(s);
}

/* A page with a content of its own to fill from; the caller unmaps it. */
static char *source(struct scene *s, unsigned int page, enum actor by, struct content *c)
{
	char *p =
		mmap(NULL, s->page_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	*c = content_by(by, s->step, page);
	content_bytes(c, s->page_len, 0, p, s->page_len);
	return p;
}

static const char *const fill_names[] = { "COPY",     "COPY, MODE_WP",	   "ZEROPAGE",
					  "CONTINUE", "CONTINUE, MODE_WP", "POISON" };

/* The ioctl: 0 or the negative errno. @c: what the page then holds, of @by if it is copied. */
static int fill_page(struct scene *s, unsigned int page, enum fill how, enum actor by,
		     struct content *c)
{
	struct uffdio_range range = { (uintptr_t)page_addr(s, page), s->page_len };
	union {
		struct uffdio_copy copy;
		struct uffdio_zeropage zero;
		struct uffdio_continue cont;
		struct uffdio_poison poison;
	} a = { 0 };
	unsigned long cmd;
	char *from = NULL;
	int err;

	switch (how) {
	case FILL_COPY:
	case FILL_COPY_WP:
		from = source(s, page, by, c);
		a.copy = (struct uffdio_copy){
			.dst = range.start,
			.src = (uintptr_t)from,
			.len = range.len,
			.mode = how == FILL_COPY_WP ? UFFDIO_COPY_MODE_WP : 0,
		};
		cmd = UFFDIO_COPY;
		break;
	case FILL_ZEROPAGE:
		*c = (struct content){ 0 };
		a.zero.range = range;
		cmd = UFFDIO_ZEROPAGE;
		break;
	case FILL_CONTINUE:
	case FILL_CONTINUE_WP:
		a.cont.range = range;
		a.cont.mode = how == FILL_CONTINUE_WP ? UFFDIO_CONTINUE_MODE_WP : 0;
		cmd = UFFDIO_CONTINUE;
		break;
	default:
		a.poison.range = range;
		cmd = UFFDIO_POISON;
	}
	err = ioctl(s->uffd, cmd, &a) ? -errno : 0;
	if (from)
		munmap(from, s->page_len);
	if (err && how == FILL_CONTINUE_WP)
		feature_needed(s, F_UFFD_CONTINUE_WP);
	if (err && how == FILL_POISON)
		feature_needed(s, F_UFFD_POISON);
	return err;
}

static void tell_fill(struct scene *s, unsigned int first, unsigned int n, enum fill how,
		      enum actor by)
{
	switch (how) {
	case FILL_COPY:
	case FILL_COPY_WP:
		tell("fill_copy(%u, %u, %s, %s, %u);", first, n,
		     how == FILL_COPY_WP ? "UFFDIO_COPY_MODE_WP" : "0",
		     by == BY_PARENT ? "PARENT" : "OTHER", s->step);
		break;
	case FILL_ZEROPAGE:
		tell("fill_zeropage(%u, %u);", first, n);
		break;
	case FILL_CONTINUE:
	case FILL_CONTINUE_WP:
		tell("fill_continue(%u, %u, %s);", first, n,
		     how == FILL_CONTINUE_WP ? "UFFDIO_CONTINUE_MODE_WP" : "0");
		break;
	case FILL_POISON:
		tell("fill_poison(%u, %u);", first, n);
		break;
	}
}

static void begin_fill(struct scene *s, unsigned int first, unsigned int n, enum fill how)
{
	bool marks = how == FILL_COPY_WP || how == FILL_CONTINUE_WP;

	step_begin(s, marks ? "C4" : "C2", "fill%s by UFFDIO_%s", which(s, first, n),
		   fill_names[how]);
	if (s->uffd < 0)
		scene_error(s, "the area is not registered");
}

static void fill_pages(struct scene *s, unsigned int first, unsigned int n, enum fill how)
{
	bool marks = how == FILL_COPY_WP || how == FILL_CONTINUE_WP;

	n = clamp_pages(s, first, n);
	tell_fill(s, first, n, how, BY_PARENT);
	for (unsigned int i = first; i < first + n; i++) {
		struct content c = content_behind(s, i);
		int err = fill_page(s, i, how, BY_PARENT, &c);
		uint64_t e;

		if (err)
			scene_fail(s, CHECK("fill-error"), s->step_clause, "the page is filled",
				   "UFFDIO_%s of page %u says %s", fill_names[how], i,
				   strerrorname_np(-err));
		model_mark(&s->model, PARENT, i, marks);
		if (how == FILL_POISON) {
			s->proc[PARENT].guarded |= 1U << i;
			s->proc[PARENT].poisoned |= 1U << i;
			continue;
		}
		not_poisoned(s, PARENT, i);
		e = pagemap(0, page_addr(s, i));
		if (!(e & PM_PRESENT))
			scene_fail(s, CHECK("fill-not-there"), s->step_clause, "the page is filled",
				   "page %u is not there", i);
		model_replace(&s->model, PARENT, i, &c);
		touch(s, PAGE(i));
	}
	step_end(s);
}

void fill(struct scene *s, unsigned int first, unsigned int n, enum fill how)
{
	begin_fill(s, first, n, how);
	drop(s, first, n, s->memory->shared && how < FILL_CONTINUE);
	fill_pages(s, first, n, how);
}

void fill_hole(struct scene *s, unsigned int first, unsigned int n, enum fill how)
{
	begin_fill(s, first, n, how);
	for (unsigned int i = first; i < first + clamp_pages(s, first, n); i++)
		if (s->touched[i] || pagemap(0, page_addr(s, i)) & PM_PRESENT)
			scene_error(s, "page %u is no hole", i);
	fill_pages(s, first, n, how);
}

void fill_refused(struct scene *s, unsigned int first, unsigned int n, enum fill how)
{
	step_begin(s, "C0", "fill_refused%s by UFFDIO_%s", which(s, first, n), fill_names[how]);
	tell_not("goes on where the kernel refuses");
	if (s->uffd < 0)
		scene_error(s, "the area is not registered");
	for (unsigned int i = first; i < first + clamp_pages(s, first, n); i++) {
		struct content c;
		int err;

		if (!(pagemap(0, page_addr(s, i)) & (PM_PRESENT | PM_SWAP)))
			scene_error(s, "page %u is not there", i);
		err = fill_page(s, i, how, BY_OTHER, &c);
		if (err == -EEXIST)
			continue;
		/* What it has done to the page is worth more. */
		if (!err)
			views_compare(s, "C0");
		scene_fail(s, CHECK("fill-over-page"), "C0", "EEXIST: the page is there", "%s",
			   err ? strerrorname_np(-err) : "it is filled");
	}
	step_end(s);
}

/* --- a fault where nothing is ----------------------------------------------------- */

/* One of a read is done by a thread of its own, one of a write by the writer. */
struct missing_read {
	volatile uint64_t *addr;
};

static void read_one(void *arg)
{
	(void)*((struct missing_read *)arg)->addr;
}

static void missing_notice(struct scene *s, unsigned int page, bool write, enum fill how)
{
	bool minor = how >= FILL_CONTINUE;
	struct uffd_notice n;

	tell("notified(uffd, %u, %s%s);", page, minor ? "UFFD_PAGEFAULT_FLAG_MINOR" : "0",
	     write ? " | UFFD_PAGEFAULT_FLAG_WRITE" : "");
	if (!uffd_next(s, s->uffd, &n)) {
		scene_fail(s, CHECK("missing-notice-gone"), "C3", "a notification that can be read",
			   "it went away before anybody had read it");
		return;
	}
	if (n.wp || n.rwp || n.minor != minor || n.write != write)
		scene_fail(s, CHECK("missing-notice-kind"), "C3",
			   minor ? "a notification of a page that is in the page cache only" :
				   "a notification of a page that is missing",
			   "one with the flags%s%s%s%s", n.wp ? " WP" : "", n.rwp ? " RWP" : "",
			   n.minor ? " MINOR" : "", n.write ? " WRITE" : "");
	if (n.address < (uintptr_t)page_addr(s, page) ||
	    n.address >= (uintptr_t)page_addr(s, page) + s->page_len)
		scene_fail(s, CHECK("missing-notice-page"), "C3",
			   "a notification for the page that is touched",
			   "one for offset %#llx of the area",
			   (unsigned long long)(n.address - (uintptr_t)s->area));
}

/* Does whoever touches it stand in the fault? */
static bool fault_waits(struct scene *s, const struct helper_thread *reader)
{
	bool waits;

	if (!reader) {
		enum writer_state state;

		while ((state = writer_wait(s, s->uffd, PATIENCE_MS)) == WRITER_STUCK)
			writer_stuck(s, CHECK("missing-write-lost"), "C3",
				     "a notification, or that the write ends");
		waits = state == WRITER_NOTICE;
	} else {
		while (!wait_until((waits = uffd_readable(s->uffd, 0)) || helper_done(reader)))
			wait_failed(s, CHECK("missing-read-lost"), "C3", by_thread(reader),
				    "a notification, or that the read ends", "neither within %d ms",
				    PATIENCE_MS);
	}
	if (!waits)
		scene_fail(s, CHECK("missing-unnoticed"), "C3",
			   "a notification of the page that is not there", "it %s without",
			   reader ? "was touched" : "was written");
	return waits;
}

static void fill_it(struct scene *s, unsigned int page, enum fill how, struct content *c)
{
	int err;

	*c = content_behind(s, page);
	/* Another's, or it could not be told from what the write that waits will write. */
	tell_fill(s, page, 1, how, BY_OTHER);
	err = fill_page(s, page, how, BY_OTHER, c);
	if (err)
		scene_fail(s, CHECK("missing-fill-error"), "C3", "what is missing is filled in",
			   "UFFDIO_%s says %s", fill_names[how], strerrorname_np(-err));
}

/* It was filled write-protected, and the write that waited is one. */
static void then_unprotect(struct scene *s, unsigned int page)
{
	struct uffd_notice n;

	tell("noticed_again();");
	if (!write_is_pending(s, page))
		return;
	if (!uffd_next(s, s->uffd, &n))
		scene_fail(s, CHECK("filled-notice-gone"), "C3", "a notification that can be read",
			   "it went away before anybody had read it");
	else
		notice_is_for(s, PARENT, &n, page, write_offset(s, page));
	uffd_protect(s, s->uffd, page_addr(s, page), s->page_len, 0);
}

/*
 * One that finds the page there, whatever it looks at, takes its notification back, and comes
 * again: whoever reads in between has seen one, too.
 */
static void missing_asleep(struct scene *s, pid_t tid)
{
	while (!wait_until(thread_sleeps_in(tid, "handle_userfault")))
		wait_failed(s, CHECK("missing-awake"), "C3", by_tid(tid),
			    "the thread sleeps until the page is filled in",
			    "it is awake for %d ms", PATIENCE_MS);
}

void missing_begin(struct scene *s, unsigned int page)
{
	uint64_t *addr;

	step_begin(s, "C3", "missing_begin page %u", page);
	if (s->uffd < 0 || !(s->uffd_mode & UFFDIO_REGISTER_MODE_MISSING))
		scene_error(s, "the area is not registered for that");
	if (s->touched[page])
		drop(s, page, 1, false);
	if (pagemap(0, page_addr(s, page)) & PM_PRESENT)
		scene_error(s, "page %u is there", page);
	addr = write_addr(s, page);
	s->begun.page = page;
	s->begun.cell = write_cell(s, page);
	s->begun.value = stamp(BY_PARENT, s->step, page, s->begun.cell);
	tell("write_begins(%u, %u);", page, s->step);
	writer_begin(s, 1, &addr, &s->begun.value);
	s->begun.waits = s->begun.missing = fault_waits(s, NULL);
	if (s->begun.waits) {
		missing_notice(s, page, true, FILL_COPY);
		missing_asleep(s, writer_tid());
	}
	s->racing[page] = true;
	step_end(s);
}

void missing_resolve(struct scene *s)
{
	struct content c = content_behind(s, s->begun.page);

	if (model_registered(&s->model, PARENT) & UFFDIO_REGISTER_MODE_MISSING) {
		tell_not("fills a page and writes to it in one step");
		fill_it(s, s->begun.page, FILL_COPY, &c);
	}
	model_replace(&s->model, PARENT, s->begun.page, &c);
	touch(s, PAGE(s->begun.page));
	s->begun.missing = false;
}

/* Who looks at a hole in a file makes a page there. */
static bool hole_in_file(const struct scene *s, enum fill how)
{
	return s->memory->shared && how < FILL_CONTINUE;
}

static void must_be_missing(struct scene *s, unsigned int page, enum fill how)
{
	if (s->uffd < 0 || !(s->uffd_mode & (how < FILL_CONTINUE ? UFFDIO_REGISTER_MODE_MISSING :
								   UFFDIO_REGISTER_MODE_MINOR)))
		scene_error(s, "the area is not registered for that");
	if (s->touched[page] || hole_in_file(s, how))
		drop(s, page, 1, hole_in_file(s, how));
	if (pagemap(0, page_addr(s, page)) & PM_PRESENT)
		scene_error(s, "page %u is there", page);
}

static void touch_missing(struct scene *s, unsigned int page, bool write, enum fill how)
{
	static struct helper_thread thread;
	static struct missing_read r;
	bool marks = how == FILL_COPY_WP || how == FILL_CONTINUE_WP;
	struct content c;
	uint64_t *addr, v;
	bool waits;

	step_begin(s, "C3", "%s_missing page %u, filled by UFFDIO_%s", write ? "write" : "read",
		   page, fill_names[how]);
	must_be_missing(s, page, how);
	addr = write_addr(s, page);
	v = stamp(BY_PARENT, s->step, page, write_cell(s, page));
	if (write) {
		if (how == FILL_COPY || how == FILL_COPY_WP)
			tell_not("fills a page and writes to it in one step");
		tell("write_begins(%u, %u);", page, s->step);
		writer_begin(s, 1, &addr, &v);
	} else {
		tell("read_begins(%u);", page);
		r.addr = addr;
		helper_start(s, &thread, read_one, &r);
	}
	waits = fault_waits(s, write ? NULL : &thread);
	if (waits) {
		pid_t tid = write ? writer_tid() : thread.tid;

		missing_notice(s, page, write, how);
		missing_asleep(s, tid);
		if (!hole_in_file(s, how))
			views_compare(s, "C3");
		fill_it(s, page, how, &c);
		model_replace(&s->model, PARENT, page, &c);
		model_mark(&s->model, PARENT, page, marks);
		touch(s, PAGE(page));
		if (write && marks)
			then_unprotect(s, page);
	}
	if (!write) {
		tell("thread_ends();");
		while (!helper_wait(&thread))
			wait_failed(s, CHECK("missing-read-hang"), "C3", by_thread(&thread),
				    "the read ends once the page is filled in",
				    "it does not within %d ms", PATIENCE_MS);
	} else {
		if (waits)
			writer_must_end(s);
		model_write(&s->model, PARENT, page, write_cell(s, page), v);
		model_mark(&s->model, PARENT, page, false);
	}
	touch(s, PAGE(page));
	step_end(s);
}

void device_write_missing(struct scene *s, unsigned int page, enum fill how)
{
	static struct dma d;
	struct content c;

	step_begin(s, "C3", "device_write_missing %s page %u, filled by UFFDIO_%s",
		   s->pin[0].kind->name, page, fill_names[how]);
	tell_not("has a device that waits for what is missing");
	if (how != FILL_COPY && how != FILL_ZEROPAGE && how != FILL_CONTINUE)
		scene_error(s, "the write that waited would be one of a protected page");
	must_be_missing(s, page, how);
	dma_begin(s, &d, page);
	if (fault_waits(s, &d.thread)) {
		missing_notice(s, page, true, how);
		if (!hole_in_file(s, how))
			views_compare(s, "C3");
		fill_it(s, page, how, &c);
		model_replace(&s->model, PARENT, page, &c);
		touch(s, PAGE(page));
	}
	dma_end(s, &d);
	step_end(s);
}

void read_missing(struct scene *s, unsigned int page, enum fill how)
{
	touch_missing(s, page, false, how);
}

void write_missing(struct scene *s, unsigned int page, enum fill how)
{
	touch_missing(s, page, true, how);
}

/* --- poison ------------------------------------------------------------------------ */

void poison_refuses(struct scene *s, int proc, unsigned int page)
{
	if (!read_raises_in(s, proc, page, SIGBUS))
		scene_fail(s, proc == PARENT ? CHECK("poison-read") : CHECK("poison-child-read"),
			   "C5", "SIGBUS: the page is poisoned", "the %s reads what is there now",
			   who[proc]);
}

static void is_poisoned(struct scene *s, int proc, unsigned int page)
{
	if (!(s->proc[proc].poisoned & 1U << page))
		scene_error(s, "page %u of the %s is not poisoned", page, who[proc]);
}

void cpu_read_refused(struct scene *s, unsigned int page)
{
	step_begin(s, "C5", "cpu_read_refused page %u", page);
	is_poisoned(s, PARENT, page);
	tell("read_refused(%u);", page);
	poison_refuses(s, PARENT, page);
	step_end(s);
}

void child_read_refused(struct scene *s, unsigned int page)
{
	step_begin(s, "C5", "child_read_refused page %u", page);
	is_poisoned(s, CHILD, page);
	tell("must(in(CHILD, poisoned, %u, 1), \"C5\", \"SIGBUS: the page is poisoned\");", page);
	poison_refuses(s, CHILD, page);
	step_end(s);
}
