// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file that was opened to be read gives nobody the right to write to it: mmap() says EACCES. What
 * pins its pages by the file has to look at that itself. It is no matter of memfds alone: tmpfs has
 * files that belong to others.
 */
#include "case.h"

CASE("a file that was opened to be read is not pinned for writing", "C5 C7");
SEEN_TO_FAIL("6.12 6.16 7.3", "C5", "*-udmabuf");
SEEN_TO_FAIL("7.3-devices", "C5", "*-iommufd_file");
BROKEN_BY("udmabuf-file-rights", "*-udmabuf");
BROKEN_BY("iommufd-file-rights", "*-iommufd_file");
VARIANTS("shmem hugetlb_shared", "udmabuf");
VARIANTS("shmem hugetlb_shared", "iommufd_file");

TEST_F(scene, file_readonly)
{
	file_readonly(self);
	pin_no_rights(self);
	cpu_write(self, PARENT);
}
