/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_HOLD_H
#define COWPEN_HOLD_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Holds a thread of the guest in the kernel while another does something, also inside a spinlock.
 * A test asks for it by a hook (lib/outside.h). The thread is taken where a breakpoint or a write
 * watch of QEMU's gdb stub says: its processor goes on with a jump to itself, so that it takes
 * interrupts, and what the thread had locked is locked. The guest has two processors for that.
 */
struct hold;
struct state;

/*
 * On the descriptor of the stub of a QEMU that is restored from @s, and has not gone on yet.
 * @hide: what is to be hidden from the kernel meanwhile, or NULL. NULL with a line.
 */
struct hold *hold_new(const struct state *s, int fd, const char *hide);
void hold_free(struct hold *o);
/* In how many ms hold_look() is to be called if nothing comes, -1: never. */
int hold_wait_ms(const struct hold *o);
/* Has the guest stopped, and is it time for something? Negative errno with a line: it is over. */
int hold_look(struct hold *o);

#endif
