// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes to memory by other ways than a store of the process's own: who writes,
 * and by which of the kernel's paths, must make no difference to who sees it,
 * to what a pin holds and to what a monitor is told.
 */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <linux/futex.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"

static const char *const way_names[] = {
	[STORE] = "a store",
	[READ_SYSCALL] = "read(2)",
	[IO_WORKER] = "a worker of io_uring",
	[VM_WRITEV] = "process_vm_writev",
	[PROC_MEM] = "/proc/pid/mem",
	[PTRACE_POKE] = "PTRACE_POKE",
	[VM_CLONE] = "a clone(CLONE_VM)",
	[POPULATE] = "MADV_POPULATE_WRITE",
	[FUTEX] = "futex(2)",
};

/* What is observed of those that cannot wait. */
static const char *const way_keys[] = {
	[PROC_MEM] = "proc_mem_under_wp",
	[PTRACE_POKE] = "poke_under_wp",
	[FUTEX] = "futex_under_wp",
};

/* Made by way_prepare(), used by the writer. */
static struct io_uring ring;
static int words[2] = { -1, -1 };
static pid_t stopped;
static size_t populate_len;

/* --- the ways ----------------------------------------------------------------- */

static int write_by_read(uint64_t *addr, uint64_t value)
{
	if (write(words[1], &value, sizeof(value)) != sizeof(value))
		return -EPIPE;
	if (read(words[0], addr, sizeof(value)) == sizeof(value))
		return 0;
	/* What was not taken must not be there the next time. */
	return read(words[0], &value, sizeof(value)) == sizeof(value) ? -EFAULT : -EPIPE;
}

/* IOSQE_ASYNC: not by us on our way in, but by a thread that the kernel made for it. */
static int write_by_worker(uint64_t *addr, uint64_t value)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
	struct io_uring_cqe *cqe;
	int ret;

	if (!sqe || write(words[1], &value, sizeof(value)) != sizeof(value))
		return -EPIPE;
	io_uring_prep_read(sqe, words[0], addr, sizeof(value), 0);
	sqe->flags |= IOSQE_ASYNC;
	ret = io_uring_submit(&ring);
	if (ret >= 0)
		ret = io_uring_wait_cqe(&ring, &cqe);
	if (ret < 0)
		return ret;
	ret = cqe->res;
	io_uring_cqe_seen(&ring, cqe);
	if (ret == sizeof(value))
		return 0;
	if (read(words[0], &value, sizeof(value)) != sizeof(value))
		return -EPIPE;
	return ret < 0 ? ret : -EIO;
}

static int write_by_writev(pid_t pid, uint64_t *addr, uint64_t value)
{
	struct iovec local = { &value, sizeof(value) }, remote = { addr, sizeof(value) };
	ssize_t n = process_vm_writev(pid ?: getpid(), &local, 1, &remote, 1, 0);

	return n == sizeof(value) ? 0 : n < 0 ? -errno : -EIO;
}

static int write_by_mem(pid_t pid, uint64_t *addr, uint64_t value)
{
	char path[32];
	ssize_t n;
	int fd, err;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid ?: getpid());
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = pwrite(fd, &value, sizeof(value), (off_t)(uintptr_t)addr);
	err = n == sizeof(value) ? 0 : n < 0 ? -errno : -EIO;
	close(fd);
	return err;
}

struct a_store {
	volatile uint64_t *addr;
	uint64_t value;
};

/* In a process that shares our memory, and this thread's errno: no library call. */
static int cloned(void *arg)
{
	const struct a_store *st = arg;

	*st->addr = st->value;
	syscall(SYS_exit, 0);
	return 0;
}

static int write_by_clone(uint64_t *addr, uint64_t value)
{
	static char stack[16384] __attribute__((aligned(16)));
	struct a_store st = { addr, value };
	int status;
	pid_t pid;

	pid = clone(cloned, stack + sizeof(stack), CLONE_VM | SIGCHLD, &st);
	if (pid < 0)
		return -errno;
	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	return status ? -EFAULT : 0;
}

static int populate_one(uint64_t *addr)
{
	char *page = (char *)((uintptr_t)addr & ~(uintptr_t)(populate_len - 1));

	return madvise(page, populate_len, MADV_POPULATE_WRITE) ? -errno : 0;
}

/* Its own atomic operation on memory, here one that leaves the value as it is. */
static int write_by_futex(uint64_t *addr)
{
	static uint32_t nobody_waits;

	return syscall(SYS_futex, &nobody_waits, FUTEX_WAKE_OP | FUTEX_PRIVATE_FLAG, 0, NULL, addr,
		       FUTEX_OP(FUTEX_OP_OR, 0, FUTEX_OP_CMP_EQ, 0)) < 0 ?
		       -errno :
		       0;
}

int way_write(enum write_way way, pid_t pid, uint64_t *addr, uint64_t value)
{
	switch (way) {
	case READ_SYSCALL:
		return write_by_read(addr, value);
	case IO_WORKER:
		return write_by_worker(addr, value);
	case VM_WRITEV:
		return write_by_writev(pid, addr, value);
	case PROC_MEM:
		return write_by_mem(pid, addr, value);
	case PTRACE_POKE:
		return tracer_poke(pid ?: stopped, addr, value);
	case VM_CLONE:
		return write_by_clone(addr, value);
	case POPULATE:
		return populate_one(addr);
	case FUTEX:
		return write_by_futex(addr);
	case STORE:
		break;
	}
	return -EINVAL;
}

