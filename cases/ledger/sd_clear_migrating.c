// SPDX-License-Identifier: GPL-2.0-only
/*
 * clear_refs meets a page that is being migrated. It clears the soft-dirty bit of the
 * migration entry but leaves the entry writable, whereas it makes the entry of a present
 * page read-only. When the migration is done, the page can be written without a fault, so
 * neither this write nor any later one is reported. They must be.
 *
 * Since 2e3468778dbe a migration entry carries the dirty bit along, and on x86 setting
 * that bit also sets the soft-dirty bit. This hides the bug for huge pages; for small
 * pages the soft-dirty bit is cleared again.
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
	beside_make(self);
	while (beside_again(self)) {
		beside_write(self);
		beside_clear_migrating(self);
		beside_write(self);
		beside_reported(self);
	}
	beside_was_met(self);
}
