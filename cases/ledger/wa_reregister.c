// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory is registered for missing pages only, and then for write-protect again. It must
 * not keep the old uffd-wp bits. With them, what was written in between is reported as
 * not written, and so is even what is written afterwards. Newer kernels refuse the first
 * step with EBUSY.
 */
#include "case.h"

CASE("WP_ASYNC: clear, register for missing pages, write, register again", "C4 C9");
SEEN_TO_FAIL("6.12", "C9", "*");
BROKEN_BY_AS("reregister-leaves-wp", "C9", "*");
OBSERVES("reregister_missing", "what UFFDIO_REGISTER says to a registration without WP");
VARIANTS("anon thp_pte shmem", "none");

TEST_F(scene, wa_reregister)
{
	ledger_open(self, WP_ASYNC);
	ledger_clear(self);
	if (reregister_missing_and_write(self))
		register_again(self);
	cpu_write(self, PARENT);
}