/* A thread of ours that a tracer may stop: all of a process's threads have its memory. */
static void stand_still(void *arg)
{
	(void)arg;
	for (;;)
		pause();
}

static void thread_to_stop(struct scene *s)
{
	static struct helper_thread thread;

	if (stopped)
		return;
	helper_start(s, &thread, stand_still, NULL);
	while (!helper_begun(&thread))
		ms_sleep(1);
	stopped = thread.tid;
}

/* A page beside must come of it. */
static void populate_works(struct scene *s)
{
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	if (madvise(p, 4096, MADV_POPULATE_WRITE) || !(pagemap(0, p) & PM_PRESENT))
		scene_error(s, "MADV_POPULATE_WRITE brings no page");
	munmap(p, 4096);
}

void way_prepare(struct scene *s, enum write_way way)
{
	int err;

	switch (way) {
	case IO_WORKER:
	case READ_SYSCALL:
		if (words[0] < 0 && pipe2(words, O_CLOEXEC))
			scene_error(s, "pipe: %s", strerror(errno));
		if (way == READ_SYSCALL || ring.ring_fd)
			break;
		feature_needed(s, F_IO_URING);
		err = io_uring_queue_init(1, &ring, 0);
		if (err)
			scene_error(s, "io_uring_setup: %s", strerror(-err));
		break;
	case PTRACE_POKE:
		thread_to_stop(s);
		tracer_start(s);
		break;
	case POPULATE:
		feature_needed(s, F_POPULATE);
		populate_works(s);
		populate_len = s->page_len;
		break;
	case VM_WRITEV:
		feature_needed(s, F_VM_READV);
		break;
	case STORE:
	case PROC_MEM:
	case VM_CLONE:
	case FUTEX:
		break;
	}
}

/* As a debugger may: with FOLL_FORCE. */
static bool forces(enum write_way way)
{
	return way == PROC_MEM || way == PTRACE_POKE;
}

/*
 * A fault in which the kernel cannot wait for a monitor (no FAULT_FLAG_ALLOW_RETRY)
 * gets SIGBUS from userfaultfd: EIO for a debugger, EFAULT for futex(2).
 */
static bool cannot_wait(enum write_way way)
{
	return forces(way) || way == FUTEX;
}

/* What it says then, of 5.10 to 7.3 (a kernel that learns to wait is told apart here). */
static int instead_of_waiting(enum write_way way)
{
	return way == FUTEX ? -EFAULT : -EIO;
}

/* The kernel gets hold of the page, and then writes. */
static bool by_gup(enum write_way way)
{
	return way == VM_WRITEV || way == POPULATE || forces(way);
}

/* A write fault that leaves the content as it is. */
static bool changes_nothing(enum write_way way)
{
	return way == POPULATE || way == FUTEX;
}

/* The byte of the page that the fault is about. */
static size_t asked_for(const struct scene *s, unsigned int page, enum write_way way)
{
	size_t offset = write_offset(s, page);

	/* To populate is to ask for all of it, from its start. */
	if (way == POPULATE)
		return 0;
	/* GUP asks for each small page of a huge one by itself. */
	return by_gup(way) ? offset & ~4095UL : offset;
}

/* --- the steps ------------------------------------------------------------------ */

/* Let the writer begin; the stamps are of who owns the memory. */
static void begin(struct scene *s, enum write_way way, int proc, unsigned int first, unsigned int n,
		  uint64_t value[])
{
	uint64_t *addr[MODEL_PAGES];

	for (unsigned int i = 0; i < n; i++) {
		enum cell c = write_cell(s, first + i);

		addr[i] = (uint64_t *)(page_addr_in(s, proc, first + i) +
				       cell_offset(c, s->page_len));
		value[i] = stamp((enum actor)proc, s->step, first + i, c);
	}
	if (proc != PARENT && way != VM_WRITEV && !forces(way))
		scene_error(s, "%s writes to no memory but its own", way_names[way]);
	writer_begin_by(s, way, proc == PARENT ? 0 : s->proc[proc].pid, n, addr, value);
}

static void must_have_written(struct scene *s, const char *clause, enum write_way way)
{
	if (writer_error())
		scene_fail(s, CHECK("way-write-error"), clause, "the write goes through",
			   "%s says %s", way_names[way], strerrorname_np(-writer_error()));
}

void cpu_write_by(struct scene *s, enum write_way way, int proc, unsigned int first, unsigned int n)
{
	uint64_t value[MODEL_PAGES];

	n = clamp_pages(s, first, n);
	step_begin(s, proc == PARENT ? "C1" : "C2", "cpu_write %s by %s%s", who[proc],
		   way_names[way], which(s, first, n));
	way_prepare(s, way);
	for (unsigned int i = first; i < first + n; i++)
		if (model_marked(&s->model, proc, i))
			scene_error(s, "page %u is write-protected: use write_under_wp_by()", i);
	begin(s, way, proc, first, n, value);
	writer_goes_through(s);
	must_have_written(s, s->step_clause, way);
	for (unsigned int i = 0; !changes_nothing(way) && i < n; i++)
		model_write(&s->model, proc, first + i, write_cell(s, first + i), value[i]);
	touch(s, first, n);
	step_end(s);
}

