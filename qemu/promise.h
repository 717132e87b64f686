/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_PROMISE_H
#define COWPEN_PROMISE_H

#include "guestspec.h"
#include "kernels.h"

/*
 * Did all come that @k was fetched with? @facts is what the guest's agent found.
 * A module that does not load, or does nothing, would be a skip of all tests that
 * need it, which nobody looks at. 0 or -EIO with a line.
 */
int promise_check(const struct kernel *k, const struct guest_spec *guest, const char *facts);

#endif
