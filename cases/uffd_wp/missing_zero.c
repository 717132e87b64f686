// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first touch of missing memory is a read, for which the kernel would map the zero
 * page, a huge one where it can. It must wait for the monitor, which fills in zeros by
 * UFFDIO_ZEROPAGE, and a write after that gets a page of its own.
 */
#include "case.h"

CASE("read missing memory: noticed, and ZEROPAGE fills in what a write is copied from", "C0 C3");
SEEN_TO_FAIL("7.3-missing-unnoticed", "C3", "*");
VARIANTS("anon thp unpopulated", "none");

TEST_F(scene, missing_zero)
{
	uffd_open(self, WITH_MISSING);
	drop_pages(self, ALL_PAGES);
	read_missing(self, 1, FILL_ZEROPAGE);
	write_missing(self, 0, FILL_ZEROPAGE);
	cpu_write_pages(self, PARENT, 0, 2);
}
