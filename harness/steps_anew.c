// SPDX-License-Identifier: GPL-2.0-only
/*
 * The owner puts a new mapping in the place of the old one, by MAP_FIXED: what was registered is
 * so no more, and who wants to know (EVENT_UNMAP) is told of it.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

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
	static struct mapping m;

	step_begin(s, "C1", "map_anew%s", unmap_is_told(s) ? " with EVENT_UNMAP" : "");
	tell_not("maps something else in its place");
	m = (struct mapping){ s->area, s->area_len, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 };
	if (s->memfd >= 0) {
		m.flags = s->memory->shared ? MAP_SHARED : MAP_PRIVATE;
		m.fd = s->memfd;
	}
	unmap_by(s, "mmap()", map_in_thread, &m, m.at, m.len);
	if (m.err)
		scene_fail(s, CHECK("anew-refused"), "C1", "mmap() in the place of a mapping", "%s",
			   strerrorname_np(m.err));
	is_new(s);
	touch(s, 0, s->npages);
	step_end(s);
}
