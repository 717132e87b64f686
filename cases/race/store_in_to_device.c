// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device asks for memory where nobody has written, and is about to get pages of its own in place of
 * the zero page. A thread writes there then.
 */
#include "case.h"

CASE("write to the zero page when a device is about to replace it: nothing is lost", "C0");
SEEN_TO_FAIL("7.3-hmm-inserts-over", "C0", "*");
VARIANTS("anon", "none");

TEST_F(scene, store_in_to_device)
{
	while (race_round(self)) {
		dontneed(self, PARENT, ALL_PAGES);
		race(self, &act_to_device, RETURN("migrate_vma_setup"), &act_store);
		cpu_read(self, PARENT);
		cpu_write(self, PARENT);
	}
}
