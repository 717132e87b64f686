// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process has as many mappings as it may have (vm.max_map_count), and what would split one is
 * refused. UFFDIO_UNREGISTER has taken the marks by then (f369b07c8614, v6.0), and leaves the page
 * registered: nobody is told of writes any more.
 */
#include "case.h"

CASE("calls that would split a mapping are refused: content, rights, marks and locks stay",
     "C0 C3 C4");
SEEN_TO_FAIL("6.1 6.12 7.3", "C4", "*");
BROKEN_BY_AS("copies-exclusive", "C1", "*-io_uring");
BROKEN_BY("unregister-refused-drops-marks", "*");
VARIANTS("anon thp thp_pte shmem", "none io_uring");

TEST_F(scene, no_more_mappings)
{
	pin(self);
	wp(self);
	split_refused(self, 1);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
	split_refused(self, 1);
	fork_child(self);
	cpu_write(self, PARENT);
}
