// SPDX-License-Identifier: GPL-2.0-only
/*
 * As pin/taken_over, and looked at in the end only: when all is given back nobody has anything on his
 * account, and nobody less than nothing.
 */
#include "case.h"

CASE("another process takes over what is pinned, it is given back: nothing is on any account",
     "C8");
SEEN_TO_FAIL("7.3-devices", "C8", "*-iommufd_file");
SEEN_TO_FAIL("7.3-vfio-keeps-owner", "C8", "*-vfio");
BROKEN_BY("iommufd-account-stays", "*-iommufd_file");
VARIANTS("shmem hugetlb_shared", "vfio");
VARIANTS("shmem hugetlb_shared", "iommufd_file");

TEST_F(scene, taken_over_unpin)
{
	pin(self);
	taken_over(self);
	unpin(self);
	account_of_takers(self);
}
