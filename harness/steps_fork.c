// SPDX-License-Identifier: GPL-2.0-only
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

struct forking {
	struct scene *s;
	int proc;	/* the one to come */
	int uffd;	/* of the one that forks */
};

static void *read_fork_event(void *arg)
{
	struct forking *f = arg;

	f->s->proc[f->proc].uffd = uffd_read_fork_event(f->uffd);
	return NULL;
}

static pid_t pid_in(const struct scene *s, int proc)
{
	return proc == PARENT ? 0 : s->proc[proc].pid;
}

/* @from forks @proc. */
static void fork_one(struct scene *s, int from, int proc)
{
	struct forking f = { s, proc, from == PARENT ? s->uffd : s->proc[from].uffd };
	bool event = f.uffd >= 0 && s->uffd_features & UFFD_FEATURE_EVENT_FORK &&
		     s->at_fork != NOT_INHERITED;
	pthread_t thread;

	step_begin(s, "C2", "fork%s%s", from == PARENT ? "" : " by the child",
		   event ? " with EVENT_FORK" : "");
	/* fork() does not return before the event is read. */
	if (event && pthread_create(&thread, NULL, read_fork_event, &f))
		scene_error(s, "cannot start a thread");
	child_fork(s, proc);
	if (event) {
		pthread_join(thread, NULL);
		if (s->proc[proc].uffd < 0)
			scene_error(s, "no EVENT_FORK: %s", strerror(-s->proc[proc].uffd));
	}
	model_fork(&s->model, from, proc, event);
	s->proc[proc].blind = s->proc[from].blind;
	at_fork_apply(s, proc);
	/* A child has what its parent had open, so the devices too. */
	for (unsigned int n = 0; n < s->npins; n++)
		if (s->pin[n].taken && s->pin[n].owner == from && from != PARENT)
			s->pin[n].also = proc;
	/*
	 * Precondition: private memory that nothing pins is shared now. What a
	 * pin covers may have been copied early (70e806e4e645) and is not asked.
	 */
	for_each_page(s, i) {
		uint64_t mine = pagemap(pid_in(s, from), page_addr_in(s, from, i));
		uint64_t theirs = pagemap(pid_in(s, proc), page_addr_in(s, proc, i));
		bool pinned = false;

		for (unsigned int n = 0; n < s->npins; n++)
			pinned |= s->pin[n].taken && !s->pin[n].kind->on_demand;
		if (pinned || s->memory->shared || s->at_fork != INHERITED || !s->touched[i] || !(mine & PM_PRESENT))
			continue;
		if (theirs & PM_PRESENT && PM_PFN(theirs) != PM_PFN(mine))
			scene_error(s, "page %u is not shared after fork()", i);
	}
	step_end(s);
}

void fork_child(struct scene *s)
{
	fork_one(s, PARENT, CHILD);
}

void fork_grandchild(struct scene *s)
{
	fork_one(s, CHILD, GRANDCHILD);
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
		held |= p->also || stays;
		/* Nobody is left who could ask it. */
		p->busy = !p->also || !p->kind->inherited;
	}
	model_exit(&s->model, CHILD, held);
	if (held && pins_outstanding() < pins_before)
		scene_fail(s, "C1", "pins stand as long as somebody has their device open",
			   "%ld pins of %ld are left", pins_outstanding(), pins_before);
}

void child_exit(struct scene *s)
{
	long before;

	step_begin(s, "C2", "child exits");
	before = pins_outstanding();
	child_end(s, CHILD);
	child_gone(s, false, before);
	step_end(s);
}

void child_exec(struct scene *s)
{
	struct child_cmd cmd = { .op = OP_EXEC };
	struct child_reply reply;
	long before;

	step_begin(s, "C2", "child execs");
	before = pins_outstanding();
	child_ask(s, CHILD, &cmd, &reply);
	if (reply.ret)
		scene_error(s, "execve: %s", strerror(-reply.ret));
	if (maps_has(s->proc[CHILD].pid, page_addr_in(s, CHILD, 0)))
		scene_error(s, "the child still has its memory after exec");
	child_gone(s, true, before);
	step_end(s);
}

void grandchild_exit(struct scene *s)
{
	uint64_t end = ms_now() + PATIENCE_MS;
	bool last = false;
	long before;

	step_begin(s, "C8", "grandchild exits");
	before = pins_outstanding();
	child_end(s, GRANDCHILD);
	model_exit(&s->model, GRANDCHILD, false);
	for (unsigned int n = 0; n < s->npins; n++) {
		struct pin *p = &s->pin[n];

		if (!p->taken || p->also != GRANDCHILD || s->model.proc[p->owner].alive)
			continue;
		last = true;
		p->taken = false;
		model_unpin(&s->model, n);
	}
	while (last && pins_outstanding() >= before) {
		if (ms_now() > end)
			scene_fail(s, "C8", "pins go with the last who has their device open",
				   "%ld, as before", before);
		ms_sleep(1);
	}
	step_end(s);
}

void vfork_exec(struct scene *s)
{
	uint64_t end = ms_now() + PATIENCE_MS;
	int sock, status;
	pid_t pid;

	step_begin(s, "C1", "vfork and exec");
	pid = tracer_spawn(s, &sock);
	close(sock);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (ms_now() > end)
			scene_error(s, "what was spawned does not end");
		ms_sleep(1);
	}
	if (status)
		scene_error(s, "what was spawned ended with status %#x", status);
	step_end(s);
}

void child_unmap(struct scene *s)
{
	struct child_cmd cmd = { .op = OP_UNMAP };
	struct child_reply reply;

	step_begin(s, "C2", "child unmaps");
	child_ask(s, CHILD, &cmd, &reply);
	if (reply.ret)
		scene_error(s, "munmap in the child: %s", strerror(-reply.ret));
	model_unmap(&s->model, CHILD);
	step_end(s);
}
