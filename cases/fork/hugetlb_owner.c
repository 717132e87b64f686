// SPDX-License-Identifier: GPL-2.0-only
/*
 * As fork/hugetlb_moved, but without moving the mapping. The process that made the
 * mapping must get its page, and the child loses its own.
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
