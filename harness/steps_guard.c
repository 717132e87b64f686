// SPDX-License-Identifier: GPL-2.0-only
/* Guard pages without a mapping of their own (v6.13): a PTE marker, and SIGSEGV for who touches it. */
#include <errno.h>
#include <setjmp.h>
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

static sigjmp_buf segv_env;

static void on_segv(int sig)
{
	siglongjmp(segv_env, sig);
}

static bool read_is_refused(const char *addr)
{
	struct sigaction act = { .sa_handler = on_segv }, old;
	volatile bool refused = false;

	sigaction(SIGSEGV, &act, &old);
	if (!sigsetjmp(segv_env, 1))
		(void)*(volatile const uint64_t *)addr;
	else
		refused = true;
	sigaction(SIGSEGV, &old, NULL);
	return refused;
}

static void read_guarded(struct scene *s, unsigned int page, struct child_reply *reply)
{
	reply->ret = !read_is_refused(page_addr_in(s, CHILD, page));
}

static void must_refuse(struct scene *s, int proc, unsigned int page)
{
	struct child_cmd cmd = { .op = OP_CALL, .call = read_guarded, .call_arg = page };
	struct child_reply reply = { 0 };

	if (proc == PARENT)
		reply.ret = !read_is_refused(page_addr(s, page));
	else
		child_ask(s, proc, &cmd, &reply);
	if (reply.ret)
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

void guard_install(struct scene *s, unsigned int first, unsigned int n)
{
	int err;

	step_begin(s, "C5", "guard_install%s", which(s, first, n));
	feature_needed(s, F_GUARD);
	n = clamp_pages(s, first, n);
	tell_not("makes guard pages");
	err = advise(s, MADV_GUARD_INSTALL, first, n);
	if (err)
		scene_fail(s, CHECK("guard-error"), "C5", "pages become guard pages",
			   "MADV_GUARD_INSTALL says %s", strerrorname_np(-err));
	gave_up_pages(s, PARENT, first, n);
	for (unsigned int i = first; i < first + n; i++) {
		s->touched[i] = s->out[i] = false;
		must_refuse(s, PARENT, i);
	}
	if (n == s->npages)
		s->touched[MODEL_REST] = false;
	s->proc[PARENT].guarded |= bits(first, n);
	step_end(s);
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
	s->proc[PARENT].guarded &= ~bits(first, n);
	step_end(s);
}

void guard_refuses(struct scene *s, int proc, unsigned int page)
{
	step_begin(s, "C5", "guard_refuses %s page %u", who[proc], page);
	if (!(s->proc[proc].guarded & 1U << page))
		scene_error(s, "page %u of the %s is no guard page", page, who[proc]);
	tell_not("makes guard pages");
	must_refuse(s, proc, page);
	step_end(s);
}
