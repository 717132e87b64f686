// SPDX-License-Identifier: GPL-2.0-only
#include "port.h"

int main(void)
{
	volatile unsigned long nowhere = 16;

	printf("about to fault\n");
	fflush(stdout);
	*(volatile int *)nowhere = 1;
	return 0;
}
