// SPDX-License-Identifier: GPL-2.0-only
#include <unistd.h>

#include "internal.h"

/*
 * The thread that drives the scene waits for nothing without a limit, but it looks at
 * memory, and makes system calls, and either may never end.
 */
#define HANG_MS (2 * PATIENCE_MS)

/*
 * It sits in a fault and is the one that would have to resolve it. If the page is
 * protected, then it should not have touched it.
 */
static void main_faults(struct scene *s, const char *how)
{
	struct uffd_notice n;

	if (s->uffd < 0 || !uffd_next(s, s->uffd, &n))
		scene_error(s, "the harness waits for a fault that it has to resolve itself: %s",
			    how);
	for_each_page(s, i)
		if (n.address >= (uintptr_t)page_addr(s, i) &&
		    n.address < (uintptr_t)page_addr(s, i) + s->page_len) {
			if (s->device_at_work)
				scene_fail(s, CHECK("device-faults"), "C1",
					   "a device gets at what it has pinned without a fault",
					   "%s makes one, of page %u", s->device_at_work, i);
			else if (model_marked(&s->model, PARENT, i))
				scene_error(s,
					    "the harness itself touches page %u, which is "
					    "protected: %s",
					    i, how);
			else
				scene_fail(s, CHECK("unasked-fault"), "C3",
					   "an access to a page without a mark goes through",
					   "a notification for page %u, which nothing protects", i);
			/* The main thread goes on at once, and compares. */
			model_mark(&s->model, PARENT, i, false);
			uffd_protect(s, s->uffd, page_addr(s, i), s->page_len, 0);
			return;
		}
	scene_error(s, "the harness itself touches what is registered, at %#llx: %s",
		    (unsigned long long)n.address, how);
}

static void watch(void *arg)
{
	struct scene *s = arg;
	bool kernel;
	char how[160];

	for (;;) {
		uint64_t since = wait_alive_at();

		ms_sleep(500);
		machine_look();
		if (wait_alive_at() != since || ms_now() - since < HANG_MS)
			continue;
		/* Nobody would have got on in that time. */
		if (machine_starved(how, sizeof(how)))
			continue;
		kernel = at_fault(by_tid(getpid()), how, sizeof(how));
		if (wait_alive_at() != since)
			continue;
		tell_all(s, by_tid(getpid()));
		if (thread_stands_in(getpid(), "handle_userfault")) {
			main_faults(s, how);
			continue;
		}
		if (!kernel)
			scene_error(s, "the harness does not go on: %s", how);
		scene_fail(s, CHECK("main-hang"), "C8", "what the step asks of the kernel ends",
			   "it does not within %d s: %s", HANG_MS / 1000, how);
		return;
	}
}

void watch_main(struct scene *s)
{
	static struct helper_thread thread;

	wait_alive();
	if (!helper_begun(&thread))
		helper_start(s, &thread, watch, s);
}
