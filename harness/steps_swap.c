// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/swap.h>

#include "feature.h"
#include "memory.h"
#include "tell.h"

/* --- the swap cache --------------------------------------------------------------------- */

void in_swap_cache(struct scene *s)
{
	step_begin(s, "", "in_swap_cache");
	feature_needed(s, F_SWAP_QUEUED);
	tell("in_swap_cache();");
	for_each_page(s, i) {
		uint64_t pfn = frame_at(page_addr(s, i));

		if (!pfn || !(kpageflags(pfn) & KPF_SWAPCACHE))
			scene_error(s, "page %u is not %s", i, pfn ? "in the swap cache" : "there");
	}
	step_end(s);
}

/* What was written last may be in the swap cache still; what is clean by then leaves it. */
void only_in_swap(struct scene *s)
{
	pageout(s, true);
	cpu_read(s, PARENT);
	pageout(s, true);
}

/* --- swapoff --------------------------------------------------------------------------- */

struct off {
	char device[64];
	_Atomic int err;
};

static void off_in_thread(void *arg)
{
	struct off *o = arg;

	o->err = swapoff(o->device) ? -errno : 0;
}

/* Which device that was, and it is no more. */
static const char *switch_off(struct scene *s)
{
	static struct helper_thread thread;
	static struct off o;
	unsigned int n = 0;

	feature_needed(s, F_SWAP);
	if (!swap_device(o.device, sizeof(o.device)))
		scene_error(s, "there is swap, and /proc/swaps names none");
	for_each_page(s, i)
		n += s->out[i];
	if (!n)
		scene_error(s, "no page is swapped out");
	helper_start(s, &thread, off_in_thread, &o);
	/* It looks for entries until there are none, and must know one when it sees it. */
	while (!helper_wait(&thread))
		wait_failed(s, CHECK("swapoff-hang"), "C8", by_thread(&thread), "swapoff() ends",
			    "it does not within %d ms", PATIENCE_MS);
	if (o.err)
		scene_fail(s, CHECK("swapoff-refused"), "C8", "swapoff() is done", "%s",
			   strerrorname_np(-o.err));
	return o.device;
}

/* swapoff() brings everything back by itself, without a fault; swap is on again afterwards. */
void swapoff_all(struct scene *s)
{
	const char *device;

	step_begin(s, "C4", "swapoff_all");
	tell("swapoff_all();");
	device = switch_off(s);
	for_each_page(s, i) {
		/* An entry that says that the page has failed has no room for a mark. */
		for (int proc = PARENT; proc < MODEL_PROCS; proc++)
			if (s->proc[proc].poisoned & 1U << i)
				model_mark(&s->model, proc, i, false);
		if (!s->out[i])
			continue;
		if (!(pagemap(0, page_addr(s, i)) & PM_PRESENT))
			scene_fail(s, CHECK("swapoff-left"), "C8",
				   "swapoff() brings all pages back", "it did not bring page %u",
				   i);
		touch(s, PAGE(i));
	}
	if (swapon(device, 0))
		scene_error(s, "swapon: %s", strerror(errno));
	step_end(s);
}

/* It was in swap, and SIGBUS is all that is left of it. */
static void is_lost(struct scene *s, unsigned int page)
{
	gave_up_pages(s, PARENT, PAGE(page));
	model_mark(&s->model, PARENT, page, false);
	s->proc[PARENT].guarded |= 1U << page;
	s->proc[PARENT].poisoned |= 1U << page;
	s->touched[page] = s->out[page] = false;
}

void swapoff_fails(struct scene *s)
{
	step_begin(s, "C5", "swapoff_fails");
	tell_not("lets the disk fail that the machine swaps to");
	switch_off(s);
	for_each_page(s, i) {
		if (!s->out[i])
			continue;
		is_lost(s, i);
		poison_refuses(s, PARENT, i);
	}
	step_end(s);
}

