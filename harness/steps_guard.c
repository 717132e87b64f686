// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guard pages without a mapping of their own (v6.13, of files v6.15): a PTE marker, and SIGSEGV for
 * who touches it.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE  103
#endif

static void must_refuse(struct scene *s, int proc, unsigned int page)
{
	if (!read_raises_in(s, proc, page, SIGSEGV))
		scene_fail(s, CHECK("guard-read"), "C5", "SIGSEGV: it is a guard page",
			   "the %s reads page %u", who[proc], page);
}

static int advise(struct scene *s, int advice, unsigned int first, unsigned int n)
{
	size_t len;
	char *addr;

	page_range(s, first, n, &addr, &len);
	return madvise(addr, len, advice) ? -errno : 0;
}

static unsigned int bits(unsigned int first, unsigned int n)
{
	return ((1U << n) - 1) << first;
}

struct guarding {
	char *addr;
	size_t len;
	int err;
};

static void guard_in_thread(void *arg)
{
	struct guarding *g = arg;

	g->err = madvise(g->addr, g->len, MADV_GUARD_INSTALL) ? -errno : 0;
}

/* By @bytes from the first one's start on, 0: by all of them. */
static void install(struct scene *s, unsigned int first, unsigned int n, size_t bytes)
{
	static struct helper_thread thread;
	static struct guarding g;
	int err;

	feature_needed(s, s->memfd >= 0 ? F_GUARD_FILES : F_GUARD);
	tell_not("makes guard pages");
	page_range(s, first, n, &g.addr, &g.len);
	if (bytes)
		g.len = bytes;
	helper_start(s, &thread, guard_in_thread, &g);
	while (!helper_wait_busy(&thread))
		wait_failed(s, CHECK("guard-hang"), "C8", by_thread(&thread),
			    "MADV_GUARD_INSTALL ends", "it does not within %d ms, or %d of work",
			    PATIENCE_MS, BUSY_MS);
	err = g.err;
	s->guards = true;
	if (err)
		scene_fail(s, CHECK("guard-error"), "C5", "pages become guard pages",
			   "MADV_GUARD_INSTALL says %s", strerrorname_np(-err));
	gave_up_pages(s, PARENT, first, n);
	for (unsigned int i = first; i < first + n; i++) {
		/* Where a marker would stay there is another one now. */
		model_mark(&s->model, PARENT, i, false);
		s->touched[i] = s->out[i] = false;
		must_refuse(s, PARENT, i);
	}
	if (n == s->npages)
		s->touched[MODEL_REST] = false;
	s->proc[PARENT].guarded |= bits(first, n);
	step_end(s);
}

void guard_install(struct scene *s, unsigned int first, unsigned int n)
{
	step_begin(s, "C5", "guard_install%s", which(s, first, n));
	install(s, first, clamp_pages(s, first, n), 0);
}

void guard_bytes(struct scene *s, unsigned int page)
{
	step_begin(s, "C5", "guard_bytes page %u", page);
	install(s, page, 1, 100);
}

void guard_remove(struct scene *s, unsigned int first, unsigned int n)
{
	int err;

	step_begin(s, "C5", "guard_remove%s", which(s, first, n));
	n = clamp_pages(s, first, n);
	tell_not("makes guard pages");
	err = advise(s, MADV_GUARD_REMOVE, first, n);
	if (err)
		scene_fail(s, CHECK("guard-remove-error"), "C5", "guard pages go",
			   "MADV_GUARD_REMOVE says %s", strerrorname_np(-err));
	s->proc[PARENT].guarded &= ~bits(first, n) | s->proc[PARENT].poisoned;
	step_end(s);
}

void guard_refuses(struct scene *s, int proc, unsigned int page)
{
	step_begin(s, "C5", "guard_refuses %s page %u", who[proc], page);
	if (!(s->proc[proc].guarded & ~s->proc[proc].poisoned & 1U << page))
		scene_error(s, "page %u of the %s is no guard page", page, who[proc]);
	tell_not("makes guard pages");
	must_refuse(s, proc, page);
	step_end(s);
}
