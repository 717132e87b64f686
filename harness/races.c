// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is a race by nature: no step can make it happen, so these count how often
 * they tried and how often it was shown that one thing met the other, and say both.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

/* --- a pin and fork() ------------------------------------------------------------- */

struct taking {
	struct scene *s;
	struct pin *p;
	bool wait_for_copy;
	_Atomic bool go, forked;
	bool copying;
	int err;
};

#define RACE_FIRST 3 /* writes of the device before the first round: one a cell */

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

static void must_be_taken(struct scene *s, int err)
{
	if (err)
		scene_fail(s, CHECK("race-pin-error"), "C7", "the pin is taken", "%s",
			   strerrorname_np(-err));
}

/*
 * True if one met the other. With one processor: who pins saw, just before, that the thread
 * that forks had been taken from the processor in the middle of copying; so GUP-fast
 * came while fork() copied, and had to go the slow way (57efa1fe5957, v5.11). With more: GUP-fast
 * had pinned pages, saw that fork() had begun to copy meanwhile, and gave them back; then
 * the kernel has counted more pins than there are pages. That both system calls ran
 * at a time shows nothing: either may have waited for a processor, or for the lock.
 * Whoever was first: the child has a copy, the pin the parent's page.
 */
static bool pin_while_forking(struct scene *s)
{
	struct taking t = { .s = s, .p = &s->pin[0] };
	struct helper_thread thread;
	long acquired;
	int err;

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
	must_be_taken(s, t.err);
	acquired = pins_acquired() - acquired;
	model_fork(&s->model, PARENT, CHILD, false);
	t.p->taken = true;
	model_pin(&s->model, 0, PARENT, t.p->first, t.p->n, t.p->kind->coherent);
	return t.copying || acquired > (long)(t.p->len / 4096);
}

/*
 * Each round has stamps of its own, that no later step has: what is left of one in a page that
 * went astray must not pass for another.
 */
static unsigned int round_step(const struct scene *s, unsigned int round)
{
	return 1000 * s->step + round;
}

/* In the order in which a pin that is on a page which is shared shows. */
static void write_and_look(struct scene *s, unsigned int round)
{
	uint64_t *addr[MODEL_PAGES], value[MODEL_PAGES], v;

	for_each_page(s, i) {
		enum cell c = cpu_cell(round_step(s, round), i);

		addr[i] = cell_addr(s, i, c);
		value[i] = stamp(BY_PARENT, round_step(s, round), i, c);
		model_write(&s->model, PARENT, i, c, value[i]);
	}
	writer_begin(s, s->npages, addr, value);
	writer_goes_through(s);
	views_compare(s, NULL);
	for_each_page(s, i) {
		enum cell c = dev_cell(round_step(s, round), i);

		v = stamp(BY_DEVICE, round_step(s, round), i, c);
		if (device_write_at(s, &s->pin[0], i, c, &v))
			scene_error(s, "the device failed");
		if (!model_device_write(&s->model, 0, i, c, v))
			scene_error(s, "the model does not know where the device writes to");
	}
	views_compare(s, NULL);
}

void race_pin_and_fork(struct scene *s, unsigned int rounds)
{
	struct pin *p = &s->pin[0];
	unsigned int met = 0, most = can_wait_for_copy(s) ? UNMET * rounds : rounds, i;
	char *beside;

	step_begin(s, "C1", "race pin and fork, %u times", rounds);
	p->n = s->npages;
	p->addr = s->area;
	p->len = s->area_len;
	beside = ballast(s);
	/* What a copy that went wrong loses is the device's then, in each cell, in any round. */
	must_be_taken(s, p->kind->take(s, p, p->addr, p->len));
	p->taken = true;
	model_pin(&s->model, 0, PARENT, p->first, p->n, p->kind->coherent);
	for (i = 0; i < RACE_FIRST; i++)
		write_and_look(s, i);
	p->kind->release(s, p);
	p->taken = false;
	model_unpin(&s->model, 0);
	for (i = 0; i < rounds || (!met && i < most); i++) {
		met += pin_while_forking(s);
		write_and_look(s, RACE_FIRST + i);
		child_end(s, CHILD);
		model_exit(&s->model, CHILD, false);
		p->kind->release(s, p);
		p->taken = false;
		model_unpin(&s->model, 0);
	}
	munmap(beside, BALLAST);
	observe(s, "pin_and_fork", "%u met of %u", met, i);
	step_end(s);
	/* What comes later in the case is no race, and has its say first. */
	s->race_tried = i;
	s->race_met = met;
}

void race_was_met(struct scene *s)
{
	if (!s->race_met)
		scene_inconclusive(s, "in %u attempts GUP-fast was never seen to meet fork()",
				   s->race_tried);
}

/* --- a store and fork() -------------------------------------------------------------- */

#define TEAR_PAGES 514

struct counters {
	volatile uint64_t *first, *last; /* memory: who has the pages sees what is stored */
	_Atomic bool stop;
};

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
static struct seen seen_by_child(struct scene *s, struct counters *c)
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

void fork_while_writing(struct scene *s, unsigned int rounds)
{
	size_t len = TEAR_PAGES * 4096UL;
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct pin pin = { .kind = &pin_io_uring };
	unsigned int torn = 0, moving = 0;
	struct helper_thread thread;
	struct counters c;

	step_begin(s, "C2", "fork while writing, %u times", rounds);
	if (p == MAP_FAILED || (madvise(p, len, MADV_NOHUGEPAGE) && errno != EINVAL))
		scene_error(s, "mmap: %s", strerror(errno));
	c = (struct counters){ .first = (uint64_t *)p, .last = (uint64_t *)(p + len - 4096) };
	pin.kind->open(s, &pin);
	if (pin.kind->take(s, &pin, p, len))
		scene_error(s, "cannot pin %d pages", TEAR_PAGES);
	helper_start(s, &thread, count, &c);
	for (unsigned int i = 0; i < rounds; i++) {
		uint64_t before = *c.last, after;
		struct seen seen = seen_by_child(s, &c);

		after = *c.first;
		moving += after != before;
		torn += seen.first > seen.last + 1 || seen.last > seen.first;
		if (seen.first != seen.first_later || seen.last != seen.last_later)
			scene_fail(s, CHECK("fork-child-changes"), "C2",
				   "what the child has does not change any more",
				   "a counter went from %llu to %llu, or %llu to %llu",
				   (unsigned long long)seen.first,
				   (unsigned long long)seen.first_later,
				   (unsigned long long)seen.last,
				   (unsigned long long)seen.last_later);
		if (seen.last < before || seen.first > after)
			scene_fail(s, CHECK("fork-not-one-moment"), "C2",
				   "what was there while fork() ran",
				   "%llu and %llu, where it counted from %llu to %llu",
				   (unsigned long long)seen.first, (unsigned long long)seen.last,
				   (unsigned long long)before, (unsigned long long)after);
	}
	c.stop = true;
	helper_join(&thread);
	pin.kind->release(s, &pin);
	munmap(p, len);
	if (!moving)
		scene_error(s, "the writer did not run while the process forked");
	observe(s, "torn", "%u of %u", torn, rounds);
	step_end(s);
	/* Torn is what shows that the writer ran between the copies of the two pages. */
	if (!torn)
		scene_inconclusive(s,
				   "in %u forks, in %u of which the writer ran, none was seen to "
				   "meet it between two pages",
				   rounds, moving);
}
