// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"

static const struct {
	uint64_t bit;
	enum feature feature;
} features[] = {
	{ UFFD_FEATURE_PAGEFAULT_FLAG_WP, F_UFFD_WP },
	{ UFFD_FEATURE_WP_HUGETLBFS_SHMEM, F_UFFD_WP_HUGETLBFS_SHMEM },
	{ UFFD_FEATURE_WP_UNPOPULATED, F_UFFD_WP_UNPOPULATED },
	{ UFFD_FEATURE_EVENT_FORK, F_UFFD_EVENT_FORK },
	{ UFFD_FEATURE_WP_ASYNC, F_UFFD_WP_ASYNC },
	{ UFFD_FEATURE_EVENT_REMAP, F_UFFD_EVENT_REMAP },
	{ UFFD_FEATURE_EVENT_REMOVE, F_UFFD_EVENT_REMOVE },
	{ UFFD_FEATURE_EVENT_UNMAP, F_UFFD_EVENT_UNMAP },
	{ UFFD_FEATURE_MINOR_HUGETLBFS, F_UFFD_MINOR_HUGETLBFS },
	{ UFFD_FEATURE_MINOR_SHMEM, F_UFFD_MINOR_SHMEM },
	{ UFFD_FEATURE_RWP, F_UFFD_RWP },
	{ UFFD_FEATURE_RWP_ASYNC, F_UFFD_RWP_ASYNC },
};

int uffd_new(struct scene *s, uint64_t want)
{
	int fd = syscall(SYS_userfaultfd,
			 O_CLOEXEC | O_NONBLOCK | (s->uffd_user_mode ? UFFD_USER_MODE_ONLY : 0));
	struct uffdio_api api = { .api = UFFD_API, .features = want };

	if (fd < 0 && errno == ENOSYS)
		feature_needed(s, F_USERFAULTFD);
	if (fd < 0)
		scene_error(s, "userfaultfd: %s", strerror(errno));
	if (ioctl(fd, UFFDIO_API, &api))
		scene_fail(s, CHECK("uffd-api-refused"), "C4",
			   "UFFDIO_API with features that it said it has", "%s",
			   strerrorname_np(errno));
	return fd;
}

static void tell_protect(struct scene *s, int uffd, char *addr, size_t len, uint64_t mode)
{
	static const char *const modes[] = { "0", "WP", "DONTWAKE" };
	unsigned int first, n;

	if (!told_range(s, addr, len, &first, &n))
		tell_not("write-protects what is not its pages");
	if (s->uffd_mode & UFFDIO_REGISTER_MODE_RWP)
		tell("rwprotect(%s, %u, %u, %s);", uffd == s->uffd ? "uffd" : "child_uffd", first,
		     n, modes[mode & 3]);
	else
		tell("protect%s(%u, %u, %s);", uffd == s->uffd ? "" : "_child", first, n,
		     modes[mode & 3]);
}

void uffd_protect(struct scene *s, int uffd, void *addr, size_t len, uint64_t mode)
{
	struct uffdio_writeprotect w = { .range = { (uintptr_t)addr, len }, .mode = mode };
	bool rwp = s->uffd_mode & UFFDIO_REGISTER_MODE_RWP;
	unsigned long cmd = rwp ? UFFDIO_RWPROTECT : UFFDIO_WRITEPROTECT;
	int err;

	tell_protect(s, uffd, addr, len, mode);
	/* EAGAIN: something changes the mappings, as long as its event is unread. */
	(void)wait_until((err = ioctl(uffd, cmd, &w) ? errno : 0) != EAGAIN);
	if (err)
		scene_fail(s, CHECK("protect-refused"), "C3",
			   "protecting, or unprotecting, what is registered for it", "%s",
			   strerrorname_np(err));
}

void uffd_unregister(struct scene *s)
{
	struct uffdio_range r = { (uintptr_t)s->area, s->area_len };

	tell("unregister_area();");
	if (ioctl(s->uffd, UFFDIO_UNREGISTER, &r))
		scene_fail(s, CHECK("unregister-refused"), "C4",
			   "UFFDIO_UNREGISTER of what is registered", "%s", strerrorname_np(errno));
}

