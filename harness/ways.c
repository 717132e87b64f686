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

/* Made by way_prepare(), used by the writer. */
static struct io_uring ring;
static int words[2] = { -1, -1 };
static pid_t stopped;
static size_t populate_len;

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
