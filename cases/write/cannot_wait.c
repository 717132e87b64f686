// SPDX-License-Identifier: GPL-2.0-only
/*
 * Some writers in the kernel cannot wait for a monitor: a debugger's, by /proc/PID/mem
 * or PTRACE_POKEDATA. userfaultfd answers their faults with SIGBUS, so in
 * write-protected memory they are refused, with EIO. What must hold is that the write is
 * refused in this way and that the uffd-wp bit stays. Without a uffd-wp bit the write
 * goes through, into the pin's page.
 *
 * For a debugger the refusal is an inconvenience. Whether it should be so is an open
 * question. For futex(2) it is none: see write/futex_under_wp. (C1, C3)
 */
#include "case.h"

OBSERVATION("writers that cannot wait for a monitor: refused", "C1 C3");
SEEN_TO_FAIL("7.3-nowait-past-wp", "C3", "*");
OBSERVES("proc_mem_under_wp", "what /proc/PID/mem says to a write to a write-protected page");
OBSERVES("poke_under_wp", "what PTRACE_POKEDATA says to it");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp_pte-[!n]* zero-[!n]*");

VARIANTS("ALL hugetlb_shared", "io_uring");
VARIANTS("ALL", "none");
VARIANTS("anon", "rdma");

TEST_F(scene, cannot_wait)
{
	pin(self);
	wp(self);
	write_under_wp_by(self, 0, PROC_MEM);
	write_under_wp_by(self, 1, PTRACE_POKE);
	unwp(self);
	cpu_write_by(self, PROC_MEM, PARENT, ALL_PAGES);
	cpu_write_by(self, PTRACE_POKE, PARENT, ALL_PAGES);
	device_write(self);
}
