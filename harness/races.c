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
#include "tell.h"
#include "window.h"

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
	tell_not("needs many rounds to meet a race");
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

static void fork_once(struct scene *s, struct counters *c)
{
	uint64_t before = *c->last, after;
	struct seen seen = seen_by_child(s, c);

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
}

/* All in one step: its end takes long where a thread counts on the only processor. */
void fork_while_counting(struct scene *s, unsigned int times)
{
	step_begin(s, "C2", "fork while counting, %u times", times);
	for (unsigned int i = 0; i < times; i++)
		fork_once(s, &counters);
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

/* --- close() against a pin ----------------------------------------------------------- */

#define CLOSE_PAGES 16

static struct closing {
	struct pin pin;
	int uffd;
} closing;

static int close_it(struct scene *s)
{
	return close(closing.uffd) ? -errno : 0;
}

/*
 * In a process of its own: one that hangs holds the lock of its memory, and
 * who shares that cannot tell of it.
 */
static void close_at(struct scene *s, unsigned int page, struct child_reply *reply)
{
	const size_t len = CLOSE_PAGES * PAGE_4K;
	struct closing *c = &closing;
	struct window *w = NULL;
	struct spot spot;
	char *addr;
	int err;

	if (!c->pin.kind) {
		c->pin.kind = s->pin[0].kind;
		c->pin.kind->open(s, &c->pin);
	}
	addr = map_small(s, len);
	addr[len - PAGE_4K] = 1;
	c->uffd = uffd_new(s, UFFD_FEATURE_PAGEFAULT_FLAG_WP);
	err = uffd_register(c->uffd, addr, len, UFFDIO_REGISTER_MODE_WP);
	if (err)
		scene_error(s, "UFFDIO_REGISTER: %s", strerror(-err));
	uffd_protect(s, c->uffd, addr + len - PAGE_4K, PAGE_4K, UFFDIO_WRITEPROTECT_MODE_WP);
	if (page == CLOSED_BEFORE) {
		close_it(s);
	} else {
		spot = NTH(page + 1, AT("handle_mm_fault"));
		w = window_open(s, &spot, getpid(), close_it);
	}
	reply->ret = c->pin.kind->take(s, &c->pin, addr, len);
	if (w)
		window_close(w, "C7");
	if (!reply->ret)
		c->pin.kind->release(s, &c->pin);
	munmap(addr, len);
}

void close_while_pinning(struct scene *s, unsigned int page)
{
	struct child_reply reply;
	static unsigned int met;

	if (page == CLOSED_BEFORE)
		step_begin(s, "C7", "close, then pin");
	else
		step_begin(s, "C7", "close_while_pinning at page %u", page);
	tell_not("holds a thread in the kernel");
	if (!s->pin[0].kind)
		scene_error(s, "the variant has no pin");
	feature_needed(s, F_KPROBE);
	other_send(s, close_at, page);
	while (!child_answer(s, OTHER, &reply))
		wait_failed(s, CHECK("close-pin-hang"), "C7", by_process(s->proc[OTHER].pid),
			    "close() and the pin both end", "they do not within %d ms",
			    PATIENCE_MS);
	/* Where a long-term pin cannot wait it is refused: pin_write_protected(). */
	if (reply.ret && reply.ret != -EFAULT)
		scene_fail(s, CHECK("close-pin-error"), "C7",
			   "the pin is taken, or refused with EFAULT", "%s",
			   strerrorname_np(-reply.ret));
	met += page != CLOSED_BEFORE;
	observe(s, "closed_while_pinning", "%u of %u", met, met);
	step_end(s);
}
