// SPDX-License-Identifier: GPL-2.0-only
/* Never ends and uses no CPU; has a child that does likewise. */
#include "port.h"

int main(void)
{
	int p[2];
	char c;

	if (pipe(p))
		return 1;
	if (!fork())
		for (;;)
			pause();
	mark("blocked\n");
	return read(p[0], &c, 1) == 1;
}
