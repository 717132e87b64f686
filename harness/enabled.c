// SPDX-License-Identifier: GPL-2.0-only
/*
 * Can a step of the vocabulary be done now, and the doing. What a step needs so that what it
 * then finds says something of the kernel, and nothing of who asked: by the model and by the
 * scene, in words where it is not so. A false alarm of make explore is a mistake in here.
 */
#include <linux/userfaultfd.h>
#include <string.h>

#include "disk.h"
#include "internal.h"
#include "memory.h"
#include "version.h"
#include "vocabulary.h"

#define BECAUSE(why_not, in_words)       \
	do {                             \
		if (why_not)             \
			return in_words; \
	} while (0)
/* Another question that must have no answer. */
#define UNLESS(question)                     \
	do {                                 \
		const char *_why = question; \
		if (_why)                    \
			return _why;         \
	} while (0)

#define ALL_BITS(s) ((1U << (s)->npages) - 1)

/* Pages as bits. */
static unsigned int of_pages(const struct scene *s, int pages)
{
	if (pages == EVERY_PAGE)
		return ALL_BITS(s);
	return ((1U << (pages >> 8)) - 1) << (pages & 0xff);
}

static unsigned int marks(const struct scene *s, int proc)
{
	unsigned int n = 0;

	for_each_page(s, i)
		n |= model_marked(&s->model, proc, i) << i;
	return n;
}

static unsigned int untouched(const struct scene *s)
{
	unsigned int n = 0;

	for_each_page(s, i)
		n |= !s->touched[i] << i;
	return n;
}

static unsigned int swapped_out(const struct scene *s)
{
	unsigned int n = 0;

	for_each_page(s, i)
		n |= s->out[i] << i;
	return n;
}

static bool write_waits(const struct scene *s)
{
	for_each_page(s, i)
		if (s->racing[i])
			return true;
	return false;
}

static bool has(const struct scene *s, int proc)
{
	return s->model.proc[proc].alive && s->model.proc[proc].mapped;
}

/* A pin of the parent's or of the child's stands on one of these pages. */
static unsigned int pinned(const struct scene *s)
{
	unsigned int n = 0;

	for (unsigned int p = 0; p < s->npins; p++)
		for_each_page(s, i)
			n |= (s->pin[p].taken && !s->pin[p].kind->on_demand &&
			      (model_pin_covers(&s->model, p, i) || pin_leads(&s->pin[p], i)))
			     << i;
	return n;
}

/*
 * Nobody has written to them since the fork. Without a pin; what else makes a copy, as a collapse
 * does, the step finds out.
 */
static unsigned int shared_with_child(const struct scene *s)
{
	unsigned int n = 0;

	if (!has(s, CHILD) || s->npins)
		return 0;
	for_each_page(s, i) {
		const struct content *mine = model_content(&s->model, PARENT, i);
		const struct content *theirs = model_content(&s->model, CHILD, i);

		n |= (s->touched[i] && !memcmp(mine, theirs, sizeof(*mine))) << i;
	}
	return n;
}

/* A device that faults as its owner does, and holds nothing. */
static bool faults(const struct scene *s)
{
	for (unsigned int p = 0; p < s->npins; p++)
		if (s->pin[p].taken && s->pin[p].kind->on_demand)
			return true;
	return false;
}

/* One of these that is asked with some steps only. */
static bool faults_in_part(const struct scene *s)
{
	for (unsigned int p = 0; p < s->npins; p++)
		if (s->pin[p].taken && s->pin[p].kind->on_demand && !s->pin[p].kind->all_memory)
			return true;
	return false;
}

static bool rwp(const struct scene *s)
{
	return s->uffd_mode & UFFDIO_REGISTER_MODE_RWP;
}

static bool async(const struct scene *s)
{
	return s->uffd_features & UFFD_FEATURE_WP_ASYNC;
}

/* The same of read-and-write protect: that is taken away by who touches it. */
static bool rwp_async(const struct scene *s)
{
	return s->uffd_features & UFFD_FEATURE_RWP_ASYNC;
}

static bool is_kind(const struct scene *s, const char *begins)
{
	return !strncmp(s->memory->name, begins, strlen(begins));
}

static const char *no_guard(const struct scene *s, int proc, int pages)
{
	unsigned int poisoned = s->proc[proc].poisoned & of_pages(s, pages);

	BECAUSE(s->proc[proc].guarded & of_pages(s, pages) & ~poisoned,
		"a page is a guard page: guard_remove");
	BECAUSE(poisoned, "a page is poisoned: fill, or drop");
	BECAUSE(s->proc[proc].lacking & of_pages(s, pages), "it has not inherited a page");
	return NULL;
}

/* userfaultfd is asked for what is not there. */
static bool asked_for_missing(const struct scene *s)
{
	return model_registered(&s->model, PARENT) &
	       (UFFDIO_REGISTER_MODE_MISSING | UFFDIO_REGISTER_MODE_MINOR);
}

/* A write waits for a page that is missing: that one nobody looks at. */
static unsigned int waited_for(const struct scene *s)
{
	return s->begun.missing ? 1U << s->begun.page : 0;
}

static bool asked_for_untouched(const struct scene *s)
{
	return asked_for_missing(s) && untouched(s) & ~s->proc[PARENT].guarded & ~waited_for(s);
}

/* What is poisoned may be dropped, and filled again. */
static const char *no_guard_but_poison(const struct scene *s, int pages)
{
	unsigned int guarded = s->proc[PARENT].guarded;

	BECAUSE(guarded & ~(s->proc[PARENT].poisoned & of_pages(s, pages)),
		"a page is a guard page, or poisoned");
	BECAUSE(s->proc[PARENT].lacking, "it has not inherited a page");
	return NULL;
}

/* Who drops pages waits until the monitor has read that. */
static const char *drops_untold(const struct scene *s)
{
	BECAUSE(s->uffd >= 0 && s->uffd_features & UFFD_FEATURE_EVENT_REMOVE &&
			model_registered(&s->model, PARENT),
		"the userfaultfd asks for what is dropped: drop_told");
	return NULL;
}

/* Advice to give up what is locked is refused: lock_refuses. */
static const char *not_locked(const struct scene *s)
{
	BECAUSE(s->lock.pages, "pages are locked: unlock comes first");
	return NULL;
}

static const char *can_calm(const struct scene *s, int pages, int what)
{
	BECAUSE(write_waits(s), "a write waits in its fault: unwp, unregister or close_uffd, and "
				"then write_finish");
	return NULL;
}

/* All that is locked is so in one way, and it is all. */
static bool locked_alike(const struct scene *s)
{
	return locked_all(s) && (!s->lock.on_fault || s->lock.on_fault == ALL_BITS(s));
}

/* One mapping, or what would be one if locks did not differ. */
static const char *in_one_but_for_locks(const struct scene *s)
{
	unsigned int ro = s->proc[PARENT].readonly;

	BECAUSE(s->hole, "a part of the area is unmapped");
	BECAUSE(s->not_inherited, "the area is several mappings: dontfork_page");
	BECAUSE(s->several, "the area is several mappings: hugetlbfs does not merge them again");
	BECAUSE(ro && ro != ALL_BITS(s), "some pages are read-only, so the area is several "
					 "mappings");
	/* anon_vma_compatible(): what is first written while they differ has an anon_vma of its own. */
	BECAUSE(s->lock.any && !s->memory->shared && (s->memfd >= 0 || is_kind(s, "unpopulated")),
		"what was locked in part may not be one mapping again");
	return NULL;
}

/* One mapping, as calls that are for the whole area want it. */
static const char *in_one(const struct scene *s)
{
	UNLESS(in_one_but_for_locks(s));
	BECAUSE(s->lock.pages && !locked_alike(s),
		"a part of the area is locked, so it is several mappings: unlock comes first");
	return NULL;
}

/* For a call that takes several mappings from v6.3 (a1b92a3f1498) on, else one. */
static const char *in_one_of(const struct scene *s, int pages)
{
	bool one = pages != EVERY_PAGE && pages >> 8 == 1;

	return one || kernel_since("6.3") ? in_one_but_for_locks(s) : in_one(s);
}

/* A write that waited has been let go, and whoever looks or copies may see it or not. */
static const char *no_write_goes_on(const struct scene *s)
{
	bool asks = waited_for(s) && model_registered(&s->model, PARENT);

	BECAUSE(write_waits(s) && !asks && !model_marked(&s->model, PARENT, s->begun.page),
		"a write goes on: write_finish comes first");
	return NULL;
}

/* What the kernel does to memory and reads no page by its entry; a write may wait in its fault. */
static const char *may_act(const struct scene *s)
{
	UNLESS(no_write_goes_on(s));
	BECAUSE(asked_for_untouched(s),
		"a page is not there, and userfaultfd would be asked for it: fill comes first");
	return NULL;
}

static const char *has_rights(const struct scene *s)
{
	BECAUSE(s->proc[PARENT].blind, "the parent has no right to read: mprotect_rw comes first");
	return NULL;
}

/* What a process does to its memory, and reads no page by its entry either. */
static const char *may_do(const struct scene *s)
{
	UNLESS(can_calm(s, 0, 0));
	UNLESS(may_act(s));
	UNLESS(has_rights(s));
	return NULL;
}

/* The parent's CPU, or the kernel for it, may read all there is. */
static const char *may_look(const struct scene *s)
{
	UNLESS(may_do(s));
	BECAUSE(rwp(s) && marks(s, PARENT), "pages are read-and-write protected");
	return NULL;
}

static const char *may_write(const struct scene *s, int pages)
{
	UNLESS(no_guard(s, PARENT, pages));
	UNLESS(may_look(s));
	BECAUSE(marks(s, PARENT) & of_pages(s, pages),
		"a page is write-protected: write_under_wp, or unwp first");
	BECAUSE(s->proc[PARENT].readonly & of_pages(s, pages),
		"a page is read-only: mprotect_rw comes first");
	return NULL;
}

static const char *may_ask(const struct scene *s, int proc)
{
	UNLESS(no_write_goes_on(s));
	BECAUSE(!s->model.proc[proc].alive,
		proc == CHILD ? "there is no child" : "there is no grandchild");
	return NULL;
}

