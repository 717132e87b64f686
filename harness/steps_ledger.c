// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "feature.h"
#include "ledger.h"
#include "memory.h"
#include "tell.h"

/* How the ledgers are cleared, and what makes memory new. */

void ledger_open(struct scene *s, unsigned int which)
{
	if (which & WP_ASYNC)
		uffd_open(s, WP_UNPOPULATED | (which & (WP_ASYNC | WP_EVENT_FORK)));
	s->ledgers = which & (WP_ASYNC | SOFT_DIRTY);
}

static void clear_async(struct scene *s, int proc, enum clear how)
{
	static const char *const names[] = {
		[SCAN] = "PAGEMAP_SCAN with WP_MATCHING",
		[SCAN_ONE_BY_ONE] = "PAGEMAP_SCAN with WP_MATCHING, one by one",
	};
	struct query q = { .flags = PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC,
			   .mask = PAGE_IS_WRITTEN };
	unsigned int pages;

	if (how == SCAN || how == SCAN_ONE_BY_ONE)
		tell(how == SCAN ? "clear_written(%s, %#x);" : "clear_one_by_one(%s, %#x);",
		     told_proc(proc), s->ledgers_run ? ledger_must_have(s, proc) : 0);
	if (how == SCAN_BLIND)
		tell("in(%s, scan, CLEAR, 0);", told_proc(proc));
	if (how == UFFD) {
		uffd_protect(s, proc == PARENT ? s->uffd : s->proc[proc].uffd,
			     proc == PARENT ? s->area : s->proc[proc].area, s->area_len,
			     UFFDIO_WRITEPROTECT_MODE_WP);
		return;
	}
	if (how != SCAN_BLIND)
		q.regions = how == SCAN ? MAX_REGIONS : 1;
	if (how == SCAN_ONE_BY_ONE)
		q.max_pages = s->page_len / 4096;
	ledger_must_scan(s, proc, &q, &pages);
	/* To read and to clear is one: what is not told now is told never. */
	if (q.regions && s->ledgers_run)
		ledger_must_report(s, proc, names[how], pages);
}

void ledger_clear_by(struct scene *s, enum clear how)
{
	static const char *const names[] = { "", " blind", " one by one", " by the uffd" };

	step_begin(s, "C9", "ledger_clear%s", names[how]);
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		if (ledger_kept(s, SOFT_DIRTY, proc)) {
			tell(proc == PARENT ? "clear_soft_dirty(4, 0);" :
					      "in(%s, clear_soft_dirty, 4, 0);",
			     told_proc(proc));
			clear_refs(s, proc);
			ledger_must_be_clear(s, "soft-dirty bit", SOFT_DIRTY, proc,
					     soft_dirty_pages(s, proc));
		}
		if (ledger_kept(s, WP_ASYNC, proc)) {
			clear_async(s, proc, how);
			ledger_async_must_be_clear(s, proc);
		}
		for_each_page(s, i)
			model_report(&s->model, proc, i, false);
	}
	s->ledgers_run = true;
	step_end(s);
}

void ledger_clear(struct scene *s)
{
	ledger_clear_by(s, SCAN);
}

void ledger_clear_swapped(struct scene *s, bool vector)
{
	struct query q = { .flags = PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC,
			   .mask = PAGE_IS_WRITTEN | PAGE_IS_SWAPPED,
			   .regions = vector ? MAX_REGIONS : 0 };
	unsigned int pages;

	step_begin(s, "C9", "ledger_clear of swapped pages%s", vector ? "" : " blind");
	tell("clear_swapped(%d);", vector ? 32 : 0);
	ledger_must_scan(s, PARENT, &q, &pages);
	for_each_page(s, i)
		if (s->out[i])
			model_report(&s->model, PARENT, i, false);
	step_end(s);
}

