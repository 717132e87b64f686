// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"

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
	{ RWP_ASYNC, " async", UFFD_FEATURE_RWP_ASYNC, 0 },
	{ WP_EVENT_REMOVE, " event_remove", UFFD_FEATURE_EVENT_REMOVE, 0 },
	{ WP_EVENT_UNMAP, " event_unmap", UFFD_FEATURE_EVENT_UNMAP, 0 },
	{ USER_MODE, " user_mode", 0, 0 },
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
	if (flags & USER_MODE) {
		feature_needed(s, F_UFFD_USER_MODE);
		tell_not("is told of faults in user mode only");
	}
	s->uffd_user_mode = flags & USER_MODE;
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
		if (!s->racing[i] || s->begun.missing)
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
	tell("close_uffd();");
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
	tell("monitor_exits();");
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

void register_for_missing(struct scene *s)
{
	step_begin(s, "C4", "register_for_missing");
	if (s->uffd < 0)
		scene_error(s, "nothing was ever registered");
	s->uffd_mode = UFFDIO_REGISTER_MODE_MISSING;
	register_area(s);
	step_end(s);
}

static bool reregister(struct scene *s)
{
	int err;

	begin(s, "reregister for missing pages only");
	tell_not("goes on as the kernel takes a second registration");
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
