// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "disk.h"
#include "internal.h"
#include "version.h"

/* Clause C8: what a test leaves behind when its processes are gone. */

void counters_read(struct scene_counters *c)
{
	static const char *const keys[] = { "HugePages_Free", "HugePages_Rsvd", "HugePages_Surp",
					    "SwapFree", "SwapCached" };
	long value[5];

	c->pins = pins_outstanding();
	file_numbers("/proc/meminfo", 5, keys, value);
	c->hugepages_free = value[0];
	c->hugepages_reserved = value[1];
	c->hugepages_surplus = value[2];
	c->swap_free_kib = value[3];
	c->swap_cached_kib = value[4];
	c->ksm_across = ksm_across();
	c->taint = kernel_taint();
}

/*
 * A page that is freed is anonymous no more, and on no LRU list. One that is, is mapped
 * nowhere and not in swap either is held by a reference that nobody will give back; no
 * counter tells. The files that shared memory is in go with their last process, and what is
 * cut off a file is clean. A dirty page is another file's, which compaction, or who came
 * later, put in the frame: what the guest booted from is such memory.
 */
static bool frame_left(const struct scene_frame *f)
{
	uint64_t flags = kpageflags(f->pfn);

	if (flags & (KPF_SWAPCACHE | KPF_KSM | KPF_ZERO_PAGE))
		return false;
	if (!f->file)
		return flags & KPF_ANON && !kpagecount(f->pfn);
	return flags & KPF_LRU && flags & KPF_SWAPBACKED &&
	       !(flags & (KPF_ANON | KPF_HUGE | KPF_DIRTY)) && !kpagecount(f->pfn);
}

static long count_frames_left(const struct scene *s)
{
	long n = 0;

	for (unsigned int f = 0; f < s->nframes; f++)
		n += frame_left(&s->frame[f]);
	return n;
}

/*
 * The batches of pages on their way to an LRU list hold references, too, for as long as
 * they are not full. Compaction empties them all before it begins.
 */
static long frames_left(const struct scene *s)
{
	if (count_frames_left(s))
		file_put("/proc/sys/vm/compact_memory", "1");
	return count_frames_left(s);
}

/*
 * Kernels before v6.15 keep up to 64 slots of swap a CPU and direction for later
 * (mm/swap_slots.c). swapoff() of any area gives them all back: who runs the test may
 * name one that is off and free for that.
 */
static bool swap_slots_drain(void)
{
	const char *area = getenv("COWPEN_SWAP_BESIDE");

	return area && !swapon(area, 0) && !swapoff(area);
}

/*
 * Up to then a page may also be all that has its slot still, when nobody has it any
 * more who could give both back: that is left to reclaim.
 */
static bool swap_left(const struct scene_counters *before, struct scene_counters *now)
{
	long slack = 0;

	if (now->swap_free_kib >= before->swap_free_kib || kernel_since("6.15"))
		return now->swap_free_kib < before->swap_free_kib;
	if (swap_slots_drain())
		counters_read(now);
	else
		slack = 4L * 128 * sysconf(_SC_NPROCESSORS_ONLN);
	return now->swap_free_kib + now->swap_cached_kib + slack <
	       before->swap_free_kib + before->swap_cached_kib;
}

/* Says of a swap slot that is in use whose it is, in the time that it has. */
#define SWAPOFF_S 10

/*
 * Where memory is short others are swapped out while a test runs, who have nothing to
 * do with it. What has an owner swapoff() brings back; for that which has none it looks for
 * ever. 0: all of it has one. -EINTR: not all. Else it cannot be told, and why not.
 */
