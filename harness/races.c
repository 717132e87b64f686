// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is a race by nature: no step can make it happen, so these count how often
 * they tried and how often it was shown that one thing met the other, and say both.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "feature.h"
#include "ledger.h"
#include "memory.h"
#include "version.h"

/* --- a pin and fork() ------------------------------------------------------------- */

struct taking {
	struct scene *s;
	struct pin *p;
	bool wait_for_copy;
	_Atomic bool go, forked;
	bool copying;
	int err;
};

/* So many times more often it is tried if it was not met yet, and could be. */
#define UNMET 8

/* What is beside that which is pinned, so that fork() takes its time. */
#define BALLAST (32UL << 20)

/*
 * With one processor the pin comes while fork() copies only if that is preempted in it. So
 * this thread goes before, and looks, again and again, where the other was interrupted.
 */
static void take_when_told(void *arg)
{
	struct taking *t = arg;

	if (t->wait_for_copy)
		go_first(t->s, true);
	while (!t->go)
		look_again();
	while (t->wait_for_copy && !t->forked) {
		t->copying = thread_stands_in(getpid(), "copy_page_range");
		if (t->copying)
			break;
		look_again();
	}
	t->err = t->p->kind->take(t->s, t->p, t->p->addr, t->p->len);
}

/* What allocates memory on the way waits for a fork() of libc's to be over. */
static bool can_wait_for_copy(const struct scene *s)
{
	return sysconf(_SC_NPROCESSORS_ONLN) == 1 && !strncmp(s->pin[0].kind->name, "io_uring", 8);
}

static char *ballast(struct scene *s)
{
	char *p = mmap(NULL, BALLAST, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || (madvise(p, BALLAST, MADV_NOHUGEPAGE) && errno != EINVAL))
		scene_error(s, "mmap: %s", strerror(errno));
	for (size_t at = 0; at < BALLAST; at += 4096)
		p[at] = 1;
	return p;
}

bool race_again(struct scene *s, unsigned int times)
{
	unsigned int most = can_wait_for_copy(s) ? UNMET * times : times;

	return s->race_tried < times || (!s->race_met && s->race_tried < most);
}

/*
 * With one processor: who pins saw, just before, that the thread
 * that forks had been taken from the processor in the middle of copying; so GUP-fast
 * came while fork() copied, and had to go the slow way (57efa1fe5957, v5.11). With more: GUP-fast
 * had pinned pages, saw that fork() had begun to copy meanwhile, and gave them back; then
 * the kernel has counted more pins than there are pages. That both system calls ran
 * at a time shows nothing: either may have waited for a processor, or for the lock.
 */
static bool was_met(const struct taking *t, long acquired)
{
	return t->copying || acquired > (long)(t->p->len / 4096);
}

void pin_while_forking(struct scene *s)
{
	struct taking t = { .s = s, .p = &s->pin[0] };
	struct helper_thread thread;
	static char *beside;
	long acquired;
	int err;

	step_begin(s, "C1", "pin while forking");
	if (!t.p->addr || t.p->taken)
		scene_error(s, "there was no pin before, or there is one still");
	if (!beside)
		beside = ballast(s);
	t.wait_for_copy = can_wait_for_copy(s);
	acquired = pins_acquired();
	helper_start(s, &thread, take_when_told, &t);
	while (!helper_begun(&thread))
		sched_yield();
	t.go = true;
	err = child_fork(s, CHILD);
	t.forked = true;
	while (!helper_wait(&thread))
		wait_failed(s, CHECK("race-pin-hang"), "C7", by_thread(&thread), "the pin is taken",
			    "it is not within %d ms", PATIENCE_MS);
	if (err)
		scene_error(s, "fork: %s", strerror(-err));
	if (t.err)
		scene_fail(s, CHECK("race-pin-error"), "C7", "the pin is taken", "%s",
			   strerrorname_np(-t.err));
	acquired = pins_acquired() - acquired;
	/* Whoever was first: the child has a copy, the pin the parent's page. */
	model_fork(&s->model, PARENT, CHILD, false);
	t.p->taken = true;
	model_pin(&s->model, 0, PARENT, t.p->first, t.p->n, t.p->kind->coherent);
	s->race_tried++;
	s->race_met += was_met(&t, acquired);
	observe(s, "pin_and_fork", "%u met of %u", s->race_met, s->race_tried);
	step_end(s);
}

