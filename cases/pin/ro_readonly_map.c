// SPDX-License-Identifier: GPL-2.0-only
/*
 * A read-only pin of a read-only mapping must be taken. It must not give anyone the
 * right to write. Once the mapping is writable again, pin and page table must still
 * agree.
 *
 * An MR without write access used to be pinned with FOLL_WRITE|FOLL_FORCE. Shared
 * mappings were refused. Private memory was copied by force, and do_wp_page() copied it
 * once more at the first write. hugetlb was worst: a forced fault could make the page
 * table entry writable, and then the process could write to its read-only mapping. Since
 * f347454d0341 a forced pin is refused there.
 */
#include "case.h"

CASE("a read-only pin of a read-only mapping, then mprotect RW and write", "C1 C5 C7");
SEEN_TO_FAIL("5.10", "C1",
	     "anon-vfio_ro zero-vfio_ro anon-rdma_ro shmem_private-rdma_ro zero-rdma_ro");
SEEN_TO_FAIL("5.10", "C5", "hugetlb-rdma_ro");
SEEN_TO_FAIL("5.10", "C7", "shmem-rdma_ro");
SEEN_TO_FAIL("7.3-unpin-keeps-reference", "C8", "shmem-rdma_ro");
SEEN_TO_FAIL("7.3-no-unshare", "C1", "shmem_private-gup_ro");
SEEN_TO_FAIL("7.3-devices-no-unshare", "C1", "*-iommufd_ro");
BROKEN_BY("ro-mr-forced", "shmem-rdma_ro");
BROKEN_BY("copies-exclusive", "anon-rdma_ro shmem_private-rdma_ro zero-rdma_ro");
BROKEN_BY("forced-write-opens-hugetlb", "hugetlb-rdma_ro");
BROKEN_BY("ro-mr-forced-hugetlb", "hugetlb-rdma_ro");
PATCHED("5.10-mapcount", "pass", "anon-rdma_ro shmem_private-rdma_ro zero-rdma_ro");
BROKEN_BY("copies-exclusive", "anon-vfio_ro");
BROKEN_BY("ro-pin-no-cow", "zero-vfio_ro");
OBSERVES("frames_new_by_pin", "how many pages the R/O pin replaced by own ones");
VARIANTS("anon hugetlb shmem shmem_private zero", "rdma_ro");
VARIANTS("shmem_private", "gup_ro");
VARIANTS("anon zero", "vfio_ro");
VARIANTS("zero", "iommufd_ro");

TEST_F(scene, ro_readonly_map)
{
	mprotect_ro(self);
	pin(self);
	cpu_write_refused(self, 1);
	mprotect_rw(self);
	cpu_write(self, PARENT);
}