void uffd_wake(struct scene *s, int uffd, void *addr, size_t len)
{
	struct uffdio_range r = { (uintptr_t)addr, len };
	unsigned int first, n;

	if (told_range(s, addr, len, &first, &n))
		tell("wake(%u, %u);", first, n);
	if (ioctl(uffd, UFFDIO_WAKE, &r))
		scene_fail(s, CHECK("wake-refused"), "C3", "UFFDIO_WAKE of what is registered",
			   "%s", strerrorname_np(errno));
}

void uffd_needed(struct scene *s, uint64_t want)
{
	feature_needed(s, F_USERFAULTFD);
	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		if (want & features[i].bit)
			feature_needed(s, features[i].feature);
}

/* Features and modes by their names. */
static void tell_register(struct scene *s)
{
	static const struct {
		uint64_t bit;
		const char *name;
	} features[] = {
		{ UFFD_FEATURE_EVENT_FORK, "EVENT_FORK" },
		{ UFFD_FEATURE_EVENT_REMAP, "EVENT_REMAP" },
		{ UFFD_FEATURE_EVENT_REMOVE, "EVENT_REMOVE" },
		{ UFFD_FEATURE_WP_HUGETLBFS_SHMEM, "WP_HUGETLBFS_SHMEM" },
		{ UFFD_FEATURE_WP_UNPOPULATED, "WP_UNPOPULATED" },
		{ UFFD_FEATURE_WP_ASYNC, "WP_ASYNC" },
		{ UFFD_FEATURE_MINOR_HUGETLBFS, "MINOR_HUGETLBFS" },
		{ UFFD_FEATURE_MINOR_SHMEM, "MINOR_SHMEM" },
		{ UFFD_FEATURE_RWP, "RWP" },
		{ UFFD_FEATURE_RWP_ASYNC, "RWP_ASYNC" },
	}, modes[] = {
		{ UFFDIO_REGISTER_MODE_MISSING, "MISSING" },
		{ UFFDIO_REGISTER_MODE_WP, "WP" },
		{ UFFDIO_REGISTER_MODE_MINOR, "MINOR" },
		{ UFFDIO_REGISTER_MODE_RWP, "RWP" },
	};
	char f[256] = "UFFD_FEATURE_PAGEFAULT_FLAG_WP", m[160] = "";

	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		if (s->uffd_features & features[i].bit)
			sprintf(f + strlen(f), " | UFFD_FEATURE_%s", features[i].name);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (s->uffd_mode & modes[i].bit)
			sprintf(m + strlen(m), "%sUFFDIO_REGISTER_MODE_%s", *m ? " | " : "",
				modes[i].name);
	tell("register_area(%s, %s);", f, m);
}

void register_area(struct scene *s)
{
	int err;

	tell_register(s);
	err = uffd_register(s->uffd, s->area, s->area_len, s->uffd_mode);
	if (err)
		scene_fail(s, CHECK("register-refused"), "C4", "UFFDIO_REGISTER of this memory",
			   "%s, mode %#llx", strerrorname_np(-err),
			   (unsigned long long)s->uffd_mode);
	model_register(&s->model, PARENT, s->uffd_mode);
}

/* How VmFlags tells each mode of a registration. */
static const struct {
	uint64_t mode;
	const char *flag, *name;
} modes[] = {
	{ UFFDIO_REGISTER_MODE_MISSING, " um", "missing pages" },
	{ UFFDIO_REGISTER_MODE_WP, " uw", "write-protect" },
	{ UFFDIO_REGISTER_MODE_MINOR, " ui", "minor faults" },
	{ UFFDIO_REGISTER_MODE_RWP, " ur", "read-and-write protect" },
};

struct comparing {
	struct scene *s;
	int proc;
	unsigned int mappings;
};

