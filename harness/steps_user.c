// SPDX-License-Identifier: GPL-2.0-only
/*
 * A user without rights, who pins: what stands on whose account, and what is refused. It is a
 * process beside the scene, which is told one thing after the other; pins are counted here, as
 * it has no right to. Its memory is a copy of the area.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"

#define SOMEBODY 65534
#define VERBS	 "/dev/infiniband/uverbs*"

/* --- the user's side: in a process of its own --------------------------------------------- */

/* What it has, from one thing that it is told to the next. */
static struct {
	struct pin pin, more;
	char *area; /* where it is now */
	size_t len;
	long before; /* KiB on its account, when its devices were open and nothing pinned */
	long cost;   /* what a device has on it that is only open: up to v5.12 a ring has */
} user;

/* KiB that this process has pinned and locked. */
static long on_account(void)
{
	static const char *const keys[] = { "VmPin", "VmLck" };
	long kib[2];

	file_numbers("/proc/self/status", 2, keys, kib);
	return kib[0] + kib[1];
}

static int become_user(void)
{
	if (getuid() == SOMEBODY)
		return 0;
	if (setgroups(0, NULL) || setresgid(SOMEBODY, SOMEBODY, SOMEBODY) ||
	    setresuid(SOMEBODY, SOMEBODY, SOMEBODY) || prctl(PR_SET_DUMPABLE, 1))
		return -errno;
	return 0;
}

/* A limit that cannot be raised again; the account counts what devices have of their own. */
static int may_pin(long kib)
{
	struct rlimit l = { kib << 10, kib << 10 };

	return setrlimit(RLIMIT_MEMLOCK, &l) ? -errno : 0;
}

/* A card behind an IOMMU is handed out open; all else a user opens himself. */
static bool is_handed_out(const struct pin_kind *k)
{
	return k->guest;
}

static void does_open(struct scene *s, unsigned int arg, struct child_reply *reply)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	(void)arg;
	memset(&user, 0, sizeof(user));
	user.pin.kind = user.more.kind = s->pin[0].kind;
	user.area = s->area;
	user.len = s->area_len;
	if (is_handed_out(user.pin.kind))
		user.pin.kind->open(s, &user.pin);
	/* Devices may have more of their own than the 64 KiB that one might lock before v5.16. */
	reply->ret = setrlimit(RLIMIT_MEMLOCK, &all) ? -errno : become_user();
	if (reply->ret)
		return;
	if (!is_handed_out(user.pin.kind))
		user.pin.kind->open(s, &user.pin);
	user.cost = -on_account();
	user.more.kind->open(s, &user.more);
	user.before = on_account();
	user.cost += user.before;
	reply->ret = may_pin(user.before + (long)(user.len >> 10));
}

/* ->pins: by how many KiB the account has grown. */
static void does_pin(struct scene *s, unsigned int arg, struct child_reply *reply)
{
	(void)arg;
	reply->ret = user.pin.kind->take(s, &user.pin, user.area, user.len);
	reply->pins = on_account() - user.before;
}

static void does_unpin(struct scene *s, unsigned int arg, struct child_reply *reply)
{
	(void)arg;
	user.pin.kind->release(s, &user.pin);
	reply->pins = on_account() - user.before;
}

/* One page more, by another device of the same kind. */
static void does_pin_more(struct scene *s, unsigned int arg, struct child_reply *reply)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long before = on_account();

	(void)arg;
	reply->ret = page == MAP_FAILED ? -errno : user.more.kind->take(s, &user.more, page, 4096);
	if (!reply->ret)
		user.more.kind->release(s, &user.more);
	reply->pins = on_account() - before;
}

