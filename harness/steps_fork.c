// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"
#include "tell.h"

struct forking {
	int uffd; /* of the one that forks */
	int got;  /* of the one to come */
	_Atomic bool failed;
};

#define LOOK_MS 20 /* for an event, before it is asked whether there is a fork() to wait for */

static void read_fork_event(void *arg)
{
	struct forking *f = arg;

	if (!wait_until((f->got = uffd_read_fork_event(f->uffd, LOOK_MS)) != -ETIMEDOUT ||
			f->failed))
		f->got = -ETIMEDOUT;
}

static pid_t pid_in(const struct scene *s, int proc)
{
	return proc == PARENT ? 0 : s->proc[proc].pid;
}

/*
 * @from forks @proc. False if it says ENOMEM, or EEXIST of a PID, and may, as there is something that
 * it is @without.
 */
static bool fork_one(struct scene *s, int from, int proc, const char *without)
{
	struct forking f = { .uffd = from == PARENT ? s->uffd : s->proc[from].uffd };
	bool event = f.uffd >= 0 && s->uffd_features & UFFD_FEATURE_EVENT_FORK &&
		     s->at_fork != NOT_INHERITED;
	struct helper_thread thread;
	int err;

	step_begin(s, "C2", "fork%s%s%s", from == PARENT ? "" : " by the child",
		   event ? " with EVENT_FORK" : "", without);
	if (!event)
		tell("fork_%s();", who[proc]);
	else if (from == PARENT)
		tell("child_uffd = fork_event(fork_%s, uffd);", who[proc]);
	else
		tell("fork_event(fork_%s, %s_uffd);", who[proc], who[from]);
	/* fork() does not return before the event is read. */
	if (event)
		helper_start(s, &thread, read_fork_event, &f);
	err = child_fork(s, proc);
	f.failed = err;
	if (event)
		helper_join(&thread);
	if ((err == -ENOMEM || (err == -EEXIST && s->pid_taken)) && *without) {
		s->proc[proc].area = NULL;
		s->fork_failed = true;
		if (event && f.got >= 0) {
			close(f.got);
			scene_fail(s, CHECK("fork-failed-event"), "C4",
				   "no EVENT_FORK of a fork() that failed",
				   "one, with a uffd of a process that never was");
		}
		return false;
	}
	if (err)
		scene_fail(s, CHECK("fork-refused"), "C2", "fork() is done", "%s",
			   strerrorname_np(-err));
	if (err)
		return false;
	if (event)
		s->proc[proc].uffd = f.got;
	if (event && f.got < 0)
		scene_fail(s, CHECK("fork-event-missing"), "C4",
			   "EVENT_FORK, with a uffd of the child's", "%s", strerrorname_np(-f.got));
	model_fork(&s->model, from, proc, event);
	s->proc[proc].blind = s->proc[from].blind;
	s->proc[proc].readonly = s->proc[from].readonly;
	s->proc[proc].guarded = s->at_fork == INHERITED ? s->proc[from].guarded : 0;
	s->proc[proc].lacking = from == PARENT ? s->not_inherited : s->proc[from].lacking;
	s->proc[proc].guarded &= ~s->proc[proc].lacking;
	s->proc[proc].poisoned = s->proc[from].poisoned & s->proc[proc].guarded;
	at_fork_apply(s, proc);
	/* A child has what its parent had open, so the devices too. */
	for (unsigned int n = 0; n < s->npins; n++)
		if (s->pin[n].taken && s->pin[n].owner == from && from != PARENT)
			s->pin[n].also = proc;
	for (unsigned int n = 0; n < s->npins; n++)
		if (s->pin[n].fds & 1U << from)
			s->pin[n].fds |= 1U << proc;
	/*
	 * Precondition: private memory that nothing pins is shared now. What a
	 * pin covers may have been copied early (70e806e4e645) and is not asked.
	 */
	for_each_page(s, i) {
		uint64_t mine = pagemap(pid_in(s, from), page_addr_in(s, from, i));
		uint64_t theirs = pagemap(pid_in(s, proc), page_addr_in(s, proc, i));
		bool pinned = s->looks_pinned;

		for (unsigned int n = 0; n < s->npins; n++)
			pinned |= s->pin[n].taken && !s->pin[n].kind->on_demand;
		if (s->proc[proc].lacking & 1U << i)
			continue;
		if (pinned || s->memory->shared || s->at_fork != INHERITED || !s->touched[i] ||
		    !(mine & PM_PRESENT))
			continue;
		if (theirs & PM_PRESENT && PM_PFN(theirs) != PM_PFN(mine))
			scene_error(s, "page %u is not shared after fork()", i);
	}
	step_end(s);
	return true;
}