static void compare_mapping(void *arg, uintptr_t from, uintptr_t to, const char *flags)
{
	struct comparing *c = arg;
	uintptr_t area = (uintptr_t)area_in(c->s, c->proc);

	c->mappings++;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		bool wanted = model_registered(&c->s->model, c->proc) & modes[i].mode;

		if (!!strstr(flags, modes[i].flag) == wanted)
			continue;
		scene_fail(c->s,
			   wanted ? CHECK("registration-lost") : CHECK("registration-uninvited"),
			   "C4", wanted ? "the registration" : "no registration",
			   "%s for %s, in the %s from offset %#llx of the area on (VmFlags:%s)",
			   wanted ? "none" : "one", modes[i].name, who[c->proc],
			   (unsigned long long)(from > area ? from - area : 0), flags);
	}
}

void registration_compare(struct scene *s)
{
	/* What nobody ever asked for is not asked after. */
	if (!s->uffd_features)
		return;
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		struct comparing c = { s, proc, 0 };

		if (!s->model.proc[proc].alive || !s->model.proc[proc].mapped)
			continue;
		if (!vm_flags_over(proc == PARENT ? 0 : s->proc[proc].pid, area_in(s, proc),
				   s->area_len, compare_mapping, &c) ||
		    !c.mappings)
			scene_error(s, "smaps tells nothing of the %s's area", who[proc]);
	}
}

bool registered_for_wp(const struct scene *s, int proc)
{
	return model_registered(&s->model, proc) &
	       (UFFDIO_REGISTER_MODE_WP | UFFDIO_REGISTER_MODE_RWP);
}

bool uffd_next(struct scene *s, int uffd, struct uffd_notice *n)
{
	struct uffd_msg msg;
	ssize_t len = read(uffd, &msg, sizeof(msg));

	if (len < 0 && errno == EAGAIN)
		return false;
	if (len != sizeof(msg)) {
		scene_fail(s, CHECK("uffd-read-error"), "C3", "a notification, or none", "%s",
			   len < 0 ? strerrorname_np(errno) : "a part of one");
		return false;
	}
	if (msg.event != UFFD_EVENT_PAGEFAULT) {
		scene_fail(s, CHECK("uninvited-event"), "C4",
			   "no event but those of the step that was asked for", "event %#x",
			   msg.event);
		return false;
	}
	n->wp = msg.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP;
	n->rwp = msg.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_RWP;
	n->minor = msg.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_MINOR;
	n->write = msg.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WRITE;
	n->address = msg.arg.pagefault.address;
	return true;
}

bool uffd_readable(int uffd, unsigned int ms)
{
	struct pollfd p = { .fd = uffd, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

int uffd_read_fork_event(int uffd, unsigned int ms)
{
	struct uffd_msg msg;

	if (!uffd_readable(uffd, ms))
		return -ETIMEDOUT;
	if (read(uffd, &msg, sizeof(msg)) != sizeof(msg))
		return -EIO;
	if (msg.event != UFFD_EVENT_FORK)
		return -EPROTO;
	/* The new descriptor does not inherit the flags of the old one. */
	fcntl(msg.arg.fork.ufd, F_SETFL, O_NONBLOCK);
	fcntl(msg.arg.fork.ufd, F_SETFD, FD_CLOEXEC);
	return msg.arg.fork.ufd;
}

void registration_gone(struct scene *s)
{
	model_register(&s->model, PARENT, 0);
	for_each_page(s, i)
		model_mark(&s->model, PARENT, i, false);
}

bool memory_has_markers(const struct scene *s)
{
	return s->memory->uffd_features & UFFD_FEATURE_WP_HUGETLBFS_SHMEM &&
	       !(s->uffd_mode & UFFDIO_REGISTER_MODE_RWP);
}

/*
 * userfaultfd.rst: MADV_DONTNEED of anonymous memory and MADV_REMOVE of a file drop the
 * mark; where nothing is, shmem and hugetlb are protected as where something is, so
 * what is only taken from the page table keeps it. That it does so, too, where a private
 * mapping loses its own copy is no harm to a monitor, which is told of more than
 * it need be; the ledger, to which a mark means "not written", holds that against
 * the kernel (C9). Read-and-write protect has no markers.
 */
bool mark_outlives_page(const struct scene *s, bool from_file)
{
	return !from_file && memory_has_markers(s);
}
