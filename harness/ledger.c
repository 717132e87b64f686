// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/mempolicy.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "feature.h"
#include "memory.h"
#include "version.h"

/*
 * Clause C9. Two ledgers: the soft-dirty bits, and write-protect marks that a
 * write takes away without asking (WP_ASYNC), read by PAGEMAP_SCAN. What is said
 * to be written and is not costs its reader time; what is written and not said to
 * be is lost. So only the second is a failure, the first is counted.
 */

/* Regions that one area can fall into: every other page of 2 MiB, and then some. */
#define MAX_REGIONS 260

struct query {
	uint64_t flags, mask, anyof, inverted;
	unsigned int regions; /* room in the output vector, 0: none */
	uint64_t max_pages;   /* 0: any number */
};

/* The area as @proc has it, in PAGEMAP_SCAN's words. Its pages that were reported, as bits. */
static int scan(struct scene *s, int proc, const struct query *q, unsigned int *pages)
{
	char *area = proc == PARENT ? s->area : s->proc[proc].area, path[64];
	struct page_region region[MAX_REGIONS];
	struct pm_scan_arg arg = {
		.size = sizeof(arg),
		.flags = q->flags,
		.start = (uintptr_t)area,
		.end = (uintptr_t)area + s->area_len,
		.vec = q->regions ? (uintptr_t)region : 0,
		.vec_len = q->regions,
		.max_pages = q->max_pages,
		.category_mask = q->mask,
		.category_anyof_mask = q->anyof,
		.category_inverted = q->inverted,
		.return_mask = q->regions ? q->mask | q->anyof : 0,
	};
	int fd, n = 0;

	*pages = 0;
	snprintf(path, sizeof(path), "/proc/%d/pagemap",
		 proc == PARENT ? getpid() : s->proc[proc].pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		scene_error(s, "%s: %s", path, strerror(errno));
	while (arg.start < arg.end) {
		n = ioctl(fd, PAGEMAP_SCAN, &arg);
		if (n < 0) {
			n = -errno;
			break;
		}
		for (int r = 0; r < n; r++)
			for_each_page(s, i) {
				uintptr_t at = (uintptr_t)page_addr_in(s, proc, i);

				if (at >= region[r].start && at < region[r].end)
					*pages |= 1U << i;
			}
		if (arg.walk_end <= arg.start) {
			scene_fail(s, CHECK("scan-stands-still"), "C9",
				   "PAGEMAP_SCAN gets on, over and over, to the end",
				   "it does not from offset %#llx",
				   (unsigned long long)(arg.start - (uintptr_t)area));
			break;
		}
		arg.start = arg.walk_end;
	}
	close(fd);
	return n < 0 ? n : 0;
}

static void scan_or_error(struct scene *s, int proc, const struct query *q, unsigned int *pages)
{
	int err = scan(s, proc, q, pages);

	if (err)
		scene_fail(s, CHECK("scan-refused"), "C9", "PAGEMAP_SCAN is done", "%s",
			   strerrorname_np(-err));
}

/* --- reading ------------------------------------------------------------------------ */

/* The kernel has several ways through, by what it is asked for. They must agree. */
static const struct way {
	unsigned int ledger;
	const char *name;
	uint64_t mask, anyof, inverted;
	bool others; /* it lists those that were not written */
} ways[] = {
	{ SOFT_DIRTY, "PAGEMAP_SCAN for SOFT_DIRTY", PAGE_IS_SOFT_DIRTY, 0, 0, false },
	{ WP_ASYNC, "PAGEMAP_SCAN for WRITTEN", PAGE_IS_WRITTEN, 0, 0, false },
	{ WP_ASYNC, "PAGEMAP_SCAN for any of WRITTEN", 0, PAGE_IS_WRITTEN, 0, false },
	{ WP_ASYNC, "PAGEMAP_SCAN for those not WRITTEN", PAGE_IS_WRITTEN, 0, PAGE_IS_WRITTEN,
	  true },
};

/* Has this process such a ledger, and are the pages there? By the model, not by the kernel. */
static bool keeps(const struct scene *s, unsigned int ledger, int proc)
{
	if (!(s->ledgers & ledger) || !s->model.proc[proc].alive || !s->model.proc[proc].mapped)
		return false;
	return ledger == SOFT_DIRTY || registered_for_wp(s, proc);
}

/* The pages that are reported, as bits. False if this kernel cannot be asked so. */
static bool ask(struct scene *s, const struct way *w, int proc, unsigned int *pages)
{
	struct query q = {
		.mask = w->mask, .anyof = w->anyof, .inverted = w->inverted, .regions = MAX_REGIONS
	};
	int err = scan(s, proc, &q, pages);

	if (err && w->ledger == SOFT_DIRTY && !feature_there(s, F_PAGEMAP_SCAN_SOFT_DIRTY))
		return false;
	if (err) {
		scene_fail(s, CHECK("scan-ask-refused"), "C9", "PAGEMAP_SCAN answers", "%s (%s)",
			   strerrorname_np(-err), w->name);
		return false;
	}
	if (w->others)
		*pages = ~*pages;
	return true;
}

static unsigned int soft_dirty(struct scene *s, int proc)
{
	unsigned int pages = 0;

	for_each_page(s, i)
		if (pagemap(proc == PARENT ? 0 : s->proc[proc].pid, page_addr_in(s, proc, i)) &
		    PM_SOFT_DIRTY)
			pages |= 1U << i;
	return pages;
}

static void must_be_in(struct scene *s, int proc, const char *way, unsigned int reported)
{
	unsigned int over = 0;

	for_each_page(s, i) {
		bool is = reported & 1U << i, must = model_must_report(&s->model, proc, i);

		/* What is on its way into the page may be seen already, or not yet. */
		if (s->racing[i])
			continue;
		over += is && !must;
		if (is || !must)
			continue;
		scene_fail(s, CHECK("unreported"), "C9", "what the CPU wrote is reported",
			   "page %u of the %s is not (%s; pagemap 0x%016llx)", i, who[proc], way,
			   (unsigned long long)pagemap(proc == PARENT ? 0 : s->proc[proc].pid,
						       page_addr_in(s, proc, i)));
	}
	if (over > s->over_reports)
		s->over_reports = over;
	observe(s, "over_reports", "%u of %u", s->over_reports, s->npages);
}

void ledger_compare(struct scene *s)
{
	unsigned int pages;

	if (!s->ledgers_run)
		return;
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		if (keeps(s, SOFT_DIRTY, proc))
			must_be_in(s, proc, "soft-dirty bit", soft_dirty(s, proc));
		for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++)
			if (keeps(s, ways[w].ledger, proc) && ask(s, &ways[w], proc, &pages))
				must_be_in(s, proc, ways[w].name, pages);
	}
}

