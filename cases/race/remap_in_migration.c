// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page has been unmapped to be migrated, and a migration entry stands in its place. mremap()
 * moves it to another place, and back. Whoever ends the migration must find it where it is.
 */
#include "case.h"

CASE("mremap pages that are being migrated: nothing is lost", "C0");
SEEN_TO_FAIL("7.3-windows-mremap-drops-migrating", "C0", "anon-*");
NOT_SEEN_TO_FAIL("what that kernel leaves behind is an entry of a PTE table", "thp-*");
VARIANTS("anon thp", "none");

TEST_F(scene, remap_in_migration)
{
	while (race_round(self)) {
		race(self, &act_migrate,
		     AT("move_to_new_folio", "move_to_new_page", "folio_migrate_mapping",
			"migrate_page_move_mapping"),
		     &act_remap);
		cpu_write(self, PARENT);
	}
}
