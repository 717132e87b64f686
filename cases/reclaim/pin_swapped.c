// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin what is swapped out: it comes back with its data, and is the page that
 * the process maps.						(C1, C7)
 */
#include "case.h"

CASE("swap out, then pin: the pin gets the page that comes back", "C1 C7");
SEEN_TO_FAIL("none to be had here: no stock kernel pins another page than the one that "
	     "swap-in maps");

VARIANT(anon, io_uring);
VARIANT(anon, rdma);
VARIANT(thp_pte, io_uring);
VARIANT(thp_pte, rdma);

TEST_F(scene, pin_swapped)
{
	pageout(self, true);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