static const char *other_may_act(const struct scene *s, int proc)
{
	UNLESS(may_ask(s, proc));
	BECAUSE(!has(s, proc), "it does not have this memory");
	BECAUSE(s->proc[proc].blind, "it has no right to read");
	BECAUSE(asked_for_untouched(s), "a page is not there");
	return NULL;
}

static const char *other_may_look(const struct scene *s, int proc)
{
	UNLESS(other_may_act(s, proc));
	BECAUSE(rwp(s) && marks(s, proc), "its pages are read-and-write protected");
	return NULL;
}

static const char *other_may_write(const struct scene *s, int proc, int pages)
{
	UNLESS(no_guard(s, proc, pages));
	UNLESS(other_may_look(s, proc));
	BECAUSE(marks(s, proc) & of_pages(s, pages), "a page of it is write-protected");
	BECAUSE(s->proc[proc].readonly & of_pages(s, pages), "a page of it is read-only");
	return NULL;
}

/* --- pins ---------------------------------------------------------------------------------- */

/*
 * hugetlb_wp() lets a write happen in place if nobody else maps the page, whoever refers to it: by
 * design, and what comes of it with a child is cow/vmsplice_leak's.
 */
#define BY_MAPCOUNT \
	"hugetlb reuses by mapcount, and a reference that is no pin may leak (cow/vmsplice_leak)"

static bool goes_by_mapcount(const struct scene *s)
{
	return s->memory->huge && !s->memory->shared && s->npins &&
	       (!strcmp(s->pin[0].kind->name, "vmsplice") ||
		!strcmp(s->pin[0].kind->name, "zerocopy"));
}

static const char *may_pin(const struct scene *s)
{
	const struct pin_kind *k = s->pin[0].kind;

	BECAUSE(goes_by_mapcount(s) && s->proc[CHILD].area, BY_MAPCOUNT);
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	BECAUSE(!s->npins, "there is no pin (PIN=io_uring)");
	UNLESS(may_look(s));
	BECAUSE(asked_for_missing(s) && s->area_len > s->npages * s->page_len &&
			!s->touched[MODEL_REST],
		"the rest of the area is not there");
	BECAUSE(k->on_demand && !k->all_memory && !is_kind(s, "anon") && !is_kind(s, "thp") &&
			!is_kind(s, "swapped") && !is_kind(s, "unpopulated") &&
			strcmp(s->memory->name, "shmem"),
		"not yet: such memory under a device that faults");
	BECAUSE(s->memory->on_disk && s->memory->shared && !s->memory->device,
		"kernels differ in whether they pin such a file");
	BECAUSE(is_kind(s, "secretmem") || is_kind(s, "mixed"),
		"kernels differ in whether they pin such memory");
	BECAUSE(k->by_file && s->memfd < 0, "this kind pins a file's pages");
	BECAUSE(s->hole, "a part of the area is unmapped");
	BECAUSE(k->for_write && s->proc[PARENT].readonly, "a page is read-only");
	return NULL;
}

static const char *can_pin(const struct scene *s, int pages, int what)
{
	UNLESS(may_pin(s));
	BECAUSE(s->pin[0].taken, "it is pinned already: pin_again, or unpin first");
	BECAUSE(marks(s, PARENT) & of_pages(s, pages), "a page is write-protected: "
						       "pin_write_protected");
	return NULL;
}

/* A part of its first page, and of its last. */
static const char *may_pin_bytes(const struct scene *s, int pages)
{
	UNLESS(can_pin(s, pages, 0));
	BECAUSE(strncmp(s->pin[0].kind->name, "io_uring", 8) &&
			strcmp(s->pin[0].kind->name, "rdma"),
		"this kind of pin is of whole pages");
	return NULL;
}

static const char *can_pin_middle(const struct scene *s, int pages, int what)
{
	BECAUSE(s->npages < 2, "this memory has one page");
	return may_pin_bytes(s, EVERY_PAGE);
}

static const char *can_pin_bytes(const struct scene *s, int page, int what)
{
	return may_pin_bytes(s, SOME_PAGES(page, 1));
}

static const char *can_pin_wp(const struct scene *s, int pages, int what)
{
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	UNLESS(can_calm(s, 0, 0));
	BECAUSE(!marks(s, PARENT), "nothing is write-protected");
	BECAUSE(s->proc[PARENT].blind, "the parent has no right to read");
	BECAUSE(!s->npins, "there is no pin (PIN=io_uring)");
	BECAUSE(s->pin[0].taken, "it is pinned already");
	BECAUSE(rwp_async(s), "nobody is notified");
	BECAUSE(untouched(s), "a page is not there");
	BECAUSE(s->pin[0].kind->on_demand || s->pin[0].kind->by_file || s->pin[0].kind->one_shot,
		"this kind of pin is not asked so");
	BECAUSE(!s->pin[0].kind->for_write && !rwp(s), "this kind of pin is not for writing");
	BECAUSE(s->hole || s->proc[PARENT].readonly, "a page is read-only, or not mapped");
	return NULL;
}

static const char *can_pin_again(const struct scene *s, int pages, int what)
{
	UNLESS(may_pin(s));
	BECAUSE(s->npins != 1, "a second pin was taken already");
	BECAUSE(s->pin[0].kind->one_shot || s->pin[0].kind->on_demand ||
			(s->pin[0].kind->one_at_a_time && s->pin[0].taken),
		"one of this kind is enough");
	BECAUSE(marks(s, PARENT), "a page is write-protected");
	return NULL;
}

static const char *can_child_pin(const struct scene *s, int pages, int what)
{
	BECAUSE(!s->npins, "there is no pin (PIN=io_uring)");
	BECAUSE(goes_by_mapcount(s), BY_MAPCOUNT);
	UNLESS(other_may_write(s, CHILD, EVERY_PAGE));
	BECAUSE(s->npins != 1, "a second pin was taken already");
	BECAUSE(s->pin[0].kind->one_shot || s->pin[0].kind->by_file || s->pin[0].kind->on_demand ||
			s->pin[0].kind->one_at_a_time,
		"not with this kind of pin");
	BECAUSE(s->memory->on_disk && s->memory->shared && !s->memory->device,
		"kernels differ in whether they pin such a file");
	BECAUSE(is_kind(s, "secretmem") || is_kind(s, "mixed"),
		"kernels differ in whether they pin such memory");
	BECAUSE(s->hole, "a part of the area is unmapped");
	return NULL;
}

static const char *stands(const struct scene *s, unsigned int n)
{
	BECAUSE(n >= s->npins || !s->pin[n].taken || !s->model.pin[n].live, "no such pin stands");
	BECAUSE(s->pin[n].busy || !s->model.proc[s->pin[n].owner].alive, "nobody is there who "
									 "could ask its device");
	return NULL;
}

static const char *can_unpin(const struct scene *s, int pages, int what)
{
	UNLESS(can_calm(s, 0, 0));
	return stands(s, 0);
}

static const char *can_unpin_again(const struct scene *s, int pages, int what)
{
	UNLESS(can_calm(s, 0, 0));
	return stands(s, 1);
}

static const char *device_may_write(const struct scene *s, unsigned int n)
{
	UNLESS(can_calm(s, 0, 0));
	UNLESS(stands(s, n));
	BECAUSE(!s->pin[n].kind->can_write || !s->pin[n].kind->coherent,
		"the device of this kind of pin does not write");
	return NULL;
}

static const char *can_device_write(const struct scene *s, int pages, int what)
{
	UNLESS(device_may_write(s, 0));
	for_each_page(s, i)
		BECAUSE(of_pages(s, pages) & 1U << i && pages != EVERY_PAGE &&
				!model_pin_covers(&s->model, 0, i),
			"the pin does not cover that page");
	if (s->pin[0].kind->on_demand)
		UNLESS(may_write(s, pages));
	BECAUSE(s->pin[0].kind->one_shot && pages != EVERY_PAGE,
		"this device writes all that it has, or nothing");
	return NULL;
}

static const char *can_device_under_wp(const struct scene *s, int page, int what)
{
	UNLESS(device_may_write(s, 0));
	BECAUSE(!s->pin[0].kind->on_demand, "a device with a pin makes no notification");
	BECAUSE(s->pin[0].kind->own_memory, "it cannot wait: it is refused");
	BECAUSE(s->uffd < 0 || !registered_for_wp(s, PARENT) || async(s) || rwp(s),
		"nobody is notified");
	BECAUSE(!(marks(s, PARENT) & 1U << page), "that page is not write-protected");
	BECAUSE(s->proc[PARENT].blind || s->proc[PARENT].readonly & 1U << page,
		"the parent has no right to write to it");
	BECAUSE(!s->touched[page] || s->out[page], "that page is not there");
	BECAUSE(!model_pin_covers(&s->model, 0, page) || s->model.pin[0].parted[page],
		"the device does not have that page");
	return NULL;
}

static const char *can_device_write_again(const struct scene *s, int pages, int what)
{
	return device_may_write(s, 1);
}

static const char *can_device_write_via(const struct scene *s, int pages, int what)
{
	UNLESS(may_ask(s, CHILD));
	UNLESS(device_may_write(s, 0));
	BECAUSE(!s->pin[0].kind->inherited || s->pin[0].kind->one_shot,
		"it is of no use to who inherits it");
	return NULL;
}

static const char *can_peek(const struct scene *s, int pages, int what)
{
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	UNLESS(may_look(s));
	BECAUSE(is_kind(s, "secretmem"), "this memory cannot be pinned");
	return NULL;
}

/* The kernel takes it and the page behind it for writing, and nobody may have a say in that. */
static const char *can_odirect_refused(const struct scene *s, int page, int what)
{
	int pages = SOME_PAGES(page, s->memory->huge ? 1 : 2);

	BECAUSE(!s->memory->huge && ((unsigned int)page + 1 == s->npages ||
				     s->page_offset[page + 1] != s->page_offset[page] + PAGE_4K),
		"no page of the scene is next to it");
	UNLESS(may_write(s, pages));
	BECAUSE((untouched(s) | swapped_out(s)) & of_pages(s, pages), "a page is not there");
	BECAUSE(is_kind(s, "secretmem"), "this memory cannot be pinned");
	return NULL;
}

/* --- CPU ------------------------------------------------------------------------------------ */

static const char *can_cpu_write(const struct scene *s, int pages, int what)
{
	return may_write(s, pages);
}

