// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* A ring of one entry; what is registered with it is copied to and from a socket. */
static int ring_fd, ring_sock[2];
static unsigned int *sq_tail, *cq_head;
static struct io_uring_sqe *sqe;
static struct io_uring_cqe *cqe;

static void open_io_uring(void)
{
	struct io_uring_params p = { 0 };
	char *m;

	ring_fd = syscall(__NR_io_uring_setup, 1, &p);
	if (ring_fd < 0)
		skip("io_uring");
	m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring_fd, IORING_OFF_SQ_RING);
	sqe = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring_fd, IORING_OFF_SQES);
	if (m == MAP_FAILED || sqe == MAP_FAILED || socketpair(AF_UNIX, SOCK_STREAM, 0, ring_sock))
		err(99, "io_uring");
	sq_tail = (void *)(m + p.sq_off.tail);
	cq_head = (void *)(m + p.cq_off.head);
	cqe = (void *)(m + p.cq_off.cqes);
}

/* The device writes to a page (READ_FIXED) or reads it (WRITE_FIXED). */
static uint64_t io_uring(int op, void *addr, uint64_t value)
{
	int writes = op == IORING_OP_READ_FIXED;

	*sqe = (struct io_uring_sqe){
		.opcode = op, .fd = ring_sock[0], .addr = (uintptr_t)addr, .len = 8
	};
	__atomic_add_fetch(sq_tail, 1, __ATOMIC_RELEASE);
	if ((writes && write(ring_sock[1], &value, 8) != 8) ||
	    syscall(__NR_io_uring_enter, ring_fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1 ||
	    cqe[__atomic_fetch_add(cq_head, 1, __ATOMIC_RELEASE) & 1].res != 8 ||
	    (!writes && read(ring_sock[1], &value, 8) != 8))
		errx(99, "the device failed");
	return value;
}

#define read_io_uring(p) io_uring(IORING_OP_WRITE_FIXED, at(p), 0)

#define write_io_uring(p, value) io_uring(IORING_OP_READ_FIXED, at(p), value)

static int pin_io_uring(int first, int n)
{
	struct iovec iov = { at(first), bytes(n) };

	return syscall(__NR_io_uring_register, ring_fd, IORING_REGISTER_BUFFERS, &iov, 1);
}

#define unpin_io_uring() \
	syscall(__NR_io_uring_register, ring_fd, IORING_UNREGISTER_BUFFERS, NULL, 0)
