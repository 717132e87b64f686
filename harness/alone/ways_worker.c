// SPDX-License-Identifier: GPL-2.0-only

/* IOSQE_ASYNC: read(2) by a thread that io_uring has in the kernel. */
static int by_worker(pid_t pid, int p, uint64_t value)
{
	struct io_uring_params par = { 0 };
	int fd[2], worker = syscall(__NR_io_uring_setup, 1, &par);
	char *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, worker, IORING_OFF_SQ_RING);
	struct io_uring_sqe *e =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, worker, IORING_OFF_SQES);
	const struct io_uring_cqe *c = (void *)(m + par.cq_off.cqes);

	if (worker < 0)
		skip("io_uring");
	need(pid && m != MAP_FAILED && !pipe(fd) && write(fd[1], &value, 8) == 8);
	*e = (struct io_uring_sqe){ .opcode = IORING_OP_READ,
				    .flags = IOSQE_ASYNC,
				    .fd = fd[0],
				    .addr = (uintptr_t)at(p),
				    .len = 8 };
	__atomic_store_n((unsigned int *)(m + par.sq_off.tail), 1, __ATOMIC_RELEASE);
	need(syscall(__NR_io_uring_enter, worker, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) == 1);
	close(worker);
	return c->res != 8;
}
