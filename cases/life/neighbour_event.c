// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control for life/neighbour: with EVENT_REMAP both mappings stay registered, whether
 * they are merged or not.
 */
#include "case.h"

CONTROL("mremap next to the area with EVENT_REMAP: a write raises a notification", "C1 C3 C4");
SEEN_TO_FAIL("5.10", "C1", "anon-io_uring");
SEEN_TO_FAIL("7.3-mremap-drops-uffd", "C4", "anon-none thp-none");
BROKEN_BY("copies-exclusive", "anon-io_uring");
VARIANTS("anon thp", "none");
VARIANTS("anon", "io_uring");

TEST_F(scene, neighbour_event)
{
	uffd_open(self, WP_EVENT_REMAP);
	pin(self);
	wp(self);
	remap_neighbour(self);
	write_under_wp(self, 1, UNPROTECT);
	device_write(self);
}
