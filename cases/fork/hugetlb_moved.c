// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process that makes a private mapping of huge pages reserves them, including those
 * that a write after fork() needs. If none is free when it writes, it takes the child's
 * page: the kernel unmaps that page wherever else the file is mapped. It did so at the
 * address of the writer. If the writer had moved its mapping by mremap(), nothing was
 * mapped at that address, and the write fault was retried forever. The write must end.
 */
#include "case.h"

CASE("fork of private huge pages, mremap, write while none is free: the write ends", "C0");

SEEN_TO_FAIL("6.1 6.16", "C0", "hugetlb-none");
BROKEN_BY("hugetlb-child-unmapped", "hugetlb-none");
VARIANTS("hugetlb", "none");

TEST_F(scene, hugetlb_moved)
{
	fork_child(self);
	remap(self, 0);
	cpu_write_without_hugepages(self);
	cpu_write(self, PARENT);
}
