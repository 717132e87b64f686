// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "internal.h"

#define KSM_DIR "/sys/kernel/mm/ksm/"

void ksm_may_merge(struct scene *s, char *at, size_t len)
{
	if (madvise(at, len, MADV_MERGEABLE))
		scene_error(s, "MADV_MERGEABLE: %s", strerror(errno));
}

/* -1: there is none. */
static long number_in(const char *file)
{
	char path[64], line[32];

	snprintf(path, sizeof(path), KSM_DIR "%s", file);
	return file_get(path, line, sizeof(line)) ? strtol(line, NULL, 10) : -1;
}

/* Not by KPF_KSM: from dee3d0bef2b0 (v6.10) on every anonymous page has that, for some releases. */
bool ksm_merged(const char *a, const char *b)
{
	return frame_at(a) && frame_at(a) == frame_at(b);
}

/* --- nodes apart --------------------------------------------------------------------- */

#define ACROSS "merge_across_nodes"

long ksm_across(void)
{
	return number_in(ACROSS);
}

/*
 * EBUSY: something is merged. Who ended while ksmd stood still is on its list until somebody goes
 * over it, and this does.
 */
static int turn_across(long across)
{
	char before[32];
	int err;

	if (!file_get(KSM_DIR "run", before, sizeof(before)))
		return -ENOENT;
	err = file_put(KSM_DIR "run", "2");
	file_put(KSM_DIR "run", before);
	return err ?: file_put(KSM_DIR ACROSS, across ? "1" : "0");
}

static void across(struct scene *s, long wanted)
{
	int err = 0;

	if (ksm_across() >= 0 && ksm_across() != wanted)
		err = turn_across(wanted);
	/* Where a mark keeps a page merged (before 6cce3314b928, v6.2), it is so. */
	if (err == -EBUSY)
		scene_error(s, "2 was written to ksm/run, and %ld pages are merged all the same",
			    number_in("pages_shared"));
	if (err)
		scene_error(s, "ksm/run or merge_across_nodes: %s", strerror(-err));
}

void ksm_by_node(struct scene *s)
{
	across(s, 0);
	s->ksm.by_node = true;
}

void ksm_end(struct scene *s)
{
	long was = s->before.ksm_across;
	int err = 0;

	if (was < 0 || ksm_across() == was || (err = turn_across(was)) == 0)
		return;
	if (passes(s)) {
		error_said(s, "ksm/merge_across_nodes cannot be put back");
		end_said(s);
	}
}

/* --- ksmd ------------------------------------------------------------------------------ */

bool ksm_run(struct scene *s, long passes, bool (*done)(struct scene *, void *), void *arg)
{
	long first;
	bool ok;

	/* Who left it otherwise may be one who was before us in this guest. */
	across(s, !s->ksm.by_node);
	knob_set(s, KSM_DIR "pages_to_scan", "2000");
	knob_set(s, KSM_DIR "sleep_millisecs", "1");
	knob_set(s, KSM_DIR "run", "1");
	first = number_in("full_scans");
	/* The pass in hand may be past us already. */
	ok = wait_until(number_in("full_scans") > first + passes && done(s, arg));
	knobs_restore();
	return ok;
}
