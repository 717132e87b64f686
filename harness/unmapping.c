// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of the parent's goes by whatever call. Who wants to know (EVENT_UNMAP) is told of it when
 * it has gone, and the call does not end before that was read.
 */
#include <errno.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

bool unmap_is_told(const struct scene *s)
{
	return s->uffd >= 0 && s->uffd_features & UFFD_FEATURE_EVENT_UNMAP &&
	       model_registered(&s->model, PARENT);
}

/* Unread: the old mapping has gone, and nobody may protect anything. */
static void unmap_waits(struct scene *s, const char *start, size_t len)
{
	struct uffdio_writeprotect w = { .range = { (uintptr_t)start, len },
					 .mode = UFFDIO_WRITEPROTECT_MODE_WP };
	int err = ioctl(s->uffd, UFFDIO_WRITEPROTECT, &w) ? errno : 0;

	if (err != EAGAIN)
		scene_fail(s, CHECK("unmap-event-ignored"), "C4",
			   "EAGAIN from UFFDIO_WRITEPROTECT while EVENT_UNMAP is unread", "%s",
			   err ? strerrorname_np(err) : "it is done");
}

static void read_unmap(struct scene *s, const char *at, size_t len)
{
	uintptr_t start = (uintptr_t)at, end = start + len;
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
			   (unsigned long long)(msg.arg.remove.end - start), len);
}

void unmap_by(struct scene *s, const char *call, void (*does)(void *), void *arg, char *start,
	      size_t len)
{
	static struct helper_thread thread;
	bool told = unmap_is_told(s);

	helper_start(s, &thread, does, arg);
	if (told && !wait_until(uffd_readable(s->uffd, 0) || helper_done(&thread)))
		wait_error(s, by_thread(&thread), "neither an event, nor %s ends", call);
	if (told && uffd_readable(s->uffd, 0)) {
		unmap_waits(s, start, len);
		read_unmap(s, start, len);
	} else if (told) {
		scene_fail(s, CHECK("unmap-event-missing"), "C4",
			   "EVENT_UNMAP before what unmaps is done", "none, and %s ends", call);
	}
	while (!helper_wait(&thread))
		wait_failed(s, CHECK("unmap-hang"), "C8", by_thread(&thread),
			    "what unmaps ends when its event was read", "%s does not within %d ms",
			    call, PATIENCE_MS);
}
