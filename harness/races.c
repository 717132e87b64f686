// SPDX-License-Identifier: GPL-2.0-only
/* A race that is a step of its own: who hangs in it holds the lock of its memory (window.h). */
#include <errno.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "memory.h"
#include "tell.h"
#include "window.h"

/* --- close() against a pin ----------------------------------------------------------- */

#define CLOSE_PAGES 16

static struct closing {
	struct pin pin;
	int uffd;
} closing;

static int close_it(struct scene *s)
{
	return close(closing.uffd) ? -errno : 0;
}

/*
 * In a process of its own: one that hangs holds the lock of its memory, and
 * who shares that cannot tell of it.
 */
static void close_at(struct scene *s, unsigned int page, struct child_reply *reply)
{
	const size_t len = CLOSE_PAGES * PAGE_4K;
	struct closing *c = &closing;
	struct window *w = NULL;
	struct spot spot;
	char *addr;
	int err;

	if (!c->pin.kind) {
		c->pin.kind = s->pin[0].kind;
		c->pin.kind->open(s, &c->pin);
	}
	addr = map_small(s, len);
	addr[len - PAGE_4K] = 1;
	c->uffd = uffd_new(s, UFFD_FEATURE_PAGEFAULT_FLAG_WP);
	err = uffd_register(c->uffd, addr, len, UFFDIO_REGISTER_MODE_WP);
	if (err)
		scene_error(s, "UFFDIO_REGISTER: %s", strerror(-err));
	uffd_protect(s, c->uffd, addr + len - PAGE_4K, PAGE_4K, UFFDIO_WRITEPROTECT_MODE_WP);
	if (page == CLOSED_BEFORE) {
		close_it(s);
	} else {
		spot = NTH(page + 1, AT("handle_mm_fault"));
		w = window_open(s, &spot, getpid(), close_it, false);
	}
	reply->ret = c->pin.kind->take(s, &c->pin, addr, len);
	if (w)
		window_close(w, "C7");
	if (!reply->ret)
		c->pin.kind->release(s, &c->pin);
	munmap(addr, len);
}

void close_while_pinning(struct scene *s, unsigned int page)
{
	struct child_reply reply;
	static unsigned int met;

	if (page == CLOSED_BEFORE)
		step_begin(s, "C7", "close, then pin");
	else
		step_begin(s, "C7", "close_while_pinning at page %u", page);
	tell_not("holds a thread in the kernel");
	if (!s->pin[0].kind)
		scene_error(s, "the variant has no pin");
	feature_needed(s, F_KPROBE);
	other_send(s, close_at, page);
	while (!child_answer(s, OTHER, &reply))
		wait_failed(s, CHECK("close-pin-hang"), "C7", by_process(s->proc[OTHER].pid),
			    "close() and the pin both end", "they do not within %d ms",
			    PATIENCE_MS);
	/* Where a long-term pin cannot wait it is refused: pin_write_protected(). */
	if (reply.ret && reply.ret != -EFAULT)
		scene_fail(s, CHECK("close-pin-error"), "C7",
			   "the pin is taken, or refused with EFAULT", "%s",
			   strerrorname_np(-reply.ret));
	met += page != CLOSED_BEFORE;
	observe(s, "closed_while_pinning", "%u of %u", met, met);
	step_end(s);
}
