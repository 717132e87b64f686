// SPDX-License-Identifier: GPL-2.0-only
/* What one device has pinned another one must not take away. */
#include "case.h"

CASE("pin, ask for it to go to a device, write: what is pinned stays", "C1");
SEEN_TO_FAIL("7.3-hmm-takes-pinned", "C1", "anon-* thp-*");
NOT_SEEN_TO_FAIL("a large folio in pieces is split first, and a pin refuses that",
		 "thp_pte-* mthp-*");
VARIANTS("anon thp thp_pte mthp", "io_uring rdma");
VARIANTS("anon", "rdma_ro gup gup_fast gup_ro gup_ro_fast");

TEST_F(scene, pin_stays)
{
	pin(self);
	to_device(self, ALL_PAGES);
	device_write(self);
	cpu_write(self, PARENT);
	fork_child(self);
	to_device(self, ALL_PAGES);
	device_write(self);
}
