// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where it stands what root has pinned: VmPin, VmLck, or nowhere. Drivers differ, and kernels do;
 * RLIMIT_MEMLOCK is not for root. What is promised is that all of it is back after the unpin.
 */
#include "case.h"

OBSERVATION("pin, look at VmPin and VmLck, unpin: on which account it stands", "C8");
SEEN_TO_FAIL("7.3-dereg-keeps-account", "C8", "anon-rdma*");
SEEN_TO_FAIL("7.3-unpin-keeps-reference", "C8",
	     "anon-io_uring anon-io_uring_pbuf anon-io_uring_sqes");
SEEN_TO_FAIL("7.3-windows-unpin-keeps-reference", "C8", "*-xdp *-io_uring_zcrx");
SEEN_TO_FAIL("7.3-vfio-keeps-account", "C8", "*-vfio*");
SEEN_TO_FAIL("7.3-iommufd-keeps-account", "C8", "*-iommufd*");
NOT_SEEN_TO_FAIL("these are on no account, so none can keep them", "*-v4l2 *-udmabuf");
OBSERVES("account", "VmPin, VmLck, both, or neither");
VARIANTS("anon",
	 "io_uring io_uring_pbuf io_uring_sqes io_uring_zcrx rdma rdma_ro xdp vfio vfio_ro v4l2");
VARIANTS("anon", "iommufd iommufd_ro iommufd_attach iommufd_copy");
VARIANTS("shmem", "udmabuf");
VARIANTS("shmem", "iommufd_file");

TEST_F(scene, account)
{
	pin(self);
	account_tell(self);
	unpin(self);
}
