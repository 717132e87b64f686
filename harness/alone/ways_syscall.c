// SPDX-License-Identifier: GPL-2.0-only

static int by_read(pid_t pid, int p, uint64_t value)
{
	int fd[2];

	need(pid && !pipe(fd) && write(fd[1], &value, 8) == 8);
	return read(fd[0], at(p), 8) != 8;
}

static int by_vm_writev(pid_t pid, int p, uint64_t value)
{
	struct iovec local = { &value, 8 }, remote = { at(p), 8 };

	return process_vm_writev(pid, &local, 1, &remote, 1, 0) != 8;
}

static int by_mem(pid_t pid, int p, uint64_t value)
{
	char path[32];
	int fd, ret;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR);
	need(fd >= 0);
	ret = pwrite(fd, &value, 8, (uintptr_t)at(p)) != 8;
	close(fd);
	return ret;
}

#ifndef MADV_POPULATE_WRITE /* v5.14 */
#define MADV_POPULATE_WRITE 23
#endif

/* A write fault that changes nothing. */
static int by_populate(pid_t pid, int p, uint64_t value)
{
	int ret = madvise(at(p), bytes(1), MADV_POPULATE_WRITE);

	if (ret && errno == EINVAL && pid && value)
		skip("MADV_POPULATE_WRITE");
	return ret;
}

/* An atomic operation that changes nothing. */
static int by_futex(pid_t pid, int p, uint64_t value)
{
	uint32_t nobody_waits = !pid || !value;

	return syscall(SYS_futex, &nobody_waits, FUTEX_WAKE_OP | FUTEX_PRIVATE_FLAG, 0, NULL, at(p),
		       FUTEX_OP(FUTEX_OP_OR, 0, FUTEX_OP_CMP_EQ, 0)) < 0;
}
