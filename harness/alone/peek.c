// SPDX-License-Identifier: GPL-2.0-only

/* Through a short pin that is not for writing. */
static void peek(void)
{
	uint64_t value;

	for (int p = 0; p < PAGES; p++) {
		struct iovec to = { &value, 8 }, from = { at(p), 8 };

		must(process_vm_readv(getpid(), &to, 1, &from, 1, 0) == 8, "C2",
		     "process_vm_readv() of oneself");
		must(value == WORD(p), "C2", "what the process itself reads");
	}
}