void race_was_met(struct scene *s)
{
	if (!s->race_met)
		scene_inconclusive(s, "in %u attempts GUP-fast was never seen to meet fork()",
				   s->race_tried);
}

/* --- a store and fork() -------------------------------------------------------------- */

#define TEAR_PAGES 514

static struct counters {
	volatile uint64_t *first, *last; /* memory: who has the pages sees what is stored */
	_Atomic bool stop;
	struct helper_thread thread;
	struct pin pin;
	unsigned int forks, moving, torn;
} counters;

/* First one, then the other: whoever sees both at one instant sees them apart by one at most. */
static void count(void *arg)
{
	struct counters *c = arg;

	for (uint64_t n = 1; !c->stop; n++) {
		*c->first = n;
		*c->last = n;
	}
}

struct seen {
	uint64_t first, last, first_later, last_later;
};

/* A child that only looks, twice. */
static struct seen seen_by_child(struct scene *s, const struct counters *c)
{
	struct timespec a_while = { .tv_nsec = 1000000 };
	struct seen seen;
	int fd[2], pid;

	if (pipe(fd))
		scene_error(s, "pipe: %s", strerror(errno));
	pid = fork();
	if (!pid) {
		seen.first = *c->first;
		seen.last = *c->last;
		nanosleep(&a_while, NULL);
		seen.first_later = *c->first;
		seen.last_later = *c->last;
		write(fd[1], &seen, sizeof(seen));
		_exit(0);
	}
	if (pid < 0 || read(fd[0], &seen, sizeof(seen)) != sizeof(seen))
		scene_error(s, "fork, or what the child says: %s", strerror(errno));
	waitpid(pid, NULL, 0);
	close(fd[0]);
	close(fd[1]);
	return seen;
}

void counters_begin(struct scene *s)
{
	size_t len = TEAR_PAGES * 4096UL;
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct counters *c = &counters;

	step_begin(s, "C2", "counters_begin");
	if (p == MAP_FAILED || (madvise(p, len, MADV_NOHUGEPAGE) && errno != EINVAL))
		scene_error(s, "mmap: %s", strerror(errno));
	c->first = (uint64_t *)p;
	c->last = (uint64_t *)(p + len - 4096);
	c->pin.kind = &pin_io_uring;
	c->pin.kind->open(s, &c->pin);
	if (c->pin.kind->take(s, &c->pin, p, len))
		scene_error(s, "cannot pin %d pages", TEAR_PAGES);
	helper_start(s, &c->thread, count, c);
	step_end(s);
}

void fork_while_counting(struct scene *s)
{
	struct counters *c = &counters;
	uint64_t before = *c->last, after;
	struct seen seen;

	step_begin(s, "C2", "fork while counting");
	seen = seen_by_child(s, c);
	after = *c->first;
	c->forks++;
	c->moving += after != before;
	c->torn += seen.first > seen.last + 1 || seen.last > seen.first;
	if (seen.first != seen.first_later || seen.last != seen.last_later)
		scene_fail(s, CHECK("fork-child-changes"), "C2",
			   "what the child has does not change any more",
			   "a counter went from %llu to %llu, or %llu to %llu",
			   (unsigned long long)seen.first, (unsigned long long)seen.first_later,
			   (unsigned long long)seen.last, (unsigned long long)seen.last_later);
	if (seen.last < before || seen.first > after)
		scene_fail(s, CHECK("fork-not-one-moment"), "C2", "what was there while fork() ran",
			   "%llu and %llu, where it counted from %llu to %llu",
			   (unsigned long long)seen.first, (unsigned long long)seen.last,
			   (unsigned long long)before, (unsigned long long)after);
	step_end(s);
}

