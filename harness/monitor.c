// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <string.h>

#include "internal.h"
#include "tell.h"

/*
 * What a monitor is told, and what a write must do that is told of or is not: it makes
 * one notification, waits for it to be resolved, and ends.
 */

void notice_is_for(struct scene *s, int proc, const struct uffd_notice *n, unsigned int page,
		   size_t offset)
{
	uintptr_t at = (uintptr_t)page_addr_in(s, proc, page);
	bool exact = s->uffd_features & UFFD_FEATURE_EXACT_ADDRESS;
	bool rwp = s->uffd_mode & UFFDIO_REGISTER_MODE_RWP;

	tell("notified(%s, %u, %s_WRITE);", proc == PARENT ? "uffd" : "child_uffd", page,
	     rwp ? "RWP" : "WP");
	if (n->wp == rwp || n->rwp != rwp || !n->write)
		scene_fail(s, CHECK("wp-notice-kind"), "C3",
			   rwp ? "a notification with the flags RWP and WRITE" :
				 "a notification with the flags WP and WRITE",
			   "%s%s%s", n->wp ? "WP " : "", n->rwp ? "RWP " : "",
			   n->write ? "WRITE" : "");
	if (n->address < at || n->address >= at + s->page_len)
		scene_fail(s, CHECK("wp-notice-page"), "C3",
			   "a notification for the page that is written", "one for offset %#llx",
			   (unsigned long long)(n->address - (uintptr_t)area_in(s, proc)));
	else if (n->address != at + (exact ? offset : 0))
		scene_fail(s, CHECK("wp-notice-byte"), "C3",
			   exact ? "the address of the byte that is written (EXACT_ADDRESS)" :
				   "the address of the page that is written",
			   "byte %#llx of page %u, and byte %#zx was written",
			   (unsigned long long)(n->address - at), page, offset);
}

void write_unnoticed(struct scene *s)
{
	scene_fail(s, CHECK("wp-write-unnoticed"), "C3",
		   "a notification before the write completes", "it %s%s without",
		   writer_error() ? "says " : "completed",
		   writer_error() ? strerrorname_np(-writer_error()) : "");
}

/* The writer stands in its fault: its write is not to be seen anywhere, and it is noticed once. */
bool write_is_pending(struct scene *s, unsigned int page)
{
	enum writer_state state;

	while ((state = writer_wait(s, s->uffd, PATIENCE_MS)) == WRITER_STUCK)
		writer_stuck(s, CHECK("wp-write-no-notice"), "C3",
			     "a notification, or that the write ends");
	if (state == WRITER_DONE) {
		write_unnoticed(s);
		return false;
	}
	/* Before the data changes in any view and before any copy is visible. */
	tell_seen(s, page);
	views_compare(s, "C3");
	return true;
}

void writer_must_end(struct scene *s)
{
	tell("thread_ends();");
	for (;;)
		switch (writer_wait(s, s->uffd, PATIENCE_MS)) {
		case WRITER_DONE:
			return;
		case WRITER_NOTICE:
			scene_fail(s, CHECK("wp-second-notice"), "C3",
				   "one notification for one write", "a second one");
			break;
		case WRITER_STUCK:
			writer_stuck(s, CHECK("wp-write-hang"), "C3",
				     "the write completes once the monitor has resolved it");
			break;
		}
}

void writer_goes_through(struct scene *s)
{
	for (;;)
		switch (writer_wait(s, s->uffd, PATIENCE_MS)) {
		case WRITER_DONE:
			return;
		case WRITER_NOTICE:
			scene_fail(s, CHECK("write-noticed"), "C3",
				   "a write to memory without a mark goes through",
				   "it made a notification");
			break;
		case WRITER_STUCK:
			writer_stuck(s, CHECK("write-hang"), "C3", "the write ends");
			break;
		}
}

void writer_emulate(struct scene *s, unsigned int page, uint64_t value)
{
	uint64_t *addr = write_addr(s, page);
	int ret = tracer_stop_at_store(writer_tid(), addr, value);

	tell("emulate(%u);", page);
	if (ret)
		scene_error(s, "the writer cannot be stopped at its store: %s", strerror(-ret));
	/*
	 * A debugger's write to a marked page is refused with EIO and no
	 * notification on all kernels known: access_remote_vm() cannot wait.
	 * So the mark must come off for a moment, while the writer stands still.
	 */
	ret = tracer_write_stopped(writer_tid(), addr, value);
	observe(s, "poke_under_wp", "%s", ret ? strerrorname_np(-ret) : "written");
	if (ret) {
		tell_part(true);
		uffd_protect(s, s->uffd, page_addr(s, page), s->page_len,
			     UFFDIO_WRITEPROTECT_MODE_DONTWAKE);
		ret = tracer_write_stopped(writer_tid(), addr, value);
		if (ret)
			scene_error(s, "PTRACE_POKEDATA: %s", strerror(-ret));
		uffd_protect(s, s->uffd, page_addr(s, page), s->page_len,
			     UFFDIO_WRITEPROTECT_MODE_WP);
		tell_part(false);
	}
	ret = tracer_skip_store(writer_tid());
	if (ret)
		scene_error(s, "the writer cannot skip its store: %s", strerror(-ret));
}
