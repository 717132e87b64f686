// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"

/* A registration, from its beginning to its end. */

/* What uffd_open() may be asked for: which features it needs, and which modes to register. */
static const struct {
	unsigned int flag;
	const char *name;
	uint64_t features, mode;
} asked[] = {
	{ WP_EVENT_FORK, " event_fork", UFFD_FEATURE_EVENT_FORK, 0 },
	{ WP_UNPOPULATED, " unpopulated", UFFD_FEATURE_WP_UNPOPULATED, 0 },
	{ WP_ASYNC, " async", UFFD_FEATURE_WP_ASYNC, 0 },
	{ WP_EVENT_REMAP, " event_remap", UFFD_FEATURE_EVENT_REMAP, 0 },
	{ WITH_MISSING, " missing", 0, UFFDIO_REGISTER_MODE_MISSING },
	{ WITH_MINOR, " minor", 0, UFFDIO_REGISTER_MODE_MINOR },
	{ FOR_RWP, " rwp", UFFD_FEATURE_RWP, UFFDIO_REGISTER_MODE_RWP },
};

void uffd_open(struct scene *s, unsigned int flags)
{
	uint64_t want = UFFD_FEATURE_PAGEFAULT_FLAG_WP | s->memory->uffd_features;
	uint64_t mode = flags & FOR_RWP ? 0 : UFFDIO_REGISTER_MODE_WP;
	char text[64] = "";

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		if (!(flags & asked[i].flag))
			continue;
		want |= asked[i].features;
		mode |= asked[i].mode;
		strcat(text, asked[i].name);
	}
	if (flags & WITH_MINOR)
		want |= s->memory->huge ? UFFD_FEATURE_MINOR_HUGETLBFS : UFFD_FEATURE_MINOR_SHMEM;
	step_begin(s, "C4", "uffd_open%s", text);
	uffd_needed(s, want);
	/* Where it can be told the very byte, it must be. */
	if (feature_there(s, F_UFFD_EXACT_ADDRESS))
		want |= UFFD_FEATURE_EXACT_ADDRESS;
	s->uffd_mode = 0;
	s->pagemap_has_mark = feature_there(s, F_PAGEMAP_UFFD_WP);
	s->uffd = uffd_new(s, want);
	s->uffd_features = want;
	s->uffd_mode = mode;
	register_area(s);
	step_end(s);
}

static void begin(struct scene *s, const char *name)
{
	step_begin(s, "C4", "%s", name);
	if (s->uffd < 0 || !registered_for_wp(s, PARENT))
		scene_error(s, "nothing is registered");
}

/* The registration has gone, by whatever way: so must have all that it did. */
static void gone(struct scene *s)
{
	registration_gone(s);
	step_end(s);
}

void unregister(struct scene *s)
{
	struct uffd_notice n;

	begin(s, "unregister");
	/* What a monitor has read and not yet answered is nobody's any more. */
	for_each_page(s, i) {
		if (!s->racing[i])
			continue;
		if (!uffd_next(s, s->uffd, &n))
			scene_fail(s, CHECK("pending-notice-gone"), "C3",
				   "the notification of the write that waits", "none");
		else
			notice_is_for(s, PARENT, &n, i, cell_offset(s->begun.cell, s->page_len));
	}
	uffd_unregister(s);
	gone(s);
}

void close_uffd(struct scene *s)
{
	begin(s, "close the uffd");
	close(s->uffd);
	s->uffd = -1;
	gone(s);
}

/*
 * It shares our memory, so it may use nothing of the C library that is a
 * thread's own: two system calls that do not fail, and the end.
 */
static int monitor(void *arg)
{
	const int *go = arg;
	char byte;

	close(go[1]);
	read(go[0], &byte, 1);
	return 0;
}

void monitor_exits(struct scene *s)
{
	static char stack[16384] __attribute__((aligned(16)));
	int go[2], status;
	pid_t pid;

	begin(s, "the monitor exits");
	if (pipe(go))
		scene_error(s, "pipe: %s", strerror(errno));
	/* Not CLONE_FILES: it has descriptors of its own. */
	pid = clone(monitor, stack + sizeof(stack), CLONE_VM | SIGCHLD, go);
	if (pid < 0)
		scene_error(s, "clone(CLONE_VM): %s", strerror(errno));
	close(s->uffd);
	s->uffd = -1;
	/* The other's descriptor is as good as ours was. */
	registration_compare(s);
	close(go[0]);
	close(go[1]);
	if (waitpid(pid, &status, 0) != pid || status)
		scene_error(s, "the monitor did not exit as it should");
	gone(s);
}

void register_again(struct scene *s)
{
	step_begin(s, "C4", "register_again");
	if (!s->uffd_mode)
		scene_error(s, "nothing was ever registered");
	if (s->uffd < 0)
		s->uffd = uffd_new(s, s->uffd_features);
	register_area(s);
	step_end(s);
}

static bool reregister(struct scene *s)
{
	int err;

	begin(s, "reregister for missing pages only");
	err = uffd_register(s->uffd, s->area, s->area_len, UFFDIO_REGISTER_MODE_MISSING);
	observe(s, "reregister_missing", "%s", err ? strerrorname_np(-err) : "accepted");
	if (err && err != -EBUSY)
		scene_fail(s, CHECK("reregister-errno"), "C4", "it is accepted, or EBUSY", "%s",
			   strerrorname_np(-err));
	if (err) {
		step_end(s);
		return false;
	}
	registration_gone(s);
	model_register(&s->model, PARENT, UFFDIO_REGISTER_MODE_MISSING);
	return true;
}

