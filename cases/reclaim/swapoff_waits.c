// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who writes to a page that is write-protected and in swap brings it in, and waits for the monitor.
 * Meanwhile the swap area is switched off: nothing of it is in use any more, so that must end, whether
 * the monitor answers or not.
 */
#include "case.h"

CASE("a write to a swapped page waits for its monitor: swapoff() ends", "C0 C3 C8");
BROKEN_BY("swapin-asks-with-swap-held", "*");
VARIANTS("swapped thp_swapped", "none");

TEST_F(scene, swapoff_waits)
{
	wp(self);
	write_begin(self, 0);
	swapoff_all(self);
	unwp(self);
	write_finish(self);
	cpu_write(self, PARENT);
}
