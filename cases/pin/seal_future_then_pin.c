// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same of F_SEAL_FUTURE_WRITE: who has the file mapped writes on, and nobody else gets the right
 * to. A device that is given the file is somebody else.
 */
#include "case.h"

CASE("a file that is sealed against new writers is not pinned for writing by its descriptor",
     "C5 C7");
SEEN_TO_FAIL("7.3-udmabuf-ignores-seals", "C5", "*-udmabuf");
SEEN_TO_FAIL("7.3-devices", "C5", "*-iommufd_file");
BROKEN_BY("iommufd-file-rights", "*-iommufd_file");
VARIANTS("shmem hugetlb_shared", "udmabuf");
VARIANTS("shmem hugetlb_shared", "iommufd_file");

TEST_F(scene, seal_future_then_pin)
{
	seal_new_writers(self);
	pin_no_rights(self);
	cpu_write(self, PARENT);
}
