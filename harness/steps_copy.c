// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"
#include "memory.h"
#include "tell.h"

/*
 * UFFDIO_COPY copies with its locks held, and cannot fault then. What is not there it has to wait for
 * without them, and when it comes back what it was to fill may have become something else. Here a
 * second userfaultfd has what it waits for, and so holds it there as long as it is wanted.
 */
static struct {
	struct helper_thread thread;
	int uffd, to, err;
	char *from;  /* what is not there */
	char *ready; /* what it is to be */
	struct uffdio_copy copy;
	struct content content;
	unsigned int page;
	bool marks;
} late = { .uffd = -1 };

static void copy_late(void *arg)
{
	late.err = ioctl(late.to, UFFDIO_COPY, &late.copy) ? -errno : 0;
}

void copy_begin(struct scene *s, unsigned int page, enum fill how)
{
	int err;

	late.marks = how == FILL_COPY_WP;
	step_begin(s, late.marks ? "C4" : "C2", "copy_begin page %u%s", page,
		   late.marks ? ", MODE_WP" : "");
	tell_not("copies from memory that is not there");
	if (s->uffd < 0 || late.uffd >= 0)
		scene_error(s, "the area is not registered, or a copy waits");
	drop_to_fill(s, page, 1);
	s->to_fill = 1U << page;
	late.page = page;
	late.to = s->uffd;
	late.content = content_by(BY_PARENT, s->step, page);
	late.from = map_small(s, s->page_len);
	late.ready = map_small(s, s->page_len);
	content_bytes(&late.content, s->page_len, 0, late.ready, s->page_len);
	late.uffd = uffd_new(s, 0);
	err = uffd_register(late.uffd, late.from, s->page_len, UFFDIO_REGISTER_MODE_MISSING);
	if (err)
		scene_error(s, "UFFDIO_REGISTER of what is copied: %s", strerrorname_np(-err));
	late.copy = (struct uffdio_copy){
		.dst = (uintptr_t)page_addr(s, page),
		.src = (uintptr_t)late.from,
		.len = s->page_len,
		.mode = late.marks ? UFFDIO_COPY_MODE_WP : 0,
	};
	helper_start(s, &late.thread, copy_late, NULL);
	while (!wait_until(uffd_readable(late.uffd, 0) || helper_done(&late.thread)))
		wait_error(s, by_thread(&late.thread),
			   "UFFDIO_COPY does not come to what it copies");
	if (helper_done(&late.thread))
		scene_error(s, "UFFDIO_COPY does not wait for what it copies: %s",
			    late.err ? strerrorname_np(-late.err) : "it is done");
	while (!wait_until(thread_sleeps_in(late.thread.tid, "handle_userfault")))
		wait_error(s, by_thread(&late.thread), "UFFDIO_COPY is awake");
	step_end(s);
}

/* What it waits for is there. */
static void serve(struct scene *s)
{
	struct uffdio_copy c = {
		.dst = (uintptr_t)late.from,
		.src = (uintptr_t)late.ready,
		.len = s->page_len,
	};

	if (ioctl(late.uffd, UFFDIO_COPY, &c))
		scene_error(s, "what UFFDIO_COPY waits for: %s", strerror(errno));
	while (!helper_wait(&late.thread))
		wait_failed(s, CHECK("copy-late-hang"), "C3", by_thread(&late.thread),
			    "UFFDIO_COPY ends: what it copies is there", "it does not within %d ms",
			    PATIENCE_MS);
	munmap(late.from, s->page_len);
	munmap(late.ready, s->page_len);
	close(late.uffd);
	late.uffd = -1;
}

static void copied(struct scene *s)
{
	if (late.err)
		scene_fail(s, CHECK("copy-late-refused"), s->step_clause, "the page is filled",
			   "UFFDIO_COPY says %s", strerrorname_np(-late.err));
	model_replace(&s->model, PARENT, late.page, &late.content);
	model_mark(&s->model, PARENT, late.page, late.marks);
	touch(s, PAGE(late.page));
	s->to_fill = 0;
}

static void not_copied(struct scene *s)
{
	if (!late.err)
		scene_fail(s, CHECK("copy-late-done"), s->step_clause,
			   "UFFDIO_COPY is refused: this is not what it was asked to fill any more",
			   "it says that it is done");
}

void copy_end(struct scene *s, enum copy_late how)
{
	step_begin(s, late.marks ? "C4" : "C2", "copy_end page %u%s", late.page,
		   how == COPY_REFUSED ? ", refused" : "");
	if (late.uffd < 0)
		scene_error(s, "no copy waits");
	serve(s);
	if (how == COPY_DONE)
		copied(s);
	else
		not_copied(s);
	step_end(s);
}
