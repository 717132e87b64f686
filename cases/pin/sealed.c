// SPDX-License-Identifier: GPL-2.0-only
/*
 * F_SEAL_WRITE promises that a file's bytes change no more: who is handed such a file can check them
 * once and then trust them. A device that has a page pinned can write to it though nobody has it
 * mapped; so the kernel looks for references that are no mapping's, and says EBUSY. When they are
 * gone the file is sealed, and no device gets it for writing any more.
 */
#include "case.h"

CASE("pin a file's pages, nobody has it mapped writable: it is not sealed before the unpin",
     "C1 C5 C8");
SEEN_TO_FAIL("7.3-devices-seal-ignores-pins", "C5", "*");
VARIANTS("shmem hugetlb_shared", "io_uring rdma udmabuf");
VARIANTS("shmem hugetlb_shared", "iommufd_file");
VARIANTS("shmem_thp_clean", "io_uring rdma");
VARIANTS("shmem", "vfio");

TEST_F(scene, sealed)
{
	pin(self);
	file_not_mapped_writable(self);
	seal_refused(self);
	device_write(self);
	cpu_read(self, PARENT);
	unpin(self);
	seal_writes(self);
	cpu_read(self, PARENT);
}
