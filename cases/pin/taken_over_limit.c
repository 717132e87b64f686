// SPDX-License-Identifier: GPL-2.0-only
/*
 * A user has pinned all that RLIMIT_MEMLOCK gives him. A new process of his takes that over: it is the
 * same pages of the same user, and nothing more is pinned than was.
 */
#include "case.h"

CASE("a user's new process takes over what he has pinned, which is all that he may", "C7 C8");
SEEN_TO_FAIL("7.3-devices 7.3-iommufd-change-forgets-vmpin", "C8", "*");
BROKEN_BY("iommufd-charges-twice", "*");
VARIANTS("shmem hugetlb_shared", "iommufd_file");

TEST_F(scene, taken_over_limit)
{
	card_account(self, OF_USER);
	pin(self);
	card_limit_reached(self);
	taken_over(self);
	account_of_takers(self);
	unpin(self);
}
