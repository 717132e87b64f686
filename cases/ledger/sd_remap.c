// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap() moves the soft-dirty bits along, also those of swap entries, and sets them
 * all, because the memory is new at its new address (0f8975ec4db2, v3.11). Written again
 * after a clear, it must be reported again.
 */
#include "case.h"

CASE("soft-dirty: clear, write one page, mremap, clear, write all", "C9");
SEEN_TO_FAIL("7.3-mremap-forgets-soft-dirty", "C9", "*");
VARIANTS("ANON mthp swapped shmem shmem_private file_private zero", "none");
VARIANTS("ANON", "io_uring");

TEST_F(scene, sd_remap)
{
	ledger_open(self, SOFT_DIRTY);
	pin(self);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	remap(self, 0);
	ledger_clear(self);
	cpu_write(self, PARENT);
	remap(self, REMAP_ASKEW);
	cpu_read(self, PARENT);
}
