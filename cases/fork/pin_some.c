// SPDX-License-Identifier: GPL-2.0-only
/*
 * Only some of the pages are pinned when the process forks. Those are copied early,
 * the others are shared as ever; of a huge page all are, as the pin is of the whole
 * of it, and its mapping is split. Nobody sees the other, pinned or not, and the pin
 * stays with its page.						(C1, C2)
 */
#include "case.h"

CASE("some pages pinned, fork: all are isolated, pin and page together", "C1 C2");
SEEN_TO_FAIL("7.3-clone-drops-pin", "C7", "*-io_uring_clone");
SEEN_TO_FAIL("7.3-no-early-copy", "C1",
	     "anon-* thp-* hugetlb-* thp_pte-* shmem_private-* zero-* thp_two-io_uring "
	     "mthp-io_uring thp_remapped-io_uring thp_shared-io_uring swapped-io_uring "
	     "file_private-io_uring zero_huge-io_uring");
KNOWN_BROKEN("2.6.12", "5.13", "C1", "4eae4efa2c29",
	     "hugetlb pages are not copied early at fork() for a pin", "hugetlb-*");
KNOWN_BROKEN("2.6.12", "6.5", "C1", "a7e689dd1c06",
	     "O_DIRECT takes FOLL_GET references, which fork() does not see", "thp-odirect");

VARIANTS_PRIVATE(io_uring);
VARIANT(zero, io_uring);
VARIANT(thp_two, io_uring);
VARIANT(mthp, io_uring);
VARIANT(thp_remapped, io_uring);
VARIANT(thp_shared, io_uring);
VARIANT(swapped, io_uring);
VARIANT(file_private, io_uring);
VARIANT(zero_huge, io_uring);
VARIANTS_BRIEF(rdma);
VARIANTS_BRIEF(io_uring_clone);
VARIANT(anon, io_uring_slot);
VARIANT(thp, odirect);

TEST_F(scene, pin_some)
{
	pin_pages(self, PAGE(1));
	fork_child(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
	fork_grandchild(self);
	cpu_write(self, GRANDCHILD);
	child_exit(self);
	cpu_write(self, PARENT);
}
