// SPDX-License-Identifier: GPL-2.0-only
/* Never ends, and uses a CPU. */
#include "port.h"

int main(void)
{
	mark("spinning\n");
	for (volatile unsigned long i = 0;; i++)
		;
}