/* --- clearing ----------------------------------------------------------------------- */

void ledger_open(struct scene *s, unsigned int which)
{
	if (which & WP_ASYNC)
		uffd_open(s, WP_UNPOPULATED | (which & (WP_ASYNC | WP_EVENT_FORK)));
	s->ledgers = which & (WP_ASYNC | SOFT_DIRTY);
}

/*
 * A pin keeps the soft-dirty bit where it is (9348b73c2e1b, v5.11, and 5.10.9), which
 * is an over-report, and allowed: of the page that is pinned, in the process that
 * pinned it, in private memory. What its owner has given up is not that page any more.
 */
static bool kept_by_pin(const struct scene *s, int proc, unsigned int page)
{
	for (unsigned int n = 0; n < s->npins; n++)
		if (!s->memory->shared && s->pin[n].taken && s->pin[n].owner == proc &&
		    !s->pin[n].kind->on_demand && model_pin_covers(&s->model, n, page) &&
		    !s->model.pin[n].parted[page])
			return true;
	return false;
}

/*
 * Was it cleared? What is reported anyway would be reported whatever is written, and a
 * kernel that clears nothing could never be seen to lose anything.
 */
static void must_be_cleared(struct scene *s, const char *what, unsigned int ledger, int proc,
			    unsigned int reported)
{
	unsigned int still = 0;

	for_each_page(s, i) {
		if (!(reported & 1U << i) || s->racing[i])
			continue;
		still++;
		if (ledger != SOFT_DIRTY || !kept_by_pin(s, proc, i))
			scene_fail(s, CHECK("clear-left"), "C9",
				   "what was cleared is not reported any more",
				   "page %u of the %s is (%s)", i, who[proc], what);
	}
	if (still)
		observe(s, "kept_by_pin", "%u of %u", still, s->npages);
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
	scan_or_error(s, proc, &q, &pages);
	/* To read and to clear is one: what is not told now is told never. */
	if (q.regions && s->ledgers_run)
		must_be_in(s, proc, names[how], pages);
}

