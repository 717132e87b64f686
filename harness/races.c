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
	static char *weight;
	long acquired;
	int err;

	step_begin(s, "C1", "pin while forking");
	tell_not("needs many rounds to meet a race");
	if (!t.p->addr || t.p->taken)
		scene_error(s, "there was no pin before, or there is one still");
	if (!weight)
		weight = ballast(s);
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
	s->race_unmet = "GUP-fast was never seen to meet fork()";
	observe(s, "pin_and_fork", "%u met of %u", s->race_met, s->race_tried);
	step_end(s);
}

void race_was_met(struct scene *s)
{
	if (!s->race_met)
		scene_inconclusive(s, "in %u attempts %s", s->race_tried, s->race_unmet);
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
	tell_not("needs many rounds to meet a race");
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
	s->race_unmet = "close() never came while the pin was at work";
	observe(s, "closed_while_pinning", "%u of %u", s->race_met, s->race_tried);
	step_end(s);
}
