// SPDX-License-Identifier: GPL-2.0-only
/*
 * mlock(): what is locked is there, is given up by nobody's advice, and stands on the account of who
 * has locked it, be it moved or mapped over; a child inherits no lock. The look at it that every
 * step ends with is in views.c.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"

/* What pins have on it is asked for the same number. */
static void now_locked(struct scene *s, unsigned int pages, bool rest)
{
	long before = locked_kib(s);

	s->lock.pages = pages;
	s->lock.rest = rest;
	s->account.locked += locked_kib(s) - before;
}

static unsigned int bits_of(unsigned int first, unsigned int n)
{
	return ((1U << n) - 1) << first;
}

/*
 * mlock2(), or munlock(), of all in one call; or of pages, each by itself, as between those of
 * a huge page there is more than the scene has.
 */
static int call(struct scene *s, bool locks, int flags, unsigned int first, unsigned int n)
{
	bool all = n == s->npages;
	int err = 0;

	for (unsigned int i = first; i < (all ? first + 1 : first + n) && !err; i++) {
		char *at = all ? s->area : page_addr(s, i);
		size_t len = all ? s->area_len : s->page_len;

		if (locks ? mlock2(at, len, flags) : munlock(at, len))
			err = errno;
	}
	return err;
}

void lock_pages(struct scene *s, enum lock how, unsigned int first, unsigned int n)
{
	unsigned int of;
	bool there[MODEL_PAGES];
	int err;

	n = clamp_pages(s, first, n);
	of = bits_of(first, n);
	step_begin(s, "C8", "lock%s%s", how == ON_FAULT ? " on fault" : "",
		   n < s->npages ? " of a part" : "");
	tell_not("locks memory");
	if (!s->lock.any)
		s->lock.before = file_number("/proc/self/status", "VmLck");
	if (s->lock.before < 0)
		scene_error(s, "no VmLck in /proc/self/status");
	s->lock.any = true;
	for_each_page(s, i)
		there[i] = pagemap(0, page_addr(s, i)) & PM_PRESENT;
	err = call(s, true, how == ON_FAULT ? MLOCK_ONFAULT : 0, first, n);
	if (err)
		scene_fail(s, CHECK("lock-refused"), "C8", "root locks memory", "mlock2() says %s",
			   strerrorname_np(err));
	now_locked(s, s->lock.pages | of, s->lock.rest || n == s->npages);
	s->lock.on_fault = how == ON_FAULT ? s->lock.on_fault | of : s->lock.on_fault & ~of;
	for (unsigned int i = first; i < first + n; i++) {
		bool is = pagemap(0, page_addr(s, i)) & PM_PRESENT;

		if (how == AT_ONCE && !is)
			scene_fail(s, CHECK("lock-absent"), "C0",
				   "all pages are there when mlock() returns", "page %u is not", i);
		if (how == ON_FAULT && is && !there[i])
			scene_fail(s, CHECK("lock-brings"), "C0", "MLOCK_ONFAULT brings in no page",
				   "page %u is there", i);
	}
	if (how == AT_ONCE)
		touch(s, first, n);
	step_end(s);
}

void lock(struct scene *s, enum lock how)
{
	lock_pages(s, how, ALL_PAGES);
}

void unlock_pages(struct scene *s, unsigned int first, unsigned int n)
{
	int err;

	n = clamp_pages(s, first, n);
	step_begin(s, "C8", "unlock%s", n < s->npages ? " a part" : "");
	tell_not("locks memory");
	err = call(s, false, 0, first, n);
	if (err)
		scene_fail(s, CHECK("unlock-refused"), "C8", "memory is unlocked",
			   "munlock() says %s", strerrorname_np(err));
	now_locked(s, s->lock.pages & ~bits_of(first, n), s->lock.rest && n < s->npages);
	step_end(s);
}

void unlock(struct scene *s)
{
	unlock_pages(s, ALL_PAGES);
}

void lock_gone(struct scene *s)
{
	now_locked(s, 0, false);
}

void lock_refuses(struct scene *s)
{
	static const struct {
		int advice;
		const char *name;
	} takes[] = {
		{ MADV_DONTNEED, "MADV_DONTNEED" },
		{ MADV_FREE, "MADV_FREE" },
		{ MADV_PAGEOUT, "MADV_PAGEOUT" },
		{ MADV_COLD, "MADV_COLD" },
	};

	step_begin(s, "C0", "lock_refuses");
	tell_not("locks memory");
	if (!locked_all(s))
		scene_error(s, "not all is locked");
	for (unsigned int n = 0; n < sizeof(takes) / sizeof(takes[0]); n++)
		if (!madvise(s->area, s->area_len, takes[n].advice) || errno != EINVAL)
			scene_fail(s, CHECK("lock-advised"), "C0", "EINVAL: the memory is locked",
				   "%s of it is done, or %s", takes[n].name,
				   strerrorname_np(errno));
	step_end(s);
}
