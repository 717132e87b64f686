// SPDX-License-Identifier: GPL-2.0-only
/*
 * As pin/user_account, by a card that was handed out to the user: a virtual machine monitor without
 * rights. What he pins stands in VmLck, and not when he exits does it go, but with the last who has
 * the container open, as who handed it out has here.
 */
#include "case.h"

CASE("a user is handed a card, pins to the limit, one page more, forks, moves it, unpins", "C7 C8");
SEEN_TO_FAIL("7.3-vfio-pins-past-limit", "C7", "*-vfio");
SEEN_TO_FAIL("7.3-vfio-keeps-account", "C8", "*-vfio");
SEEN_TO_FAIL("7.3-iommufd-pins-past-limit", "C7", "*-iommufd");
SEEN_TO_FAIL("7.3-iommufd-keeps-account", "C8", "*-iommufd");
OBSERVES("user_child_pins", "what the kernel says to a child that pins as much as its parent has");
VARIANTS("anon", "vfio");
VARIANTS("anon", "iommufd");

TEST_F(scene, user_handed_out)
{
	user_opens(self);
	user_pins(self);
	user_pins_more(self);
	user_forks(self);
	user_remaps(self);
	user_unpins(self);
	user_pins(self);
	user_unpins(self);
	user_exits(self);
}
