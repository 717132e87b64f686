// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/mman.h>

#include "lies.h"

/* Calls that have done what they were asked for, and say that they failed. */

#define HUGEPAGE (2UL << 20)

static bool deny(enum lie_id which)
{
	return lie == which && scene_now && !times_told();
}

/* Not what is registered to see whether a feature is there: that is small. */
static bool beside_area(const struct uffdio_range *r)
{
	return !of_area(r->start, r->len) && (r->len >= HUGEPAGE || step_is("remap_neighbour"));
}

bool deny_ioctl(unsigned long req, const void *arg)
{
	const struct uffdio_range *r = arg;
	const struct uffdio_copy *c = arg;
	const struct pm_scan_arg *scan = arg;
	const struct uffdio_api *api = arg;

	switch (req) {
	case UFFDIO_API:
		/* Which is what a trial never asks for. */
		return deny(LIE_API_DENIED) && api->features & UFFD_FEATURE_EXACT_ADDRESS;
	case UFFDIO_REGISTER:
		return (deny(LIE_REGISTER_DENIED) && of_area(r->start, r->len)) ||
		       (deny(LIE_BESIDE_DENIED) && beside_area(r));
	case UFFDIO_UNREGISTER:
		return deny(LIE_UNREGISTER_DENIED) && of_area(r->start, r->len);
	case UFFDIO_WRITEPROTECT:
		return deny(LIE_WP_DENIED) && of_area(r->start, r->len);
	case UFFDIO_WAKE:
		return deny(LIE_WAKE_DENIED) && of_area(r->start, r->len);
	case UFFDIO_SET_MODE:
		return deny(LIE_SET_MODE_DENIED);
	case UFFDIO_COPY:
		return deny(LIE_COPY_DENIED) && of_area(c->dst, c->len);
	case PAGEMAP_SCAN:
		return deny(LIE_SCAN_DENIED) && of_area(scan->start, scan->end - scan->start);
	default:
		return false;
	}
}

bool deny_madvise(const void *addr, size_t len, int advice)
{
	switch (advice) {
	case MADV_DONTNEED:
	case MADV_REMOVE:
	case MADV_FREE:
	case MADV_DONTFORK:
	case MADV_DOFORK:
	case MADV_WIPEONFORK:
	case MADV_UNMERGEABLE:
	case MADV_COLD:
	case MADV_HWPOISON:
	case 102: /* MADV_GUARD_INSTALL */
		return deny(LIE_ADVICE_DENIED) && of_area((uintptr_t)addr, len);
	case 103: /* MADV_GUARD_REMOVE */
		return deny(LIE_GUARD_DENIED) && of_area((uintptr_t)addr, len);
	default:
		return false;
	}
}

bool deny_mprotect(const void *addr, size_t len, int prot)
{
	return deny(LIE_MPROTECT_DENIED) && prot != PROT_NONE && of_area((uintptr_t)addr, len);
}

bool deny_lock(const void *addr, size_t len, bool on)
{
	return deny(on ? LIE_LOCK_DENIED : LIE_UNLOCK_DENIED) && of_area((uintptr_t)addr, len);
}

bool deny_munmap(const void *addr, size_t len)
{
	return deny(LIE_MUNMAP_DENIED) && of_area((uintptr_t)addr, len);
}

bool deny_mremap(const void *old, size_t len)
{
	return deny(LIE_MREMAP_DENIED) && of_area((uintptr_t)old, len);
}

bool deny_swapoff(void)
{
	return deny(LIE_SWAPOFF_DENIED);
}

bool deny_clear_refs(void)
{
	return deny(LIE_CLEAR_DENIED);
}
