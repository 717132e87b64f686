// SPDX-License-Identifier: GPL-2.0-only
/*
 * A debugger's write, by /proc/PID/mem or PTRACE_POKEDATA, to a write-protected
 * page. access_remote_vm() cannot wait for a monitor, so userfaultfd answers
 * SIGBUS and the write is refused with EIO. Whether it should be is an open
 * question; what holds is that it is refused or noticed, and that the mark stays
 * if it is refused. Without a mark it goes through, into the pin's page. (C1, C3)
 */
#include "case.h"

OBSERVATION("a debugger's write to a write-protected page: refused, or noticed", "C1 C3");
OBSERVES("debugger_under_wp", "what PTRACE_POKEDATA says to a write-protected page");

VARIANTS_ALL(io_uring);
VARIANTS_ALL_NOPIN;
VARIANT(hugetlb_shared, io_uring);
VARIANT(anon, rdma);

TEST_F(scene, debugger_under_wp)
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
