// SPDX-License-Identifier: GPL-2.0-only

/* So many make it look pinned, in a process that has pinned something: here by readv(). */
static void many_references(int p)
{
	uint64_t word = 0, copied;
	struct iovec iov = { at(p), 8 }, to = { &copied, 8 }, from = { &word, 8 };
	int fd[2];

	need(process_vm_readv(getpid(), &to, 1, &from, 1, 0) == 8 && !pipe(fd) &&
	     fcntl(fd[1], F_SETPIPE_SZ, 2200 * 4096) >= 0);
	for (int i = 0; i < 1100; i++)
		need(vmsplice(fd[1], &iov, 1, 0) == 8);
}
