// SPDX-License-Identifier: GPL-2.0-only

/* How many references of pins the kernel counts. */
static long pins(void)
{
	char line[128];
	long n = 0;
	FILE *f;

	put("/proc/sys/vm/stat_refresh", "1");
	f = fopen("/proc/vmstat", "r");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "nr_foll_pin_", 12))
			n += line[12] == 'a' ? atol(line + 21) : -atol(line + 21);
	fclose(f);
	return n;
}

static long pins_before; /* when a pin is given up their number goes down */

static void pins_are_fewer(int error)
{
	while (error || pins() >= pins_before)
		usleep(1000);
}

#define pins_go(given_up) (pins_before = pins(), pins_are_fewer(given_up))