void fork_child(struct scene *s)
{
	fork_one(s, PARENT, CHILD, "");
}

bool fork_child_or_nomem(struct scene *s, const char *why)
{
	bool done = fork_one(s, PARENT, CHILD, why);

	if (!done)
		step_end(s);
	return done;
}

void fork_grandchild(struct scene *s)
{
	fork_one(s, CHILD, GRANDCHILD, "");
}

void tables_shared(struct scene *s)
{
	struct child_cmd cmd = { .op = OP_READ, .len = SAMPLE };
	struct child_reply reply;
	char *untouched = s->proc[CHILD].area + s->area_len;

	step_begin(s, "", "tables_shared");
	tell_not("shares page tables of hugetlbfs");
	child_ask(s, CHILD, &cmd, &reply);
	if (!(pagemap(0, s->area + s->area_len) & PM_PRESENT) ||
	    !(pagemap(s->proc[CHILD].pid, untouched) & PM_PRESENT))
		scene_error(s, "parent and child have page tables of their own");
	step_end(s);
}

static void pins_left_alone(struct scene *s, long before)
{
	if (pins_outstanding() != before)
		scene_fail(s, CHECK("fork-enomem-pins"), "C8",
			   "a fork() that failed leaves the pins alone", "%ld of %ld",
			   pins_outstanding(), before);
}

bool fork_without_hugepages(struct scene *s)
{
	long n = file_number("/proc/meminfo", "HugePages_Free");
	long kib = file_number("/proc/meminfo", "Hugepagesize");
	long pins = pins_outstanding();
	char *all;
	bool ok;

	all = mmap(NULL, n * kib * 1024, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_POPULATE, -1, 0);
	if (all == MAP_FAILED || madvise(all, n * kib * 1024, MADV_DONTFORK))
		scene_error(s, "cannot take all %ld free huge pages, of which %ld are reserved: %s",
			    n, file_number("/proc/meminfo", "HugePages_Rsvd"), strerror(errno));
	if (file_number("/proc/meminfo", "HugePages_Free"))
		scene_error(s, "there are free huge pages still");
	tell_not("goes on as a fork() without huge pages ends");
	ok = fork_one(s, PARENT, CHILD, " without huge pages");
	munmap(all, n * kib * 1024);
	observe(s, "fork_without_hugepages", "%s", ok ? "done" : "ENOMEM");
	if (ok)
		return true;
	if (file_number("/proc/meminfo", "HugePages_Free") != n)
		scene_fail(s, CHECK("fork-enomem-hugepages"), "C8",
			   "a fork() that failed leaves all huge pages free", "%ld of %ld are",
			   file_number("/proc/meminfo", "HugePages_Free"), n);
	pins_left_alone(s, pins);
	step_end(s);
	return false;
}

#define OOM_SCORE_ADJ "/proc/self/oom_score_adj"

/* A child that has nothing of the scene, and goes at once. */
static void fork_without_area(struct scene *s)
{
	pid_t pid;

	if (madvise(s->area, s->area_len, MADV_DONTFORK))
		scene_error(s, "MADV_DONTFORK: %s", strerror(errno));
	pid = fork();
	if (!pid)
		_exit(0);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		scene_error(s, "there is no room to fork without the area: %s", strerror(errno));
	if (madvise(s->area, s->area_len, MADV_DOFORK))
		scene_error(s, "MADV_DOFORK: %s", strerror(errno));
}

void fork_for_taken_pid(struct scene *s)
{
	long pins = pins_outstanding();
	bool done;

	tell_not("asks for a PID");
	s->pid_taken = true;
	done = fork_one(s, PARENT, CHILD, " for a PID that is taken");
	s->pid_taken = false;
	if (done)
		scene_error(s, "there is a second process with the PID 1");
	pins_left_alone(s, pins);
	step_end(s);
}

/*
 * Whoever is charged beyond the limit is killed, or, if nobody may be, told ENOMEM: so this process
 * may not be. A quarter of the area is room for all else that a fork needs, and not for the copies.
 */
