// SPDX-License-Identifier: GPL-2.0-only
/*
 * A monitor of virtual machines is replaced while its devices run on: the new one is handed /dev/iommu
 * and says IOMMU_IOAS_CHANGE_PROCESS. From then on what is pinned stands on its account. Who has
 * CAP_IPC_LOCK is on no user's account, but in VmPin he is, too. With VFIO's type 1 it tells where it
 * has the memory; up to 90fdd158a695 (v6.3, and stable ones) the account did not follow.
 */
#include "case.h"

CASE("another process takes over what is pinned: it is on its account, and on no other", "C8");
SEEN_TO_FAIL("7.3-devices 7.3-iommufd-change-forgets-vmpin", "C8", "*-iommufd_file");
SEEN_TO_FAIL("7.3-vfio-keeps-owner", "C8", "*-vfio");
BROKEN_BY("iommufd-account-stays", "*-iommufd_file");
VARIANTS("shmem hugetlb_shared", "vfio");
VARIANTS("shmem", "iommufd_file");

TEST_F(scene, taken_over)
{
	pin(self);
	taken_over(self);
	account_of_takers(self);
	device_write(self);
	unpin(self);
	account_of_takers(self);
}
