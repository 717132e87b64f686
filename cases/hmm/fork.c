// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork() of what is in a device: both have it there, and neither may write to it. Who touches it brings
 * it back for both.
 */
#include "case.h"

CASE("to a device, fork, everybody writes: each sees its own", "C1 C2");
SEEN_TO_FAIL("7.3-hmm-fork-keeps-write", "C2", "*-none");
SEEN_TO_FAIL("7.3-hmm-migration-grants-write", "C2", "*-none");
SEEN_TO_FAIL("7.3-hmm", "C8", "anon-hmm thp_pte-hmm mthp-hmm");
SEEN_TO_FAIL("7.3-hmm", "C1", "thp-hmm");
BROKEN_BY("hmm-write-not-asked", "*-hmm");
BROKEN_BY("hmm-huge-wrong-page", "thp-hmm");
VARIANTS("anon thp thp_pte mthp", "none hmm");

TEST_F(scene, fork)
{
	pin(self);
	to_device(self, ALL_PAGES);
	fork_child(self);
	device_write(self);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
	to_device(self, ALL_PAGES);
	cpu_write_pages(self, PARENT, PAGE(0));
}
