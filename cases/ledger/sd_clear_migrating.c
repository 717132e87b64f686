// SPDX-License-Identifier: GPL-2.0-only
/*
 * clear_refs meets a page that is being migrated. It takes the soft-dirty bit out
 * of the migration entry and leaves it writable, where a present page is made
 * read-only. When the page has arrived it can be written without a fault, so no
 * write is reported, then or later.				(C9)
 * See results/findings/soft-dirty-migration.md. From v6.1 on an entry carries the
 * dirty bit along (2e3468778dbe), and on x86 to set that is to set soft-dirty,
 * which hides it for huge pages; for small ones it is taken back again.
 */
#include "case.h"

CASE("soft-dirty: clear while pages migrate, then write", "C9");
SEEN_TO_FAIL("5.10", "C9", "thp-none");
SEEN_TO_FAIL("6.12 7.3", "C9", "anon-none");
BROKEN_BY("migration-entry-stays-writable", "thp-none");
BROKEN_BY("migration-entry-stays-writable-again", "anon-none");
OBSERVES("clear_met_migration", "clears that met pages on their way, of moves");

VARIANTS("anon thp", "none");

TEST_F(scene, sd_clear_migrating)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear_migrating(self);
}