void ledger_clear_bytes(struct scene *s, unsigned int page)
{
	struct query q = { .flags = PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC,
			   .mask = PAGE_IS_WRITTEN,
			   .regions = MAX_REGIONS,
			   .page = page,
			   .bytes = 100 };
	unsigned int told, left, bit = 1U << page;

	step_begin(s, "C9", "ledger_clear of bytes of page %u", page);
	tell_not("clears a page by its first bytes");
	ledger_must_scan(s, PARENT, &q, &told);
	q.flags = 0;
	ledger_must_scan(s, PARENT, &q, &left);
	if ((model_must_report(&s->model, PARENT, page) && !(told & bit)) || left & bit)
		scene_fail(s, CHECK("scan-bytes"), "C9",
			   "the page that the range ends in is reported, and cleared",
			   "pages %#x are reported, and of page %u, written is %d", told, page,
			   !!(left & bit));
	model_report(&s->model, PARENT, page, false);
	step_end(s);
}

void ledger_clear_refused(struct scene *s)
{
	struct query q = { .flags = PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC,
			   .mask = PAGE_IS_WRITTEN,
			   .regions = MAX_REGIONS };
	unsigned int pages;
	int err;

	step_begin(s, "C5", "ledger_clear_refused");
	tell("scan_refused();");
	feature_needed(s, F_PAGEMAP_SCAN);
	err = ledger_scan(s, PARENT, &q, &pages);
	if (err != -EPERM)
		scene_fail(s, CHECK("scan-unowned-allowed"), "C5",
			   "EPERM: nobody keeps book of this memory", "%s",
			   err ? strerrorname_np(-err) : "done");
	/* Unless it is to be refused, it passes over what it may not protect. */
	q.flags = PM_SCAN_WP_MATCHING;
	ledger_must_scan(s, PARENT, &q, &pages);
	if (pages)
		scene_fail(s, CHECK("scan-unowned-told"), "C5",
			   "nothing is told of what nobody keeps book of", "pages %#x are", pages);
	for_each_page(s, i)
		if (pagemap(0, page_addr(s, i)) & PM_UFFD_WP)
			scene_fail(s, CHECK("scan-unowned-marks"), "C5",
				   "no mark where none was asked for", "one on page %u", i);
	step_end(s);
}

/* --- a scan that does not come back ---------------------------------------------------- */

#define HOLE_FEATURES \
	(UFFD_FEATURE_WP_ASYNC | UFFD_FEATURE_WP_UNPOPULATED | UFFD_FEATURE_WP_HUGETLBFS_SHMEM)

/* Of the process beside. */
static struct {
	char *at;
	int pagemap;
} hole;

/*
 * Two huge pages that nothing was ever mapped into, nor into the GiB around them, so
 * that there is not even a page table.
 */
static void make_hole(struct scene *s, unsigned int arg, struct child_reply *reply)
{
	struct uffdio_api api = { .api = UFFD_API, .features = HOLE_FEATURES };
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	char *p = mmap(NULL, 3UL << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
		       0);

	p = mmap((char *)(((uintptr_t)p + (2UL << 30)) & ~((1UL << 30) - 1)), 2 * HUGEPAGE,
		 PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED, -1,
		 0);
	hole.at = p;
	hole.pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (p == MAP_FAILED || hole.pagemap < 0 || ioctl(uffd, UFFDIO_API, &api))
		reply->ret = -errno;
	else
		reply->ret = uffd_register(uffd, p, 2 * HUGEPAGE, UFFDIO_REGISTER_MODE_WP);
}

/* @region has room for what is found, if that is asked for. Their number, or the negative errno. */
static int scan_hole(struct pm_scan_arg *arg, struct page_region region[4])
{
	int n;

	arg->size = sizeof(*arg);
	arg->start = (uintptr_t)hole.at;
	arg->end = arg->start + 2 * HUGEPAGE;
	arg->vec = (uintptr_t)region;
	arg->vec_len = 4;
	arg->return_mask = PAGE_IS_WRITTEN;
	n = ioctl(hole.pagemap, PAGEMAP_SCAN, arg);
	return n < 0 ? -errno : n;
}

static void clear_hole(struct scene *s, unsigned int arg, struct child_reply *reply)
{
	struct pm_scan_arg a = { .flags = PM_SCAN_WP_MATCHING,
				 .category_anyof_mask = PAGE_IS_WPALLOWED };
	struct page_region region[4];

	reply->ret = scan_hole(&a, region);
}

