// SPDX-License-Identifier: GPL-2.0-only
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "spare.h"

#define OVER_MS	 1000
#define SPARE_MS 400 /* of them: a guest sleeps, too, and has no use for all of it */

static bool is_ours(const cpu_set_t *set, unsigned int cpu)
{
	return cpu < CPU_SETSIZE && CPU_ISSET(cpu, set);
}

static void our_processors(cpu_set_t *set)
{
	if (!sched_getaffinity(0, sizeof(*set), set))
		return;
	for (unsigned int i = 0; i < CPU_SETSIZE; i++)
		CPU_SET(i, set);
}

/* What they were idle, all together, or waited for a disk. 0 if it cannot be known. */
static uint64_t idle_ms(const char *stat)
{
	unsigned long idle, iowait, ticks = 0;
	unsigned int cpu;
	cpu_set_t set;
	char line[512];
	FILE *f = fopen(stat, "re");

	our_processors(&set);
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "cpu%u %*u %*u %*u %lu %lu", &cpu, &idle, &iowait) == 3 &&
		    is_ours(&set, cpu))
			ticks += idle + iowait;
	if (f)
		fclose(f);
	return ticks * 1000 / sysconf(_SC_CLK_TCK);
}

bool spare_processor(struct spare *s, const char *stat, uint64_t now)
{
	uint64_t idle, had = s->idle_ms, since = now - s->at_ms;
	bool first = !s->at_ms;

	if (!first && since < OVER_MS)
		return false;
	idle = idle_ms(stat);
	*s = (struct spare){ .at_ms = now, .idle_ms = idle };
	/* Who was not asked for long knows of a second that is long over. */
	return !first && since < 2 * OVER_MS && idle > had &&
	       (idle - had) * OVER_MS >= since * SPARE_MS;
}
