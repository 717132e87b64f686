// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page has been unmapped to go to a device, whose driver is about to copy it. It is write-protected
 * then. The entry in its place must take the mark, and what comes of the entry must have it.
 */
#include "case.h"

CASE("write-protect a page on its way to a device: it has its mark", "C3 C4");
SEEN_TO_FAIL("7.3-hmm-wp-skips-entries", "C4", "*");
VARIANTS("anon", "none");

TEST_F(scene, wp_in_to_device)
{
	uffd_open(self, 0);
	while (race_round(self)) {
		race(self, &act_to_device, RETURN("migrate_vma_setup"), &act_wp);
		cpu_read(self, PARENT);
		write_under_wp(self, 0, UNPROTECT);
		unwp(self);
		cpu_write(self, PARENT);
	}
}
