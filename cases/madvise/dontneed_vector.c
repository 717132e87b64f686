// SPDX-License-Identifier: GPL-2.0-only
/*
 * process_madvise() drops several ranges, and flushes the TLB once for all of them. What a process
 * then sees is new, the marks of anonymous memory have gone, and a child keeps its own.
 */
#include "case.h"

CASE("MADV_DONTNEED of each page in one process_madvise(): new, for the caller only",
     "C0 C1 C2 C3 C4");
SEEN_TO_FAIL("7.3-dontneed-spares-pinned", "C1", "*-io_uring");
VARIANTS("BRIEF thp_pte swapped shmem_private shmem", "none");
VARIANTS("BRIEF shmem", "io_uring");

TEST_F(scene, dontneed_vector)
{
	pin(self);
	fork_child(self);
	cpu_write_pages(self, CHILD, PAGE(1));
	dontneed_vector(self);
	cpu_write(self, PARENT);
	wp(self);
	dontneed_vector(self);
	device_write(self);
}
