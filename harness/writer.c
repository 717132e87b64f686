// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "internal.h"

/*
 * All CPU writes of the parent are done by one thread, so that the thread
 * which drives the scene can read the notification that a write makes, and can
 * tell a write that never ends. Its store is one instruction whose bytes are
 * known, so that a tracer can do it in its stead.
 */
static struct {
	struct helper_thread thread;
	int go, done; /* eventfds */
	enum write_way way;
	pid_t pid; /* whose memory, where the way can tell: 0 is ours */
	_Atomic int err;
	unsigned int n;
	uint64_t *addr[MODEL_PAGES];
	uint64_t value[MODEL_PAGES];
} w;

static void __attribute__((noinline)) store(uint64_t *addr, uint64_t value)
{
	/* 48 89 07: mov %rax,(%rdi) */
	asm volatile(".byte 0x48, 0x89, 0x07" : : "D"(addr), "a"(value) : "memory");
}

static void writer(void *arg)
{
	uint64_t one;

	write(w.done, &(uint64_t){ 1 }, sizeof(one));
	while (read(w.go, &one, sizeof(one)) == sizeof(one)) {
		w.err = 0;
		for (unsigned int i = 0; i < w.n && !w.err; i++)
			if (w.way == STORE)
				store(w.addr[i], w.value[i]);
			else
				w.err = way_write(w.way, w.pid, w.addr[i], w.value[i]);
		one = 1;
		write(w.done, &one, sizeof(one));
	}
}

void writer_start_thread(struct scene *s)
{
	if (helper_begun(&w.thread))
		return;
	w.go = eventfd(0, EFD_CLOEXEC);
	w.done = eventfd(0, EFD_CLOEXEC);
	if (w.go < 0 || w.done < 0)
		scene_error(s, "eventfd: %s", strerror(errno));
	helper_start(s, &w.thread, writer, NULL);
	if (writer_wait(s, -1, PATIENCE_MS) != WRITER_DONE)
		wait_error(s, by_tid(w.thread.tid), "the writer thread does not start");
}

void writer_begin_by(struct scene *s, enum write_way way, pid_t pid, unsigned int n,
		     uint64_t *const addr[], const uint64_t value[])
{
	uint64_t one = 1;

	w.way = way;
	w.pid = pid;
	w.n = n;
	memcpy(w.addr, addr, n * sizeof(*addr));
	memcpy(w.value, value, n * sizeof(*value));
	if (write(w.go, &one, sizeof(one)) != sizeof(one))
		scene_error(s, "writer: %s", strerror(errno));
}

void writer_begin(struct scene *s, unsigned int n, uint64_t *const addr[], const uint64_t value[])
{
	writer_begin_by(s, STORE, 0, n, addr, value);
}

int writer_error(void)
{
	return w.err;
}

pid_t writer_tid(void)
{
	return w.thread.tid;
}

static bool sleeps_in_fault(void)
{
	return thread_sleeps_in(w.thread.tid, "handle_userfault");
}

/* What wakes a writer has done so when its system call returns: then this is plenty. */
#define WAKE_MS 1000

enum writer_state writer_wait(struct scene *s, int uffd, unsigned int ms)
{
	struct pollfd p[2] = { { .fd = w.done, .events = POLLIN },
			       { .fd = uffd, .events = POLLIN } };
	unsigned int first = ms < WAKE_MS ? ms : WAKE_MS;
	uint64_t one;
	int n;

	wait_alive();
	n = poll(p, uffd >= 0 ? 2 : 1, first);
	if (!n && ms > first && !sleeps_in_fault())
		n = poll(p, uffd >= 0 ? 2 : 1, ms - first);
	if (n < 0)
		scene_error(s, "poll: %s", strerror(errno));
	if (p[0].revents & POLLIN) {
		if (read(w.done, &one, sizeof(one)) != sizeof(one))
			scene_error(s, "writer: %s", strerror(errno));
		return WRITER_DONE;
	}
	return n ? WRITER_NOTICE : WRITER_STUCK;
}

void writer_stuck(struct scene *s, const struct check *check, const char *clause,
		  const char *wanted)
{
	wait_failed(s, check, clause, by_tid(w.thread.tid), wanted, "%s",
		    sleeps_in_fault() ? "nothing wakes it in its fault" : "it does not end");
}

void writer_asleep(struct scene *s)
{
	if (!wait_until(sleeps_in_fault()))
		wait_error(s, by_tid(w.thread.tid), "the writer is not seen to sleep in its fault");
}
