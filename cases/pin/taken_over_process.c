// SPDX-License-Identifier: GPL-2.0-only
/*
 * As pin/taken_over_user, where the limit is on each process by itself, as VFIO has it (the option of
 * /dev/iommu, IOMMU_OPTION_RLIMIT_MODE). Here both live.
 */
#include "case.h"

CASE("limits by process: another one takes over what is pinned, and it is taken back", "C8");
SEEN_TO_FAIL("7.3-iommufd-change-forgets-vmpin", "C8", "*");
SEEN_TO_FAIL("7.3-iommufd-locks-nothing", "C8", "*");
VARIANTS("shmem", "iommufd_file");

TEST_F(scene, taken_over_process)
{
	card_account(self, OF_PROCESS);
	pin(self);
	taken_over(self);
	account_of_takers(self);
	taken_back(self);
	account_of_takers(self);
	unpin(self);
	account_of_takers(self);
}
