// SPDX-License-Identifier: GPL-2.0-only
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

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
	bool event = f.uffd >= 0 && s->uffd_features & UFFD_FEATURE_EVENT_FORK;
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
		if (pinned || s->memory->shared || !s->touched[i] || !(mine & PM_PRESENT))
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

void child_exit(struct scene *s)
{
	struct child_cmd cmd = { .op = OP_EXIT };
	uint64_t end = ms_now() + PATIENCE_MS;

	step_begin(s, "C2", "child exits");
	child_send(s, CHILD, &cmd);
	while (waitpid(s->proc[CHILD].pid, NULL, WNOHANG) == 0) {
		if (ms_now() > end)
			scene_error(s, "the child does not exit");
		ms_sleep(1);
	}
	s->proc[CHILD].pid = 0;
	model_exit(&s->model, CHILD, false);
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
