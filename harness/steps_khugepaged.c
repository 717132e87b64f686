// SPDX-License-Identifier: GPL-2.0-only
/* khugepaged, which goes by rules of its own and asks nobody. From v7.3 on also to sizes below 2 MiB. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "memory.h"
#include "tell.h"

#define THP_DIR "/sys/kernel/mm/transparent_hugepage/"
#define KH_DIR	THP_DIR "khugepaged/"

static long full_scans(void)
{
	char line[32];

	return file_get(KH_DIR "full_scans", line, sizeof(line)) ? strtol(line, NULL, 10) : -1;
}

/* A range beside that it must collapse: one page of it is there. */
static char *beside(struct scene *s)
{
	char *p = map_aligned(s, HUGEPAGE);

	if (madvise(p, HUGEPAGE, MADV_NOHUGEPAGE))
		scene_error(s, "MADV_NOHUGEPAGE: %s", strerror(errno));
	*(volatile char *)p = 1;
	if (madvise(p, HUGEPAGE, MADV_HUGEPAGE))
		scene_error(s, "MADV_HUGEPAGE: %s", strerror(errno));
	return p;
}

void khugepaged_scan(struct scene *s)
{
	uint64_t before[MODEL_PAGES];
	bool done;
	long first;
	char *p;

	step_begin(s, "C4", "khugepaged_scan");
	tell_not("waits for khugepaged");
	feature_needed(s, F_THP);
	if (madvise(s->area, s->area_len, MADV_HUGEPAGE))
		scene_error(s, "MADV_HUGEPAGE: %s", strerror(errno));
	p = beside(s);
	frames_now(s, before);
	if (!access(THP_DIR "hugepages-64kB/enabled", W_OK))
		knob_set(s, THP_DIR "hugepages-64kB/enabled", "madvise");
	knob_set(s, KH_DIR "pages_to_scan", "65536");
	knob_set(s, KH_DIR "alloc_sleep_millisecs", "1");
	knob_set(s, KH_DIR "scan_sleep_millisecs", "1");
	first = full_scans();
	/* It reads what it is to do when it wakes; the scan in hand may be past us already. */
	done = wait_until(full_scans() > first + 2 && pmd_mapped(p));
	knobs_restore();
	if (!done)
		wait_error(s, by_kernel("khugepaged"),
			   "khugepaged makes no huge page of a range "
			   "beside");
	munmap(p, HUGEPAGE);
	observe(s, "khugepaged", "%s", pmd_mapped(s->area) ? "collapsed" : "left alone");
	/* What was swapped out it brings in. */
	for_each_page(s, i)
		if (s->out[i] && pagemap(0, page_addr(s, i)) & PM_PRESENT)
			s->out[i] = false;
	tell_moved(s, "moved_by_khugepaged", before);
	pinned_stay(s, before);
	step_end(s);
}
