// SPDX-License-Identifier: GPL-2.0-only
/* Leaves a child that keeps the pipe open and goes on writing. */
#include "port.h"

int main(void)
{
	if (!fork())
		for (;;)
			if (write(1, "noise\n", 6) < 0)
				_exit(1);
	usleep(20000);
	printf("parent is done\n");
	return 0;
}
