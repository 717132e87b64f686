// SPDX-License-Identifier: GPL-2.0-only
/* The kernel panics under the test. */
#include "port.h"

int main(void)
{
	printf("before the panic\n");
	fflush(stdout);
	usleep(50000); /* the agent passes it on */
	mark("step 1\nstep 2: panic\n");
	poke("/proc/sysrq-trigger", "c");
	return 0;
}