void cpu_read_again(struct scene *s, unsigned int first, unsigned int n)
{
	n = clamp_pages(s, first, n);
	step_begin(s, "C0", "cpu_read_again%s", which(s, first, n));
	tell("read_again(%u, %u);", first, n);
	for (unsigned int i = first; i < first + n; i++) {
		if (!s->out[i])
			scene_error(s, "page %u is not swapped out", i);
		if (!read_raises_in(s, PARENT, i, SIGBUS)) {
			touch(s, PAGE(i));
			continue;
		}
		scene_fail(s, CHECK("read-again-fails"), "C0",
			   "what the disk has can be read from it", "SIGBUS for page %u", i);
		is_lost(s, i);
	}
	step_end(s);
}

void cpu_read_fails(struct scene *s, unsigned int page)
{
	step_begin(s, "C0", "cpu_read_fails page %u", page);
	tell("read_fails(%u);", page);
	if (!s->out[page])
		scene_error(s, "page %u is not swapped out", page);
	if (!read_raises_in(s, PARENT, page, SIGBUS)) {
		/* It may be what it was, and then it never was away. */
		touch(s, PAGE(page));
		step_end(s);
		scene_error(s, "page %u can be read, and the disk fails", page);
	}
	step_end(s);
}

/* --- MADV_FREE -------------------------------------------------------------------------- */

static bool thrown_away(struct scene *s, char *page)
{
	if (madvise(page, PAGE_4K, MADV_FREE))
		scene_error(s, "MADV_FREE: %s", strerror(errno));
	if (madvise(page, PAGE_4K, MADV_PAGEOUT))
		scene_error(s, "MADV_PAGEOUT: %s", strerror(errno));
	return !(pagemap(0, page) & (PM_PRESENT | PM_SWAP));
}

void free_canary(struct scene *s)
{
	char *p = canary(s);

	/* See reclaim(): it waits in a batch. MADV_FREE may have to be asked again. */
	if (!wait_until(thrown_away(s, p)))
		wait_error(s, by_kernel(NULL), "a page beside survives MADV_FREE and MADV_PAGEOUT");
	munmap(p, PAGE_4K);
}

void lazyfree(struct scene *s)
{
	step_begin(s, "C1", "lazyfree");
	tell("free_lazily();");
	/* Without a pin the page may be the old one or zeros, as the kernel likes. */
	for_each_page(s, i)
		if (!page_held(s, i))
			scene_error(s, "nothing holds page %u: it may or may not be thrown away",
				    i);
	free_canary(s);
	if (madvise(s->area, s->area_len, MADV_FREE))
		scene_fail(s, CHECK("lazyfree-refused"), "C1", "MADV_FREE is done", "%s",
			   strerrorname_np(errno));
	step_end(s);
}

void lazyfree_and_write(struct scene *s)
{
	step_begin(s, "C0", "lazyfree, then write");
	tell_not("fills its pages a second time");
	free_canary(s);
	if (madvise(s->area, s->area_len, MADV_FREE))
		scene_fail(s, CHECK("lazyfree-write-refused"), "C0", "MADV_FREE is done", "%s",
			   strerrorname_np(errno));
	/* Each page was the old one or zeros; from now on it is neither. */
	if (s->touched[MODEL_REST])
		populate_all(s);
	else
		populate(s);
	step_end(s);
}

void lazyfree_by_child(struct scene *s)
{
	struct child_cmd cmd = { .op = OP_ADVISE, .arg = MADV_FREE, .npages = s->npages };
	struct child_reply reply;

	step_begin(s, "C0", "lazyfree by the child");
	tell("in(CHILD, free_pages, 0, %u);", s->npages);
	free_canary(s);
	for_each_page(s, i)
		if (frame_at(page_addr(s, i)) !=
		    PM_PFN(pagemap(s->proc[CHILD].pid, page_addr_in(s, CHILD, i))))
			scene_error(s, "page %u is not shared with the child", i);
	child_ask(s, CHILD, &cmd, &reply);
	if (reply.ret)
		scene_fail(s, CHECK("lazyfree-by-child-refused"), "C0", "MADV_FREE is done", "%s",
			   strerrorname_np(-reply.ret));
	s->proc[CHILD].blind = true;
	step_end(s);
}

void pageout(struct scene *s, bool must_go)
{
	step_begin(s, "C1", "pageout");
	/* Reclaim leaves alone what is mapped twice. */
	if (s->alias_follows)
		tell("drop_behind();");
	tell(must_go ? "page_out();" : "try_page_out();");
	reclaim(s, must_go);
	step_end(s);
}
