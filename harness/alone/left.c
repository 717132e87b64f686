// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Pins that were not given back, and what huge pages and swap there is. */
static void count_all(long n[5])
{
	n[0] = number_in("/proc/vmstat", "nr_foll_pin_acquired") -
	       number_in("/proc/vmstat", "nr_foll_pin_released");
	n[1] = number_in("/proc/meminfo", "HugePages_Free:");
	n[2] = number_in("/proc/meminfo", "HugePages_Rsvd:");
	n[3] = number_in("/proc/meminfo", "HugePages_Surp:");
	/* Kernels before v6.15 keep some slots of swap for later. */
	n[4] = kernel_since(6, 15) ? number_in("/proc/meminfo", "SwapFree:") : 0;
}

/* A child does the test. When it is gone all must be as before. */
static void leaves_nothing(void)
{
	const char *const what[] = { "pins", "free huge pages", "huge pages that are set aside",
				     "surplus huge pages", "free swap in KiB" };
	char wanted[64], seen[32];
	long before[5], now[5];
	int status, i = 0;

	count_all(before);
	if (!fork()) {
		alarm(20);
		return;
	}
	step = "C8 nothing is left behind";
	alarm(30);
	if (wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 99);
	for (int try = 0; i < 5 && try < 500; try++) {
		count_all(now);
		for (i = 0; i < 5 && now[i] == before[i];)
			i++;
		usleep(10000);
	}
	if (i < 5) {
		snprintf(wanted, sizeof(wanted), "as many %s as before: %ld", what[i], before[i]);
		snprintf(seen, sizeof(seen), "%ld", now[i]);
		fail(step, wanted, seen);
	}
	printf("ok 1 %s\n", NAME);
	_exit(0);
}
