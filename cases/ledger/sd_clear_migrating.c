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
SEEN_TO_FAIL("5.10", "C9", "*");
SEEN_TO_FAIL("6.12 7.3", "C9", "anon-none");
BROKEN_BY("migration-entry-stays-writable", "*");
BROKEN_BY("migration-entry-stays-writable-again", "anon-none");
VARIANTS("anon thp", "none");

TEST_F(scene, sd_clear_migrating)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	while (race_round(self)) {
		race(self, &act_migrate, UNMAPPED(0), &act_clear_refs);
		cpu_write(self, PARENT);
	}
}
