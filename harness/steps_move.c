// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"

#define HUGEPAGE (2UL << 20)

static void make_elsewhere(struct scene *s)
{
	char *p;
	int err;

	if (s->elsewhere.area)
		return;
	tell("make_elsewhere();");
	feature_needed(s, F_UFFD_MOVE);
	s->elsewhere.len = (s->area_len + HUGEPAGE - 1) & ~(HUGEPAGE - 1);
	p = mmap(NULL, s->elsewhere.len + HUGEPAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	p = (char *)(((uintptr_t)p + HUGEPAGE - 1) & ~(HUGEPAGE - 1));
	s->elsewhere.uffd = uffd_new(s, 0);
	err = uffd_register(s->elsewhere.uffd, p, s->elsewhere.len, UFFDIO_REGISTER_MODE_MISSING);
	if (err)
		scene_fail(s, CHECK("move-register-refused"), "C7",
			   "UFFDIO_REGISTER for missing pages", "%s", strerrorname_np(-err));
	s->elsewhere.area = p;
}

struct mover {
	int uffd;
	struct uffdio_move arg;
	_Atomic int err;
};

static void move_in_thread(void *arg)
{
	struct mover *m = arg;

	m->err = ioctl(m->uffd, UFFDIO_MOVE, &m->arg) ? -errno : 0;
}

/*
 * 0 or the negative errno. A move that does not come back is a broken C7. *@moved: what it says
 * to have moved.
 */
static int move(struct scene *s, int uffd, char *from, char *to, size_t len, uint64_t mode,
		long long *moved)
{
	static struct helper_thread thread;
	static struct mover m;

	m = (struct mover){
		.uffd = uffd,
		.arg = { .dst = (uintptr_t)to, .src = (uintptr_t)from, .len = len, .mode = mode },
	};
	helper_start(s, &thread, move_in_thread, &m);
	while (!helper_wait(&thread))
		wait_failed(s, CHECK("move-hang"), "C7", by_thread(&thread), "UFFDIO_MOVE ends",
			    "it does not within %d ms", PATIENCE_MS);
	if (moved)
		*moved = m.arg.move;
	return m.err;
}

static bool there(const char *addr)
{
	return pagemap(0, addr) & (PM_PRESENT | PM_SWAP);
}

/* The same page, or the same place in swap. */
static bool shared_with_child(const struct scene *s, unsigned int page, uint64_t mine)
{
	const uint64_t place = PM_PRESENT | PM_SWAP | PM_PFN(~0ULL);

	if (!s->model.proc[CHILD].alive || !s->model.proc[CHILD].mapped)
		return false;
	return !((mine ^ pagemap(s->proc[CHILD].pid, page_addr_in(s, CHILD, page))) & place);
}

/* What is pinned, or of a folio that is pinned in part, or shared. All else would be moved. */
static bool refusal_is_due(const struct scene *s, unsigned int page)
{
	uint64_t e = pagemap(0, page_addr(s, page));

	if (!(e & (PM_PRESENT | PM_SWAP)))
		return false;
	if (e & PM_PRESENT && kpageflags(PM_PFN(e)) & KPF_ZERO_PAGE)
		return false; /* that of all, and is moved */
	return shared_with_child(s, page, e) || (e & PM_PRESENT && !page_may_go(s, page));
}

void uffd_move_refused(struct scene *s, unsigned int first, unsigned int n)
{
	uint64_t pfn[MODEL_PAGES];
	size_t len;
	char *from, *to;
	int err;

	step_begin(s, "C7", "uffd_move_refused%s", which(s, first, n));
	for (unsigned int i = first; i < first + clamp_pages(s, first, n); i++)
		if (!refusal_is_due(s, i))
			scene_error(s, "page %u is neither pinned nor shared with the child", i);
	make_elsewhere(s);
	tell("move_refused(%u, %u);", first, clamp_pages(s, first, n));
	for_each_page(s, i)
		pfn[i] = PM_PFN(pagemap(0, page_addr(s, i)));
	page_range(s, first, n, &from, &len);
	to = s->elsewhere.area + (from - s->area);
	err = move(s, s->elsewhere.uffd, from, to, len, 0, NULL);
	if (err != -EBUSY)
		scene_fail(s, CHECK("move-pinned-allowed"), "C7", "EBUSY", "%s",
			   err ? strerrorname_np(-err) : "it moved");
	for_each_page(s, i) {
		if (there(s->elsewhere.area + s->page_offset[i]))
			scene_fail(s, CHECK("move-refused-there"), "C7", "nothing moves",
				   "page %u is elsewhere", i);
		if (PM_PFN(pagemap(0, page_addr(s, i))) != pfn[i])
			scene_fail(s, CHECK("move-refused-frame"), "C7", "nothing moves",
				   "another frame at page %u", i);
	}
	step_end(s);
}

static void elsewhere_holds(struct scene *s, unsigned int page)
{
	struct view v = { .name = "where it was moved to", .clause = "C2", .proc = PARENT };

	tell_moved_content(s, page, &s->elsewhere.content[page]);
	v.cells = CHECK("moved-content");
	v.bytes = CHECK("moved-bytes");
	look_at(s, s->elsewhere.area + s->page_offset[page], s->seen[page]);
	samples_compare(s, &v, page, &s->elsewhere.content[page], s->seen[page], s->page_len);
}

void uffd_moved_stays(struct scene *s, unsigned int page)
{
	step_begin(s, "C2", "uffd_moved_stays page %u", page);
	elsewhere_holds(s, page);
	step_end(s);
}

static void must_move(struct scene *s, int uffd, char *from, char *to)
{
	int err = move(s, uffd, from, to, s->page_len, 0, NULL);

	if (err)
		scene_fail(s, CHECK("move-error"), "C7", "what nothing pins is moved", "%s",
			   strerrorname_np(-err));
}

void uffd_move_away(struct scene *s, unsigned int page)
{
	char *to;
	uint64_t e;

	step_begin(s, "C2", "uffd_move_away page %u", page);
	make_elsewhere(s);
	to = s->elsewhere.area + s->page_offset[page];
	tell("move_away(%u);", page);
	must_move(s, s->elsewhere.uffd, page_addr(s, page), to);
	if (there(page_addr(s, page)) || !there(to))
		scene_fail(s, CHECK("move-not-moved"), "C7", "what is moved is there and not here",
			   "it is %s", there(to) ? "at both places" : "not there");
	tell("no_mark_there(%u);", page);
	e = pagemap(0, to);
	if (model_marked(&s->model, PARENT, page)) {
		observe(s, "mark_after_move", "%s", e & PM_UFFD_WP ? "kept" : "dropped");
		model_mark(&s->model, PARENT, page, false);
	}
	if (e & PM_UFFD_WP)
		scene_fail(s, CHECK("move-mark-carried"), "C4",
			   "no mark where nobody registered for write-protect",
			   "one (pagemap 0x%016llx)", (unsigned long long)e);
	s->elsewhere.content[page] = *model_content(&s->model, PARENT, page);
	s->elsewhere.there[page] = true;
	elsewhere_holds(s, page);
	/* What is left is a hole. */
	model_replace(&s->model, PARENT, page, &(struct content){ 0 });
	s->touched[page] = s->out[page] = false;
	step_end(s);
}

/* It is there again; where read-and-write protect is registered, protected. */
static void arrives(struct scene *s, unsigned int page)
{
	s->elsewhere.there[page] = false;
	model_replace(&s->model, PARENT, page, &s->elsewhere.content[page]);
	model_mark(&s->model, PARENT, page, s->uffd_mode & UFFDIO_REGISTER_MODE_RWP);
	touch(s, PAGE(page));
}

void uffd_move_back(struct scene *s, unsigned int page)
{
	step_begin(s, "C2", "uffd_move_back page %u", page);
	if (s->uffd < 0 || s->touched[page])
		scene_error(s, "the area is not registered, or page %u has not gone", page);
	tell("move_back(%u);", page);
	must_move(s, s->uffd, s->elsewhere.area + s->page_offset[page], page_addr(s, page));
	arrives(s, page);
	step_end(s);
}

/*
 * A hole is moved as one: nothing comes to be there. @hole: of which pages nothing was mapped.
 * What is in between, of a huge page, goes along.
 */
static void move_all(struct scene *s, int uffd, char *from, char *to, const bool hole[])
{
	long long moved = 0;
	int err;

	err = move(s, uffd, from, to, s->area_len, UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES, &moved);
	if (err || moved != (long long)s->area_len)
		scene_fail(s, CHECK("move-all-error"), "C7",
			   "all is moved in one call, holes and pages",
			   "UFFDIO_MOVE says %s, and %lld of %zu bytes",
			   err ? strerrorname_np(-err) : "success", moved, s->area_len);
	for (size_t at = 0; at < s->area_len; at += 4096)
		if (there(from + at))
			scene_fail(s, CHECK("move-all-left"), "C7", "nothing is left behind",
				   "what is at offset %#zx is", at);
	for_each_page(s, i) {
		if (there(to + s->page_offset[i]) == hole[i])
			scene_fail(s, CHECK("move-all-there"), "C7",
				   hole[i] ? "a hole stays a hole" : "the page is there",
				   "%s is where page %u went to", hole[i] ? "a page" : "nothing",
				   i);
	}
}

void uffd_move_all_away(struct scene *s)
{
	bool hole[MODEL_PAGES];

	step_begin(s, "C2", "uffd_move_all_away");
	make_elsewhere(s);
	tell("move_all(move_uffd, elsewhere, area);");
	for_each_page(s, i) {
		hole[i] = !there(page_addr(s, i));
		if (hole[i] == s->touched[i])
			scene_error(s, "page %u is %sthere", i, hole[i] ? "not " : "");
	}
	move_all(s, s->elsewhere.uffd, s->area, s->elsewhere.area, hole);
	for_each_page(s, i) {
		s->elsewhere.content[i] = *model_content(&s->model, PARENT, i);
		s->elsewhere.there[i] = !hole[i];
		if (!hole[i])
			elsewhere_holds(s, i);
		model_mark(&s->model, PARENT, i, false);
		model_replace(&s->model, PARENT, i, &(struct content){ 0 });
		s->touched[i] = s->out[i] = false;
	}
	s->touched[MODEL_REST] = false;
	step_end(s);
}

void uffd_move_all_back(struct scene *s)
{
	bool hole[MODEL_PAGES];

	step_begin(s, "C2", "uffd_move_all_back");
	for_each_page(s, i)
		if (s->uffd < 0 || s->touched[i])
			scene_error(s, "the area is not registered, or page %u has not gone", i);
	tell("move_all(uffd, area, elsewhere);");
	for_each_page(s, i)
		hole[i] = !there(s->elsewhere.area + s->page_offset[i]);
	move_all(s, s->uffd, s->elsewhere.area, s->area, hole);
	for_each_page(s, i)
		if (!hole[i])
			arrives(s, i);
	step_end(s);
}
