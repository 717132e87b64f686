// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"

#define HUGEPAGE (2UL << 20)

/* Where nothing is: at @offset into a huge page, and with a huge page of nothing on either side. */
static char *place(struct scene *s, size_t len, size_t offset)
{
	char *p = mmap(NULL, len + 4 * HUGEPAGE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	return (char *)(((uintptr_t)p + 2 * HUGEPAGE - 1) & ~(HUGEPAGE - 1)) + offset;
}

struct moving {
	int uffd;
	struct uffd_msg msg;
	int err;
};

/* mremap() does not return before its event is read. */
static void read_remap_event(void *arg)
{
	struct moving *m = arg;
	struct pollfd p = { .fd = m->uffd, .events = POLLIN };

	m->err = -ETIMEDOUT;
	if (poll(&p, 1, PATIENCE_MS) > 0)
		m->err = read(m->uffd, &m->msg, sizeof(m->msg)) == sizeof(m->msg) ? 0 : -EIO;
}

bool remap_is_told(const struct scene *s)
{
	return s->uffd >= 0 && s->uffd_features & UFFD_FEATURE_EVENT_REMAP &&
	       model_registered(&s->model, PARENT);
}

/*
 * mremap() @len bytes from @from to @to, or as @new_len bytes to anywhere (NULL); with EVENT_REMAP
 * that is told of. Where it is then, or NULL, and *@err.
 */
static char *move_told(struct scene *s, char *from, size_t len, size_t new_len, char *to, int how,
		       int *err)
{
	bool event = remap_is_told(s);
	static struct helper_thread thread;
	static struct moving m;
	char *at;

	m = (struct moving){ .uffd = s->uffd };
	if (event)
		helper_start(s, &thread, read_remap_event, &m);
	at = mremap(from, len, new_len, how, to);
	*err = at == MAP_FAILED ? errno : 0;
	if (*err || !event)
		return *err ? NULL : at;
	helper_join(&thread);
	if (m.err)
		scene_fail(s, CHECK("remap-event-error"), "C4", "EVENT_REMAP", "%s",
			   strerrorname_np(-m.err));
	else if (m.msg.event != UFFD_EVENT_REMAP || m.msg.arg.remap.from != (uintptr_t)from ||
		 m.msg.arg.remap.to != (uintptr_t)at || m.msg.arg.remap.len != len)
		scene_fail(s, CHECK("remap-event-wrong"), "C4",
			   "EVENT_REMAP with from, to and length of the mremap",
			   "event %#x, from %#llx to %#llx, %#llx bytes", m.msg.event,
			   (unsigned long long)m.msg.arg.remap.from,
			   (unsigned long long)m.msg.arg.remap.to,
			   (unsigned long long)m.msg.arg.remap.len);
	return at;
}

char *grow_away(struct scene *s, char *from, size_t len, size_t new_len, int *err)
{
	return move_told(s, from, len, new_len, NULL, MREMAP_MAYMOVE, err);
}

static void move(struct scene *s, char *from, size_t len, char *to, unsigned int flags)
{
	int how = MREMAP_MAYMOVE | MREMAP_FIXED | (flags & REMAP_DONTUNMAP ? MREMAP_DONTUNMAP : 0);
	int err;

	move_told(s, from, len, len, to, how, &err);
	if (err && s->memory->huge)
		feature_needed(s, F_MREMAP_HUGETLB);
	if (err && flags & REMAP_DONTUNMAP)
		feature_needed(s, s->memfd >= 0 ? F_DONTUNMAP_FILE : F_DONTUNMAP);
	if (err)
		scene_fail(s, CHECK("remap-error"), "C4", "the memory is moved", "mremap() says %s",
			   strerrorname_np(err));
}

/*
 * What MREMAP_DONTUNMAP leaves behind is empty and has a life of its own: what
 * is written there is seen nowhere else, and nothing stops it.
 */
static void write_to_old_place(struct scene *s, char *old)
{
	uint64_t *addr[MODEL_PAGES], value[MODEL_PAGES];

	tell("write_to_old_place();");
	for_each_page(s, i) {
		uint64_t e = pagemap(0, old + s->page_offset[i]);

		if (e & PM_PRESENT)
			scene_fail(s, CHECK("remap-left-behind"), "C4",
				   "nothing is at the old place", "page %u is", i);
		if (e & PM_UFFD_WP && s->pagemap_has_mark)
			scene_fail(s, CHECK("remap-old-place-mark"), "C4",
				   "no mark at the old place, where nothing is", "one for page %u",
				   i);
		addr[i] =
			(uint64_t *)(old + s->page_offset[i] + cell_offset(CELL_CPU, s->page_len));
		value[i] = stamp(BY_OTHER, s->step, i, CELL_CPU);
	}
	writer_begin(s, s->npages, addr, value);
	for (;;)
		switch (writer_wait(s, s->uffd, PATIENCE_MS)) {
		case WRITER_DONE:
			return;
		case WRITER_NOTICE:
			scene_fail(s, CHECK("remap-old-place-notice"), "C3",
				   "a write to the old place goes through",
				   "it made a notification");
			break;
		case WRITER_STUCK:
			writer_stuck(s, CHECK("remap-old-place-hang"), "C3",
				     "a write to the old place ends");
			break;
		}
}

/*
 * A device that faults goes on at the address that it was told, where there is new memory now: what
 * write_to_old_place() has written, and zeros.
 */
static void devices_stay(struct scene *s, bool dontunmap)
{
	for (unsigned int n = 0; n < s->npins; n++) {
		struct model_pin *m = &s->model.pin[n];

		if (!s->pin[n].taken || !s->pin[n].kind->on_demand)
			continue;
		if (!dontunmap)
			scene_error(s, "%s is left with no memory", s->pin[n].kind->name);
		tell_not("has a device that stays at the old place");
		for (unsigned int i = 0; i <= MODEL_PAGES; i++) {
			m->parted[i] = true;
			m->own[i] = (struct content){ 0 };
		}
		for_each_page(s, i)
			m->own[i].v[CELL_CPU] = stamp(BY_OTHER, s->step, i, CELL_CPU);
	}
}

void remap(struct scene *s, unsigned int flags)
{
	bool event = remap_is_told(s);
	/* Huge pages of hugetlb are nowhere else than where they can be. */
	bool askew = flags & REMAP_ASKEW && !s->memory->huge;
	char *old = s->area, *new;

	step_begin(s, "C4", "remap%s%s%s", flags & REMAP_DONTUNMAP ? " dontunmap" : "",
		   askew ? " askew" : "", event ? " with EVENT_REMAP" : "");
	new = place(s, s->area_len, askew ? 4096 : 0);
	if (flags & REMAP_DONTUNMAP && !s->memory->shared)
		tell("old_area = area;");
	tell("remap%s(%s, %s);", event ? "_event" : "",
	     flags & REMAP_DONTUNMAP ? "MREMAP_DONTUNMAP" : "0", askew ? "4096" : "0");
	move(s, old, s->area_len, new, flags);
	s->area = new;
	/* With EVENT_REMAP the registration moves along. */
	if (!event)
		registration_gone(s);
	registration_compare(s);
	if (flags & REMAP_DONTUNMAP && !s->memory->shared)
		write_to_old_place(s, old);
	devices_stay(s, flags & REMAP_DONTUNMAP && !s->memory->shared);
	step_end(s);
}

/* --- a page of it ------------------------------------------------------------------------------ */

/* What is so of a page that has been moved to @to, before anybody looks at it. */
static void page_is_at(struct scene *s, unsigned int page, char *to)
{
	bool told = remap_is_told(s), marked = told && model_marked(&s->model, PARENT, page);
	uint64_t e = pagemap(0, to);

	if (maps_has(getpid(), page_addr(s, page)))
		scene_fail(s, CHECK("remap-page-left"), "C4", "nothing is mapped where it was",
			   "page %u is", page);
	if (s->uffd_features && (vm_flag(to, "uw") || vm_flag(to, "ur")) != told)
		scene_fail(s, CHECK("remap-page-registration"), "C4",
			   told ? "the registration moves along (EVENT_REMAP)" :
				  "no registration where it was moved to",
			   "VmFlags has %s", told ? "none" : "one");
	if (s->pagemap_has_mark && !!(e & PM_UFFD_WP) != marked)
		scene_fail(s, CHECK("remap-page-mark"), "C4",
			   marked ? "the mark moves along (EVENT_REMAP)" :
				    "no mark where it was moved to",
			   "%s (pagemap 0x%016llx)", marked ? "none" : "one",
			   (unsigned long long)e);
	if (s->ledgers == SOFT_DIRTY && s->ledgers_run && s->touched[page] && !(e & PM_SOFT_DIRTY))
		scene_fail(s, CHECK("remap-page-soft-dirty"), "C9",
			   "what has moved is new where it is: soft-dirty",
			   "it is not (pagemap 0x%016llx)", (unsigned long long)e);
}

static void page_holds(struct scene *s, unsigned int page, const char *at)
{
	struct view v = { .name = "where it was moved to", .proc = PARENT };

	v.cells = CHECK("remap-page-content");
	v.bytes = CHECK("remap-page-bytes");
	look_at(s, at, s->seen[page]);
	samples_compare(s, &v, page, model_content(&s->model, PARENT, page), s->seen[page],
			s->page_len);
}

static void write_to_page(struct scene *s, unsigned int page, char *at)
{
	enum cell c = write_cell(s, page);
	uint64_t *addr = (uint64_t *)(at + cell_offset(c, s->page_len));
	uint64_t value = stamp(BY_PARENT, s->step, page, c);

	writer_begin(s, 1, &addr, &value);
	writer_goes_through(s);
	model_write(&s->model, PARENT, page, c, value);
}

static void a_mapping(void *arg, uintptr_t from, uintptr_t to, const char *flags)
{
	(void)from;
	(void)to;
	(void)flags;
	++*(unsigned int *)arg;
}

static unsigned int mappings(struct scene *s)
{
	unsigned int n = 0;

	if (!vm_flags_over(0, s->area, s->area_len, a_mapping, &n) || !n)
		scene_error(s, "smaps tells nothing of the area");
	return n;
}

void remap_page(struct scene *s, unsigned int page)
{
	unsigned int pieces = mappings(s);
	char *here = page_addr(s, page), *to;

	step_begin(s, "C4", "remap_page %u%s", page, remap_is_told(s) ? " with EVENT_REMAP" : "");
	tell_not("moves a page away and back");
	to = place(s, s->page_len, 0);
	move(s, here, s->page_len, to, 0);
	page_is_at(s, page, to);
	if (!remap_is_told(s))
		model_mark(&s->model, PARENT, page, false);
	if (s->ledgers == SOFT_DIRTY && s->touched[page])
		model_report(&s->model, PARENT, page, true);
	if (page_visible(s, PARENT, page)) {
		page_holds(s, page, to);
		device_writes_page(s, page);
		if (!model_marked(&s->model, PARENT, page) &&
		    !(s->proc[PARENT].readonly & 1U << page))
			write_to_page(s, page, to);
		page_holds(s, page, to);
	}
	move(s, to, s->page_len, here, 0);
	if (model_registered(&s->model, PARENT) && !remap_is_told(s))
		register_area(s);
	/* Who has moved, and was written to there first, need not become one with the rest again. */
	s->several |= mappings(s) > pieces;
	step_end(s);
}

/* --- several mappings at once ----------------------------------------------------------------- */

void remap_pieces(struct scene *s)
{
	char *new;

	step_begin(s, "C0", "remap_pieces");
	tell_not("moves several mappings at once");
	if (mappings(s) < 2)
		scene_error(s, "the area is one mapping");
	if (model_registered(&s->model, PARENT))
		scene_error(s, "the area is registered: remap_pieces_refused()");
	new = place(s, s->area_len, 0);
	/* Holes stay holes. */
	munmap(new, s->area_len);
	if (mremap(s->area, s->area_len, s->area_len, MREMAP_MAYMOVE | MREMAP_FIXED, new) != new) {
		int err = errno;

		feature_needed(s, F_MREMAP_PIECES);
		scene_fail(s, CHECK("remap-pieces-error"), "C0", "the mappings are moved",
			   "mremap() says %s", strerrorname_np(err));
	}
	for_each_page(s, i)
		if (maps_has(getpid(), page_addr(s, i)))
			scene_fail(s, CHECK("remap-pieces-left"), "C0",
				   "nothing is mapped where they were", "page %u is", i);
	s->area = new;
	step_end(s);
}

struct going {
	char *from, *to;
	size_t len;
	_Atomic int err;
};

static void go_in_thread(void *arg)
{
	struct going *g = arg;

	g->err = mremap(g->from, g->len, g->len, MREMAP_MAYMOVE | MREMAP_FIXED, g->to) == g->to ?
			 0 :
			 errno;
}

void remap_pieces_refused(struct scene *s)
{
	static struct helper_thread thread;
	static struct going g;
	struct pollfd p = { .fd = s->uffd, .events = POLLIN };

	step_begin(s, "C4", "remap of several mappings");
	tell_not("asks for what is refused in a thread of its own");
	if (s->uffd < 0 || !registered_for_wp(s, PARENT))
		scene_error(s, "the area is not registered");
	g = (struct going){ s->area, place(s, s->area_len, 0), s->area_len, 0 };
	helper_start(s, &thread, go_in_thread, &g);
	/* What is moved is told of, and who moves it waits until we have read that. */
	while (!wait_until(helper_done(&thread) || poll(&p, 1, 0) > 0))
		wait_failed(s, CHECK("remap-pieces-hang"), "C8", by_thread(&thread),
			    "mremap() of several mappings ends", "it does not within %d ms",
			    PATIENCE_MS);
	if (!helper_done(&thread))
		scene_fail(s, CHECK("remap-pieces-event"), "C4",
			   "several registered mappings are not moved at once: EFAULT",
			   "an event of one of them");
	helper_join(&thread);
	if (g.err != EFAULT)
		scene_fail(s, CHECK("remap-pieces-moved"), "C4",
			   "several registered mappings are not moved at once: EFAULT", "%s",
			   g.err ? strerrorname_np(g.err) : "they are");
	step_end(s);
}

/*
 * A page that could be the next one of the area: anonymous and never touched, so
 * that it takes its place in the order of pages from where it is put.
 */
static char *neighbour(struct scene *s)
{
	int advice = vm_flag(s->area, "hg") ? MADV_HUGEPAGE : MADV_NOHUGEPAGE;
	char *p = mmap(place(s, 4096, 0), 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (p == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	if (madvise(p, 4096, advice) && errno != EINVAL)
		scene_error(s, "madvise: %s", strerror(errno));
	return p;
}

void remap_neighbour(struct scene *s)
{
	char *to = s->area + s->area_len, *p;
	int err;

	step_begin(s, "C4", "remap_neighbour");
	tell("make_neighbour();");
	tell("join_neighbour%s();", s->uffd_features & UFFD_FEATURE_EVENT_REMAP ? "_event" : "");
	if (s->uffd < 0 || !registered_for_wp(s, PARENT))
		scene_error(s, "the area is not registered");
	/* Such as map_apart() makes it. */
	if (!vm_flag(to, "mr") || vm_flag(to, "rd"))
		scene_error(s, "there is no room of ours beside the area");
	p = neighbour(s);
	err = uffd_register(s->uffd, p, 4096, s->uffd_mode);
	if (err)
		scene_fail(s, CHECK("neighbour-register-refused"), "C4",
			   "UFFDIO_REGISTER of memory beside", "%s", strerrorname_np(-err));
	move(s, p, 4096, to, 0);
	tell("still_registered();");
	step_end(s);
}