void fork_uncharged(struct scene *s)
{
	long pins = pins_outstanding();
	char score[32];
	bool ok;

	if (!s->memory->memcg || !s->npins || !s->pin[0].taken || s->pin[0].len != s->area_len)
		scene_error(s, "no pin has all of an area that a cgroup of ours is charged for");
	tell_not("is in a memory cgroup");
	if (!file_get(OOM_SCORE_ADJ, score, sizeof(score)) || file_put(OOM_SCORE_ADJ, "-1000"))
		scene_error(s, OOM_SCORE_ADJ " cannot be set");
	/* Else the first copies make room for the last ones. */
	memcg_swaps(s, false);
	memcg_limit(s, s->area_len / 4);
	fork_without_area(s);
	ok = fork_one(s, PARENT, CHILD, " without charge");
	memcg_limit_off(s);
	memcg_swaps(s, true);
	if (file_put(OOM_SCORE_ADJ, score))
		scene_error(s, OOM_SCORE_ADJ " cannot be set back");
	if (ok) {
		scene_fail(s, CHECK("fork-uncharged"), "C2",
			   "ENOMEM: the copies of what is pinned cannot be charged",
			   "fork() is done");
		return;
	}
	pins_left_alone(s, pins);
	step_end(s);
}

/*
 * It shares our memory, and is the only one that has the userfaultfd. As monitor() in steps_life.c
 * it may use nothing of the C library that is a thread's own.
 */
static int leaves_unread(void *arg)
{
	struct pollfd p = { .fd = *(const int *)arg, .events = POLLIN };

	return poll(&p, 1, PATIENCE_MS) > 0 ? 0 : 1;
}

void fork_while_monitor_exits(struct scene *s)
{
	static char stack[16384] __attribute__((aligned(16)));
	int uffd = s->uffd, err, status = 0;
	pid_t pid;

	step_begin(s, "C4", "fork with EVENT_FORK while the monitor exits");
	if (uffd < 0 || !(s->uffd_features & UFFD_FEATURE_EVENT_FORK))
		scene_error(s, "nobody asked for EVENT_FORK");
	tell("fork_while_monitor_exits();");
	pid = clone(leaves_unread, stack + sizeof(stack), CLONE_VM | SIGCHLD, &uffd);
	if (pid < 0)
		scene_error(s, "clone(CLONE_VM): %s", strerror(errno));
	/* The child gets what we have open, and would keep it. */
	close(s->uffd);
	s->uffd = -1;
	err = child_fork(s, CHILD);
	if (waitpid(pid, &status, 0) != pid)
		scene_error(s, "the monitor is gone already");
	if (err)
		scene_fail(s, CHECK("fork-unread-refused"), "C4",
			   "fork() is done, if nobody is left to read its event", "%s",
			   strerrorname_np(-err));
	if (status)
		scene_fail(s, CHECK("fork-unread-missing"), "C4", "EVENT_FORK", "none");
	model_fork(&s->model, PARENT, CHILD, false);
	registration_gone(s);
	step_end(s);
}

#define MANY 128

static struct {
	unsigned int n;
	int go; /* closed: they may look */
	pid_t pid[MANY];
	struct content was[MODEL_PAGES]; /* their copy is of when they were forked */
} many;

static bool all_as_it_was(const struct scene *s)
{
	for_each_page(s, i)
		if (bytes_unlike(&many.was[i], s->page_len, 0, page_addr(s, i), s->page_len))
			return false;
	return true;
}

void fork_many(struct scene *s, unsigned int n)
{
	int go[2];
	char byte;

	step_begin(s, "C2", "fork_many, %u children", n);
	if (many.n || n > MANY)
		scene_error(s, "there are %u already, and there may be %d", many.n, MANY);
	tell("fork_many(%u);", n);
	if (pipe(go))
		scene_error(s, "pipe: %s", strerror(errno));
	for_each_page(s, i)
		many.was[i] = *model_content(&s->model, PARENT, i);
	for (; many.n < n; many.n++) {
		pid_t pid = fork();

		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(go[1]);
			read(go[0], &byte, 1);
			_exit(all_as_it_was(s) ? 0 : 1);
		}
		if (pid < 0)
			scene_fail(s, CHECK("fork-many-refused"), "C2", "fork() is done",
				   "%s, of child %u", strerrorname_np(errno), many.n);
		many.pid[many.n] = pid;
	}
	close(go[0]);
	many.go = go[1];
	step_end(s);
}

