// SPDX-License-Identifier: GPL-2.0-only
/*
 * Users of io_uring and of RDMA are not root: what they pin counts against RLIMIT_MEMLOCK, and
 * stands in VmPin. It must be what is pinned, to the page; a page more is
 * refused and leaves nothing; a child has nothing of it on its account; mremap() changes
 * nothing; and all of it is back after unpin and exit, so that the user may pin as much again.
 */
#include "case.h"

CASE("a user pins to the limit, one page more, forks, moves it, unpins, exits: the account is right",
     "C7 C8");
SEEN_TO_FAIL("7.3-fork-copies-account", "C8", "anon-io_uring anon-rdma");
SEEN_TO_FAIL("6.16 6.17 6.18 6.19 7.0 7.1", "C7", "anon-io_uring");
SEEN_TO_FAIL("7.3-pin-past-limit", "C7", "anon-io_uring anon-rdma");
OBSERVES("user_child_pins", "what it says to a child that pins as much as its parent has pinned");
BROKEN_BY("io-uring-rings-charged", "anon-io_uring");
VARIANTS("anon", "io_uring rdma");

TEST_F(scene, user_account)
{
	user_opens(self);
	user_pins(self);
	user_pins_more(self);
	user_forks(self);
	user_remaps(self);
	user_unpins(self);
	user_pins(self);
	user_exits(self);
	user_opens(self);
	user_pins(self);
	user_exits(self);
}