static void write_hole(struct scene *s, unsigned int arg, struct child_reply *reply)
{
	*(volatile char *)hole.at = 1;
}

static void ask_hole(struct scene *s, unsigned int arg, struct child_reply *reply)
{
	struct pm_scan_arg a = { .category_mask = PAGE_IS_WRITTEN };
	struct page_region region[4];

	reply->ret = scan_hole(&a, region);
	reply->met = reply->ret == 1 && region[0].start == (uintptr_t)hole.at;
}

/* A process of its own does it: nobody can end a thread that waits for itself. */
static struct child_reply by_other(struct scene *s, other_does *what)
{
	struct child_reply reply;

	other_send(s, what, 0);
	while (!child_answer(s, OTHER, &reply))
		child_stuck(s, OTHER, CHECK("scan-hole-hangs"), "C8", "PAGEMAP_SCAN ends");
	if (reply.ret < 0)
		scene_error(s, "the process beside: %s", strerror(-reply.ret));
	return reply;
}

void hole_make(struct scene *s)
{
	step_begin(s, "C8", "hole_make");
	tell("make_hole();");
	uffd_needed(s, HOLE_FEATURES);
	feature_needed(s, F_HUGE_POOL);
	if (file_number("/proc/meminfo", "HugePages_Free") < 2)
		scene_error(s, "no huge pages are free (/proc/sys/vm/nr_hugepages)");
	by_other(s, make_hole);
	step_end(s);
}

void hole_clear(struct scene *s)
{
	step_begin(s, "C8", "hole_clear");
	tell("clear_hole();");
	by_other(s, clear_hole);
	step_end(s);
}

void hole_write(struct scene *s)
{
	step_begin(s, "C9", "hole_write");
	tell("*hole = 1;");
	by_other(s, write_hole);
	step_end(s);
}

void hole_reported(struct scene *s)
{
	step_begin(s, "C9", "hole_reported");
	tell("hole_reported();");
	if (!by_other(s, ask_hole).met)
		scene_fail(s, CHECK("scan-hole-unreported"), "C9", "what the CPU wrote is reported",
			   "the huge page is not");
	step_end(s);
}

/* --- memory that is new --------------------------------------------------------------------- */

void ledger_renew(struct scene *s, unsigned int page)
{
	char *p = page_addr(s, page);

	step_begin(s, "C9", "ledger_renew page %u", page);
	tell("renew(%u);", page);
	/* MAP_STACK: no THP, as our anonymous memory has it, or the two would not be one. */
	feature_needed(s, F_STACK_NOHUGE);
	if (munmap(p, 4096) ||
	    mmap(p, 4096, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_FIXED, -1, 0) != p)
		scene_error(s, "mmap: %s", strerror(errno));
	model_replace(&s->model, PARENT, page, &(struct content){ 0 });
	/* New memory is soft-dirty as a whole, and that is told of a mapping, not of a page. */
	for_each_page(s, i)
		if (i != page && !(pagemap(0, page_addr(s, i)) & PM_SOFT_DIRTY))
			scene_error(s, "what is mapped there does not become one with the area");
	step_end(s);
}

void ledger_moved(struct scene *s)
{
	step_begin(s, "C9", "ledger_moved");
	tell_nothing();
	for_each_page(s, i)
		model_report(&s->model, PARENT, i, true);
	step_end(s);
}

void ledger_expand(struct scene *s)
{
	unsigned int last = s->npages - 1;
	size_t len = s->area_len;

	step_begin(s, "C9", "ledger_expand");
	tell("shrink_and_grow();");
	if (mremap(s->area, len, len - 4096, 0) != s->area ||
	    mremap(s->area, len - 4096, len, 0) != s->area)
		scene_fail(s, CHECK("expand-error"), "C9", "mremap() to less and back is done",
			   "%s", strerrorname_np(errno));
	model_replace(&s->model, PARENT, last,
		      s->memfd >= 0 ? &s->first_content[last] : &(struct content){ 0 });
	step_end(s);
}