void many_look(struct scene *s)
{
	unsigned int wrong = 0;
	int status;

	step_begin(s, "C2", "many_look");
	if (!many.n)
		scene_error(s, "there are none: fork_many() comes first");
	tell("many_look();");
	close(many.go);
	for (unsigned int i = 0; i < many.n; i++) {
		if (many.pid[i] < 0)
			continue;
		while (!wait_until(waitpid(many.pid[i], &status, WNOHANG) == many.pid[i]))
			wait_failed(s, CHECK("many-hang"), "C2", by_process(many.pid[i]),
				    "a child that looks at its memory ends",
				    "it does not within %d ms", PATIENCE_MS);
		wrong += !!status;
	}
	if (wrong)
		scene_fail(s, CHECK("many-wrong"), "C2",
			   "each child sees what was there when it was forked", "%u of %u do not",
			   wrong, many.n);
	many.n = 0;
	step_end(s);
}

/* What page_maybe_dma_pinned() takes for a pin: GUP_PIN_COUNTING_BIAS, and some. */
#define LOOKS_PINNED 1100

void many_references(struct scene *s, unsigned int page)
{
	static char beside[4096] __attribute__((aligned(4096)));
	struct pin pin = { .kind = &pin_io_uring };
	struct iovec iov[100];
	int fd[2], size;

	step_begin(s, "C2", "many_references page %u", page);
	tell("many_references(%u);", page);
	/* fork() looks for pins only in a process that has had one. */
	beside[0] = 1;
	pin.kind->open(s, &pin);
	if (pin.kind->take(s, &pin, beside, sizeof(beside)))
		scene_error(s, "a page beside cannot be pinned");
	pin.kind->release(s, &pin);
	if (pipe2(fd, O_CLOEXEC))
		scene_error(s, "pipe: %s", strerror(errno));
	size = fcntl(fd[1], F_SETPIPE_SZ, 2 * LOOKS_PINNED * 4096);
	if (size < LOOKS_PINNED * 4096)
		scene_error(s, "a pipe for %d pages: %s", LOOKS_PINNED, strerror(errno));
	for (int i = 0; i < 100; i++)
		iov[i] = (struct iovec){ page_addr(s, page), 8 };
	/* The pipe is never read and goes with the process. */
	for (int i = 0; i < LOOKS_PINNED; i += 100)
		if (vmsplice(fd[1], iov, 100, 0) != 800)
			scene_error(s, "vmsplice: %s", strerror(errno));
	s->looks_pinned = true;
	step_end(s);
}

/*
 * The child's memory goes, by exit or by exec. Its pins stand as long as somebody
 * has their device open: a child of its own, or itself after exec (@stays).
 */
static void child_gone(struct scene *s, bool stays, long pins_before)
{
	bool held = false;

	for (unsigned int n = 0; n < s->npins; n++) {
		struct pin *p = &s->pin[n];

		if (!p->taken || p->owner != CHILD)
			continue;
		if (p->kind->by_fd) {
			held |= p->fds & ~(1U << CHILD);
			continue;
		}
		held |= p->also || stays;
		/* Nobody is left who could ask it. */
		p->busy = !p->also || !p->kind->inherited;
	}
	model_exit(&s->model, CHILD, held);
	if (held && pins_outstanding() < pins_before)
		scene_fail(s, CHECK("held-pins-gone"), "C1",
			   "pins stand as long as somebody has their device open",
			   "%ld pins of %ld are left", pins_outstanding(), pins_before);
}

static void pins_must_go(struct scene *s, bool any, long before)
{
	while (any && !wait_until(pins_outstanding() < before))
		wait_failed(s, CHECK("held-pins-stay"), "C8", by_kernel(NULL),
			    "pins go with the last who has their device open", "%ld, as before",
			    before);
}

/* @proc has no file descriptor any more: it is gone, or has become another program. */
static void fds_gone(struct scene *s, int proc, long before)
{
	bool any = false;

	for (unsigned int n = 0; n < s->npins; n++) {
		struct pin *p = &s->pin[n];

		if (!(p->fds & 1U << proc))
			continue;
		p->fds &= ~(1U << proc);
		if (p->fds)
			continue;
		any = true;
		p->taken = false;
		model_unpin(&s->model, n);
	}
	pins_must_go(s, any, before);
}

void child_is_gone(struct scene *s, long pins_before)
{
	child_gone(s, false, pins_before);
	fds_gone(s, CHILD, pins_before);
}

