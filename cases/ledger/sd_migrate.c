// SPDX-License-Identifier: GPL-2.0-only
/*
 * The soft-dirty bit must survive the migration of a page to another node. The migration
 * entry carries it (c3d16e16522f, v3.13; for huge pages ab6e3d093904, v4.14).
 */
#include "case.h"

CASE("soft-dirty: clear, write one page, migrate, write all, migrate back", "C9");
SEEN_TO_FAIL("7.3-migration-forgets-soft-dirty", "C9", "*");
VARIANTS("ANON mthp shmem shmem_private file_shared", "none");

TEST_F(scene, sd_migrate)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	migrate(self);
	ledger_clear(self);
	cpu_write(self, PARENT);
	migrate(self);
}
