// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that mremap() has moved is soft-dirty at its new address, whether it was written or not.
 * So the soft-dirty bit may stand without the dirty bit, from which it follows elsewhere. A page
 * that then migrates, or is split, must still be reported.
 */
#include "case.h"

CASE("soft-dirty: clear, mremap what is clean, migrate: all pages are soft-dirty", "C9");
SEEN_TO_FAIL("7.3-migration-forgets-soft-dirty", "C9", "*");
VARIANTS("shmem_thp_clean shmem_clean file_shared thp anon", "none");

TEST_F(scene, sd_moved_migrate)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	remap(self, 0);
	ledger_moved(self);
	migrate(self);
}