static const char *can_child_write(const struct scene *s, int pages, int what)
{
	return other_may_write(s, CHILD, pages);
}

/* It is the thread that waits which writes. */
static const char *can_child_write_by(const struct scene *s, int pages, int what)
{
	UNLESS(can_calm(s, 0, 0));
	return can_child_write(s, pages, what);
}

static const char *can_grandchild_write(const struct scene *s, int pages, int what)
{
	return other_may_write(s, GRANDCHILD, pages);
}

static const char *can_cpu_read(const struct scene *s, int pages, int what)
{
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	UNLESS(may_look(s));
	BECAUSE(!untouched(s) && !swapped_out(s), "all pages are there: every step reads them");
	return NULL;
}

static const char *can_write_refused(const struct scene *s, int page, int what)
{
	UNLESS(may_look(s));
	BECAUSE(!(s->proc[PARENT].readonly & 1U << page), "that page is not read-only");
	BECAUSE(!s->touched[page], "that page is not there");
	return NULL;
}

/* --- userfaultfd ---------------------------------------------------------------------------- */

static const char *may_register(const struct scene *s)
{
	BECAUSE(s->memory->droppable, "userfaultfd takes no such memory");
	UNLESS(can_calm(s, 0, 0));
	UNLESS(in_one(s));
	BECAUSE(is_kind(s, "secretmem") || is_kind(s, "mixed") || is_kind(s, "repeated"),
		"userfaultfd does not take such memory as a whole");
	return NULL;
}

static const char *can_uffd_open(const struct scene *s, int pages, int what)
{
	UNLESS(may_register(s));
	BECAUSE(s->uffd >= 0 || s->uffd_mode, "there is a userfaultfd, or was one: register_again");
	BECAUSE(s->memory->on_disk, "userfaultfd takes such a file only to track it: ledger_open");
	BECAUSE(what & FOR_RWP && s->proc[PARENT].blind,
		"what nobody may touch is not read-and-write protected");
	BECAUSE(what & WITH_MINOR && s->memfd < 0, "minor faults are for memory of a file");
	BECAUSE(what & (WITH_MISSING | WITH_MINOR) && (untouched(s) || swapped_out(s)),
		"a page is not there");
	/* What is looked at by the end must be there then, too. */
	BECAUSE(what & (WITH_MISSING | WITH_MINOR) && s->memory->shared && s->alias_follows &&
			s->memory->huge,
		"not yet");
	BECAUSE(what & (WITH_MISSING | WITH_MINOR) && is_kind(s, "shmem_thp"),
		"not yet: a part of a huge page");
	return NULL;
}

static const char *is_registered(const struct scene *s)
{
	BECAUSE(s->uffd < 0 || !registered_for_wp(s, PARENT), "the area is not registered with a "
							      "userfaultfd");
	return NULL;
}

/* A fault may have mapped a huge page, and then there is more than was touched. */
static bool in_part_of_huge(const struct scene *s)
{
	return s->area_len >= HUGEPAGE && !s->memory->huge && !s->memory->shared && untouched(s) &&
	       ALL_BITS(s) & ~untouched(s);
}

static const char *can_wp(const struct scene *s, int pages, int what)
{
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	if (s->uffd < 0)
		UNLESS(can_uffd_open(s, 0, 0));
	else
		UNLESS(is_registered(s));
	UNLESS(can_calm(s, 0, 0));
	UNLESS(in_one_of(s, pages));
	BECAUSE(async(s), "this userfaultfd only keeps book: ledger_clear");
	BECAUSE(in_part_of_huge(s) && !(s->uffd_features & UFFD_FEATURE_WP_UNPOPULATED),
		"not yet: a part of a huge page");
	BECAUSE(s->proc[PARENT].blind, "the parent has no right to read");
	BECAUSE(!(of_pages(s, pages) & ~marks(s, PARENT)), "it is write-protected already");
	BECAUSE(!s->pagemap_has_mark && s->uffd >= 0 && s->proc[PARENT].readonly,
		"whether it is write-protected this kernel tells of writable pages only");
	BECAUSE(s->uffd < 0 && s->proc[PARENT].readonly, "a page is read-only");
	return NULL;
}

static const char *can_unwp(const struct scene *s, int pages, int what)
{
	UNLESS(is_registered(s));
	UNLESS(in_one_of(s, pages));
	BECAUSE(async(s), "this userfaultfd only keeps book");
	BECAUSE(!(of_pages(s, pages) & marks(s, PARENT)), "it is not write-protected");
	BECAUSE(s->begun.missing, "a write waits for a page that is missing");
	BECAUSE(write_waits(s) && !(of_pages(s, pages) & 1U << s->begun.page),
		"the write that waits is to another page");
	return NULL;
}

static const char *can_write_under_wp(const struct scene *s, int page, int what)
{
	UNLESS(can_calm(s, 0, 0));
	UNLESS(is_registered(s));
	BECAUSE(async(s), "this userfaultfd only keeps book");
	BECAUSE(rwp_async(s), "nobody is notified: write_async");
	BECAUSE(!(marks(s, PARENT) & 1U << page), "that page is not write-protected");
	BECAUSE(s->proc[PARENT].blind || s->proc[PARENT].readonly & 1U << page,
		"the parent has no right to write to it");
	BECAUSE(rwp(s) && (what == COPY_THEN_UNPROTECT || what == EMULATE),
		"the monitor cannot read what is read-and-write protected");
	BECAUSE(asked_for_untouched(s), "a page is not there");
	return NULL;
}

static const char *can_write_under_wp_by(const struct scene *s, int page, int what)
{
	UNLESS(can_write_under_wp(s, page, 0));
	BECAUSE(!s->touched[page] || s->out[page], "that page is not there");
	return NULL;
}

static const char *can_child_under_wp(const struct scene *s, int page, int what)
{
	UNLESS(may_ask(s, CHILD));
	UNLESS(no_guard(s, CHILD, SOME_PAGES(page, 1)));
	BECAUSE(s->proc[CHILD].uffd < 0 || !registered_for_wp(s, CHILD) || async(s) || rwp_async(s),
		"the child has no userfaultfd: uffd_open:event_fork comes before fork_child");
	BECAUSE(!(marks(s, CHILD) & 1U << page), "that page is not write-protected there");
	BECAUSE(s->proc[CHILD].blind || s->proc[CHILD].readonly & 1U << page,
		"the child has no right to write to it");
	return NULL;
}

static const char *can_read_under_rwp(const struct scene *s, int page, int what)
{
	UNLESS(can_calm(s, 0, 0));
	UNLESS(is_registered(s));
	BECAUSE(!rwp(s) || !(marks(s, PARENT) & 1U << page),
		"that page is not read-and-write protected: uffd_open:rwp, then wp");
	BECAUSE(rwp_async(s), "nobody is notified: read_async");
	BECAUSE(s->proc[PARENT].blind, "the parent has no right to read");
	return NULL;
}

static const char *can_write_finish(const struct scene *s, int pages, int what)
{
	BECAUSE(!write_waits(s), "no write waits: write_begin comes first");
	BECAUSE(model_marked(&s->model, PARENT, s->begun.page),
		"nobody has resolved it: unwp, unregister or close_uffd comes first");
	return NULL;
}

/* The descriptor is inherited, so only the last one closes it. */
static const char *has_last_descriptor(const struct scene *s)
{
	for (int proc = CHILD; proc < MODEL_PROCS; proc++)
		BECAUSE(s->proc[proc].pid > 0, "another process has the userfaultfd open, too");
	return NULL;
}

/* What was given up is no write, and soft-dirty does not tell of it. */
static const char *not_told_by_soft_dirty(const struct scene *s)
{
	BECAUSE(s->ledgers & SOFT_DIRTY, "soft-dirty does not tell of what is given up");
	return NULL;
}

static const char *can_unregister(const struct scene *s, int pages, int what)
{
	UNLESS(is_registered(s));
	UNLESS(in_one_but_for_locks(s));
	BECAUSE(write_waits(s) && !waited_for(s) && !model_marked(&s->model, PARENT, s->begun.page),
		"a write goes on: write_finish comes first");
	return NULL;
}

static const char *can_close_uffd(const struct scene *s, int pages, int what)
{
	UNLESS(has_last_descriptor(s));
	UNLESS(is_registered(s));
	BECAUSE(write_waits(s) && !waited_for(s) && !model_marked(&s->model, PARENT, s->begun.page),
		"a write goes on: write_finish comes first");
	return NULL;
}

static const char *can_monitor_exits(const struct scene *s, int pages, int what)
{
	UNLESS(has_last_descriptor(s));
	UNLESS(can_calm(s, 0, 0));
	return is_registered(s);
}

static const char *can_register_again(const struct scene *s, int pages, int what)
{
	UNLESS(may_register(s));
	BECAUSE(!s->uffd_mode, "nothing was ever registered: uffd_open, or wp");
	BECAUSE(rwp(s) && s->proc[PARENT].blind, "what nobody may touch is not read-and-write "
						 "protected");
	BECAUSE(model_registered(&s->model, PARENT), "it is registered");
	BECAUSE(s->uffd_mode & (UFFDIO_REGISTER_MODE_MISSING | UFFDIO_REGISTER_MODE_MINOR) &&
			(untouched(s) || swapped_out(s)),
		"a page is not there");
	return NULL;
}

static const char *can_drop(const struct scene *s, int pages, int what)
{
	UNLESS(not_locked(s));
	UNLESS(no_guard_but_poison(s, pages));
	UNLESS(not_told_by_soft_dirty(s));
	UNLESS(may_do(s));
	BECAUSE(pinned(s) & of_pages(s, pages), "a page is pinned");
	BECAUSE(asked_for_missing(s) && (s->memory->shared || s->memfd >= 0),
		"fill drops by itself, and fills");
	UNLESS(drops_untold(s));
	BECAUSE(s->hole && pages == EVERY_PAGE, "a part of the area is unmapped");
	BECAUSE(is_kind(s, "thp") && pages == EVERY_PAGE && s->npages == 1, "not yet");
	return NULL;
}

/* What is filled is write-protected only where that was registered for. */
static const char *may_fill_protected(const struct scene *s, int what)
{
	BECAUSE(rwp(s) && (what == FILL_COPY_WP || what == FILL_CONTINUE_WP),
		"the area is not registered for write-protect");
	return NULL;
}

