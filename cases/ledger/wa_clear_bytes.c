// SPDX-License-Identifier: GPL-2.0-only
/*
 * PAGEMAP_SCAN from the start of a page on, to a hundred bytes behind it: that page is reported and
 * cleared, and the next ones stay as they are, written or not.
 */
#include "case.h"

CASE("PAGEMAP_SCAN clears to the middle of a page: all of that page, and no other", "C9");
SEEN_TO_FAIL("7.3-scan-rounds-down", "C9", "*");
VARIANTS("anon thp thp_pte shmem", "none");
VARIANTS("anon thp", "io_uring");

TEST_F(scene, wa_clear_bytes)
{
	ledger_open(self, WP_ASYNC);
	ledger_clear(self);
	pin(self);
	cpu_write(self, PARENT);
	ledger_clear_bytes(self, 1);
	cpu_write_pages(self, PARENT, PAGE(1));
	ledger_clear_bytes(self, 0);
	ledger_clear_bytes(self, 1);
	cpu_write(self, PARENT);
}
