// SPDX-License-Identifier: GPL-2.0-only
/* Which QEMUs run, so that a signal handler can end them all. */
#include <signal.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "interrupt.h"

#define SLOTS 512
static atomic_int slots[SLOTS]; /* pids of running QEMUs, 0 if free */
static atomic_bool interrupted;

void vm_interrupt_all(void)
{
	interrupted = true;
	for (int i = 0; i < SLOTS; i++) {
		int pid = slots[i];

		/* not reaped before its slot is cleared, so the number is still its own */
		if (pid > 0)
			kill(pid, SIGKILL);
	}
}

bool vm_interrupted(void)
{
	return interrupted;
}

int vm_running(int *pids, int max)
{
	int n = 0;

	for (int i = 0; i < SLOTS && n < max; i++) {
		pids[n] = slots[i];
		n += pids[n] > 0;
	}
	return n;
}

int slot_take(pid_t pid)
{
	for (int i = 0; i < SLOTS; i++) {
		int none = 0;

		if (atomic_compare_exchange_strong(&slots[i], &none, pid))
			return i;
	}
	return -1;
}

void slot_free(int slot)
{
	if (slot >= 0)
		slots[slot] = 0;
}
