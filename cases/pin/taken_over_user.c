// SPDX-License-Identifier: GPL-2.0-only
/*
 * As pin/taken_over, of a user without rights, where the account is limited. The new process goes
 * away again, and the old one takes over what it had.
 */
#include "case.h"

CASE("without rights, another process takes over what is pinned, exits, and it is taken back",
     "C8");
SEEN_TO_FAIL("7.3-iommufd-change-forgets-vmpin", "C8", "*");
VARIANTS("shmem hugetlb_shared", "iommufd_file");

TEST_F(scene, taken_over_user)
{
	card_account(self, OF_USER);
	pin(self);
	taken_over(self);
	account_of_takers(self);
	taker_exits(self);
	taken_back(self);
	account_of_takers(self);
	unpin(self);
	account_of_takers(self);
}