void ledger_clear_by(struct scene *s, enum clear how)
{
	static const char *const names[] = { "", " blind", " one by one", " by the uffd" };
	unsigned int pages;

	step_begin(s, "C9", "ledger_clear%s", names[how]);
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		if (keeps(s, SOFT_DIRTY, proc)) {
			clear_refs(s, proc);
			must_be_cleared(s, "soft-dirty bit", SOFT_DIRTY, proc, soft_dirty(s, proc));
		}
		if (keeps(s, WP_ASYNC, proc))
			clear_async(s, proc, how);
		for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++)
			if (ways[w].ledger == WP_ASYNC && keeps(s, WP_ASYNC, proc) &&
			    ask(s, &ways[w], proc, &pages))
				must_be_cleared(s, ways[w].name, WP_ASYNC, proc, pages);
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
	scan_or_error(s, PARENT, &q, &pages);
	for_each_page(s, i)
		if (s->out[i])
			model_report(&s->model, PARENT, i, false);
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
	feature_needed(s, F_PAGEMAP_SCAN);
	err = scan(s, PARENT, &q, &pages);
	if (err != -EPERM)
		scene_fail(s, CHECK("scan-unowned-allowed"), "C5",
			   "EPERM: nobody keeps book of this memory", "%s",
			   err ? strerrorname_np(-err) : "done");
	/* Unless it is to be refused, it passes over what it may not protect. */
	q.flags = PM_SCAN_WP_MATCHING;
	scan_or_error(s, PARENT, &q, &pages);
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

/* Exit codes of the process that tries. */
enum { HOLE_OK, HOLE_SETUP, HOLE_UNREPORTED };

/*
 * Two huge pages that nothing was ever mapped into, nor into the GiB around them, so
 * that there is not even a page table: clear, write to one, ask.
 */
static int clear_huge_hole(void)
{
	struct uffdio_api api = { .api = UFFD_API, .features = HOLE_FEATURES };
	struct uffdio_register reg = { .range.len = 2 * HUGEPAGE, .mode = UFFDIO_REGISTER_MODE_WP };
	struct page_region region[4];
	struct pm_scan_arg arg = { .size = sizeof(arg),
				   .flags = PM_SCAN_WP_MATCHING,
				   .category_anyof_mask = PAGE_IS_WPALLOWED,
				   .return_mask = PAGE_IS_WRITTEN,
				   .vec_len = 4 };
	int fd = open("/proc/self/pagemap", O_RDONLY), uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	char *p = mmap(NULL, 3UL << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
		       0);

	p = mmap((char *)(((uintptr_t)p + (2UL << 30)) & ~((1UL << 30) - 1)), 2 * HUGEPAGE,
		 PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED, -1,
		 0);
	reg.range.start = arg.start = (uintptr_t)p;
	arg.end = arg.start + 2 * HUGEPAGE;
	arg.vec = (uintptr_t)region;
	if (p == MAP_FAILED || ioctl(uffd, UFFDIO_API, &api) ||
	    ioctl(uffd, UFFDIO_REGISTER, &reg) || ioctl(fd, PAGEMAP_SCAN, &arg) < 0)
		return HOLE_SETUP;
	*(volatile char *)p = 1;
	arg.flags = 0;
	arg.category_mask = PAGE_IS_WRITTEN;
	arg.category_anyof_mask = 0;
	return ioctl(fd, PAGEMAP_SCAN, &arg) == 1 && region[0].start == (uintptr_t)p ?
		       HOLE_OK :
		       HOLE_UNREPORTED;
}

