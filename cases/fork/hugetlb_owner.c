// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same as fork/hugetlb_moved where nobody has moved: the one who made the mapping
 * gets its page, and the child has lost its own.		(C0)
 */
#include "case.h"

CONTROL("fork of private huge pages, write while none is free: the write ends", "C0");

VARIANTS("hugetlb", "none");

TEST_F(scene, hugetlb_owner)
{
	fork_child(self);
	cpu_write_without_hugepages(self);
	cpu_write(self, PARENT);
}