static const char *can_fill(const struct scene *s, int pages, int what)
{
	bool cont = what == FILL_CONTINUE || what == FILL_CONTINUE_WP;
	uint64_t modes = model_registered(&s->model, PARENT);

	UNLESS(may_fill_protected(s, what));
	UNLESS(not_locked(s));
	UNLESS(no_guard_but_poison(s, pages));
	UNLESS(not_told_by_soft_dirty(s));
	UNLESS(may_do(s));
	UNLESS(in_one(s));
	BECAUSE(s->uffd < 0 || !(modes & (cont ? UFFDIO_REGISTER_MODE_MINOR :
						 UFFDIO_REGISTER_MODE_MISSING)),
		cont ? "the area is not registered for minor faults: uffd_open:minor" :
		       "the area is not registered for missing pages: uffd_open:missing");
	BECAUSE(s->proc[PARENT].readonly, "a page is read-only");
	BECAUSE(pinned(s) & of_pages(s, pages), "a page is pinned");
	BECAUSE(what == FILL_ZEROPAGE && s->memory->huge,
		"there is no huge zero page of hugetlbfs");
	BECAUSE(s->memory->shared && has(s, CHILD), "the child has these pages, too");
	BECAUSE(what == FILL_POISON && mark_outlives_page(s, false) &&
			marks(s, PARENT) & of_pages(s, pages),
		"a marker stays where the page is dropped, and nothing is poisoned over it");
	UNLESS(drops_untold(s));
	return NULL;
}

static const char *filled_by(const struct scene *s, int what)
{
	uint64_t modes = model_registered(&s->model, PARENT);
	bool cont = what == FILL_CONTINUE || what == FILL_CONTINUE_WP;

	UNLESS(may_fill_protected(s, what));
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	UNLESS(can_calm(s, 0, 0));
	UNLESS(in_one(s));
	UNLESS(not_told_by_soft_dirty(s));
	BECAUSE(s->uffd < 0 || !(modes & (cont ? UFFDIO_REGISTER_MODE_MINOR :
						 UFFDIO_REGISTER_MODE_MISSING)),
		cont ? "the area is not registered for minor faults: uffd_open:minor" :
		       "the area is not registered for missing pages: uffd_open:missing");
	BECAUSE(s->proc[PARENT].blind || s->proc[PARENT].readonly, "a page is read-only");
	BECAUSE(what == FILL_ZEROPAGE && s->memory->huge,
		"there is no huge zero page of hugetlbfs");
	return NULL;
}

static const char *can_fill_hole(const struct scene *s, int pages, int what)
{
	UNLESS(filled_by(s, what));
	BECAUSE(s->memory->shared || s->memfd >= 0, "who looks at a hole in a file makes a page");
	BECAUSE(~untouched(s) & of_pages(s, pages), "a page is there: drop comes first");
	BECAUSE(what == FILL_POISON && marks(s, PARENT) & of_pages(s, pages),
		"a marker is there, and nothing is poisoned over it");
	BECAUSE(faults_in_part(s), "not yet: under a device that faults");
	return NULL;
}

static const char *can_fill_refused(const struct scene *s, int pages, int what)
{
	UNLESS(filled_by(s, what));
	BECAUSE((untouched(s) | swapped_out(s)) & of_pages(s, pages), "a page is not there");
	return NULL;
}

static const char *can_read_missing(const struct scene *s, int page, int what)
{
	UNLESS(not_locked(s));
	BECAUSE(what == FILL_POISON, "who waits for what is poisoned then is killed");
	UNLESS(filled_by(s, what));
	UNLESS(drops_untold(s));
	BECAUSE(pinned(s) & 1U << page, "that page is pinned");
	BECAUSE(s->memory->shared && has(s, CHILD), "the child has these pages, too");
	BECAUSE(!s->memory->shared && s->memfd >= 0, "what is in the file is not missing");
	BECAUSE(faults_in_part(s), "not yet: under a device that faults");
	return NULL;
}

static const char *can_read_refused(const struct scene *s, int page, int what)
{
	UNLESS(can_calm(s, 0, 0));
	BECAUSE(!(s->proc[PARENT].poisoned & 1U << page),
		"that page is not poisoned: fill:1:poison");
	BECAUSE(s->proc[PARENT].blind, "the parent has no right to read");
	return NULL;
}

static const char *can_child_read_refused(const struct scene *s, int page, int what)
{
	UNLESS(may_ask(s, CHILD));
	BECAUSE(!has(s, CHILD) || !(s->proc[CHILD].poisoned & 1U << page),
		"that page is not poisoned there");
	BECAUSE(s->proc[CHILD].blind, "it has no right to read");
	return NULL;
}

static const char *can_write_missing(const struct scene *s, int page, int what)
{
	return can_read_missing(s, page, what);
}

static const char *can_device_missing(const struct scene *s, int page, int what)
{
	UNLESS(can_read_missing(s, page, what));
	UNLESS(device_may_write(s, 0));
	BECAUSE(!s->pin[0].kind->on_demand, "a device with a pin finds nothing missing");
	BECAUSE(s->pin[0].kind->own_memory, "it cannot wait: it is refused");
	BECAUSE(what != FILL_COPY && what != FILL_ZEROPAGE && what != FILL_CONTINUE,
		"the write that waited would be one of a protected page");
	return NULL;
}

static const char *can_missing_begin(const struct scene *s, int page, int what)
{
	UNLESS(can_read_missing(s, page, FILL_COPY));
	BECAUSE(s->memfd >= 0, "not yet: such memory");
	BECAUSE(marks(s, PARENT) & 1U << page, "it is write-protected");
	return NULL;
}

static const char *can_drop_told(const struct scene *s, int pages, int what)
{
	UNLESS(not_locked(s));
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	UNLESS(not_told_by_soft_dirty(s));
	UNLESS(may_do(s));
	UNLESS(in_one(s));
	UNLESS(is_registered(s));
	BECAUSE(!(s->uffd_features & UFFD_FEATURE_EVENT_REMOVE),
		"nobody asked for what is dropped: uffd_open:event_remove");
	BECAUSE(pinned(s) & of_pages(s, pages), "a page is pinned");
	BECAUSE(faults_in_part(s), "not yet: under a device that faults");
	BECAUSE(is_kind(s, "thp") && pages == EVERY_PAGE && s->npages == 1, "not yet");
	return NULL;
}

static const char *can_drop_unread(const struct scene *s, int pages, int what)
{
	UNLESS(has_last_descriptor(s));
	return can_drop_told(s, pages, what);
}

static const char *may_async(const struct scene *s, int pages)
{
	UNLESS(can_calm(s, 0, 0));
	UNLESS(is_registered(s));
	BECAUSE(!rwp_async(s), "it is not for asynchronous read-and-write protect: "
			       "uffd_open:rwp_async");
	BECAUSE(of_pages(s, pages) & ~marks(s, PARENT), "a page is not protected");
	BECAUSE((untouched(s) | swapped_out(s)) & of_pages(s, pages), "a page is not there");
	BECAUSE(s->proc[PARENT].blind, "the parent has no right to read");
	return NULL;
}

static const char *can_read_async(const struct scene *s, int pages, int what)
{
	return may_async(s, pages);
}

static const char *can_write_async(const struct scene *s, int pages, int what)
{
	UNLESS(may_async(s, pages));
	BECAUSE(s->proc[PARENT].readonly & of_pages(s, pages), "a page is read-only");
	return NULL;
}

static const char *can_set_mode(const struct scene *s, int pages, int what)
{
	UNLESS(is_registered(s));
	BECAUSE(!rwp(s), "it is not for read-and-write protect: uffd_open:rwp");
	BECAUSE((what == TO_ASYNC) == rwp_async(s), "that is what it is");
	BECAUSE(s->proc[CHILD].uffd >= 0,
		"not yet: a child has a userfaultfd, in a mode of its own");
	return NULL;
}

/* --- UFFDIO_MOVE ------------------------------------------------------------------------------- */

/* UFFDIO_MOVE may be asked of these; it moves private pages that nobody else has. */
static const char *may_ask_to_move(const struct scene *s)
{
	const char *name = s->memory->name;

	UNLESS(not_locked(s));
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	UNLESS(not_told_by_soft_dirty(s));
	UNLESS(may_do(s));
	UNLESS(in_one(s));
	BECAUSE(strcmp(name, "anon") && strcmp(name, "swapped") && strcmp(name, "unpopulated") &&
			strcmp(name, "thp") && strcmp(name, "thp_pte") && strcmp(name, "mthp"),
		"not yet: such memory");
	BECAUSE(s->alias, "it was merged by KSM");
	BECAUSE(s->proc[PARENT].readonly, "a page is read-only");
	BECAUSE(s->looks_pinned, "pages have references that are no pins");
	return NULL;
}

/* Nor does a fork() that fails leave anybody's page exclusive, and nobody said that it would. */
static const char *never_shared(const struct scene *s)
{
	BECAUSE(s->proc[CHILD].area, "a child has, or had, these pages, too");
	BECAUSE(s->fork_failed, "a child had these pages, too, before its fork() failed");
	return NULL;
}

static const char *may_move(const struct scene *s)
{
	UNLESS(may_ask_to_move(s));
	UNLESS(never_shared(s));
	return NULL;
}

static const char *can_move_away(const struct scene *s, int page, int what)
{
	UNLESS(may_move(s));
	BECAUSE(!s->touched[page], "that page is not there");
	BECAUSE(pinned(s), "pages are pinned");
	BECAUSE(s->elsewhere.there[page], "a page was moved there already");
	return NULL;
}

static const char *to_come_back(const struct scene *s)
{
	UNLESS(not_locked(s));
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	UNLESS(can_calm(s, 0, 0));
	UNLESS(not_told_by_soft_dirty(s));
	UNLESS(in_one(s));
	UNLESS(is_registered(s));
	UNLESS(never_shared(s));
	BECAUSE(s->proc[PARENT].readonly || s->proc[PARENT].blind, "a page is read-only");
	return NULL;
}

static const char *can_move_back(const struct scene *s, int page, int what)
{
	BECAUSE(!s->elsewhere.there[page], "that page was not moved: uffd_move_away");
	UNLESS(to_come_back(s));
	BECAUSE(s->touched[page], "there is a page again");
	BECAUSE(marks(s, PARENT) & 1U << page, "a marker is where it was");
	return NULL;
}

