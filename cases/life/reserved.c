// SPDX-License-Identifier: GPL-2.0-only
/* What is set aside for huge pages is there for who touches them, whoever has all others. */
#include "case.h"

CONTROL("private huge pages that are set aside, touch all while no other is free", "C0 C8");
VARIANTS("hugetlb_untouched", "none");

TEST_F(scene, reserved)
{
	cpu_write_without_hugepages(self);
	cpu_write(self, PARENT);
}