void ledger_clear_huge_hole(struct scene *s)
{
	struct wait w;
	int status;
	pid_t pid;

	step_begin(s, "C8", "ledger_clear of huge pages that are not there");
	uffd_needed(s, HOLE_FEATURES);
	feature_needed(s, F_HUGE_POOL);
	if (file_number("/proc/meminfo", "HugePages_Free") < 2)
		scene_error(s, "no huge pages are free (/proc/sys/vm/nr_hugepages)");
	/* A process of its own: nobody can end a thread that waits for itself. */
	pid = fork();
	if (!pid)
		_exit(clear_huge_hole());
	w = wait_begin();
	while (waitpid(pid, &status, WNOHANG) == 0)
		if (!wait_more(&w))
			wait_failed(s, CHECK("scan-hole-hangs"), "C8", by_process(pid),
				    "PAGEMAP_SCAN ends", "it does not within %d ms", PATIENCE_MS);
	if (!WIFEXITED(status) || WEXITSTATUS(status) == HOLE_SETUP)
		scene_error(s, "the process that is to scan ends with status %#x", status);
	if (WEXITSTATUS(status) != HOLE_OK)
		scene_fail(s, CHECK("scan-hole-unreported"), "C9", "what the CPU wrote is reported",
			   "the huge page is not");
	step_end(s);
}

/* --- clearing while pages are on their way to another node ------------------------------ */

/*
 * So much that some of it is out of the page table for long: huge pages, which take
 * as long as 2 MiB take to copy; or small ones where they are taken out together
 * before the first is copied (5dfab109d519, v6.3).
 */
#define CROWD_HUGE  (4 * HUGEPAGE)
#define CROWD_SMALL (512 * PAGE_4K)
#define CROWD_PAGES (CROWD_HUGE / PAGE_4K) /* at most */
#define CROWD_MET   4
#define CROWD_UNMET 60 /* moves without seeing any, until it is given up */

static struct crowd {
	char *at;
	unsigned int npages;
	void *page[CROWD_PAGES];
	int node[CROWD_PAGES], status[CROWD_PAGES];
	int err;
	struct helper_thread mover;
} crowd;

static void crowd_make(struct scene *s)
{
	bool huge = anon_huge_kib(s->area) > 0;
	size_t len = huge ? CROWD_HUGE : CROWD_SMALL;

	crowd.at = map_or_error(s, NULL, len + HUGEPAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1);
	crowd.at = (char *)(((uintptr_t)crowd.at + HUGEPAGE - 1) & ~(HUGEPAGE - 1));
	crowd.npages = len / PAGE_4K;
	if (madvise(crowd.at, len, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) && errno != EINVAL)
		scene_error(s, "MADV_HUGEPAGE: %s", strerror(errno));
	for (unsigned int i = 0; i < crowd.npages; i++) {
		crowd.page[i] = crowd.at + i * PAGE_4K;
		*(volatile char *)crowd.page[i] = 1;
	}
	if (huge && !anon_huge_kib(crowd.at))
		scene_error(s, "no huge page: memory is fragmented");
}

static void crowd_move(void *arg)
{
	/* Not as who started it. */
	go_first(arg, false);
	if (syscall(SYS_move_pages, 0, crowd.npages, crowd.page, crowd.node, crowd.status,
		    MPOL_MF_MOVE) < 0)
		crowd.err = errno;
}

static void crowd_write(void)
{
	for (unsigned int i = 0; i < crowd.npages; i++)
		*(volatile char *)crowd.page[i] = 1;
}

