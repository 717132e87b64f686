// SPDX-License-Identifier: GPL-2.0-only
/*
 * PAGEMAP_SCAN is asked to clear pages that are both written and swapped out. There are
 * none, so it must change nothing. Without an output vector it takes a shortcut that
 * protects every page that is not protected, whatever was asked for. Those pages are
 * reported as not written from then on.
 */
#include "case.h"

CASE("WP_ASYNC: write, clear only what is swapped out, which nothing is", "C9");
SEEN_TO_FAIL("6.12 7.3", "C9", "*");
BROKEN_BY("scan-no-vector", "*");
VARIANTS("anon thp_pte mthp shmem shmem_private file_private", "none");

TEST_F(scene, wa_scan_no_vector)
{
	ledger_open(self, WP_ASYNC);
	ledger_clear(self);
	cpu_write(self, PARENT);
	ledger_clear_swapped(self, true);
	ledger_clear_swapped(self, false);
}
