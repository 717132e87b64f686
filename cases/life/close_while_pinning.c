// SPDX-License-Identifier: GPL-2.0-only
/*
 * A long-term pin is being taken. Its last page is write-protected, so the pin waits
 * for the monitor there. Meanwhile the monitor closes the uffd. Both calls must
 * return.
 *
 * handle_userfault() used to answer "try again" for a released uffd without dropping the
 * mmap lock, which close() needs. Both spun forever.
 */
#include "case.h"

CASE("the uffd is closed while a pin is being taken: both calls return", "C7");
SEEN_TO_FAIL("5.10 6.1", "C7", "*");
BROKEN_BY("close-deadlocks", "*");
VARIANTS("anon", "io_uring rdma");

TEST_F(scene, close_while_pinning)
{
	close_while_pinning(self, CLOSED_BEFORE);
	for (unsigned int page = 0; page < 8; page++)
		close_while_pinning(self, page);
}
