// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"

static void protect(struct scene *s, unsigned int first, unsigned int n, int prot)
{
	size_t len;
	char *addr;

	page_range(s, first, n, &addr, &len);
	tell("rights(%u, %u, %s);", first, clamp_pages(s, first, n),
	     !prot	       ? "PROT_NONE" :
	     prot & PROT_WRITE ? "PROT_READ | PROT_WRITE" :
				 "PROT_READ");
	if (mprotect(addr, len, prot))
		scene_fail(s, CHECK("mprotect-refused"), "C5", "mprotect() is done", "%s",
			   strerrorname_np(errno));
	if (vm_flag(addr, "wr") != !!(prot & PROT_WRITE))
		scene_fail(s, CHECK("mprotect-rights"), "C5",
			   prot & PROT_WRITE ? "a mapping that may be written" :
					       "a mapping that may not be written",
			   "VmFlags does not say so");
	s->several |= s->memory->huge && clamp_pages(s, first, n) < s->npages;
	for (unsigned int i = first; i < first + clamp_pages(s, first, n); i++) {
		s->proc[PARENT].readonly &= ~(1U << i);
		s->proc[PARENT].readonly |= !(prot & PROT_WRITE) << i;
	}
}

void mprotect_ro_pages(struct scene *s, unsigned int first, unsigned int n)
{
	step_begin(s, "C5", "mprotect R%s", which(s, first, n));
	protect(s, first, n, PROT_READ);
	step_end(s);
}

void mprotect_ro(struct scene *s)
{
	mprotect_ro_pages(s, ALL_PAGES);
}

void mprotect_none(struct scene *s)
{
	step_begin(s, "C5", "mprotect NONE");
	protect(s, ALL_PAGES, PROT_NONE);
	s->proc[PARENT].blind = true;
	step_end(s);
}

void mprotect_rw(struct scene *s)
{
	step_begin(s, "C5", "mprotect RW");
	protect(s, ALL_PAGES, PROT_READ | PROT_WRITE);
	s->proc[PARENT].blind = false;
	step_end(s);
}

/* A page of @proc beside the scene, private and just written: ours, or see child_canary. */
static char *canary_of(struct scene *s, int proc)
{
	struct child_cmd cmd = { .op = OP_READ };
	struct child_reply reply;

	if (proc == PARENT)
		return canary(s);
	/* Whatever it is asked, it has written to that first. */
	child_ask(s, proc, &cmd, &reply);
	return child_canary;
}

void clear_refs(struct scene *s, int proc)
{
	pid_t pid = proc == PARENT ? 0 : s->proc[proc].pid;
	char *p = canary_of(s, proc), path[64];
	int err;

	feature_needed(s, F_SOFT_DIRTY);
	snprintf(path, sizeof(path), "/proc/%d/clear_refs", pid ? pid : getpid());
	err = file_put(path, "4");
	if (err)
		scene_fail(s, CHECK("clear-refs-refused"), "C9", "clear_refs is done", "%s",
			   strerrorname_np(-err));
	if (pagemap(pid, p) & PM_SOFT_DIRTY)
		scene_fail(s, CHECK("clear-refs-left"), "C9",
			   "clear_refs takes the soft-dirty bit of a page that nothing pins",
			   "it has it still, in the %s (beside the scene)", who[proc]);
	if (proc == PARENT)
		munmap(p, 4096);
}

void soft_dirty_clear(struct scene *s)
{
	unsigned int still = 0;

	step_begin(s, "C1", "soft_dirty_clear");
	tell("clear_soft_dirty(4, 0);");
	clear_refs(s, PARENT);
	/* Pinned pages may keep it (9348b73c2e1b, v5.11): an over-report, which is allowed. */
	for_each_page(s, i)
		still += !!(pagemap(0, page_addr(s, i)) & PM_SOFT_DIRTY);
	observe(s, "soft_dirty_after_clear", "%u of %u", still, s->npages);
	step_end(s);
}
