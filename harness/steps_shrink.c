// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap() to less, and back to as much as before: the last page is given up and a new one comes.
 * Who wants to know (EVENT_UNMAP) is told of it.
 */
#include <errno.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"

struct resizing {
	char *at;
	size_t from, to;
	_Atomic int err;
};

static void resize_in_thread(void *arg)
{
	struct resizing *r = arg;

	r->err = mremap(r->at, r->from, r->to, 0) == r->at ? 0 : errno;
}

static void read_unmap(struct scene *s, const struct resizing *r)
{
	uintptr_t start = (uintptr_t)r->at + r->to, end = (uintptr_t)r->at + r->from;
	struct uffd_msg msg;

	if (read(s->uffd, &msg, sizeof(msg)) != sizeof(msg))
		scene_error(s, "reading an event: %s", strerror(errno));
	if (msg.event != UFFD_EVENT_UNMAP || msg.arg.remove.start != start ||
	    msg.arg.remove.end != end)
		scene_fail(s, CHECK("shrink-event-wrong"), "C4",
			   "EVENT_UNMAP with start and end of what is unmapped",
			   "event %#x, offsets %#llx to %#llx of %#zx", msg.event,
			   (unsigned long long)(msg.arg.remove.start - (uintptr_t)r->at),
			   (unsigned long long)(msg.arg.remove.end - (uintptr_t)r->at), r->from);
}

/* mremap() the area where it is; @told: that ends when its event was read. */
static void resize(struct scene *s, size_t from, size_t to, bool told)
{
	static struct helper_thread thread;
	static struct resizing r;

	r = (struct resizing){ s->area, from, to, 0 };
	helper_start(s, &thread, resize_in_thread, &r);
	if (told && !wait_until(uffd_readable(s->uffd, 0) || helper_done(&thread)))
		wait_error(s, by_thread(&thread), "neither an event, nor mremap() ends");
	if (told && uffd_readable(s->uffd, 0))
		read_unmap(s, &r);
	else if (told && !r.err)
		scene_fail(s, CHECK("shrink-event-missing"), "C4",
			   "EVENT_UNMAP before mremap() to less is done", "none");
	while (!helper_wait(&thread))
		wait_failed(s, CHECK("shrink-hang"), "C8", by_thread(&thread),
			    "mremap() to less, or to more, ends", "it does not within %d ms",
			    PATIENCE_MS);
	if (r.err)
		scene_fail(s, CHECK("shrink-refused"), "C1",
			   "mremap() to less and back to as much is done", "%s",
			   strerrorname_np(r.err));
}

void shrink_and_grow(struct scene *s)
{
	bool told = s->uffd >= 0 && s->uffd_features & UFFD_FEATURE_EVENT_UNMAP &&
		    model_registered(&s->model, PARENT);
	unsigned int last = s->npages - 1;
	size_t less = s->area_len - s->page_len;

	step_begin(s, "C1", "shrink_and_grow%s", told ? " with EVENT_UNMAP" : "");
	tell_not("shrinks its memory while somebody reads events");
	if (s->page_offset[last] != less || s->memory->huge)
		scene_error(s, "this memory does not end with a small page of the scene");
	resize(s, s->area_len, less, told);
	resize(s, less, s->area_len, false);
	/* Not even a marker is left of the old one, and the registration is that of the rest. */
	gave_up_pages(s, PARENT, last, 1);
	model_mark(&s->model, PARENT, last, false);
	registration_compare(s);
	touch(s, PAGE(last));
	step_end(s);
}
