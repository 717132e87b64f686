// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that was written has no uffd-wp bit, and must not get one when it is migrated to
 * another node and back. It is allowed to lose one there.
 */
#include "case.h"

CASE("WP_ASYNC: clear, write one page, migrate, write all, migrate back", "C9");
SEEN_TO_FAIL("7.3-async-migration-marks", "C9", "*");
VARIANTS("PRIVATE mthp shmem file_shared hugetlb_shared", "none");

TEST_F(scene, wa_migrate)
{
	ledger_open(self, WP_ASYNC);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	migrate(self);
	ledger_clear(self);
	cpu_write(self, PARENT);
	migrate(self);
}
