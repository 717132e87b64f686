// SPDX-License-Identifier: GPL-2.0-only
/*
 * The owner puts a new mapping in the place of the old one, by MAP_FIXED: what was registered is
 * so no more, and who wants to know (EVENT_UNMAP) is told of it.
 */
#include <errno.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"

struct mapping {
	char *at;
	size_t len;
	int flags, fd, err;
};

static void map_in_thread(void *arg)
{
	struct mapping *m = arg;
	void *p = mmap(m->at, m->len, PROT_READ | PROT_WRITE, m->flags | MAP_FIXED, m->fd, 0);

	m->err = p == m->at ? 0 : errno;
}

/* Unread: the old mapping has gone, and nobody may protect anything. */
static void unmap_waits(struct scene *s, const struct mapping *m)
{
	struct uffdio_writeprotect w = { .range = { (uintptr_t)m->at, m->len },
					 .mode = UFFDIO_WRITEPROTECT_MODE_WP };
	int err = ioctl(s->uffd, UFFDIO_WRITEPROTECT, &w) ? errno : 0;

	if (err != EAGAIN)
		scene_fail(s, CHECK("unmap-event-ignored"), "C4",
			   "EAGAIN from UFFDIO_WRITEPROTECT while EVENT_UNMAP is unread", "%s",
			   err ? strerrorname_np(err) : "it is done");
}

static void read_unmap(struct scene *s, const struct mapping *m)
{
	uintptr_t start = (uintptr_t)m->at, end = start + m->len;
	struct uffd_msg msg;

	if (read(s->uffd, &msg, sizeof(msg)) != sizeof(msg))
		scene_fail(s, CHECK("unmap-event-gone"), "C4", "EVENT_UNMAP that can be read", "%s",
			   strerrorname_np(errno));
	else if (msg.event != UFFD_EVENT_UNMAP || msg.arg.remove.start != start ||
		 msg.arg.remove.end != end)
		scene_fail(s, CHECK("unmap-event-wrong"), "C4",
			   "EVENT_UNMAP with start and end of what is unmapped",
			   "event %#x, offsets %#llx to %#llx of %#zx", msg.event,
			   (unsigned long long)(msg.arg.remove.start - start),
			   (unsigned long long)(msg.arg.remove.end - start), m->len);
}

static void is_new(struct scene *s)
{
	gave_up_pages(s, PARENT, 0, s->npages);
	lock_gone(s);
	registration_gone(s);
	s->proc[PARENT].readonly = s->proc[PARENT].guarded = s->not_inherited = 0;
	s->proc[PARENT].blind = s->hole = s->several = false;
	s->at_fork = INHERITED;
}

void map_anew(struct scene *s)
{
	static struct helper_thread thread;
	static struct mapping m;
	bool told = s->uffd >= 0 && s->uffd_features & UFFD_FEATURE_EVENT_UNMAP &&
		    model_registered(&s->model, PARENT);

	step_begin(s, "C1", "map_anew%s", told ? " with EVENT_UNMAP" : "");
	tell_not("maps something else in its place");
	m = (struct mapping){ s->area, s->area_len, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 };
	if (s->memfd >= 0) {
		m.flags = s->memory->shared ? MAP_SHARED : MAP_PRIVATE;
		m.fd = s->memfd;
	}
	helper_start(s, &thread, map_in_thread, &m);
	if (told && !wait_until(uffd_readable(s->uffd, 0) || helper_done(&thread)))
		wait_error(s, by_thread(&thread), "neither an event, nor mmap() ends");
	if (told && uffd_readable(s->uffd, 0)) {
		unmap_waits(s, &m);
		read_unmap(s, &m);
	} else if (told) {
		scene_fail(s, CHECK("unmap-event-missing"), "C4",
			   "EVENT_UNMAP before mmap() of the same place is done", "none");
	}
	while (!helper_wait(&thread))
		wait_failed(s, CHECK("unmap-hang"), "C8", by_thread(&thread),
			    "mmap() ends when its event was read", "it does not within %d ms",
			    PATIENCE_MS);
	if (m.err)
		scene_fail(s, CHECK("anew-refused"), "C1", "mmap() in the place of a mapping", "%s",
			   strerrorname_np(m.err));
	is_new(s);
	touch(s, 0, s->npages);
	step_end(s);
}
