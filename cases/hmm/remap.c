// SPDX-License-Identifier: GPL-2.0-only
#include "case.h"

CASE("write-protect, to a device, mremap(): what was there is there, without marks", "C4");
SEEN_TO_FAIL("7.3-hmm-migration-grants-write", "C2", "*");
VARIANTS("anon thp", "none hmm");

TEST_F(scene, remap)
{
	uffd_open(self, 0);
	wp(self);
	to_device(self, ALL_PAGES);
	remap(self, 0);
	fork_child(self);
	from_device(self, ALL_PAGES);
	cpu_write(self, PARENT);
}