static unsigned int crowd_unreported(struct scene *s)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	static uint64_t entry[CROWD_PAGES];
	ssize_t len = crowd.npages * sizeof(entry[0]);
	unsigned int n = 0;

	if (pread(fd, entry, len, (uintptr_t)crowd.at / PAGE_4K * 8) != len)
		scene_error(s, "pagemap: %s", strerror(errno));
	close(fd);
	for (unsigned int i = 0; i < crowd.npages; i++)
		n += !(entry[i] & PM_SOFT_DIRTY);
	return n;
}

/*
 * The last is out the longest: it comes back when all others have been copied. If
 * the one before it is not out, then they go one at a time.
 */
static bool crowd_on_its_way(void)
{
	return pagemap(0, crowd.page[crowd.npages - 1]) & PM_SWAP &&
	       pagemap(0, crowd.page[crowd.npages - 2]) & PM_SWAP;
}

void ledger_clear_migrating(struct scene *s)
{
	unsigned int met = 0, seen = 0, moves = 0, missing = 0;
	uint64_t end = ms_now() + PATIENCE_MS;

	step_begin(s, "C9", "ledger_clear of pages that migrate");
	feature_needed(s, F_TWO_NODES);
	feature_needed(s, F_MOVE_PAGES);
	crowd_make(s);
	go_first(s, true);
	while (met < CROWD_MET && ms_now() < end && !missing && (seen || moves < CROWD_UNMET)) {
		crowd_write();
		for (unsigned int i = 0; i < crowd.npages; i++)
			crowd.node[i] = !(moves % 2);
		helper_start(s, &crowd.mover, crowd_move, s);
		while (!crowd_on_its_way() && !helper_done(&crowd.mover))
			look_again();
		seen += !helper_done(&crowd.mover);
		clear_refs(s, PARENT);
		met += crowd_on_its_way();
		helper_join(&crowd.mover);
		if (crowd.err)
			scene_error(s, "move_pages: %s", strerror(crowd.err));
		moves++;
		crowd_write();
		missing = crowd_unreported(s);
	}
	go_first(s, false);
	observe(s, "clear_met_migration", "%u of %u", met, moves);
	/* What does not migrate was cleared with the rest. */
	must_be_cleared(s, "soft-dirty bit", SOFT_DIRTY, PARENT, soft_dirty(s, PARENT));
	for_each_page(s, i)
		model_report(&s->model, PARENT, i, false);
	if (missing)
		scene_fail(s, CHECK("clear-migrating-unreported"), "C9",
			   "what the CPU wrote is reported",
			   "%u of %u pages are not, after clear_refs met them on their way to "
			   "another node (move %u)",
			   missing, crowd.npages, moves);
	/* Small ones: 5dfab109d519, v6.3. */
	if (!seen && anon_huge_kib(s->area) <= 0 && !kernel_since("6.3"))
		scene_skip(s, "this kernel moves pages one at a time (until v6.3): none is seen on "
			      "its way");
	if (!seen)
		scene_inconclusive(s, "no page was seen on its way in %u moves", moves);
	if (!met)
		scene_inconclusive(s, "clear_refs met no page on its way in %u moves", moves);
	step_end(s);
}

/* --- memory that is new --------------------------------------------------------------------- */

void ledger_renew(struct scene *s, unsigned int page)
{
	char *p = page_addr(s, page);

	step_begin(s, "C9", "ledger_renew page %u", page);
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
	for_each_page(s, i)
		model_report(&s->model, PARENT, i, true);
	step_end(s);
}

void ledger_expand(struct scene *s)
{
	unsigned int last = s->npages - 1;
	size_t len = s->area_len;

	step_begin(s, "C9", "ledger_expand");
	if (mremap(s->area, len, len - 4096, 0) != s->area ||
	    mremap(s->area, len - 4096, len, 0) != s->area)
		scene_fail(s, CHECK("expand-error"), "C9", "mremap() to less and back is done",
			   "%s", strerrorname_np(errno));
	model_replace(&s->model, PARENT, last,
		      s->memfd >= 0 ? &s->first_content[last] : &(struct content){ 0 });
	step_end(s);
}