void child_exit(struct scene *s)
{
	long before;

	step_begin(s, "C2", "child exits");
	accounts_compare(s);
	before = pins_outstanding();
	tell("child_exit();");
	child_end(s, CHILD);
	child_is_gone(s, before);
	step_end(s);
}

void child_exec(struct scene *s)
{
	struct child_cmd cmd = { .op = OP_EXEC };
	struct child_reply reply;
	long before;

	step_begin(s, "C2", "child execs");
	tell("child_exec();");
	before = pins_outstanding();
	child_ask(s, CHILD, &cmd, &reply);
	if (reply.ret)
		scene_error(s, "execve: %s", strerror(-reply.ret));
	if (maps_has(s->proc[CHILD].pid, page_addr_in(s, CHILD, 0)))
		scene_error(s, "the child still has its memory after exec");
	child_gone(s, true, before);
	fds_gone(s, CHILD, before);
	step_end(s);
}

/* @proc is gone, and so are the pins of the child's whose device nobody has open any more. */
static void held_pins_go(struct scene *s, int proc, long before)
{
	bool any = false;

	for (unsigned int n = 0; n < s->npins; n++) {
		struct pin *p = &s->pin[n];

		if (!p->taken || p->owner != CHILD || p->kind->by_fd)
			continue;
		if (p->also == proc)
			p->also = 0;
		/* The child may be there still, but with another program (exec). */
		p->busy = !s->model.proc[CHILD].alive;
		if (p->also || s->proc[CHILD].pid > 0)
			continue;
		any = true;
		p->taken = false;
		model_unpin(&s->model, n);
	}
	pins_must_go(s, any, before);
}

void grandchild_exit(struct scene *s)
{
	long before;

	step_begin(s, "C8", "grandchild exits");
	tell("grandchild_exit();");
	before = pins_outstanding();
	child_end(s, GRANDCHILD);
	model_exit(&s->model, GRANDCHILD, false);
	held_pins_go(s, GRANDCHILD, before);
	fds_gone(s, GRANDCHILD, before);
	step_end(s);
}

void child_kill(struct scene *s)
{
	long before;

	step_begin(s, "C8", "what the child has become is killed");
	tell("child_kill();");
	before = pins_outstanding();
	kill(s->proc[CHILD].pid, SIGKILL);
	if (!wait_until(process_gone(s->proc[CHILD].pid)))
		wait_error(s, by_process(s->proc[CHILD].pid), "it does not go");
	s->proc[CHILD].pid = 0;
	held_pins_go(s, CHILD, before);
	step_end(s);
}

struct spawning {
	struct scene *s;
	pid_t pid;
};

static void spawn_in_thread(void *arg)
{
	struct spawning *sp = arg;
	int sock;

	sp->pid = tracer_spawn(sp->s, &sock);
	close(sock);
}

void vfork_exec(struct scene *s)
{
	struct spawning sp = { .s = s };
	struct helper_thread thread;
	int status = 0;

	step_begin(s, "C1", "vfork and exec");
	tell("vfork_exec();");
	helper_start(s, &thread, spawn_in_thread, &sp);
	while (!helper_wait(&thread))
		wait_failed(s, CHECK("vfork-event"), "C4", by_thread(&thread),
			    "vfork() copies nothing, so there is no EVENT_FORK",
			    "it waits for somebody to take the event");
	if (!wait_until(waitpid(sp.pid, &status, WNOHANG) != 0))
		wait_error(s, by_process(sp.pid), "what was spawned does not end");
	if (status)
		scene_error(s, "what was spawned ended with status %#x", status);
	step_end(s);
}

void child_unmap(struct scene *s)
{
	struct child_cmd cmd = { .op = OP_UNMAP };
	struct child_reply reply;

	step_begin(s, "C2", "child unmaps");
	tell("child_unmap();");
	child_ask(s, CHILD, &cmd, &reply);
	if (reply.ret)
		scene_fail(s, CHECK("child-unmap-refused"), "C2", "munmap() is done", "%s",
			   strerrorname_np(-reply.ret));
	if (maps_has(s->proc[CHILD].pid, page_addr_in(s, CHILD, 0)))
		scene_fail(s, CHECK("child-unmap-mapped"), "C2",
			   "no such mapping in the child after munmap()", "it has one");
	model_unmap(&s->model, CHILD);
	step_end(s);
}
