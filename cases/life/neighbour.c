// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two mappings, A and B, are registered with the same uffd, and A is write-protected.
 * B was never touched; mremap() moves it right next to A. This must not affect A: a
 * write to A must still raise a notification.
 *
 * Without EVENT_REMAP the registration of B ends with the move. The kernel used to merge
 * A and B first, as both were registered alike, and then dropped the registration of the
 * merged mapping. The uffd-wp bits of A stayed, but its writes raised no notification.
 * Fixed by "mm/vma: avoid broken uffd merge on mremap".
 */
#include "case.h"

CASE("mremap next to the area: it stays registered, and a write raises a notification", "C1 C3 C4");
SEEN_TO_FAIL("5.10", "C4", "*");
BROKEN_BY("mremap-unregisters-neighbour", "*");
VARIANTS("anon thp", "none");
VARIANTS("anon", "io_uring");
VARIANTS("thp", "rdma");

TEST_F(scene, neighbour)
{
	pin(self);
	wp(self);
	remap_neighbour(self);
	write_under_wp(self, 1, UNPROTECT);
	device_write(self);
}
