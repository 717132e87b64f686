// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that fails (MADV_HWPOISON), and memory that is taken out of use before it does
 * (MADV_SOFT_OFFLINE). Only the kernel is told so: the frame itself is as good as before, so what a
 * device that has it pinned reads and writes there stays what it was.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "feature.h"
#include "memory.h"
#include "tell.h"

#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif

#define POOL "/proc/sys/vm/nr_hugepages"

static uint64_t frame_of(struct scene *s, unsigned int page)
{
	uint64_t pfn = frame_at(page_addr(s, page));

	if (!pfn)
		scene_error(s, "page %u is not there", page);
	if (kpageflags(pfn) & (KPF_ZERO_PAGE | KPF_HWPOISON))
		scene_error(s, "page %u is the zero page, or has failed", page);
	if (s->page_len != PAGE_4K && !s->memory->huge)
		scene_error(s, "a page of this memory is several");
	return pfn;
}

static uint64_t frame_in(struct scene *s, int proc, unsigned int page)
{
	pid_t pid = proc == PARENT ? 0 : s->proc[proc].pid;

	return PM_PFN(pagemap(pid, page_addr_in(s, proc, page)));
}

static long huge_pages(const char *which)
{
	return file_number("/proc/meminfo", which);
}

static bool pool_is(long pages)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", pages);
	return !file_put(POOL, text) && huge_pages("HugePages_Total") == pages;
}

/* One that is taken out of use is one less; the next test wants as many as there were. */
static void pool_as_before(struct scene *s, long before)
{
	if (s->memory->huge && huge_pages("HugePages_Total") < before && !pool_is(before))
		scene_error(s, "the pool of %ld huge pages cannot be made whole", before);
}

/* What failed in a file stays in the pool, and out of use, when the file goes: a reference is kept. */
void pool_refill(const struct scene *s)
{
	long lack = s->before.hugepages_free - huge_pages("HugePages_Free");

	if (s->huge_failed && lack > 0 && lack <= s->huge_failed)
		pool_is(huge_pages("HugePages_Total") + lack);
}

/* Only a part of it has failed: the kernel says of the whole that it has, for as long as it knows. */
static bool given_out(uint64_t pfn)
{
	uint64_t flags = kpageflags(pfn & ~(HUGEPAGE / PAGE_4K - 1));

	return flags & KPF_HUGE && !(flags & KPF_HWPOISON);
}

static bool any_given_out(const struct scene *s)
{
	for (unsigned int i = 0; i < s->nfailed; i++)
		if (given_out(s->failed_pfn[i]))
			return true;
	return false;
}

/* A processor keeps what it has freed for itself, until its counts have been looked at often enough. */
static void give_back_freed(void)
{
	for (int i = 0; i < 16; i++)
		file_put("/proc/sys/vm/stat_refresh", "1");
}

void hugepages_anew(struct scene *s)
{
	long before = huge_pages("HugePages_Total");
	bool given = false;

	step_begin(s, "C8", "hugepages_anew");
	tell_not("sets the pool of huge pages");
	if (!pool_is(0) && huge_pages("HugePages_Free"))
		scene_error(s, "%ld free huge pages stay in the pool",
			    huge_pages("HugePages_Free"));
	give_back_freed();
	for (long n = before; !given && pool_is(n); n += 64)
		given = any_given_out(s);
	if (given)
		scene_fail(s, CHECK("failed-given-out"), "C8",
			   "memory that has failed is given to nobody", "it is in a new huge page");
	if (!pool_is(before))
		scene_error(s, "the pool of %ld huge pages cannot be made anew", before);
	step_end(s);
}

void hugepages_kept(struct scene *s)
{
	long n = huge_pages("HugePages_Free") - huge_pages("HugePages_Rsvd");
	char *all;

	step_begin(s, "C0", "hugepages_kept");
	tell_not("takes all huge pages");
	all = n > 0 ? mmap(NULL, n * HUGEPAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0) :
		      MAP_FAILED;
	if (all == MAP_FAILED)
		scene_error(s, "cannot map %ld huge pages that are free", n);
	for (long i = 0; i < n; i++) {
		if (read_raises(all + i * HUGEPAGE, SIGBUS)) {
			scene_fail(s, CHECK("hugepages-not-kept"), "C0",
				   "a huge page for each that mmap() has set aside",
				   "SIGBUS for who touches the last %ld of %ld", n - i, n);
			break;
		}
	}
	munmap(all, n * HUGEPAGE);
	step_end(s);
}

/*
 * Who has asked may be told at once, as who runs into it is, and at the address where he would be. In
 * which kernels he is, is nobody's promise.
 */
static volatile sig_atomic_t told;
static const char *volatile told_at;

static void on_failure(int sig, siginfo_t *info, void *context)
{
	told++;
	told_at = info->si_addr;
}

/* Of several mappings of a file it may be any. */
static bool in_page(const struct scene *s, unsigned int page, const char *at)
{
	const char *alias = s->alias ? s->alias + s->page_offset[page] : NULL;

	return (at >= page_addr(s, page) && at < page_addr(s, page) + s->page_len) ||
	       (alias && at >= alias && at < alias + s->page_len);
}

/* Not the first of a huge page, whose flags are also those of all of it. */
static size_t fails_at(const struct scene *s)
{
	return s->memory->huge ? PAGE_4K : 0;
}

