// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_POISON says that a page's content is lost: who reads it must get SIGBUS, and no
 * zeros. That must be so in a child as well, which has inherited memory of which a part is
 * lost. What stands beside must be inherited as ever.
 */
#include "case.h"

CASE("POISON, fork: the child gets SIGBUS where its parent does", "C2 C5");
SEEN_TO_FAIL("7.3-fork-forgets-poison", "C5",
	     "anon-* hugetlb-none shmem_private-none unpopulated-none");
SEEN_TO_FAIL("7.3", "C5", "shmem-none hugetlb_shared-none");
VARIANTS("anon hugetlb shmem_private unpopulated shmem hugetlb_shared", "none");
BROKEN_BY("fork-drops-shared-poison", "shmem-none hugetlb_shared-none");
VARIANTS("anon", "io_uring");

TEST_F(scene, poison)
{
	uffd_open(self, WITH_MISSING);
	pin_pages(self, PAGE(0));
	fill(self, PAGE(1), FILL_POISON);
	fork_child(self);
	child_read_refused(self, 1);
	cpu_read_refused(self, 1);
	device_write(self);
}
