// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "disk.h"
#include "feature.h"
#include "memory.h"
#include "tell.h"
#include "window.h"

/* The disk under swap takes its time, or fails. */

static struct {
	bool stopped, failing; /* by a step, and no step has undone it */
	_Atomic bool quit;     /* the guard */
	unsigned int nwent;    /* how often a step had to wait for it */
	char device[64];
	struct helper_thread guard;
	pid_t main;
	uint64_t pfn[MODEL_PAGES]; /* where the pages were when it was stopped */
} disk;

/* --- a step that waits for it ------------------------------------------------------------- */

#define LOOK_MS	    2
#define LOOKS_STUCK 3
#define LOOKS_LONG  150

/* Without a library that may want memory: who is watched may hold the lock that it takes. */
static const char *text_of(pid_t tid, const char *file, char *text, size_t size)
{
	char path[48];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", tid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, text, size - 1);
	if (fd >= 0)
		close(fd);
	text[len > 0 ? len : 0] = '\0';
	return text;
}

static bool stuck_in_kernel(pid_t tid)
{
	char text[512];

	return strstr(text_of(tid, "stat", text, sizeof(text)), ") D");
}

/*
 * A step may have to wait until the disk has done what it was given, and nobody else would let it:
 * where it does, be it another process that it waits for, the disk goes.
 */
static void guard(void *arg)
{
	const struct scene *s = arg;
	unsigned int stuck = 0, age = 0, step = 0;

	while (!disk.quit && disk_at_rest()) {
		ms_sleep(LOOK_MS);
		stuck = stuck_in_kernel(disk.main) ? stuck + 1 : 0;
		age = s->step == step ? age + 1 : 0;
		step = s->step;
		if (disk.quit || (stuck < LOOKS_STUCK && age < LOOKS_LONG))
			continue;
		disk.nwent++;
		disk_rest(false);
	}
}

static void go(void)
{
	disk.quit = true;
	helper_join(&disk.guard);
	disk.stopped = false;
	if (disk_at_rest())
		disk_rest(false);
}

static void disk_needed(struct scene *s)
{
	feature_needed(s, F_SWAP_STOPS);
}

/* --- steps ---------------------------------------------------------------------------------- */

bool disk_stands(void)
{
	return disk.stopped;
}

void disk_stops(struct scene *s)
{
	int err;

	step_begin(s, "", "disk_stops");
	disk_needed(s);
	tell("disk_stops();");
	if (disk.stopped)
		scene_error(s, "the disk has been stopped before");
	for_each_page(s, i)
		disk.pfn[i] = s->touched[i] && !s->out[i] ? frame_at(page_addr(s, i)) : 0;
	s->disk_touched = true;
	undo_at_end(disk_restore);
	err = disk_rest(true);
	if (err)
		scene_error(s, "the disk cannot be stopped: %s", strerror(-err));
	disk.stopped = true;
	disk.quit = false;
	disk.nwent = 0;
	disk.main = syscall(SYS_gettid);
	helper_start(s, &disk.guard, guard, s);
	step_end(s);
}

/* Of the page that is there, or was when the disk was stopped. */
static bool in_writeback(struct scene *s, unsigned int page)
{
	uint64_t pfn = frame_at(page_addr(s, page)) ?: disk.pfn[page];

	return pfn && (kpageflags(pfn) & (KPF_WRITEBACK | KPF_SWAPCACHE)) ==
			      (KPF_WRITEBACK | KPF_SWAPCACHE);
}

void being_written(struct scene *s)
{
	step_begin(s, "", "being_written");
	disk_needed(s);
	tell("being_written();");
	if (!disk.stopped || !disk_at_rest())
		scene_error(s, "the disk is at work: %s",
			    disk.stopped ? "a step had to wait for it" : "nothing stopped it");
	for_each_page(s, i)
		if (!in_writeback(s, i))
			scene_error(s, "page %u is not being written to swap", i);
	step_end(s);
}

void disk_goes(struct scene *s)
{
	step_begin(s, "C0", "disk_goes");
	disk_needed(s);
	tell("disk_goes();");
	if (!disk.stopped)
		scene_error(s, "nothing has stopped the disk");
	go();
	observe(s, "waited_for_disk", "%s", disk.nwent ? "a step" : "none");
	step_end(s);
}

#define SECTORS (PAGE_4K / 512) /* of a page */

/* It refuses what is in @len sectors from @first on; 0: in all. */
static void fail_in(struct scene *s, uint64_t first, uint64_t len)
{
	int err;

	disk_needed(s);
	if (disk.stopped || disk.failing)
		scene_error(s, "the disk is stopped, or fails");
	swap_device(disk.device, sizeof(disk.device));
	disk.failing = true;
	undo_at_end(disk_restore);
	err = disk_refuse(first, len);
	if (err)
		scene_error(s, "the disk cannot be made to fail: %s", strerror(-err));
}

void disk_fails(struct scene *s)
{
	step_begin(s, "", "disk_fails");
	tell("disk_refuses(0, 0);");
	fail_in(s, 0, 0);
	step_end(s);
}

/* 0: it is not there. The first slot is the header. */
static uint64_t slot_of(const struct scene *s, unsigned int page)
{
	uint64_t entry = pagemap(0, page_addr(s, page));

	return entry & PM_SWAP ? PM_SWAP_OFFSET(entry) : 0;
}

