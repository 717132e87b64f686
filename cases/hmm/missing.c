// SPDX-License-Identifier: GPL-2.0-only
/* Of a hole a device makes a page. Not where somebody has registered for what is missing. */
#include "case.h"

CASE("what is missing, to a device, read: it is asked for", "C3");
SEEN_TO_FAIL("7.3-hmm-fills-missing", "C3", "*");
VARIANTS("unpopulated", "none");

TEST_F(scene, missing)
{
	uffd_open(self, WITH_MISSING);
	to_device(self, ALL_PAGES);
	read_missing(self, 0, FILL_COPY);
	cpu_write_pages(self, PARENT, PAGE(0));
}
