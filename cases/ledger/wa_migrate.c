// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was written has no mark, and gets none on its way to another node and back.
 * A mark may even be lost there.					(C9)
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
