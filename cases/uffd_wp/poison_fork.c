// SPDX-License-Identifier: GPL-2.0-only
/*
 * A poisoned page is inherited as poisoned. With EVENT_FORK the child inherits uffd-wp bits as
 * well, but the poisoned page had none, and must not get one with its marker. (C4)
 */
#include "case.h"

CASE("POISON, fork with EVENT_FORK: the child's poisoned page has no uffd-wp bit", "C2 C4 C5");
NOT_SEEN_TO_FAIL(
	"no kernel is to be had; the mutant that marks each marker that it copies fails by C4",
	"*");
VARIANTS("anon shmem hugetlb", "none");

TEST_F(scene, poison_fork)
{
	uffd_open(self, WP_EVENT_FORK | WITH_MISSING);
	fill(self, PAGE(1), FILL_POISON);
	wp_pages(self, PAGE(0));
	fork_child(self);
	cpu_read_refused(self, 1);
	child_write_under_wp(self, 0);
	write_under_wp(self, 0, UNPROTECT);
}
