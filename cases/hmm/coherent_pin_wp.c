// SPDX-License-Identifier: GPL-2.0-only
/* A pin that only reads moves write-protected pages out of the device: they must be so there, too. */
#include "case.h"

CASE("write-protect, to a coherent device, pin for reading: moved with their marks", "C1 C3 C4 C7");
SEEN_TO_FAIL("7.3-hmm-migration-forgets-wp", "C4", "*");
WITH_COHERENT_DEVICE;
VARIANTS("anon", "rdma_ro gup_ro gup_ro_fast");

TEST_F(scene, coherent_pin_wp)
{
	uffd_open(self, 0);
	wp(self);
	to_coherent_device(self);
	pin(self);
	write_under_wp(self, 0, UNPROTECT);
}
