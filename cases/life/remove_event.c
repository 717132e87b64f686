// SPDX-License-Identifier: GPL-2.0-only
/*
 * With EVENT_REMOVE MADV_DONTNEED waits until the monitor has read what is about to be
 * dropped. Until then the pages must be there, and UFFDIO_WRITEPROTECT must say EAGAIN, or
 * the monitor would protect what has gone. Afterwards it must work again, for all that is
 * left.
 */
#include "case.h"

CASE("EVENT_REMOVE: pages are dropped once it is read, and only those", "C0 C3 C4");
SEEN_TO_FAIL("7.3-remove-event-short 7.3-wp-past-event", "C4", "*");
SEEN_TO_FAIL("7.3-madvise-unlocks-twice", "C8", "*");
VARIANTS("anon thp swapped zero", "none");

TEST_F(scene, remove_event)
{
	uffd_open(self, WP_EVENT_REMOVE);
	wp(self);
	drop_told(self, PAGE(1));
	cpu_write_pages(self, PARENT, PAGE(1));
	write_under_wp(self, 0, UNPROTECT);
	wp(self);
	unwp(self);
	drop_told(self, ALL_PAGES);
	cpu_write(self, PARENT);
}
