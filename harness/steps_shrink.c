// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap() to less, and back to as much as before: the last page is given up and a new one comes.
 * Who wants to know (EVENT_UNMAP) is told of it.
 */
#include <errno.h>
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

static void resize(void *arg)
{
	struct resizing *r = arg;

	r->err = mremap(r->at, r->from, r->to, 0) == r->at ? 0 : errno;
}

static void resized(struct scene *s, int err)
{
	if (err)
		scene_fail(s, CHECK("shrink-refused"), "C1",
			   "mremap() to less and back to as much is done", "%s",
			   strerrorname_np(err));
}

/* What is given up is told of to who wants to know. */
static void shrink(struct scene *s, size_t less)
{
	static struct resizing r;

	r = (struct resizing){ s->area, s->area_len, less, 0 };
	unmap_by(s, "mremap() to less", resize, &r, s->area + less, s->area_len - less);
	resized(s, r.err);
}

static void grow(struct scene *s, size_t less)
{
	struct resizing r = { s->area, less, s->area_len, 0 };

	resize(&r);
	resized(s, r.err);
}

/* Something is behind it, which is to stay. */
static void grow_and_move(struct scene *s, size_t less)
{
	char *old = s->area, *behind = old + less, *new;
	bool told = remap_is_told(s);
	int err;

	if (mmap(behind, s->page_len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
		 -1, 0) != behind)
		scene_error(s, "mmap: %s", strerror(errno));
	new = grow_away(s, old, less, s->area_len, &err);
	resized(s, err);
	if (new == old || maps_has(getpid(), old))
		scene_fail(s, CHECK("grow-away-left"), "C1",
			   "it has moved, and nothing is left there", "%s",
			   new == old ? "it is where it was" : "something is");
	munmap(behind, s->page_len);
	s->area = new ?: old;
	if (!told)
		registration_gone(s);
}

void shrink_and_grow(struct scene *s, enum growth how)
{
	unsigned int last = s->npages - 1;
	size_t less = s->area_len - s->page_len;
	bool there;

	step_begin(s, "C1", "shrink_and_grow%s%s", how == AWAY ? " away" : "",
		   unmap_is_told(s) ? " with EVENT_UNMAP" : "");
	tell_not("shrinks its memory while somebody reads events");
	if (s->page_offset[last] != less || s->memory->huge)
		scene_error(s, "this memory does not end with a small page of the scene");
	shrink(s, less);
	if (how == AWAY)
		grow_and_move(s, less);
	else
		grow(s, less);
	there = pagemap(0, page_addr(s, last)) & PM_PRESENT;
	if (locked_all(s) && !s->lock.on_fault && !there)
		scene_fail(s, CHECK("grow-locked-absent"), "C8",
			   "what is added to locked memory is there", "page %u is not", last);
	/* Not even a marker is left of the old one, and the registration is that of the rest. */
	gave_up_pages(s, PARENT, last, 1);
	model_mark(&s->model, PARENT, last, false);
	registration_compare(s);
	touch(s, PAGE(last));
	step_end(s);
}