static const char *can_moved_stays(const struct scene *s, int page, int what)
{
	UNLESS(can_calm(s, 0, 0));
	BECAUSE(!s->elsewhere.there[page], "that page was not moved: uffd_move_away");
	return NULL;
}

static const char *can_move_all_away(const struct scene *s, int pages, int what)
{
	UNLESS(may_move(s));
	BECAUSE(pinned(s), "pages are pinned");
	for_each_page(s, i)
		BECAUSE(s->elsewhere.there[i], "a page was moved there already");
	BECAUSE(is_kind(s, "thp") && untouched(s) && untouched(s) != ALL_BITS(s),
		"not yet: a part of a huge page");
	return NULL;
}

static const char *can_move_all_back(const struct scene *s, int pages, int what)
{
	bool any = false;

	UNLESS(to_come_back(s));
	for_each_page(s, i) {
		any |= s->elsewhere.there[i];
		BECAUSE(s->touched[i], "there is a page again");
	}
	BECAUSE(!any, "no page was moved: uffd_move_all_away");
	BECAUSE(marks(s, PARENT), "a marker is where a page was");
	return NULL;
}

static const char *can_move_refused(const struct scene *s, int pages, int what)
{
	unsigned int share = shared_with_child(s);

	UNLESS(may_ask_to_move(s));
	BECAUSE(of_pages(s, pages) & ~pinned(s) & ~share,
		"a page is neither pinned nor shared: it would be moved");
	for_each_page(s, i)
		BECAUSE(s->elsewhere.there[i], "a page is there, where it would be moved to");
	BECAUSE((untouched(s) | (swapped_out(s) & ~share)) & of_pages(s, pages),
		"a page is not there");
	for (unsigned int n = 0; n < s->npins; n++)
		for_each_page(s, i)
			BECAUSE(s->pin[n].taken &&
					(!s->pin[n].kind->coherent || s->model.pin[n].parted[i]),
				"what is pinned is another page, or only referenced");
	return NULL;
}

/* --- fork ------------------------------------------------------------------------------------ */

static const char *can_fork_child(const struct scene *s, int pages, int what)
{
	BECAUSE(s->npins && s->pin[0].taken && goes_by_mapcount(s), BY_MAPCOUNT);
	BECAUSE(s->proc[CHILD].area, "a scene has one child");
	UNLESS(no_write_goes_on(s));
	BECAUSE(write_waits(s) && s->uffd_features & UFFD_FEATURE_EVENT_FORK,
		"whoever reads the event reads the notification of the write that waits first");
	BECAUSE(s->uffd >= 0 && s->uffd_features & UFFD_FEATURE_EVENT_FORK &&
			s->at_fork != NOT_INHERITED && !model_registered(&s->model, PARENT),
		"the userfaultfd asks for fork events, and nothing is registered");
	BECAUSE(asked_for_untouched(s), "a page is not there");
	return NULL;
}

static const char *can_fork_uncharged(const struct scene *s, int pages, int what)
{
	UNLESS(can_fork_child(s, 0, 0));
	BECAUSE(!s->memory->memcg || s->area_len < HUGEPAGE,
		"too few pages are charged to a cgroup of ours (thp_memcg)");
	BECAUSE(!s->npins || !s->pin[0].taken || s->pin[0].owner != PARENT ||
			s->pin[0].kind->on_demand || !s->pin[0].kind->coherent ||
			s->pin[0].len != s->area_len || s->model.partings,
		"nothing pins all of the area, which fork() would have to copy");
	BECAUSE(untouched(s) || swapped_out(s) || s->hole, "a page is not there");
	BECAUSE(s->at_fork != INHERITED || s->not_inherited, "a child does not get all of it");
	UNLESS(in_one(s));
	return NULL;
}

static const char *can_fork_grandchild(const struct scene *s, int pages, int what)
{
	UNLESS(may_ask(s, CHILD));
	BECAUSE(!has(s, CHILD), "the child does not have this memory");
	BECAUSE(s->proc[GRANDCHILD].area, "a scene has one grandchild");
	BECAUSE(s->at_fork != INHERITED, "the child would not be copied as a whole");
	BECAUSE(s->uffd_features & UFFD_FEATURE_EVENT_FORK &&
			(s->proc[CHILD].uffd < 0 || !model_registered(&s->model, CHILD)),
		"the userfaultfd asks for fork events, and the child has none");
	return NULL;
}

static const char *can_child_exit(const struct scene *s, int pages, int what)
{
	return may_ask(s, CHILD);
}

static const char *can_child_dumps_core(const struct scene *s, int pages, int what)
{
	BECAUSE(s->memory->droppable, "such memory is in no core dump");
	UNLESS(may_ask(s, CHILD));
	BECAUSE(!has(s, CHILD), "the child does not have this memory");
	BECAUSE(is_kind(s, "secretmem"), "such memory is in no core dump");
	BECAUSE(s->model.proc[GRANDCHILD].alive, "not yet: with a grandchild");
	return NULL;
}

static const char *can_grandchild_exit(const struct scene *s, int pages, int what)
{
	return may_ask(s, GRANDCHILD);
}

static const char *can_child_unmap(const struct scene *s, int pages, int what)
{
	UNLESS(may_ask(s, CHILD));
	BECAUSE(!has(s, CHILD), "the child does not have this memory");
	return NULL;
}

static const char *can_child_exec(const struct scene *s, int pages, int what)
{
	UNLESS(may_ask(s, CHILD));
	BECAUSE(!has(s, CHILD), "the child does not have this memory");
	BECAUSE(s->model.proc[GRANDCHILD].alive, "not yet: with a grandchild");
	return NULL;
}

static const char *can_child_kill(const struct scene *s, int pages, int what)
{
	UNLESS(can_calm(s, 0, 0));
	BECAUSE(s->model.proc[CHILD].alive || s->proc[CHILD].pid <= 0,
		"the child has become no other program: child_exec comes first");
	return NULL;
}

/* --- the ledger ------------------------------------------------------------------------------- */

static const char *can_soft_dirty_clear(const struct scene *s, int pages, int what)
{
	UNLESS(may_act(s));
	BECAUSE(s->ledgers & SOFT_DIRTY, "the ledger keeps these bits: ledger_clear");
	return NULL;
}

static const char *can_ledger_open(const struct scene *s, int pages, int what)
{
	BECAUSE(s->memory->droppable, "not yet: such memory");
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	UNLESS(may_do(s));
	BECAUSE(s->ledgers, "there is a ledger");
	BECAUSE(what & SOFT_DIRTY && s->memory->huge, "soft-dirty is not for hugetlbfs");
	if (what & WP_ASYNC) {
		UNLESS(may_register(s));
		BECAUSE(s->uffd >= 0 || s->uffd_mode, "there is a userfaultfd, or was one");
	}
	return NULL;
}

static const char *can_ledger_clear(const struct scene *s, int pages, int what)
{
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	UNLESS(may_do(s));
	BECAUSE(!s->ledgers, "there is no ledger: ledger_open comes first");
	BECAUSE(!(s->ledgers & WP_ASYNC) && what != SCAN, "soft-dirty has one way to be cleared");
	BECAUSE(s->ledgers == WP_ASYNC && !registered_for_wp(s, PARENT), "it is not registered");
	UNLESS(in_one(s));
	return NULL;
}

static const char *can_ledger_clear_swapped(const struct scene *s, int pages, int what)
{
	UNLESS(may_look(s));
	UNLESS(in_one(s));
	BECAUSE(!(s->ledgers & WP_ASYNC) || !s->ledgers_run || !registered_for_wp(s, PARENT),
		"there is no such ledger: ledger_open:wp_async, ledger_clear");
	BECAUSE(s->ledgers & SOFT_DIRTY, "soft-dirty has one way to be cleared");
	BECAUSE(!swapped_out(s), "no page is swapped out: pageout comes first");
	return NULL;
}

static const char *can_ledger_clear_bytes(const struct scene *s, int page, int what)
{
	UNLESS(can_ledger_clear(s, page, SCAN));
	BECAUSE(!(s->ledgers & WP_ASYNC) || s->ledgers & SOFT_DIRTY || !s->ledgers_run ||
			!registered_for_wp(s, PARENT),
		"there is no such ledger: ledger_open:wp_async, ledger_clear");
	BECAUSE(s->memory->huge, "of a huge page a part cannot be cleared");
	BECAUSE(!s->touched[page], "that page is not there");
	return NULL;
}

static const char *can_scan_agrees(const struct scene *s, int pages, int what)
{
	UNLESS(may_do(s));
	return in_one(s);
}

/* --- what the kernel does ------------------------------------------------------------------------ */

static const char *can_pageout(const struct scene *s, int pages, int what)
{
	UNLESS(not_locked(s));
	UNLESS(may_act(s));
	UNLESS(in_one(s));
	BECAUSE(s->memory->huge, "hugetlbfs is never swapped");
	/* The model parts from its page no pin that is loose anyway. */
	for (unsigned int n = 0; n < s->npins; n++)
		BECAUSE(s->memory->droppable && s->model.partings && s->pin[n].taken &&
				!s->pin[n].kind->coherent,
			"whether that pin has the page still, and keeps it, is not known");
	BECAUSE(s->memory->on_disk || is_kind(s, "secretmem") || is_kind(s, "repeated"),
		"such memory is not swapped");
	BECAUSE(asked_for_missing(s), "what is swapped out would be missing");
	BECAUSE(!(ALL_BITS(s) & ~untouched(s) & ~swapped_out(s)), "no page is there");
	return NULL;
}

static const char *can_memcg_press(const struct scene *s, int pages, int what)
{
	BECAUSE(!s->memory->memcg, "this memory is charged to no cgroup of ours (anon_memcg)");
	UNLESS(may_act(s));
	UNLESS(in_one_but_for_locks(s));
	BECAUSE(asked_for_missing(s), "what is swapped out would be missing");
	BECAUSE(!(ALL_BITS(s) & ~untouched(s) & ~swapped_out(s)), "no page is there");
	return NULL;
}

static const char *can_disk_stops(const struct scene *s, int pages, int what)
{
	static int ours = -1;

	if (ours < 0)
		ours = disk_is_ours();
	BECAUSE(!ours, "swap is no disk that can be stopped: GUEST=\"swap=queued\"");
	BECAUSE(disk_stands(), "the disk stands");
	return NULL;
}

