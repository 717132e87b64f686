// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hole is punched into a file where its pages are pinned. Everyone who maps the file
 * must read zeros there. The pin keeps the old page, which no longer belongs to any file.
 * The other pages still agree with the pin. Where the mapping is private and the pin
 * broke COW, the page is the process's own, and a hole in the file must not affect it.
 */
#include "case.h"

CASE("punch a hole into a file whose pages are pinned: the pin keeps the old page", "C1 C2 C8");
SEEN_TO_FAIL("7.3-punch-spares-pinned", "C1", "shmem-io_uring shmem-rdma_ro shmem-io_uring_clone");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "shmem_private-io_uring file_private-io_uring");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C1", "hugetlb_shared-io_uring");
SEEN_TO_FAIL("7.3-devices-zaps-untold", "C1", "*-kvm");
VARIANTS("shmem hugetlb_shared shmem_private file_private", "io_uring");
VARIANTS("shmem", "rdma_ro io_uring_clone");
VARIANTS("shmem", "kvm");

TEST_F(scene, punch_pinned)
{
	pin(self);
	fork_child(self);
	cpu_write_pages(self, PARENT, PAGE(1));
	punch(self, PAGE(0));
	device_write(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
	punch(self, ALL_PAGES);
	cpu_write(self, CHILD);
	device_write(self);
	unpin(self);
	cpu_write(self, PARENT);
}
