// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "failnth.h"

static unsigned int nth; /* 0: none is armed */
static int fail_nth = -1;
static bool met, broken;

bool failnth_open(void)
{
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	return fail_nth >= 0;
}

void failnth_arm(unsigned int n)
{
	nth = n;
	met = false;
}

void failnth_begins(void)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	if (nth && pwrite(fail_nth, text, len, 0) != len)
		broken = true;
}

/* The kernel counts it down, and it is 0 when the allocation has failed. */
void failnth_ends(void)
{
	char text[16] = "";

	if (!nth)
		return;
	nth = 0;
	if (pread(fail_nth, text, sizeof(text) - 1, 0) <= 0 || pwrite(fail_nth, "0", 1, 0) != 1)
		broken = true;
	met = !strtoul(text, NULL, 10);
}

bool failnth_met(void)
{
	return met;
}

bool failnth_broken(void)
{
	return broken;
}