static int fail_memory(struct scene *s, unsigned int page)
{
	struct sigaction act = { .sa_sigaction = on_failure, .sa_flags = SA_SIGINFO }, old;
	int err;

	told = 0;
	sigaction(SIGBUS, &act, &old);
	err = madvise(page_addr(s, page) + fails_at(s), PAGE_4K, MADV_HWPOISON) ? errno : 0;
	sigaction(SIGBUS, &old, NULL);
	observe(s, "told_of_failure", "%s", told ? "at once" : "when it is touched");
	if (told && !in_page(s, page, told_at))
		scene_fail(s, CHECK("memory-failure-elsewhere"), "C5",
			   "SIGBUS with an address in the page that failed",
			   "one at offset %#tx of the area, in place of %#tx", told_at - s->area,
			   page_addr(s, page) - s->area);
	return err;
}

/* What came back from a disk, and was not written since, is in its slot, too. */
static bool in_its_slot(const struct scene *s, unsigned int page, const bool lost[])
{
	for (int proc = PARENT; proc < MODEL_PROCS; proc++)
		if (lost[proc] && memcmp(&s->model.proc[proc].content[page], &s->in_slot[page],
					 sizeof(s->in_slot[page])) != 0)
			return false;
	return true;
}

void memory_fails(struct scene *s, unsigned int page)
{
	long pool = huge_pages("HugePages_Total");
	bool lost[MODEL_PROCS] = { false }, all = true, held, cached, kept;
	uint64_t pfn;
	int err;

	step_begin(s, "C5", "memory_fails page %u", page);
	feature_needed(s, F_MEMORY_FAILURE);
	tell_not("takes memory out of use for good");
	pfn = frame_of(s, page);
	held = page_held(s, page) || s->looks_pinned;
	cached = kpageflags(pfn) & KPF_SWAPCACHE;
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		if (!s->model.proc[proc].alive || !s->model.proc[proc].mapped)
			continue;
		lost[proc] = frame_in(s, proc, page) == pfn;
		all &= lost[proc];
	}
	err = fail_memory(s, page);
	/* It has failed all the same: who holds it cannot be helped. */
	if (err && !(held && err == EBUSY))
		scene_fail(s, CHECK("memory-failure-refused"), "C5",
			   "memory that nothing else holds is taken out of use", "%s",
			   strerrorname_np(err));
	/* A huge page that is one no more says it where it failed. */
	if (!((kpageflags(pfn) | kpageflags(pfn + fails_at(s) / PAGE_4K)) & KPF_HWPOISON))
		scene_error(s, "the kernel does not say that page %u has failed", page);
	frame_forget(s, pfn);
	if (s->nfailed < MODEL_PAGES)
		s->failed_pfn[s->nfailed++] = pfn + fails_at(s) / PAGE_4K;
	/* One that is not taken out at once stays in the pool. */
	s->huge_failed += s->memory->huge && huge_pages("HugePages_Total") == pool;
	pool_as_before(s, pool);
	/* From there it may be read again, to another frame: nothing is lost (me_swapcache_clean()). */
	kept = cached && in_its_slot(s, page, lost);
	for (int proc = PARENT; proc < MODEL_PROCS; proc++)
		if (lost[proc])
			kept = kept && !read_raises_in(s, proc, page, SIGBUS) &&
			       frame_in(s, proc, page) != pfn;
	if (kept) {
		observe(s, "failed", "and read from swap again");
		step_end(s);
		return;
	}
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		bool mark = s->model.proc[proc].mark[page];

		if (!lost[proc])
			continue;
		gave_up_pages(s, proc, page, 1);
		/* An entry that says where in swap it is keeps its mark. */
		model_mark(&s->model, proc, page, cached && mark);
		s->proc[proc].guarded |= 1U << page;
		s->proc[proc].poisoned |= 1U << page;
		poison_refuses(s, proc, page);
	}
	/* What a child has for itself goes on being looked at. */
	if (all)
		s->touched[page] = false;
	if (s->memory->shared)
		s->failed |= 1U << page;
	step_end(s);
}

/* It may still be on its way to an LRU list. */
static bool goes_offline(struct scene *s, unsigned int page, uint64_t pfn, int *err)
{
	*err = madvise(page_addr(s, page), PAGE_4K, MADV_SOFT_OFFLINE) ? errno : 0;
	return frame_at(page_addr(s, page)) != pfn;
}

void soft_offline(struct scene *s, unsigned int page)
{
	long pool = huge_pages("HugePages_Total");
	uint64_t before[MODEL_PAGES], pfn;
	bool may_go;
	int err;

	step_begin(s, "C1", "soft_offline page %u", page);
	feature_needed(s, F_MEMORY_FAILURE);
	tell_not("takes memory out of use for good");
	pfn = frame_of(s, page);
	may_go = page_may_go(s, page);
	frames_now(s, before);
	if (!may_go)
		goes_offline(s, page, pfn, &err);
	else if (!wait_until(goes_offline(s, page, pfn, &err)))
		scene_fail(s, CHECK("offline-stays"), "C8", "a page that nothing holds is moved",
			   "MADV_SOFT_OFFLINE %s%s, and it is where it was",
			   err ? "says " : "is done", err ? strerrorname_np(err) : "");
	observe(s, "soft_offline", "%s", err ? strerrorname_np(err) : "done");
	if (may_go && frame_at(page_addr(s, page)) != pfn && !(kpageflags(pfn) & KPF_HWPOISON))
		scene_fail(s, CHECK("offline-in-use"), "C8",
			   "the frame is out of use, as it was asked for",
			   "the page was moved, and its frame may be used again");
	if (may_go)
		frame_forget(s, pfn);
	pool_as_before(s, pool);
	tell_moved(s, "moved_offline", before);
	pinned_stay(s, before);
	step_end(s);
}
