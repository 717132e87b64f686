/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_CLASSIFY_H
#define COWPEN_CLASSIFY_H

#include "record.h"
#include "vm.h"

/*
 * What happened in the guest, as a status. The executable is believed only if
 * everything agrees: the guest ended as it should, the plan is 1..1, the one
 * result is that of the test that was asked for, the exit status and the
 * executable's own word fit to it. All else is ST_ERROR, and the reason says
 * what disagreed. A result can be had only by running to the end; whatever the
 * kernel said against it counts more than a pass (clause C8).
 *
 * Fills in status, clause, step, wanted, seen, reason, fix, observations,
 * attempts, hits, kmsg and duration of @r, which record_init() made; what is
 * not known stays as it was. The executable was asked for @variant of its test
 * @test, so its result must be called scene.<variant>.<test>.
 * -EINTR if the guest was interrupted: then there is no result.
 */
int classify(const struct vm_result *vm, const char *variant, const char *test, struct record *r);

#endif