static void does_remap(struct scene *s, unsigned int arg, struct child_reply *reply)
{
	char *to = mmap(NULL, user.len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)s;
	(void)arg;
	if (to != MAP_FAILED)
		to = mremap(user.area, user.len, user.len, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	reply->ret = to == MAP_FAILED ? -errno : 0;
	if (!reply->ret)
		user.area = to;
	reply->pins = on_account() - user.before;
}

/*
 * ->pins: what a child has on its account that has just been forked; ->ret: of its own pin,
 * which it tries, ->met, if it can open a device at the limit, which io_uring counts by user.
 */
static void does_fork(struct scene *s, unsigned int arg, struct child_reply *reply)
{
	struct child_reply of_child = { 0 };
	int fd[2];
	pid_t pid;

	(void)arg;
	if (pipe2(fd, O_CLOEXEC)) {
		reply->ret = -errno;
		return;
	}
	pid = fork();
	if (!pid) {
		struct pin own = { .kind = user.pin.kind };

		of_child.pins = on_account();
		of_child.met = !of_child.pins &&
			       (!user.cost || strncmp(own.kind->name, "io_uring", 8) != 0);
		if (of_child.met) {
			own.kind->open(s, &own);
			of_child.ret = own.kind->take(s, &own, user.area, user.len);
			if (!of_child.ret)
				own.kind->release(s, &own);
		}
		_exit(write(fd[1], &of_child, sizeof(of_child)) != sizeof(of_child));
	}
	close(fd[1]);
	if (pid < 0 || read(fd[0], reply, sizeof(*reply)) != sizeof(*reply))
		reply->ret = -EIO;
	close(fd[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void does_open_uffd(struct scene *s, unsigned int flags, struct child_reply *reply)
{
	int fd;

	(void)s;
	reply->ret = become_user();
	if (reply->ret)
		return;
	fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | flags);
	reply->ret = fd < 0 ? -errno : 0;
	if (fd >= 0)
		close(fd);
}

/* --- our side ------------------------------------------------------------------------------ */

static struct child_reply ask_user(struct scene *s, other_does *what, unsigned int arg)
{
	struct child_reply reply;

	tell_not("is about a user without rights");
	other_send(s, what, arg);
	while (!child_answer(s, OTHER, &reply))
		wait_failed(s, CHECK("user-hang"), "C7", by_process(s->proc[OTHER].pid),
			    "the user goes on", "it does not within %d ms", PATIENCE_MS);
	return reply;
}

static const char *said(int err)
{
	return err ? strerrorname_np(-err) : "done";
}

static void answer_is(struct scene *s, int err, int wanted, const char *why)
{
	char text[96];

	snprintf(text, sizeof(text), "%s: %s", said(wanted), why);
	if (err != wanted)
		scene_fail(s, CHECK("user-answer"), "C7", text, "%s", said(err));
}

static void account_is(struct scene *s, long seen, long wanted)
{
	if (seen != wanted)
		scene_fail(s, CHECK("user-account"), "C8",
			   "VmPin or VmLck has what is pinned, and no more", "%ld kB, not %ld",
			   seen, wanted);
}

/* A worker may give them back. */
static void pins_are(struct scene *s, long wanted)
{
	while (!wait_until(pins_outstanding() == wanted))
		wait_failed(s, CHECK("user-pins"), "C8", by_kernel(NULL),
			    "pins are what the user has, and no more", "%ld, not %ld",
			    pins_outstanding(), wanted);
}

/* Who may open the nodes of soft-RoCE: as devtmpfs makes them, root. */
static void verbs_for(struct scene *s, mode_t mode)
{
	glob_t g;

	if (strncmp(s->pin[0].kind->name, "rdma", 4) || glob(VERBS, 0, NULL, &g))
		return;
	for (size_t i = 0; i < g.gl_pathc; i++)
		if (chmod(g.gl_pathv[i], mode))
			scene_error(s, "%s: %s", g.gl_pathv[i], strerror(errno));
	globfree(&g);
}

static long pins_without_user;

static long small_pages(const struct scene *s)
{
	return s->area_len >> 12;
}

void user_opens(struct scene *s)
{
	struct child_reply reply;

	step_begin(s, "C7", "user_opens %s", s->pin[0].kind->name);
	pins_without_user = pins_outstanding();
	verbs_for(s, 0666);
	reply = ask_user(s, does_open, 0);
	if (reply.ret)
		scene_error(s, "a user without rights: %s", strerror(-reply.ret));
	step_end(s);
}

void user_pins(struct scene *s)
{
	uint64_t until = ms_now() + PATIENCE_MS;
	long before = pins_outstanding();
	struct child_reply reply;

	step_begin(s, "C7", "user_pins %s", s->pin[0].kind->name);
	/* What one had who is gone may be given back by a worker. */
	do {
		reply = ask_user(s, does_pin, 0);
	} while (reply.ret == -ENOMEM && ms_now() < until);
	answer_is(s, reply.ret, 0, "RLIMIT_MEMLOCK is as much as this");
	account_is(s, reply.pins, s->area_len >> 10);
	pins_are(s, before + small_pages(s));
	step_end(s);
}

void user_pins_more(struct scene *s)
{
	long before = pins_outstanding();
	struct child_reply reply;

	step_begin(s, "C7", "user_pins_more %s", s->pin[0].kind->name);
	reply = ask_user(s, does_pin_more, 0);
	answer_is(s, reply.ret, -ENOMEM, "RLIMIT_MEMLOCK is reached");
	account_is(s, reply.pins, 0);
	pins_are(s, before);
	step_end(s);
}

void user_forks(struct scene *s)
{
	long before = pins_outstanding();
	struct child_reply reply;

	step_begin(s, "C8", "user_forks %s", s->pin[0].kind->name);
	reply = ask_user(s, does_fork, 0);
	account_is(s, reply.pins, 0);
	/* By whom the limit is counted, by user or by process, drivers differ in. */
	observe(s, "user_child_pins", "%s", reply.met ? said(reply.ret) : "not asked");
	if (reply.ret)
		answer_is(s, reply.ret, -ENOMEM, "the user has reached it, or it is taken");
	pins_are(s, before);
	step_end(s);
}

void user_remaps(struct scene *s)
{
	long before = pins_outstanding();
	struct child_reply reply;

	step_begin(s, "C8", "user_remaps %s", s->pin[0].kind->name);
	reply = ask_user(s, does_remap, 0);
	if (reply.ret)
		scene_error(s, "mremap: %s", strerror(-reply.ret));
	account_is(s, reply.pins, s->area_len >> 10);
	pins_are(s, before);
	step_end(s);
}

void user_unpins(struct scene *s)
{
	long before = pins_outstanding();
	struct child_reply reply;

	step_begin(s, "C8", "user_unpins %s", s->pin[0].kind->name);
	reply = ask_user(s, does_unpin, 0);
	account_is(s, reply.pins, 0);
	pins_are(s, before - small_pages(s));
	step_end(s);
}

void user_exits(struct scene *s)
{
	step_begin(s, "C8", "user_exits");
	tell_not("is about a user without rights");
	child_end(s, OTHER);
	verbs_for(s, 0600);
	pins_are(s, pins_without_user);
	step_end(s);
}

void user_opens_uffd(struct scene *s, bool user_mode)
{
	struct child_reply reply;
	bool may = user_mode;
	char text[16];

	step_begin(s, "C5", "user_opens_uffd%s", user_mode ? " for user mode" : "");
	feature_needed(s, F_USERFAULTFD);
	if (user_mode)
		feature_needed(s, F_UFFD_USER_MODE);
	else if (file_get("/proc/sys/vm/unprivileged_userfaultfd", text, sizeof(text)))
		may = *text != '0';
	reply = ask_user(s, does_open_uffd, user_mode ? UFFD_USER_MODE_ONLY : 0);
	observe(s, user_mode ? "uffd_user_mode" : "uffd_unprivileged", "%s", said(reply.ret));
	if (reply.ret != (may ? 0 : -EPERM))
		scene_fail(s, CHECK("uffd-user-answer"), "C5",
			   may ? "a user may open it" : "EPERM: vm.unprivileged_userfaultfd is 0",
			   "%s", said(reply.ret));
	step_end(s);
}