void disk_loses_page(struct scene *s, unsigned int page)
{
	uint64_t slot, beside = 0;

	step_begin(s, "", "disk_loses_page %u", page);
	tell("disk_loses_page(%u);", page);
	slot = slot_of(s, page);
	if (!slot)
		scene_error(s, "page %u is not swapped out", page);
	/* What is read in one go lies side by side, in either order. */
	for_each_page(s, i)
		beside += slot_of(s, i) == slot - 1 || slot_of(s, i) == slot + 1;
	if (!beside)
		scene_error(s, "no page is next to page %u on the disk", page);
	fail_in(s, slot * SECTORS, SECTORS);
	step_end(s);
}

void disk_is_well(struct scene *s)
{
	char device[64];
	int err;

	step_begin(s, "C0", "disk_is_well");
	disk_needed(s);
	tell("disk_is_well();");
	if (!disk.failing)
		scene_error(s, "the disk has not failed");
	disk.failing = false;
	err = disk_heal();
	if (err)
		scene_error(s, "the disk cannot be made well: %s", strerror(-err));
	/* swapoff_fails() could not switch it on again. */
	if (!swap_device(device, sizeof(device)) && swapon(disk.device, 0))
		scene_error(s, "swapon of %s: %s", disk.device, strerror(errno));
	step_end(s);
}

void disk_restore(void)
{
	if (disk.stopped)
		go();
	else if (disk_at_rest()) /* a race that did not come to its end */
		disk_rest(false);
	if (disk.failing)
		disk_heal();
	disk.failing = false;
}

/* --- A waits for it, and B comes -------------------------------------------------------------- */

#define B_STACK (256UL << 10)

/* Its innermost frames that are the kernel's waiting, and who has called that. */
static bool waits_for_disk(struct window *w)
{
	if (!stuck_in_kernel(w->a))
		return false;
	text_of(w->a, "stack", w->stack, sizeof(w->stack));
	return strstr(w->stack, "swap") || strstr(w->stack, "shmem");
}

static void tell_stood(struct window *w)
{
	const char *line = w->stack;
	size_t n;

	for (int i = 0; i < 3 && *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *name = strstr(line, "] ");

		if (!name)
			break;
		name += 2;
		if (!strncmp(name, "io_schedule", 11))
			continue;
		n = strcspn(name, "+\n");
		snprintf(w->stood[i++], sizeof(w->stood[0]), "%.*s", (int)n, name);
	}
}

static void b_comes(void *arg)
{
	struct window *w = arg;

	window_touch_program();
	w->ready = true;
	while (!waits_for_disk(w)) {
		if (disk.quit)
			return;
		ms_sleep(LOOK_MS);
	}
	tell_stood(w);
	w->begun = true;
	w->err = w->does(w->s);
	w->finished = true;
}

/* The disk goes when B is done, or has to wait for A. */
static void b_is_guarded(void *arg)
{
	unsigned int before = 0, stuck = 0, age = 0;
	struct window *w = arg;

	window_touch_program();
	while (!disk.quit && disk_at_rest()) {
		ms_sleep(LOOK_MS);
		if (!w->begun) {
			/* A that never waits there, and is stuck all the same, is released, too. */
			if (++before < PATIENCE_MS / LOOK_MS / 2)
				continue;
			disk_rest(false);
			return;
		}
		stuck = stuck_in_kernel(w->b.tid) ? stuck + 1 : 0;
		if (!w->finished && stuck < LOOKS_STUCK && ++age < LOOKS_LONG)
			continue;
		w->waited = !w->finished;
		disk_rest(false);
	}
}

struct window *disk_open(struct scene *s, const struct spot *spot, pid_t a,
			 int (*does)(struct scene *s), bool forks)
{
	static struct window *w;
	static char *stack, *watcher;
	int err;

	if (!w) {
		w = window_memory(s, sizeof(*w));
		stack = window_memory(s, B_STACK);
		watcher = window_memory(s, B_STACK);
	}
	memset(w, 0, sizeof(*w));
	w->s = s;
	w->spot = *spot;
	w->a = a;
	w->does = does;
	w->event = w->quit = -1;
	snprintf(w->probed, sizeof(w->probed), "the disk");
	/* The child of B begins on it. */
	if (madvise(stack, B_STACK, forks ? MADV_KEEPONFORK : MADV_WIPEONFORK))
		scene_error(s, "madvise of B's stack: %s", strerror(errno));
	if (disk.stopped)
		scene_error(s, "a step has stopped the disk already");
	disk.quit = false;
	s->disk_touched = true;
	undo_at_end(disk_restore);
	err = disk_rest(true);
	if (err)
		scene_error(s, "the disk cannot be stopped: %s", strerror(-err));
	helper_start_on(s, &w->b, b_comes, w, stack, B_STACK);
	helper_start_on(s, &w->watcher, b_is_guarded, w, watcher, B_STACK);
	if (!wait_until(w->ready))
		wait_error(s, by_thread(&w->b), "the second thread does not start");
	return w;
}

void disk_close(struct window *w, const char *clause)
{
	struct scene *s = w->s;

	if (w->begun)
		window_b_ends(w, clause);
	disk.quit = true;
	if (!helper_wait(&w->b))
		wait_error(s, by_thread(&w->b), "the second thread does not end");
	if (!helper_wait(&w->watcher))
		wait_error(s, by_thread(&w->watcher), "the third thread does not end");
	if (disk_at_rest())
		disk_rest(false);
	if (!w->begun)
		scene_error(s, "A did not wait for the disk");
}