static const char *can_disk_goes(const struct scene *s, int pages, int what)
{
	BECAUSE(!disk_stands(), "nothing has stopped the disk: disk_stops comes first");
	return NULL;
}

/* What a device with memory of its own can have: it knows private memory, and nobody writes there. */
static const char *can_move_to_device(const struct scene *s)
{
	UNLESS(may_act(s));
	BECAUSE(s->memory->shared || s->memfd >= 0 || s->memory->huge,
		"the device has private memory without a file only");
	BECAUSE(s->proc[PARENT].blind, "it is PROT_NONE: the device has no more right to it");
	BECAUSE(write_waits(s), "a write waits");
	return NULL;
}

static const char *can_to_device(const struct scene *s, int pages, int what)
{
	UNLESS(can_move_to_device(s));
	BECAUSE(s->uffd_mode & UFFDIO_REGISTER_MODE_MISSING,
		"not yet: what is missing there stays so");
	return NULL;
}

static const char *can_to_coherent(const struct scene *s, int pages, int what)
{
	UNLESS(can_to_device(s, pages, what));
	BECAUSE(s->touched[MODEL_REST], "its driver has no huge page of such memory");
	return NULL;
}

static const char *can_from_coherent(const struct scene *s, int pages, int what)
{
	UNLESS(can_move_to_device(s));
	for_each_page(s, i)
		if (pages_at(0, page_addr(s, i), PAGE_4K).device)
			return NULL;
	return "no page is in the device: to_coherent_device comes first";
}

static unsigned int with_device(const struct scene *s)
{
	unsigned int n = 0;

	for_each_page(s, i)
		n |= in_device(s, i) << i;
	return n;
}

static const char *can_device_lacks_huge(const struct scene *s, int pages, int what)
{
	return can_move_to_device(s);
}

static const char *can_from_device(const struct scene *s, int pages, int what)
{
	UNLESS(may_act(s));
	BECAUSE(!with_device(s), "no page is in the device: to_device comes first");
	return NULL;
}

static const char *can_device_goes_away(const struct scene *s, int pages, int what)
{
	return can_from_device(s, pages, what);
}

static const char *can_device_exclusive(const struct scene *s, int pages, int what)
{
	UNLESS(can_move_to_device(s));
	BECAUSE(model_marked(&s->model, PARENT, pages) || s->proc[PARENT].readonly & 1U << pages ||
			(s->proc[PARENT].guarded | s->proc[PARENT].lacking) & 1U << pages,
		"that page may not be written to");
	BECAUSE(!s->touched[pages], "that page is not there");
	return NULL;
}

static const char *can_ksm_passes(const struct scene *s, int pages, int what)
{
	UNLESS(may_act(s));
	BECAUSE(s->memory->shared || s->memory->huge, "this kind of memory is never merged");
	return NULL;
}

static const char *can_swapoff_all(const struct scene *s, int pages, int what)
{
	UNLESS(may_act(s));
	BECAUSE(!(swapped_out(s) & ~with_device(s)), "no page is swapped out: pageout comes first");
	BECAUSE(s->memfd >= 0, "a file's pages come back to the file");
	return NULL;
}

static const char *can_migrate(const struct scene *s, int pages, int what)
{
	UNLESS(may_act(s));
	BECAUSE(s->memory->on_disk || is_kind(s, "secretmem") || is_kind(s, "repeated"),
		"not yet: such memory");
	BECAUSE(s->looks_pinned, "pages have references that are no pins");
	for (unsigned int n = 0; n < s->npins; n++)
		BECAUSE(s->pin[n].taken && s->pin[n].owner != PARENT,
			"another process has pins, which keep what is shared");
	return NULL;
}

static const char *frame_to_lose(const struct scene *s, int page)
{
	UNLESS(can_migrate(s, 0, 0));
	/* The kernel looks the frame up as a pin does. */
	UNLESS(may_look(s));
	UNLESS(no_guard(s, PARENT, SOME_PAGES(page, 1)));
	BECAUSE(!s->touched[page] || s->out[page], "that page is not there");
	BECAUSE(s->alias || is_kind(s, "mixed") || is_kind(s, "zero") || s->memory->shares_tables ||
			s->memory->memcg,
		"not yet: such memory");
	BECAUSE(s->page_len != PAGE_4K && !s->memory->huge, "a page of this memory is several");
	BECAUSE(!memcmp(&s->model.proc[PARENT].content[page], &(struct content){ 0 },
			sizeof(struct content)),
		"that page may be the zero page");
	return NULL;
}

static const char *can_memory_fails(const struct scene *s, int page, int what)
{
	UNLESS(frame_to_lose(s, page));
	UNLESS(not_locked(s));
	UNLESS(not_told_by_soft_dirty(s));
	BECAUSE(s->memory->shared || s->memfd >= 0 || s->ledgers, "not yet: such memory");
	BECAUSE(s->npins && s->pin[0].taken &&
			(is_kind(s, "mthp") || is_kind(s, "thp_one") ||
			 is_kind(s, "thp_remapped") ||
			 (s->area_len >= HUGEPAGE && !s->memory->huge)),
		"a large page that is pinned is not split, and stays what it is");
	BECAUSE(has(s, CHILD) && !(shared_with_child(s) & 1U << page),
		"not yet: a page that the child may have for itself");
	return NULL;
}

static const char *can_soft_offline(const struct scene *s, int page, int what)
{
	return frame_to_lose(s, page);
}

/* Could KSM merge such memory, and do we know what it then must do? */
static const char *may_be_merged(const struct scene *s)
{
	BECAUSE(s->memory->droppable, "such memory is never merged");
	UNLESS(not_locked(s));
	UNLESS(may_do(s));
	BECAUSE(s->memory->shared || s->memory->huge, "such memory is never merged");
	BECAUSE(s->memfd >= 0, "a file's own pages are never merged");
	BECAUSE(s->memory->on_disk || is_kind(s, "mixed") || is_kind(s, "thp_one") ||
			s->page_len != PAGE_4K || s->area_len > 16 * PAGE_4K,
		"not yet: such memory");
	UNLESS(in_one(s));
	BECAUSE(!(ALL_BITS(s) & ~untouched(s) & ~swapped_out(s)), "no page is there");
	for (unsigned int n = 0; n < s->npins; n++)
		BECAUSE(s->pin[n].taken && s->pin[n].owner != PARENT,
			"another process has pins, which keep what is shared");
	return NULL;
}

static const char *can_ksm_scan(const struct scene *s, int pages, int what)
{
	BECAUSE(s->alias && s->memfd < 0, "it was merged already, or it is the zero page");
	return may_be_merged(s);
}

static const char *can_ksm_scan_apart(const struct scene *s, int pages, int what)
{
	BECAUSE(is_kind(s, "zero"), "it is the zero page");
	BECAUSE(s->ksm.ntwins == KSM_TWINS, "it has as many twins as there is room for");
	BECAUSE(rwp(s) && marks(s, PARENT), "not yet: pages that may not be read");
	return may_be_merged(s);
}

static const char *can_ksm_unmerge(const struct scene *s, int pages, int what)
{
	unsigned int n = 0;

	UNLESS(not_locked(s));
	UNLESS(can_calm(s, 0, 0));
	UNLESS(may_act(s));
	UNLESS(in_one(s));
	BECAUSE(!s->alias || s->memfd >= 0 || is_kind(s, "zero"), "nothing was merged: ksm_scan");
	for_each_page(s, i)
		n += s->touched[i] && !s->out[i] && ksm_with_twin(s, i);
	BECAUSE(!n, "no page is merged any more");
	return NULL;
}

/*
 * Versions differ in what they collapse but for what was written by one process and then left
 * alone: a page that it shares, a mapping without a writable page, swap, KSM.
 */
static const char *may_collapse(const struct scene *s)
{
	UNLESS(may_do(s));
	UNLESS(in_one(s));
	BECAUSE(s->memory->huge || s->area_len != HUGEPAGE, "such memory is not collapsed");
	BECAUSE((uintptr_t)s->area % HUGEPAGE, "it is where no huge page can be");
	BECAUSE(!is_kind(s, "small_2m") && !is_kind(s, "shmem_2m") && !is_kind(s, "thp_pte"),
		"not yet: such memory");
	BECAUSE(s->proc[CHILD].area || s->proc[PARENT].readonly || untouched(s) || swapped_out(s) ||
			!s->touched[MODEL_REST],
		"kernels differ in whether they collapse pages that are shared, read-only, or not "
		"there");
	for (unsigned int n = 0; n < s->npins; n++)
		BECAUSE(s->pin[n].taken && !s->pin[n].kind->coherent,
			"kernels differ in what they do with what has such a reference");
	BECAUSE(s->ledgers || asked_for_missing(s), "not yet: with this tracking");
	for_each_page(s, i)
		BECAUSE(kpageflags(frame_at(page_addr(s, i))) & KPF_ZERO_PAGE,
			"what was dropped and read is the zero page, a huge one perhaps, and is left "
			"alone");
	BECAUSE(pinned(s) && marks(s, PARENT),
		"of a pin and a mark, which is in the way first is not promised");
	return NULL;
}

static const char *can_thp_collapse(const struct scene *s, int pages, int what)
{
	UNLESS(may_collapse(s));
	BECAUSE(s->memory->shared && s->uffd >= 0 && !marks(s, PARENT),
		"what is registered for write-protect keeps its small entries, marked or not");
	return NULL;
}

static const char *can_thp_collapse_alias(const struct scene *s, int pages, int what)
{
	UNLESS(may_collapse(s));
	BECAUSE(!s->alias || !s->alias_follows, "this kind of memory has no second mapping");
	return NULL;
}

static const char *can_khugepaged_scan(const struct scene *s, int pages, int what)
{
	UNLESS(may_act(s));
	UNLESS(in_one(s));
	BECAUSE(s->memory->shared || s->memory->huge || s->memfd >= 0 || s->area_len != HUGEPAGE,
		"it does nothing to such memory");
	BECAUSE((uintptr_t)s->area % HUGEPAGE, "it is where no huge page can be");
	BECAUSE(is_kind(s, "zero") || is_kind(s, "thp_zeros"), "not yet: such memory");
	return NULL;
}

