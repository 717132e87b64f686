// SPDX-License-Identifier: GPL-2.0-only
/* 100 MB of output; only the first and the last of it is wanted. */
#include "port.h"

int main(void)
{
	static char line[1000];

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\n';
	printf("first line\n");
	for (int i = 0; i < 100000; i++)
		fwrite(line, sizeof(line), 1, stdout);
	printf("last line\n");
	return 0;
}
