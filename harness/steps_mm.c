// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"

static void protect(struct scene *s, unsigned int first, unsigned int n, int prot)
{
	size_t len;
	char *addr;

	page_range(s, first, n, &addr, &len);
	if (mprotect(addr, len, prot))
		scene_fail(s, CHECK("mprotect-refused"), "C5", "mprotect() is done", "%s",
			   strerrorname_np(errno));
	if (vm_flag(addr, "wr") != !!(prot & PROT_WRITE))
		scene_fail(s, CHECK("mprotect-rights"), "C5",
			   prot & PROT_WRITE ? "a mapping that may be written" :
					       "a mapping that may not be written",
			   "VmFlags does not say so");
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

char *canary(struct scene *s)
{
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	*(volatile char *)p = 1;
	return p;
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
	clear_refs(s, PARENT);
	/* Pinned pages may keep it (9348b73c2e1b, v5.11): an over-report, which is allowed. */
	for_each_page(s, i)
		still += !!(pagemap(0, page_addr(s, i)) & PM_SOFT_DIRTY);
	observe(s, "soft_dirty_after_clear", "%u of %u", still, s->npages);
	step_end(s);
}

static bool swapped(const char *addr)
{
	return pagemap(0, addr) & PM_SWAP;
}

/* What is in a file leaves no entry behind, unless it was write-protected. */
static bool gone(const struct scene *s, unsigned int page)
{
	const char *addr = page_addr(s, page);

	/* Private memory without a file that leaves none behind is lost, as who looks will see. */
	return s->memory->shared || s->memfd < 0 ? !(pagemap(0, addr) & PM_PRESENT) : swapped(addr);
}

void reclaim(struct scene *s, bool must_go)
{
	struct wait w = wait_begin();
	char *p;

	feature_needed(s, F_SWAP);
	/* Reclaim must be seen to work, or "it stayed" would say nothing. */
	p = canary(s);
	for (;;) {
		bool all = true;

		/* It leaves alone what is mapped twice. */
		if (s->alias_follows && madvise(s->alias, s->area_len, MADV_DONTNEED))
			scene_error(s, "MADV_DONTNEED: %s", strerror(errno));
		if (madvise(s->area, s->area_len, MADV_PAGEOUT) || madvise(p, 4096, MADV_PAGEOUT))
			scene_error(s, "MADV_PAGEOUT: %s", strerror(errno));
		if (must_go)
			for_each_page(s, i)
				all &= gone(s, i);
		if (all && swapped(p))
			break;
		/* A fresh page sits in a per-CPU batch until that is drained. */
		if (!wait_more(&w))
			wait_error(s, by_kernel(NULL), "MADV_PAGEOUT did not swap out %s",
				   all ? "a page beside" : "the pages");
	}
	munmap(p, 4096);
	for_each_page(s, i)
		s->out[i] = gone(s, i);
}

void pageout(struct scene *s, bool must_go)
{
	step_begin(s, "C1", "pageout");
	reclaim(s, must_go);
	step_end(s);
}
