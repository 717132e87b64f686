// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write to a merged page that is write-protected by userfaultfd must cause one write
 * notification. Then it must go to a page of the writer's own.
 */
#include "case.h"

CASE("merged pages, write-protect, write: one notification, then a copy", "C2 C3 C5");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C2", "*");
VARIANTS("ksm", "none");

TEST_F(scene, wp_write)
{
	wp(self);
	write_under_wp(self, 0, UNPROTECT);
	write_under_wp(self, 1, COPY_THEN_UNPROTECT);
	write_under_wp(self, 2, EMULATE);
	snapshot_holds(self);
	unwp(self);
	cpu_write(self, PARENT);
}