void write_under_wp_by(struct scene *s, unsigned int page, enum write_way way)
{
	struct uffd_notice n;
	uint64_t value;

	step_begin(s, "C3", "write_under_wp page %u by %s", page, way_names[way]);
	if (!model_marked(&s->model, PARENT, page))
		scene_error(s, "page %u is not write-protected", page);
	way_prepare(s, way);
	begin(s, way, PARENT, page, 1, &value);
	if (cannot_wait(way) && writer_wait(s, s->uffd, PATIENCE_MS) == WRITER_DONE) {
		/* Nothing may have changed then, and nobody is told. */
		if (writer_error() != instead_of_waiting(way)) {
			char wanted[64];

			snprintf(wanted, sizeof(wanted), "%s and nothing changed",
				 strerrorname_np(-instead_of_waiting(way)));
			scene_fail(s, CHECK("way-wp-unnoticed"), "C3", wanted,
				   "%s without a notification",
				   writer_error() ? strerrorname_np(-writer_error()) : "success");
		}
		if (!writer_error()) {
			/* It may have taken the mark with it, which the case goes on to rely on. */
			uffd_protect(s, s->uffd, page_addr(s, page), s->page_len,
				     UFFDIO_WRITEPROTECT_MODE_WP);
			if (!changes_nothing(way))
				model_write(&s->model, PARENT, page, write_cell(s, page), value);
		}
		observe(s, way_keys[way], "%s", strerrorname_np(-writer_error()));
		step_end(s);
		return;
	}
	if (cannot_wait(way))
		scene_fail(s, CHECK("way-wp-waits"), "C3",
			   "a write that cannot wait for a monitor is refused", "%s waits for one",
			   way_names[way]);
	write_is_pending(s);
	if (!uffd_next(s, s->uffd, &n))
		scene_fail(s, CHECK("way-wp-notice-gone"), "C3", "a notification that can be read",
			   "it went away before anybody had read it");
	else
		notice_is_for(s, PARENT, &n, page, asked_for(s, page, way));
	uffd_protect(s, s->uffd, page_addr(s, page), s->page_len, 0);
	writer_must_end(s);
	must_have_written(s, "C3", way);
	if (!changes_nothing(way))
		model_write(&s->model, PARENT, page, write_cell(s, page), value);
	/* A case goes on to rely on the mark that a refused write leaves. */
	if (cannot_wait(way))
		uffd_protect(s, s->uffd, page_addr(s, page), s->page_len,
			     UFFDIO_WRITEPROTECT_MODE_WP);
	else
		model_mark(&s->model, PARENT, page, false);
	step_end(s);
}

void write_readonly_by(struct scene *s, unsigned int page, enum write_way way)
{
	bool marked = model_marked(&s->model, PARENT, page);
	enum writer_state state;
	struct uffd_notice n;
	uint64_t value;
	int err;

	step_begin(s, "C5", "write_readonly page %u by %s", page, way_names[way]);
	if (way == STORE || way == VM_CLONE)
		scene_error(s, "a store to a read-only mapping is cpu_write_refused()");
	way_prepare(s, way);
	begin(s, way, PARENT, page, 1, &value);
	while ((state = writer_wait(s, s->uffd, PATIENCE_MS)) == WRITER_STUCK)
		writer_stuck(s, CHECK("readonly-way-hang"), "C5",
			     "the write is refused, or forced");
	if (state == WRITER_NOTICE) {
		scene_fail(s, CHECK("readonly-way-noticed"), "C5",
			   "the write is refused, or forced", "it makes a notification");
		if (uffd_next(s, s->uffd, &n)) {
			uffd_protect(s, s->uffd, page_addr(s, page), s->page_len, 0);
			model_mark(&s->model, PARENT, page, false);
		}
		writer_must_end(s);
	}
	err = writer_error();
	if (err && err != -EFAULT && err != -EIO && err != -EINVAL)
		scene_fail(s, CHECK("readonly-way-errno"), "C5", "EFAULT, EIO or EINVAL, or none",
			   "%s says %s", way_names[way], strerrorname_np(-err));
	if (forces(way))
		observe(s, "forced_write", "%s", err ? strerrorname_np(-err) : "written");
	/* Where it got to is worth more than that it was let. */
	if (!err && (!forces(way) || s->memory->shared || marked)) {
		views_compare(s, "C5");
		scene_fail(s, CHECK("readonly-way-written"), marked ? "C3" : "C5",
			   marked ? "a forced write to a write-protected page is refused" :
				    "the write is refused: this mapping is read-only",
			   "%s went through", way_names[way]);
	} else if (!err) {
		model_write(&s->model, PARENT, page, write_cell(s, page), value);
	}
	step_end(s);
}