bool reregister_missing(struct scene *s)
{
	bool accepted = reregister(s);

	if (accepted)
		step_end(s);
	return accepted;
}

bool reregister_missing_and_write(struct scene *s)
{
	bool accepted = reregister(s);

	if (accepted)
		cpu_write(s, PARENT);
	return accepted;
}

/* --- close() against a pin ----------------------------------------------------------- */

/*
 * So many that the kernel is busy with them when close() comes, and that the
 * last page is reached after it.
 */
#define RACE_PAGES 1024

struct race {
	struct scene *s;
	struct pin pin;
	char *addr;
	/* What the process that races tells the one that watches, of one attempt. */
	struct attempt {
		int err;  /* of the pin */
		bool met; /* close() came while it was being taken */
	} attempt;
};

static void take_while_closing(void *arg)
{
	struct race *r = arg;

	r->attempt.err = r->pin.kind->take(r->s, &r->pin, r->addr, RACE_PAGES * 4096UL);
}

static bool populated(struct race *r, unsigned int page)
{
	return pagemap(0, r->addr + page * 4096UL) & PM_PRESENT;
}

/* Pages that the pin must still have before it when it is closed. */
#define RACE_TO_GO 64

/* close() when the pin has come to page @from. */
static void attempt(struct race *r, unsigned int from)
{
	const size_t len = RACE_PAGES * 4096UL;
	struct helper_thread taker;
	int uffd, err;

	r->addr = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (r->addr == MAP_FAILED || (madvise(r->addr, len, MADV_NOHUGEPAGE) && errno != EINVAL))
		scene_error(r->s, "mmap: %s", strerror(errno));
	r->addr[len - 4096] = 1;
	uffd = uffd_new(r->s, UFFD_FEATURE_PAGEFAULT_FLAG_WP);
	err = uffd_register(uffd, r->addr, len, UFFDIO_REGISTER_MODE_WP);
	if (err)
		scene_error(r->s, "UFFDIO_REGISTER: %s", strerror(-err));
	uffd_protect(r->s, uffd, r->addr + len - 4096, 4096, UFFDIO_WRITEPROTECT_MODE_WP);
	helper_start(r->s, &taker, take_while_closing, r);
	while (!helper_done(&taker) && !populated(r, from))
		sched_yield();
	r->attempt.met = populated(r, from) && !populated(r, RACE_PAGES - RACE_TO_GO);
	close(uffd);
	helper_join(&taker);
	if (!r->attempt.err)
		r->pin.kind->release(r->s, &r->pin);
	munmap(r->addr, len);
}

/*
 * In a process of its own: one that hangs holds the lock of its memory, and
 * who shares that cannot tell of it.
 */
static void race(struct scene *s, unsigned int times, int tell)
{
	struct race r = { .s = s, .pin.kind = s->pin[0].kind };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	r.pin.kind->open(s, &r.pin);
	for (unsigned int i = 0; i < times; i++) {
		attempt(&r, i * (RACE_PAGES - 2 * RACE_TO_GO) / times);
		if (write(tell, &r.attempt, sizeof(r.attempt)) != sizeof(r.attempt))
			break;
	}
	_exit(0);
}

void close_while_pinning(struct scene *s, unsigned int times)
{
	unsigned int met = 0;
	int tell[2];
	pid_t pid;

	step_begin(s, "C7", "close_while_pinning, %u times", times);
	if (!s->pin[0].kind)
		scene_error(s, "the variant has no pin");
	if (pipe(tell))
		scene_error(s, "pipe: %s", strerror(errno));
	/* scene_end() waits until it has gone. */
	pid = fork();
	if (pid < 0)
		scene_error(s, "fork: %s", strerror(errno));
	if (!pid)
		race(s, times, tell[1]);
	s->proc[CHILD].pid = pid;
	close(tell[1]);
	for (unsigned int i = 0; i < times; i++) {
		struct pollfd p = { .fd = tell[0], .events = POLLIN };
		struct attempt a;

		wait_alive();
		if (poll(&p, 1, PATIENCE_MS) <= 0)
			wait_failed(s, CHECK("close-pin-hang"), "C7", by_process(pid),
				    "close() and the pin both end",
				    "attempt %u does not within %d ms", i + 1, PATIENCE_MS);
		if (read(tell[0], &a, sizeof(a)) != sizeof(a))
			scene_error(s, "the process that closes died");
		/* Where a long-term pin cannot wait it is refused: pin_write_protected(). */
		if (a.err && a.err != -EFAULT)
			scene_fail(s, CHECK("close-pin-error"), "C7",
				   "the pin is taken, or refused with EFAULT", "%s",
				   strerrorname_np(-a.err));
		met += a.met;
	}
	close(tell[0]);
	waitpid(pid, NULL, 0);
	s->proc[CHILD].pid = 0;
	observe(s, "closed_while_pinning", "%u of %u", met, times);
	step_end(s);
	if (!met)
		scene_inconclusive(s, "in %u attempts close() never came while the pin was at work",
				   times);
}
