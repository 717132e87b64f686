// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

/* Clause C8: what a test leaves behind when its processes are gone. */

void counters_read(struct scene_counters *c)
{
	static const char *const keys[] = { "HugePages_Free", "SwapFree" };
	long value[2];

	c->pins = pins_outstanding();
	file_numbers("/proc/meminfo", 2, keys, value);
	c->hugepages_free = value[0];
	c->swap_free_kib = value[1];
	c->taint = kernel_taint();
}

/*
 * Pins outlive the process that made them while a child holds the device, and
 * io_uring gives pages back after exit has returned, so this waits: first for
 * the children, then for the counters.
 */
void scene_end(struct scene *s)
{
	uint64_t end = ms_now() + PATIENCE_MS;
	const struct check *check = NULL;
	struct scene_counters now;
	const char *what;
	long was, is;
	/* Kernels up to 6.17 keep up to 64 swap slots a CPU and direction for later. */
	long slack = 4L * 128 * sysconf(_SC_NPROCESSORS_ONLN);

	children_kill(s);
	for (int i = CHILD; i < MODEL_PROCS; i++)
		while (!process_gone(s->proc[i].pid) && ms_now() < end)
			ms_sleep(1);
	end = ms_now() + PATIENCE_MS / 2;
	for (;;) {
		counters_read(&now);
		what = NULL;
		if (now.taint & ~s->before.taint) {
			what = "kernel taint", check = CHECK("left-taint"), was = s->before.taint,
			is = now.taint;
			break;
		}
		if (now.pins != s->before.pins)
			what = "outstanding pins", check = CHECK("left-pins"), was = s->before.pins,
			is = now.pins;
		else if (now.hugepages_free != s->before.hugepages_free)
			what = "free huge pages", check = CHECK("left-hugepages"),
			was = s->before.hugepages_free, is = now.hugepages_free;
		else if (now.swap_free_kib < s->before.swap_free_kib - slack)
			what = "free swap in KiB", check = CHECK("left-swap"),
			was = s->before.swap_free_kib, is = now.swap_free_kib;
		if (!what || ms_now() > end)
			break;
		ms_sleep(5);
	}
	if (what && *s->exit_code == KSFT_PASS) {
		char wanted[96], seen[64];

		s->step++;
		snprintf(s->step_name, sizeof(s->step_name), "nothing left behind");
		snprintf(wanted, sizeof(wanted), "%s as before: %ld", what, was);
		snprintf(seen, sizeof(seen), "%ld", is);
		fail_said(s, check, "C8", wanted, seen);
	}
	end_said(s);
}
