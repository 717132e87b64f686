// SPDX-License-Identifier: GPL-2.0-only
/*
 * What pins the pages of a file by the file, and by no mapping, has to look itself at what a mapping
 * would be refused for: that the file is sealed against writes. By address it is refused as for any
 * mapping that is read-only.
 */
#include "case.h"

CASE("a file that is sealed against writes is not pinned for writing", "C5 C7");
SEEN_TO_FAIL("7.3-udmabuf-ignores-seals", "C5", "*-udmabuf");
SEEN_TO_FAIL("7.3-devices", "C5", "*-iommufd_file");
BROKEN_BY("iommufd-file-rights", "*-iommufd_file");
VARIANTS("shmem hugetlb_shared", "udmabuf");
VARIANTS("shmem hugetlb_shared", "iommufd_file");

TEST_F(scene, seal_then_pin)
{
	file_not_mapped_writable(self);
	seal_writes(self);
	pin_no_rights(self);
	cpu_read(self, PARENT);
}
