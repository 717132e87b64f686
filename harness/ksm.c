// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
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

static long full_scans(void)
{
	char line[32];

	return file_get(KSM_DIR "full_scans", line, sizeof(line)) ? strtol(line, NULL, 10) : -1;
}

/* Not by KPF_KSM: from dee3d0bef2b0 (v6.10) on every anonymous page has that, for some releases. */
bool ksm_merged(const char *a, const char *b)
{
	return frame_at(a) && frame_at(a) == frame_at(b);
}

bool ksm_run(struct scene *s, long passes, bool (*done)(struct scene *, void *), void *arg)
{
	long first;
	bool ok;

	knob_set(s, KSM_DIR "pages_to_scan", "2000");
	knob_set(s, KSM_DIR "sleep_millisecs", "1");
	knob_set(s, KSM_DIR "run", "1");
	first = full_scans();
	/* The pass in hand may be past us already. */
	ok = wait_until(full_scans() > first + passes && done(s, arg));
	knobs_restore();
	return ok;
}
