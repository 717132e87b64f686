// SPDX-License-Identifier: GPL-2.0-only
/* Leaves everything else than it was: code, files, settings, processes, memory, time. */
#include "code.h"
#include "port.h"

/* True if it is otherwise now, and shows. */
static int patch(unsigned char *code)
{
	static const unsigned char other[PATCH_LEN] = {
		0xb8, 2, 0, 0, 0, 0xc3
	}; /* mov $2, %eax; ret */

	if (code_call(code) != 1)
		return 0;
	memcpy(code, other, sizeof(other));
	return code_call(code) == 2;
}

int main(void)
{
	char *much = malloc(64 << 20);
	FILE *f;

	if (!code_each(patch) || !much)
		return 2;
	memset(much, 0xa5, 64 << 20);
	f = fopen("/tmp/stain", "w");
	fputs("stain\n", f);
	fclose(f);
	f = fopen("/proc/sys/vm/swappiness", "w");
	fputs("17\n", f);
	fclose(f);
	if (!fork())
		for (;;)
			;
	sleep(1);
	mark("stained\n");
	return 0;
}