static int swap_has_owners(void)
{
	char device[64];
	int status;
	pid_t pid;

	if (!swap_device(device, sizeof(device)))
		return -ENODEV;
	pid = fork();
	if (!pid) {
		alarm(SWAPOFF_S);
		if (swapoff(device))
			_exit(errno);
		alarm(0);
		_exit(swapon(device, 0) ? ENODEV : 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -ECHILD;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

/* Whoever asks, it is one check. */
static const struct check *left_pins(void)
{
	return CHECK("left-pins");
}

void pins_as_before(struct scene *s, long before)
{
	if (!wait_until(pins_outstanding() == before))
		scene_fail(s, left_pins(), "C8", "no pin is left when the scene has gone",
			   "%ld more than before", pins_outstanding() - before);
}

/* The first thing that is not as it was, or NULL. */
static const struct check *left(const struct scene *s, const char **what, long *was, long *is)
{
	const struct scene_counters *before = &s->before;
	struct scene_counters now;
	bool lost;

	pool_refill(s);
	counters_read(&now);
	*what = "kernel taint";
	*was = before->taint;
	*is = now.taint;
	if (now.taint & ~before->taint)
		return CHECK("left-taint");
	*what = "outstanding pins";
	*was = before->pins;
	*is = now.pins;
	if (*is != *was)
		return left_pins();
	*what = "free huge pages";
	*was = before->hugepages_free;
	*is = now.hugepages_free;
	if (*is != *was)
		return CHECK("left-hugepages");
	*what = "huge pages that are set aside";
	*was = before->hugepages_reserved;
	*is = now.hugepages_reserved;
	if (*is != *was)
		return CHECK("left-reserved");
	*what = "surplus huge pages";
	*was = before->hugepages_surplus;
	*is = now.hugepages_surplus;
	if (*is != *was)
		return CHECK("left-surplus");
	*what = "free swap in KiB";
	*was = before->swap_free_kib;
	lost = swap_left(before, &now);
	*is = now.swap_free_kib;
	if (lost)
		return CHECK("left-swap");
	*what = "frames of the test that are not free";
	*was = 0;
	*is = frames_left(s);
	if (*is)
		return CHECK("left-frames");
	return NULL;
}

static void whose_swap(struct scene *s, int err)
{
	char why[128];

	snprintf(why, sizeof(why),
		 "there is less free swap than before, and whose it is cannot be "
		 "told: swapoff: %s",
		 strerrorname_np(-err));
	error_said(s, why);
	end_said(s);
}

/*
 * Pins outlive the process that made them while a child holds the device, and
 * io_uring gives pages back after exit has returned, so this waits: first for
 * the children, then for the counters.
 */
void scene_end(struct scene *s)
{
	uint64_t end = ms_now() + PATIENCE_MS, soon;
	const struct check *check;
	const char *what;
	long was, is;

	/* A test that is gone may have left it stopped: who waits for it would for ever. */
	if (s->disk_touched)
		disk_rest(false);
	children_kill(s);
	for (int i = CHILD; i < MODEL_PROCS; i++)
		while (!process_gone(s->proc[i].pid) && ms_now() < end)
			ms_sleep(1);
	memcg_end(s);
	ksm_end(s);
	end = ms_now() + PATIENCE_MS / 2;
	soon = ms_now() + PATIENCE_MS / 20;
	/* A taint does not go, and swap may be others': then there is another way to know. */
	while ((check = left(s, &what, &was, &is)) && strcmp(check->name, "left-taint") &&
	       ms_now() < (passes(s) && strcmp(check->name, "left-swap") ? end : soon))
		ms_sleep(5);
	if (check && !strcmp(check->name, "left-swap") && passes(s)) {
		int err = swap_has_owners();

		if (!err)
			check = left(s, &what, &was, &is);
		else if (err != -EINTR && err != -EBUSY)
			return whose_swap(s, err);
	}
	if (check && passes(s)) {
		char wanted[96], seen[64];

		s->step++;
		snprintf(s->step_name, sizeof(s->step_name), "nothing left behind");
		snprintf(wanted, sizeof(wanted), "%s as before: %ld", what, was);
		snprintf(seen, sizeof(seen), "%ld", is);
		fail_said(s, check, "C8", wanted, seen);
	}
	end_said(s);
}
