// SPDX-License-Identifier: GPL-2.0-only
/*
 * A long-term pin is being taken; its last page is write-protected; meanwhile
 * the monitor closes the uffd. The pin waits for the monitor, the close for
 * the lock of the page tables that the pin holds.
 *
 * Up to v6.14 handle_userfault() answered "try again" to a released uffd
 * without giving up the lock, and both spun for ever. Fixed by fe4cdc2c4e24
 * (v6.15, 6.12.24).						(C7)
 */
#include "case.h"

CASE("the uffd is closed while a pin is being taken: both end", "C7");
SEEN_TO_FAIL("5.10", "C7", "*");
BROKEN_BY("close-deadlocks", "*");

VARIANTS("anon", "io_uring rdma");

TEST_F(scene, close_while_pinning)
{
	for (unsigned int page = 0; page < 900; page += 75)
		close_while_pinning(self, page);
	close_was_met(self);
}
