// SPDX-License-Identifier: GPL-2.0-only
/*
 * An on-demand MR has addresses and no pages, and so has a virtual machine. mremap() moves the
 * pages away and, with MREMAP_DONTUNMAP, leaves memory at the old place: what the device writes
 * lands there, in a new page, and not in the page that was moved. Who keeps a copy of the page
 * table must be told of the move.
 */
#include "case.h"

CASE("mremap() under an on-demand MR: the device stays at the old place", "C1 C2");
SEEN_TO_FAIL("7.3-mremap-skips-notifier", "C1", "*-rdma_odp");
SEEN_TO_FAIL("7.3-devices-zaps-untold", "C1", "*-kvm");
VARIANTS("anon", "rdma_odp");
VARIANTS("anon thp", "kvm");

TEST_F(scene, odp_remap)
{
	pin(self);
	device_write(self);
	remap(self, REMAP_DONTUNMAP);
	device_write(self);
	cpu_write(self, PARENT);
}
