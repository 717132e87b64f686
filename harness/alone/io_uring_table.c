// SPDX-License-Identifier: GPL-2.0-only

/* A table with an empty slot. */
static void open_io_uring_slot(void)
{
	struct io_uring_rsrc_register r = { .nr = 1, .flags = 1 /* sparse */ };

	open_io_uring();
	if (syscall(__NR_io_uring_register, ring_fd, IORING_REGISTER_BUFFERS2, &r, sizeof(r)))
		skip("sparse table of buffers");
}

static int update_slot(void *start, size_t len)
{
	struct iovec iov = { start, len };
	struct io_uring_rsrc_update2 u = { .data = (uintptr_t)&iov, .nr = 1 };

	return syscall(__NR_io_uring_register, ring_fd, IORING_REGISTER_BUFFERS_UPDATE, &u,
		       sizeof(u)) == 1 ?
		       0 :
		       -1;
}

#define pin_io_uring_slot(first, n) update_slot(at(first), bytes(n))

#define unpin_io_uring_slot() update_slot(NULL, 0)

#define read_io_uring_slot read_io_uring

#define write_io_uring_slot write_io_uring

static int source_fd; /* the pin is first another ring's, which gives it up */

static int clone_buffers(void)
{
	int from[8] = { source_fd };

	return syscall(__NR_io_uring_register, ring_fd, 30 /* CLONE_BUFFERS */, from, 1);
}

static void open_io_uring_clone(void)
{
	struct io_uring_params p = { 0 };

	open_io_uring();
	source_fd = syscall(__NR_io_uring_setup, 1, &p);
	if (clone_buffers() && errno == EINVAL)
		skip("IORING_REGISTER_CLONE_BUFFERS");
}

static int pin_io_uring_clone(int first, int n)
{
	struct iovec iov = { at(first), bytes(n) };

	return syscall(__NR_io_uring_register, source_fd, IORING_REGISTER_BUFFERS, &iov, 1) ||
			       clone_buffers() ||
			       syscall(__NR_io_uring_register, source_fd, IORING_UNREGISTER_BUFFERS,
				       NULL, 0) ?
		       -1 :
		       0;
}

#define unpin_io_uring_clone unpin_io_uring

#define read_io_uring_clone read_io_uring

#define write_io_uring_clone write_io_uring

static void need_file_buffers(void)
{
	if (!kernel_since("6.5"))
		skip("buffers of io_uring in files");
}
