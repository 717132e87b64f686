// SPDX-License-Identifier: GPL-2.0-only
/*
 * The owner puts another mapping in the place of the old one, by mmap(MAP_FIXED) or by
 * mremap(MREMAP_FIXED): what was registered is so no more, and who wants to know (EVENT_UNMAP) is
 * told of it.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"

struct mapping {
	char *at, *from;
	size_t len;
	int flags, fd, err;
};

static void map_in_thread(void *arg)
{
	struct mapping *m = arg;
	void *p = mmap(m->at, m->len, PROT_READ | PROT_WRITE, m->flags | MAP_FIXED, m->fd, 0);

	m->err = p == m->at ? 0 : errno;
}

static void move_in_thread(void *arg)
{
	struct mapping *m = arg;
	int how = MREMAP_MAYMOVE | MREMAP_FIXED;

	m->err = mremap(m->from, m->len, m->len, how, m->at) == m->at ? 0 : errno;
}

/* Where @m is to be, of the same kind as the area. */
static struct mapping same_kind(const struct scene *s)
{
	struct mapping m = { .at = s->area, .len = s->area_len, .fd = s->memfd };

	m.flags = s->memory->shared ? MAP_SHARED : MAP_PRIVATE;
	if (s->memfd < 0)
		m.flags |= MAP_ANONYMOUS;
	return m;
}

static void is_there(struct scene *s, const struct mapping *m)
{
	if (m->err)
		scene_fail(s, CHECK("anew-refused"), "C1",
			   "another mapping in the place of a mapping", "%s",
			   strerrorname_np(m->err));
}

static void is_new(struct scene *s)
{
	gave_up_pages(s, PARENT, 0, s->npages);
	lock_gone(s);
	registration_gone(s);
	s->proc[PARENT].guarded = s->proc[PARENT].poisoned = 0;
	s->proc[PARENT].readonly = s->not_inherited = 0;
	s->proc[PARENT].blind = s->hole = s->several = false;
	s->at_fork = INHERITED;
}

void map_anew(struct scene *s)
{
	static struct mapping m;

	step_begin(s, "C1", "map_anew%s", unmap_is_told(s) ? " with EVENT_UNMAP" : "");
	tell_not("maps something else in its place");
	m = same_kind(s);
	unmap_by(s, "mmap()", map_in_thread, &m, m.at, m.len);
	is_there(s, &m);
	is_new(s);
	touch(s, 0, s->npages);
	step_end(s);
}

/* All of it is somebody else's, where that is not the file's. */
static void fill_by_other(struct scene *s, char *at, struct content what[])
{
	for_each_page(s, i) {
		what[i] = content_by(BY_OTHER, s->step, i);
		content_bytes(&what[i], s->page_len, 0, at + s->page_offset[i], s->page_len);
	}
}

void remap_over(struct scene *s)
{
	struct content what[MODEL_PAGES];
	static struct mapping m;

	step_begin(s, "C1", "remap_over%s", unmap_is_told(s) ? " with EVENT_UNMAP" : "");
	tell_not("moves something else to its place");
	m = same_kind(s);
	m.from = mmap(NULL, m.len, PROT_READ | PROT_WRITE, m.flags, m.fd, 0);
	if (m.from == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	if (!s->memory->shared)
		fill_by_other(s, m.from, what);
	unmap_by(s, "mremap() over it", move_in_thread, &m, m.at, m.len);
	is_there(s, &m);
	is_new(s);
	for_each_page(s, i)
		if (!s->memory->shared)
			model_replace(&s->model, PARENT, i, &what[i]);
	touch(s, 0, s->npages);
	step_end(s);
}
