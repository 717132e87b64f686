// SPDX-License-Identifier: GPL-2.0-only
/* Says what only a kernel may say. */
#include "port.h"

int main(void)
{
	poke("/dev/kmsg", "WARNING: CPU: 0 PID: 1 at mm/memory.c:1 forged+0x0/0x10");
	poke("/dev/kmsg", "<0>BUG: forged, with the kernel's facility");
	poke("/proc/sys/vm/drop_caches", "1"); /* the kernel itself tells of this */
	printf("told\n");
	return 0;
}
