// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device asks for pages, and the kernel is about to look at them. A pin is taken then: either it keeps
 * them where they are, or it waits and has them brought back.
 */
#include "case.h"

CASE("pin pages that are about to go to a device: pin and page table still agree", "C1 C7");
SEEN_TO_FAIL("7.3-hmm-takes-pinned", "C1", "*");
VARIANTS("anon", "io_uring");

TEST_F(scene, pin_in_to_device)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		race(self, &act_to_device, AT("migrate_vma_collect_pmd"), &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
	}
}
