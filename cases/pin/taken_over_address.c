// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is pinned by its address belongs to that process: nobody else takes it over, and it is refused
 * before anything has changed.
 */
#include "case.h"

CASE("another process tries to take over what is pinned by address: EINVAL", "C7 C8");
SEEN_TO_FAIL("7.3-iommufd-takes-addresses", "C7", "*");
VARIANTS("anon", "iommufd");

TEST_F(scene, taken_over_address)
{
	pin(self);
	taken_over_refused(self);
	device_write(self);
	unpin(self);
}
