// SPDX-License-Identifier: GPL-2.0-only
/* Tells what stain.c would have changed. */
#include <time.h>

#include "code.h"
#include "port.h"

static int is_patched(unsigned char *code)
{
	return code_call(code) != 1;
}

int main(void)
{
	FILE *f = fopen("/proc/sys/vm/swappiness", "r");
	struct timespec t;
	int swappiness = -1;

	if (!f || fscanf(f, "%d", &swappiness) != 1)
		return 2;
	clock_gettime(CLOCK_MONOTONIC, &t);
	printf("stale %d file %d swappiness %d pid %d\n", code_each(is_patched),
	       !access("/tmp/stain", F_OK), swappiness, (int)getpid());
	printf("clock %ld.%03ld\n", (long)t.tv_sec, t.tv_nsec / 1000000);
	return 0;
}
