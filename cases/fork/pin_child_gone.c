// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin, fork, and the child is gone before anybody writes: the page is the
 * parent's alone again and must still be the pin's.		(C1, C2)
 */
#include "case.h"

CASE("pin, fork, child exits, parent writes", "C1 C2");
SEEN_TO_FAIL("6.1", "C1", "anon-odirect thp-odirect");
SEEN_TO_FAIL("7.3-no-early-copy", "C1",
	     "anon-io_uring thp-io_uring thp_pte-io_uring shmem_private-io_uring "
	     "zero-io_uring anon-rdma thp-rdma");
NOT_SEEN_TO_FAIL("no pin: the control", "anon-none");
KNOWN_BROKEN("5.9", "6.5", "C1", "a7e689dd1c06",
	     "O_DIRECT takes FOLL_GET references, and do_wp_page() copies what has such when the "
	     "child is gone",
	     "anon-odirect");
KNOWN_BROKEN("5.18", "6.5", "C1", "a7e689dd1c06",
	     "the same for a huge page, reused by mapcount before 3bff7e3f1f16", "thp-odirect");
PATCHED("5.10-mapcount", "pass", "the number of mappings decides: a pin does not make a copy", "*");
PATCHED("5.10-always-copy", "C1", "THP and swap-in count references, too: a pin makes a copy",
	"thp-odirect");
PATCHED("7.3-no-early-copy", "C1", "fork() shares pinned pages",
	"anon-io_uring thp-io_uring thp_pte-io_uring shmem_private-io_uring "
	"zero-io_uring anon-rdma thp-rdma anon-odirect thp-odirect");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-io_uring");
PATCHED("7.3-pin-skips-cow", "C7", "a pin for writing takes what is there", "zero-io_uring");

VARIANTS_ANON(io_uring);
VARIANT(shmem_private, io_uring);
VARIANT(zero, io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);
VARIANT(anon, odirect);
VARIANT(thp, odirect);
VARIANT_NOPIN(anon);

TEST_F(scene, pin_child_gone)
{
	pin(self);
	fork_child(self);
	child_exit(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, PARENT);
}
