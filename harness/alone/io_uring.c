// SPDX-License-Identifier: GPL-2.0-only

static struct io_uring_params ring; /* of one entry */

static struct io_uring_sqe *sqe;

static char *rings;

static int ring_fd, device_fd; /* the device reads our memory into a file, or writes from it */

static void open_io_uring(void)
{
	ring_fd = syscall(__NR_io_uring_setup, 1, &ring);
	if (ring_fd < 0)
		skip("io_uring");
	rings = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring_fd, IORING_OFF_SQ_RING);
	sqe = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring_fd, IORING_OFF_SQES);
	device_fd = memfd_create("device", 0);
	need(rings != MAP_FAILED && sqe != MAP_FAILED && device_fd >= 0);
}

#define RING(offset) ((unsigned int *)(rings + ring.offset))

/* The device writes to a page (READ_FIXED) or reads it (WRITE_FIXED). */
static uint64_t io_uring(int op, void *addr, uint64_t value)
{
	const struct io_uring_cqe *cqe = (void *)RING(cq_off.cqes);

	*sqe = (struct io_uring_sqe){
		.opcode = op, .fd = device_fd, .addr = (uintptr_t)addr, .len = 8
	};
	need(op != IORING_OP_READ_FIXED || pwrite(device_fd, &value, 8, 0) == 8);
	__atomic_add_fetch(RING(sq_off.tail), 1, __ATOMIC_RELEASE);
	need(syscall(__NR_io_uring_enter, ring_fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) == 1);
	need(cqe[__atomic_fetch_add(RING(cq_off.head), 1, __ATOMIC_RELEASE) & 1].res == 8);
	need(pread(device_fd, &value, 8, 0) == 8);
	return value;
}

#define read_io_uring(p) io_uring(IORING_OP_WRITE_FIXED, at(p), 0)

#define write_io_uring(p, value) io_uring(IORING_OP_READ_FIXED, at(p), value)

#define pin_io_uring(first, n)                                            \
	syscall(__NR_io_uring_register, ring_fd, IORING_REGISTER_BUFFERS, \
		&(struct iovec){ at(first), bytes(n) }, 1)

#define unpin_io_uring() \
	syscall(__NR_io_uring_register, ring_fd, IORING_UNREGISTER_BUFFERS, NULL, 0)
