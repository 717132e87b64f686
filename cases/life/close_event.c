// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTNEED waits for a monitor to read its EVENT_REMOVE. The monitor closes the uffd instead.
 * Nobody will ever read the event, so who waits must go on, and drop the page.
 */
#include "case.h"

CASE("MADV_DONTNEED waits for its event to be read, the uffd is closed: it goes on", "C4 C8");
SEEN_TO_FAIL("7.3-close-forgets-events", "C8", "*");
VARIANTS("ANON shmem hugetlb", "none");

TEST_F(scene, close_event)
{
	uffd_open(self, WP_EVENT_REMOVE);
	wp(self);
	drop_unread(self, PAGE(1));
	cpu_write(self, PARENT);
}
