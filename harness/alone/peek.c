// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Through a short pin that is not for writing. */
static void peek(void)
{
	uint64_t value;

	for (int p = 0; p < PAGES; p++) {
		struct iovec to = { &value, 8 }, from = { at(p), 8 };

		if (process_vm_readv(getpid(), &to, 1, &from, 1, 0) != 8)
			fail("C2", "process_vm_readv() of oneself", strerror(errno));
		if (value != WORD(p))
			fail("C2", "what the process itself reads", "something else");
	}
}
