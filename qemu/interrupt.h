/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_INTERRUPT_H
#define COWPEN_INTERRUPT_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Ends every QEMU that this process started, now and until the process ends:
 * whatever runs returns with VM_INTERRUPTED. Async-signal-safe.
 */
void vm_interrupt_all(void);
bool vm_interrupted(void);

/* Process ids of the QEMUs that run now, at most @max; how many. */
int vm_running(int *pids, int max);

/* For who starts one: a slot for @pid, -1 if all are taken; given back before it is reaped. */
int slot_take(pid_t pid);
void slot_free(int slot);

#endif
