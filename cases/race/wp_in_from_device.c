// SPDX-License-Identifier: GPL-2.0-only
/* A fault brings a page back from a device. It is write-protected when its contents have been copied. */
#include "case.h"

CASE("write-protect a page on its way back from a device: it has its mark", "C3 C4");
SEEN_TO_FAIL("7.3-hmm-wp-skips-entries", "C4", "*");
VARIANTS("anon", "none");

TEST_F(scene, wp_in_from_device)
{
	uffd_open(self, 0);
	while (race_round(self)) {
		to_device(self, ALL_PAGES);
		race(self, &act_read, AT("migrate_vma_pages"), &act_wp);
		write_under_wp(self, 0, UNPROTECT);
		unwp(self);
		cpu_write(self, PARENT);
	}
}
