/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_MISSING_LIBURING_H
#define COWPEN_MISSING_LIBURING_H

/* Where there is no liburing: nothing of it works, and the tests that need it are a SKIP. */

#include <errno.h>
#include <linux/io_uring.h>
#include <stddef.h>
#include <sys/uio.h>

struct io_uring {
	int ring_fd;
	struct {
		unsigned int sqe_head, sqe_tail, *ktail;
	} sq;
};

#define NO_RING(name, ...)                                        \
	static inline int name(struct io_uring *r, ##__VA_ARGS__) \
	{                                                         \
		return -ENOSYS;                                   \
	}
#define NO_SQE(name, buf, ...)                                                         \
	static inline void name(struct io_uring_sqe *sqe, int fd, buf, unsigned int n, \
				unsigned long long offset, ##__VA_ARGS__)              \
	{                                                                              \
	}

static inline int io_uring_queue_init(unsigned int n, struct io_uring *r, unsigned int flags)
{
	return -ENOSYS;
}
static inline void io_uring_queue_exit(struct io_uring *r)
{
}
static inline struct io_uring_sqe *io_uring_get_sqe(struct io_uring *r)
{
	return NULL;
}
static inline void io_uring_cqe_seen(struct io_uring *r, struct io_uring_cqe *cqe)
{
}
NO_RING(io_uring_register_buffers, const struct iovec *iov, unsigned int n)
NO_RING(io_uring_register_buffers_sparse, unsigned int n)
NO_RING(io_uring_register_buffers_update_tag, unsigned int at, const struct iovec *iov,
	const __u64 *tags, unsigned int n)
NO_RING(io_uring_unregister_buffers)
NO_RING(io_uring_register_buf_ring, struct io_uring_buf_reg *reg, unsigned int flags)
NO_RING(io_uring_unregister_buf_ring, int group)
NO_RING(io_uring_ring_dontfork)
NO_RING(io_uring_submit)
NO_RING(io_uring_wait_cqe, struct io_uring_cqe **cqe)
NO_SQE(io_uring_prep_read, void *buf)
NO_SQE(io_uring_prep_read_fixed, void *buf, int index)
NO_SQE(io_uring_prep_write_fixed, const void *buf, int index)

#endif