void counters_end(struct scene *s)
{
	struct counters *c = &counters;

	step_begin(s, "C2", "counters_end");
	c->stop = true;
	helper_join(&c->thread);
	c->pin.kind->release(s, &c->pin);
	munmap((void *)c->first, TEAR_PAGES * 4096UL);
	if (!c->moving)
		scene_error(s, "the writer did not run while the process forked");
	observe(s, "torn", "%u of %u", c->torn, c->forks);
	step_end(s);
	/* Torn is what shows that the writer ran between the copies of the two pages. */
	if (!c->torn)
		scene_inconclusive(s,
				   "in %u forks, in %u of which the writer ran, none was seen to "
				   "meet it between two pages",
				   c->forks, c->moving);
}

/* --- clear_refs and pages on their way to another node ---------------------------------- */

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
	ledger_must_be_clear(s, "soft-dirty bit", SOFT_DIRTY, PARENT, soft_dirty_pages(s, PARENT));
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

/* --- close() against a pin ----------------------------------------------------------- */

/*
 * So many that the kernel is busy with them when close() comes, and that the
 * last page is reached after it.
 */
#define RACE_PAGES 1024

struct closing {
	struct scene *s;
	struct pin pin;
	char *addr;
	int err; /* of the pin */
};

static void take_while_closing(void *arg)
{
	struct closing *c = arg;

	c->err = c->pin.kind->take(c->s, &c->pin, c->addr, RACE_PAGES * 4096UL);
}

static bool populated(const struct closing *c, unsigned int page)
{
	return pagemap(0, c->addr + page * 4096UL) & PM_PRESENT;
}

/* Pages that the pin must still have before it when it is closed. */
#define RACE_TO_GO 64

/*
 * In a process of its own: one that hangs holds the lock of its memory, and
 * who shares that cannot tell of it.
 */
static void close_at(struct scene *s, unsigned int page, struct child_reply *reply)
{
	const size_t len = RACE_PAGES * 4096UL;
	static struct closing c;
	struct helper_thread taker;
	int uffd, err;

	if (!c.s) {
		c.s = s;
		c.pin.kind = s->pin[0].kind;
		c.pin.kind->open(s, &c.pin);
	}
	c.addr = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (c.addr == MAP_FAILED || (madvise(c.addr, len, MADV_NOHUGEPAGE) && errno != EINVAL))
		scene_error(s, "mmap: %s", strerror(errno));
	c.addr[len - 4096] = 1;
	uffd = uffd_new(s, UFFD_FEATURE_PAGEFAULT_FLAG_WP);
	err = uffd_register(uffd, c.addr, len, UFFDIO_REGISTER_MODE_WP);
	if (err)
		scene_error(s, "UFFDIO_REGISTER: %s", strerror(-err));
	uffd_protect(s, uffd, c.addr + len - 4096, 4096, UFFDIO_WRITEPROTECT_MODE_WP);
	helper_start(s, &taker, take_while_closing, &c);
	while (!helper_done(&taker) && !populated(&c, page))
		sched_yield();
	reply->met = populated(&c, page) && !populated(&c, RACE_PAGES - RACE_TO_GO);
	close(uffd);
	helper_join(&taker);
	reply->ret = c.err;
	if (!c.err)
		c.pin.kind->release(s, &c.pin);
	munmap(c.addr, len);
}

void close_while_pinning(struct scene *s, unsigned int page)
{
	struct child_reply reply;

	step_begin(s, "C7", "close_while_pinning at page %u", page);
	if (!s->pin[0].kind)
		scene_error(s, "the variant has no pin");
	s->race_tried++;
	other_send(s, close_at, page);
	while (!child_answer(s, OTHER, &reply))
		wait_failed(s, CHECK("close-pin-hang"), "C7", by_process(s->proc[OTHER].pid),
			    "close() and the pin both end", "attempt %u does not within %d ms",
			    s->race_tried, PATIENCE_MS);
	/* Where a long-term pin cannot wait it is refused: pin_write_protected(). */
	if (reply.ret && reply.ret != -EFAULT)
		scene_fail(s, CHECK("close-pin-error"), "C7",
			   "the pin is taken, or refused with EFAULT", "%s",
			   strerrorname_np(-reply.ret));
	s->race_met += reply.met;
	observe(s, "closed_while_pinning", "%u of %u", s->race_met, s->race_tried);
	step_end(s);
}

void close_was_met(struct scene *s)
{
	if (!s->race_met)
		scene_inconclusive(s, "in %u attempts close() never came while the pin was at work",
				   s->race_tried);
}
