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
static void on_account(struct scene *s, bool locked)
{
	long kib = s->area_len >> 10;

	if (locked == s->lock.held)
		return;
	s->lock.held = locked;
	s->account.locked += locked ? kib : -kib;
}

static void must_be_there(struct scene *s)
{
	for_each_page(s, i)
		if (!(pagemap(0, page_addr(s, i)) & PM_PRESENT))
			scene_fail(s, CHECK("lock-absent"), "C0",
				   "all pages are there when mlock() returns", "page %u is not", i);
}

void lock(struct scene *s, enum lock how)
{
	bool there[MODEL_PAGES];

	step_begin(s, "C8", "lock%s", how == ON_FAULT ? " on fault" : "");
	tell_not("locks memory");
	if (!s->lock.any)
		s->lock.before = file_number("/proc/self/status", "VmLck");
	if (s->lock.before < 0)
		scene_error(s, "no VmLck in /proc/self/status");
	s->lock.any = true;
	for_each_page(s, i)
		there[i] = pagemap(0, page_addr(s, i)) & PM_PRESENT;
	if (mlock2(s->area, s->area_len, how == ON_FAULT ? MLOCK_ONFAULT : 0))
		scene_fail(s, CHECK("lock-refused"), "C8", "root locks memory", "mlock2() says %s",
			   strerrorname_np(errno));
	on_account(s, true);
	s->lock.on_fault = how == ON_FAULT;
	if (how == ON_FAULT) {
		for_each_page(s, i)
			if (!there[i] && pagemap(0, page_addr(s, i)) & PM_PRESENT)
				scene_fail(s, CHECK("lock-brings"), "C0",
					   "MLOCK_ONFAULT brings in no page", "page %u is there",
					   i);
	} else {
		must_be_there(s);
		touch(s, ALL_PAGES);
	}
	step_end(s);
}

void unlock(struct scene *s)
{
	step_begin(s, "C8", "unlock");
	tell_not("locks memory");
	if (munlock(s->area, s->area_len))
		scene_fail(s, CHECK("unlock-refused"), "C8", "memory is unlocked",
			   "munlock() says %s", strerrorname_np(errno));
	on_account(s, false);
	step_end(s);
}

void lock_gone(struct scene *s)
{
	on_account(s, false);
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
	if (!s->lock.held)
		scene_error(s, "nothing is locked");
	for (unsigned int n = 0; n < sizeof(takes) / sizeof(takes[0]); n++)
		if (!madvise(s->area, s->area_len, takes[n].advice) || errno != EINVAL)
			scene_fail(s, CHECK("lock-advised"), "C0", "EINVAL: the memory is locked",
				   "%s of it is done, or %s", takes[n].name,
				   strerrorname_np(errno));
	step_end(s);
}
