// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has made a private mapping of huge pages has them set aside, also those that a
 * write after fork() needs. If none is free, the child's page is taken: it is unmapped
 * wherever else the file is mapped. That was done at the address of the one who writes;
 * once that one has moved its mapping (mremap(), v5.16) nothing was there, and the write
 * fault began anew, for ever.				(C0)
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
