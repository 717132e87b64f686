// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread writes to two counters in pinned memory, one after the other, while the
 * process forks. Pinned pages are copied one by one, and nothing stops the thread from
 * writing to them meanwhile. So the child's second counter may be newer than its first, a
 * state that the memory never was in. Whether fork() must be atomic for such pages is
 * open (2025). What must hold is that the child has what was there while fork() ran, and
 * that it does not change afterwards.
 */
#include "case.h"

OBSERVATION("a thread writes to pinned memory while the process forks: how often it is torn", "C2");
OBSERVES("torn", "in how many children pinned pages were copied at different times");
NOT_SEEN_TO_FAIL("no kernel was found whose child sees its memory change", "*");
VARIANTS("anon", "none");

TEST_F(scene, tearing)
{
	counters_begin(self);
	fork_while_counting(self, 40);
	counters_end(self);
}