static const char *can_thp_split(const struct scene *s, int pages, int what)
{
	UNLESS(not_locked(s));
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	UNLESS(may_act(s));
	UNLESS(in_one(s));
	BECAUSE(s->memory->huge || s->memory->shared || s->area_len != HUGEPAGE,
		"the area is no huge page");
	BECAUSE(what != FROM_OUTSIDE && is_kind(s, "zero"), "not yet: such memory");
	BECAUSE(what == BY_MREMAP && s->uffd >= 0 && s->uffd_features & UFFD_FEATURE_EVENT_REMAP,
		"the userfaultfd asks for remap events");
	BECAUSE(what != FROM_OUTSIDE && unmap_is_told(s),
		"the userfaultfd asks for what is unmapped, and who unmaps waits until that is read");
	for (unsigned int n = 0; n < s->npins; n++)
		BECAUSE(s->pin[n].taken && s->pin[n].owner != PARENT,
			"another process has pins, which keep what is shared");
	return NULL;
}

/* --- what a process does --------------------------------------------------------------------------- */

static const char *can_mprotect_ro(const struct scene *s, int pages, int what)
{
	UNLESS(can_calm(s, 0, 0));
	BECAUSE(s->proc[PARENT].blind, "the parent has no rights at all");
	BECAUSE(!(of_pages(s, pages) & ~s->proc[PARENT].readonly), "it is read-only already");
	BECAUSE(s->hole, "a part of the area is unmapped");
	return NULL;
}

static const char *can_mprotect_none(const struct scene *s, int pages, int what)
{
	UNLESS(can_calm(s, 0, 0));
	BECAUSE(s->proc[PARENT].blind, "it has no rights already");
	BECAUSE(s->hole, "a part of the area is unmapped");
	return NULL;
}

static const char *can_mprotect_rw(const struct scene *s, int pages, int what)
{
	UNLESS(can_calm(s, 0, 0));
	BECAUSE(!s->proc[PARENT].blind && !s->proc[PARENT].readonly, "it has all rights");
	BECAUSE(s->hole, "a part of the area is unmapped");
	return NULL;
}

static const char *can_child_mprotect_rw(const struct scene *s, int pages, int what)
{
	UNLESS(may_ask(s, CHILD));
	BECAUSE(!has(s, CHILD), "the child does not have this memory");
	BECAUSE(!s->proc[CHILD].blind && !s->proc[CHILD].readonly, "it has all rights");
	BECAUSE(s->proc[CHILD].lacking, "it has not inherited a page");
	BECAUSE(s->hole, "a part of the area is unmapped");
	return NULL;
}

/* What the model has of a device that follows the page table, and of other memory. */
static const char *gives_up(const struct scene *s)
{
	for (unsigned int n = 0; n < s->npins; n++)
		for_each_page(s, i)
			BECAUSE(s->pin[n].taken && s->pin[n].kind->on_demand &&
					s->model.pin[n].parted[i],
				"the device follows another place");
	BECAUSE(is_kind(s, "secretmem") || is_kind(s, "mixed") || is_kind(s, "repeated"),
		"not yet: such memory");
	return NULL;
}

static const char *can_dontneed(const struct scene *s, int pages, int what)
{
	UNLESS(not_locked(s));
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	UNLESS(not_told_by_soft_dirty(s));
	UNLESS(may_do(s));
	UNLESS(gives_up(s));
	UNLESS(drops_untold(s));
	BECAUSE(asked_for_missing(s), "it would be missing");
	BECAUSE(s->hole && pages == EVERY_PAGE, "a part of the area is unmapped");
	return NULL;
}

static const char *can_guard_install(const struct scene *s, int pages, int what)
{
	UNLESS(not_locked(s));
	UNLESS(can_calm(s, 0, 0));
	UNLESS(may_act(s));
	UNLESS(drops_untold(s));
	UNLESS(in_one(s));
	BECAUSE(s->memory->huge || s->memory->on_disk || is_kind(s, "secretmem") ||
			is_kind(s, "mixed") || is_kind(s, "repeated"),
		"not yet: such memory");
	BECAUSE(s->ledgers || asked_for_missing(s), "not yet: with this tracking");
	BECAUSE(faults_in_part(s), "not yet: under a device that faults");
	BECAUSE(!(of_pages(s, pages) & ~s->proc[PARENT].guarded), "it is a guard page already");
	BECAUSE(is_kind(s, "thp") && s->npages == 1, "not yet: such memory");
	return NULL;
}

static const char *can_guard_bytes(const struct scene *s, int page, int what)
{
	return can_guard_install(s, SOME_PAGES(page, 1), what);
}

/* mprotect() says so before it looks at the range any closer. */
static const char *rights_to_take(const struct scene *s)
{
	BECAUSE(s->proc[PARENT].blind, "to take rights that nobody has is done at once");
	return NULL;
}

static const char *can_askew_refused(const struct scene *s, int page, int what)
{
	UNLESS(rights_to_take(s));
	return can_calm(s, page, what);
}

static const char *can_split_refused(const struct scene *s, int page, int what)
{
	UNLESS(can_calm(s, page, what));
	UNLESS(rights_to_take(s));
	UNLESS(in_one(s));
	UNLESS(not_locked(s));
	BECAUSE(s->hole || s->several || s->not_inherited || s->proc[PARENT].readonly,
		"it is several mappings already");
	BECAUSE(page_addr(s, page) == s->area ||
			page_addr(s, page) + s->page_len == s->area + s->area_len,
		"the page is at an end of the mapping");
	BECAUSE(is_kind(s, "mixed") || is_kind(s, "repeated") || is_kind(s, "thp_one") ||
			is_kind(s, "thp_remapped"),
		"it is several mappings already");
	BECAUSE(s->at_fork != INHERITED, "something was said of fork() that needs no split");
	BECAUSE(s->memory->droppable, "such memory is neither locked nor kept from children");
	return NULL;
}

static const char *can_guard_remove(const struct scene *s, int pages, int what)
{
	UNLESS(can_calm(s, 0, 0));
	UNLESS(in_one(s));
	BECAUSE(asked_for_missing(s), "it would be missing");
	BECAUSE(!(of_pages(s, pages) & s->proc[PARENT].guarded & ~s->proc[PARENT].poisoned),
		"there is no guard page: guard_install comes first");
	return NULL;
}

static const char *can_guard_refuses(const struct scene *s, int page, int what)
{
	UNLESS(can_calm(s, 0, 0));
	BECAUSE(!(s->proc[PARENT].guarded & ~s->proc[PARENT].poisoned & 1U << page),
		"that page is no guard page");
	BECAUSE(s->proc[PARENT].blind, "the parent has no right to read");
	return NULL;
}

static const char *can_child_guard_refuses(const struct scene *s, int page, int what)
{
	UNLESS(may_ask(s, CHILD));
	BECAUSE(!has(s, CHILD) || !(s->proc[CHILD].guarded & ~s->proc[CHILD].poisoned & 1U << page),
		"that page is no guard page there");
	return NULL;
}

static const char *can_lock(const struct scene *s, int pages, int what)
{
	BECAUSE(s->memory->droppable, "mlock() passes over such memory");
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	UNLESS(can_calm(s, 0, 0));
	UNLESS(may_act(s));
	if (what == AT_ONCE)
		UNLESS(may_look(s));
	UNLESS(in_one_but_for_locks(s));
	BECAUSE(pages != EVERY_PAGE && is_kind(s, "thp_one"), "not yet: such memory");
	BECAUSE(s->memory->huge || is_kind(s, "secretmem"), "such memory is never swapped");
	BECAUSE(s->memory->on_disk || is_kind(s, "mixed") || is_kind(s, "repeated"),
		"not yet: such memory");
	BECAUSE(s->ledgers || rwp_async(s) || async(s), "not yet: with this tracking");
	BECAUSE(s->npins && !strncmp(s->pin[0].kind->name, "vfio", 4),
		"this kind of pin is on the same account");
	BECAUSE(what == AT_ONCE && marks(s, PARENT) & of_pages(s, pages),
		"it writes to these pages, and one is write-protected");
	BECAUSE(what == AT_ONCE && untouched(s) && (s->area_len >= HUGEPAGE || faults(s)),
		"not yet: a part of such memory");
	return NULL;
}

static const char *can_unlock(const struct scene *s, int pages, int what)
{
	UNLESS(can_calm(s, 0, 0));
	UNLESS(in_one_but_for_locks(s));
	BECAUSE(!s->lock.pages, "nothing is locked: lock comes first");
	return NULL;
}

static const char *can_lock_refuses(const struct scene *s, int pages, int what)
{
	UNLESS(can_unlock(s, EVERY_PAGE, 0));
	UNLESS(in_one(s));
	BECAUSE(s->uffd >= 0 && s->uffd_features & UFFD_FEATURE_EVENT_REMOVE,
		"the userfaultfd asks for what is dropped");
	return NULL;
}

static const char *can_give_hint(const struct scene *s, int pages, int what)
{
	UNLESS(not_locked(s));
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	UNLESS(may_act(s));
	if (what == POPULATE_READ)
		UNLESS(may_look(s));
	UNLESS(gives_up(s));
	BECAUSE(s->memory->huge && what == COLD, "hugetlbfs is never reclaimed");
	BECAUSE(what == POPULATE_READ && untouched(s) && s->area_len >= HUGEPAGE,
		"not yet: a hole that a huge zero page may fill");
	BECAUSE(s->memory->on_disk, "not yet: such memory");
	BECAUSE(s->hole && pages == EVERY_PAGE, "a part of the area is unmapped");
	return NULL;
}

static const char *can_dontneed_vector(const struct scene *s, int pages, int what)
{
	return can_dontneed(s, EVERY_PAGE, 0);
}

static const char *can_dontneed_bytes(const struct scene *s, int page, int what)
{
	UNLESS(can_dontneed(s, SOME_PAGES(page, 1), 0));
	BECAUSE(s->page_len != PAGE_4K && !s->memory->huge, "a page of this memory is several");
	return NULL;
}

static const char *can_alias_write(const struct scene *s, int page, int what)
{
	UNLESS(can_calm(s, 0, 0));
	BECAUSE(!s->memory->shared || s->memfd < 0 || is_kind(s, "secretmem") ||
			is_kind(s, "repeated") || s->memory->on_disk,
		"no second mapping could write to this memory");
	BECAUSE(s->out[page] || !s->touched[page], "that page is not there");
	return NULL;
}

