// SPDX-License-Identifier: GPL-2.0-only
/*
 * PAGEMAP_SCAN that is to clear what is written and swapped out finds nothing, and
 * so must change nothing. Without an output vector it takes a short way that
 * protects all pages that are not, whatever was asked for: they are said to be
 * not written from then on.					(C9)
 * See results/findings/scan-no-vector.md.
 */
#include "case.h"

CASE("WP_ASYNC: write, clear what is swapped out, of which there is none", "C9");
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
