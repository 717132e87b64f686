// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "failnth.h"
#include "failures.h"
#include "feature.h"
#include "memory.h"
#include "tell.h"

/* More than any call makes. */
#define ROUNDS 400

static struct {
	unsigned int round, refused;
	bool asked;
} failures;

/* Also those that wait for memory, and of a single page: they fail where a cgroup has no more. */
static void get_ready(struct scene *s)
{
	static const char *const knobs[][2] = {
		{ "fail_page_alloc/ignore-gfp-wait", "N" },
		{ "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ "fail_page_alloc/min-order", "0" },
		{ "fail_page_alloc/verbose", "0" },
		{ "failslab/ignore-gfp-wait", "N" },
		{ "failslab/verbose", "0" },
	};
	char *rseq = (char *)__builtin_thread_pointer() + __rseq_offset;
	char path[64];

	feature_needed(s, F_FAILURES);
	/* Where the kernel cannot tell the C library on which processor it is, it kills. */
	if (__rseq_size && syscall(SYS_rseq, rseq, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG))
		scene_error(s, "rseq: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s", knobs[i][0]);
		knob_set(s, path, knobs[i][1]);
	}
	if (!failnth_open())
		scene_error(s, "fail-nth: %s", strerror(errno));
}

bool failure_round(struct scene *s)
{
	if (!failures.round)
		get_ready(s);
	else if (!failures.asked)
		scene_error(s, "nothing was to fail in round %u", failures.round);
	else if (failnth_broken())
		scene_error(s, "fail-nth cannot be read, or written");
	else if (!failnth_met()) {
		observe(s, "refused", "%u of %u", failures.refused, failures.round - 1);
		if (failures.round == 1)
			scene_error(s, "it makes no allocation that could fail");
		return false;
	}
	if (failures.round++ == ROUNDS)
		scene_error(s, "it makes more than %u allocations", ROUNDS);
	failures.asked = false;
	return true;
}

static void ask(struct scene *s)
{
	if (failures.asked)
		scene_error(s, "one call a round");
	failures.asked = true;
	failnth_arm(failures.round);
}

bool failing(struct scene *s, const struct act *act)
{
	/* A fork() has more to do than the call. */
	bool forks = act == &act_fork;
	int err;

	step_begin(s, act->clause, "%s, allocation %u fails", act->name, failures.round);
	tell_not("has allocations fail");
	if (act->prepare)
		act->prepare(s);
	ask(s);
	if (!forks)
		failnth_begins();
	err = act->act(s);
	if (!forks)
		failnth_ends();
	if (err && failnth_met())
		failures.refused++;
	else
		act->done(s, err);
	step_end(s);
	return !err;
}

bool failing_fork(struct scene *s)
{
	bool done;

	tell_not("has allocations fail");
	ask(s);
	done = fork_child_or_nomem(s, ", an allocation fails");
	if (!done && !failnth_met())
		scene_error(s, "fork() says ENOMEM, and no allocation was to fail");
	failures.refused += !done;
	return done;
}

/* --- what may fail ---------------------------------------------------------------------------- */

/* Whether it is done where nothing fails is for others to judge. */
static void must_be_done(struct scene *s, const struct act *act, int err)
{
	if (err)
		scene_error(s, "%s says %s, and no allocation was to fail", act->name,
			    strerrorname_np(-err));
}

/* A page of several, so that the mapping is split. */
static char *a_page(struct scene *s)
{
	if (s->npages < 2)
		scene_error(s, "the area has one page");
	return page_addr(s, 1);
}

static int protect_page(struct scene *s)
{
	return mprotect(a_page(s), s->page_len, PROT_READ) ? -errno : 0;
}

static void protected_page(struct scene *s, int err)
{
	must_be_done(s, &act_protect_page, err);
	s->proc[PARENT].readonly |= 1U << 1;
}

const struct act act_protect_page = {
	.name = "mprotect of a page",
	.clause = "C5",
	.act = protect_page,
	.done = protected_page,
};

/* To be inherited or not is nothing that is seen before a fork(), and it is taken back at once. */
static int ask_dontfork(struct scene *s)
{
	return madvise(a_page(s), s->page_len, MADV_DONTFORK) ? -errno : 0;
}

static void dontforked_page(struct scene *s, int err)
{
	must_be_done(s, &act_dontfork_page, err);
	if (madvise(a_page(s), s->page_len, MADV_DOFORK))
		scene_error(s, "MADV_DOFORK: %s", strerror(errno));
}

const struct act act_dontfork_page = {
	.name = "MADV_DONTFORK of a page",
	.clause = "C0",
	.act = ask_dontfork,
	.done = dontforked_page,
};

static int lock_page(struct scene *s)
{
	return mlock2(a_page(s), s->page_len, 0) ? -errno : 0;
}

static void locked_page(struct scene *s, int err)
{
	must_be_done(s, &act_lock_page, err);
	if (munlock(a_page(s), s->page_len))
		scene_error(s, "munlock: %s", strerror(errno));
}

const struct act act_lock_page = {
	.name = "mlock of a page",
	.clause = "C0",
	.act = lock_page,
	.done = locked_page,
};

/* Registered again at once. */
static int unregister_page(struct scene *s)
{
	struct uffdio_range r = { (uintptr_t)a_page(s), s->page_len };

	return ioctl(s->uffd, UFFDIO_UNREGISTER, &r) ? -errno : 0;
}

static void unregistered_page(struct scene *s, int err)
{
	struct uffdio_register r = {
		.range = { (uintptr_t)a_page(s), s->page_len },
		.mode = s->uffd_mode,
	};

	must_be_done(s, &act_unregister_page, err);
	model_mark(&s->model, PARENT, 1, false);
	if (ioctl(s->uffd, UFFDIO_REGISTER, &r))
		scene_error(s, "UFFDIO_REGISTER: %s", strerror(errno));
}

const struct act act_unregister_page = {
	.name = "UFFDIO_UNREGISTER of a page",
	.clause = "C4",
	.act = unregister_page,
	.done = unregistered_page,
};

/*
 * There, and back without a failure. What is small comes to lie across the end of a page table, so
 * that a half of it has been moved when the next one cannot be had.
 */
static char *there;

static void remap_prepare(struct scene *s)
{
	if (s->area_len > HUGEPAGE)
		scene_error(s, "the area has more than %lu bytes", HUGEPAGE);
	if (!there) {
		there = map_aligned(s, 2 * HUGEPAGE);
		if (s->area_len < HUGEPAGE)
			there += HUGEPAGE - s->area_len / 2;
	}
	map_or_error(s, there, s->area_len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1);
}

static int remap_once(struct scene *s)
{
	const int flags = MREMAP_MAYMOVE | MREMAP_FIXED;

	return mremap(s->area, s->area_len, s->area_len, flags, there) == there ? 0 : -errno;
}

static void remapped(struct scene *s, int err)
{
	const int flags = MREMAP_MAYMOVE | MREMAP_FIXED;

	must_be_done(s, &act_remap_once, err);
	if (mremap(there, s->area_len, s->area_len, flags, s->area) != s->area)
		scene_error(s, "mremap back: %s", strerror(errno));
}

const struct act act_remap_once = {
	.name = "mremap",
	.clause = "C0",
	.prepare = remap_prepare,
	.act = remap_once,
	.done = remapped,
};