static const char *can_truncate_file(const struct scene *s, int pages, int what)
{
	UNLESS(not_told_by_soft_dirty(s));
	UNLESS(can_calm(s, 0, 0));
	UNLESS(may_act(s));
	UNLESS(gives_up(s));
	UNLESS(in_one(s));
	BECAUSE(!s->memory->shared || s->memfd < 0 || s->memory->on_disk || is_kind(s, "secretmem"),
		"there is no file behind all of it");
	BECAUSE(asked_for_missing(s), "it would be missing");
	BECAUSE(s->ledgers, "not yet: with a ledger");
	BECAUSE(faults(s), "not yet: under a device that faults");
	for (int proc = PARENT; proc < MODEL_PROCS; proc++)
		BECAUSE(has(s, proc) && marks(s, proc),
			"what becomes of marks then is not promised");
	for (unsigned int n = 0; n < s->npins; n++)
		BECAUSE(s->pin[n].taken && s->pin[n].kind->by_file,
			"this kind pins a file's pages");
	return NULL;
}

static const char *can_child_dontneed(const struct scene *s, int pages, int what)
{
	UNLESS(not_told_by_soft_dirty(s));
	UNLESS(other_may_act(s, CHILD));
	UNLESS(no_guard(s, CHILD, EVERY_PAGE));
	UNLESS(gives_up(s));
	BECAUSE(asked_for_missing(s), "it would be missing");
	BECAUSE(s->hole && pages == EVERY_PAGE, "a part of the area is unmapped");
	return NULL;
}

static const char *can_punch(const struct scene *s, int pages, int what)
{
	UNLESS(not_locked(s));
	UNLESS(not_told_by_soft_dirty(s));
	UNLESS(may_do(s));
	UNLESS(gives_up(s));
	BECAUSE(s->memfd < 0, "there is no file");
	UNLESS(drops_untold(s));
	BECAUSE(asked_for_missing(s), "it would be missing");
	BECAUSE(s->hole && pages == EVERY_PAGE, "a part of the area is unmapped");
	BECAUSE(s->memory->shared && s->proc[PARENT].readonly,
		"only who may write to a mapping may punch holes by it");
	return NULL;
}

static const char *before_fork(const struct scene *s)
{
	UNLESS(can_calm(s, 0, 0));
	BECAUSE(s->proc[CHILD].area, "the child is there already");
	BECAUSE(s->hole, "a part of the area is unmapped");
	return NULL;
}

static const char *can_dontfork(const struct scene *s, int pages, int what)
{
	UNLESS(before_fork(s));
	BECAUSE(s->at_fork != INHERITED || s->not_inherited, "something else was said of fork()");
	return NULL;
}

static const char *can_dontfork_page(const struct scene *s, int page, int what)
{
	UNLESS(before_fork(s));
	BECAUSE(s->at_fork != INHERITED, "something else was said of fork()");
	BECAUSE(s->not_inherited & 1U << page, "it was said already");
	BECAUSE(s->uffd_features & UFFD_FEATURE_EVENT_FORK, "not yet: with this tracking");
	return NULL;
}

static const char *can_dontfork_bytes(const struct scene *s, int page, int what)
{
	UNLESS(can_dontfork_page(s, page, what));
	BECAUSE(s->page_len != PAGE_4K, "of a huge page a part cannot be left out");
	return NULL;
}

static const char *can_dofork(const struct scene *s, int pages, int what)
{
	UNLESS(before_fork(s));
	BECAUSE(s->at_fork != NOT_INHERITED, "dontfork comes first");
	return NULL;
}

static const char *can_wipeonfork(const struct scene *s, int pages, int what)
{
	UNLESS(before_fork(s));
	BECAUSE(s->at_fork != INHERITED || s->not_inherited, "something else was said of fork()");
	BECAUSE(s->memory->shared || s->memory->huge || s->memfd >= 0,
		"it is for private memory without a file");
	BECAUSE(s->uffd_features & UFFD_FEATURE_EVENT_FORK || s->ledgers,
		"what becomes of marks then is not in the model");
	return NULL;
}

static const char *can_map_anew(const struct scene *s, int pages, int what)
{
	const char *name = s->memory->name;

	UNLESS(can_calm(s, 0, 0));
	UNLESS(gives_up(s));
	BECAUSE(strcmp(name, "anon") && strcmp(name, "swapped") && strcmp(name, "unpopulated") &&
			strcmp(name, "shmem") && strcmp(name, "shmem_private"),
		"not yet: such memory");
	BECAUSE(s->ledgers, "not yet: with a ledger");
	BECAUSE(faults_in_part(s), "not yet: under a device that faults");
	BECAUSE(s->memfd < 0 && s->alias, "it was merged by KSM");
	BECAUSE(s->uffd >= 0 && s->uffd_features & UFFD_FEATURE_EVENT_UNMAP &&
			s->proc[PARENT].readonly && s->proc[PARENT].readonly != ALL_BITS(s),
		"each mapping has an event of its own");
	return NULL;
}

static const char *can_shrink_and_grow(const struct scene *s, int pages, int what)
{
	const char *name = s->memory->name;

	UNLESS(may_do(s));
	UNLESS(in_one(s));
	UNLESS(gives_up(s));
	UNLESS(no_guard(s, PARENT, EVERY_PAGE));
	BECAUSE(strcmp(name, "anon") && strcmp(name, "swapped") && strcmp(name, "unpopulated") &&
			strcmp(name, "shmem") && strcmp(name, "shmem_private"),
		"not yet: such memory");
	BECAUSE(s->ledgers, "not yet: with a ledger");
	BECAUSE(asked_for_missing(s), "it would be missing");
	BECAUSE(faults_in_part(s), "not yet: under a device that faults");
	BECAUSE(s->memfd < 0 && s->alias, "it was merged by KSM");
	BECAUSE(what == AWAY && unmap_is_told(s),
		"the userfaultfd asks for what is unmapped, and mremap() waits until that is read");
	BECAUSE(s->lock.pages && s->proc[PARENT].readonly, "not yet: what is locked and read-only");
	return NULL;
}

static const char *can_remap_over(const struct scene *s, int pages, int what)
{
	return can_map_anew(s, 0, 0);
}

static const char *can_remap(const struct scene *s, int pages, int what)
{
	UNLESS(can_calm(s, 0, 0));
	UNLESS(may_act(s));
	BECAUSE(rwp(s) && s->proc[PARENT].blind,
		"what nobody may touch is not registered again for read-and-write protect");
	UNLESS(in_one(s));
	UNLESS(gives_up(s));
	BECAUSE(unmap_is_told(s),
		"the userfaultfd asks for what is unmapped, and mremap() waits until that is read");
	BECAUSE(what & REMAP_DONTUNMAP && s->memory->huge, "hugetlbfs takes no MREMAP_DONTUNMAP");
	BECAUSE(what & REMAP_DONTUNMAP && s->proc[PARENT].readonly,
		"nobody may write to the old place");
	BECAUSE(what & REMAP_ASKEW && s->memory->huge, "huge pages are where they can be");
	BECAUSE(what & REMAP_DONTUNMAP && asked_for_missing(s), "the old place is missing then");
	BECAUSE(what & REMAP_DONTUNMAP && (async(s) || rwp_async(s)),
		"not yet: with this tracking");
	BECAUSE(faults(s) && (!(what & REMAP_DONTUNMAP) || s->memory->shared || s->memfd >= 0 ||
			      s->area_len > 16 * PAGE_4K),
		"the device would be left with no memory");
	return NULL;
}

static const char *can_remap_page(const struct scene *s, int page, int what)
{
	UNLESS(can_calm(s, 0, 0));
	UNLESS(may_act(s));
	BECAUSE(rwp(s) && s->proc[PARENT].blind,
		"what nobody may touch is not registered again for read-and-write protect");
	UNLESS(gives_up(s));
	BECAUSE(unmap_is_told(s),
		"the userfaultfd asks for what is unmapped, and mremap() waits until that is read");
	BECAUSE(faults(s), "the device would be left with no memory");
	return NULL;
}

static const char *can_remap_pieces(const struct scene *s, int pages, int what)
{
	unsigned int ro = s->proc[PARENT].readonly;

	UNLESS(can_calm(s, 0, 0));
	UNLESS(may_act(s));
	UNLESS(gives_up(s));
	BECAUSE((!ro || ro == ALL_BITS(s)) && !s->hole && !s->several && !s->not_inherited,
		"the area is one mapping: mprotect_ro:1 comes first");
	BECAUSE(model_registered(&s->model, PARENT),
		"what is registered is not moved so: remap_pieces_refused");
	BECAUSE(faults(s), "the device would be left with no memory");
	return NULL;
}

static const char *can_pieces_refused(const struct scene *s, int pages, int what)
{
	unsigned int ro = s->proc[PARENT].readonly;

	UNLESS(can_calm(s, 0, 0));
	UNLESS(is_registered(s));
	BECAUSE(!ro || ro == ALL_BITS(s) || s->proc[PARENT].blind,
		"the area is one mapping: mprotect_ro:1 comes first");
	BECAUSE(!(s->uffd_features & UFFD_FEATURE_EVENT_REMAP),
		"nobody is told of a move: uffd_open:event_remap");
	BECAUSE(s->memory->huge || s->hole || s->several || faults_in_part(s),
		"not yet: such memory");
	return NULL;
}

/* --- the doing ---------------------------------------------------------------------------------------- */

#define FIRST(p)    ((p) == EVERY_PAGE ? 0 : (unsigned int)(p)&0xff)
#define HOW_MANY(p) ((p) == EVERY_PAGE ? ~0U : (unsigned int)(p) >> 8)
#define PAGES(p)    FIRST(p), HOW_MANY(p)

#define STEP(name, _pages, _what, does, when, statement)                    \
	const char *when_##name(const struct scene *s, int pages, int what) \
	{                                                                   \
		return can_##when(s, pages, what);                          \
	}                                                                   \
	void do_##name(struct scene *self, int pages, int what)             \
	{                                                                   \
		(void)pages;                                                \
		(void)what;                                                 \
		statement;                                                  \
	}
#define LEFT_OUT(function, because)
#include "vocabulary.def"
