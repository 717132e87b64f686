/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_REUSE_H
#define COWPEN_REUSE_H

#include "cases.h"
#include "record.h"
#include "util.h"

/*
 * Take over from @from, which may be @run's own past, what was measured with the very same
 * program on the very same kernel, in the same kind of guest: kernel @k of @run needs not run
 * those of @tests again. Not what was an error, or was repeated. How many, or a negative errno
 * with a line.
 */
long run_reuse(struct run *run, const struct run *from, const struct run_kernel *k,
	       const struct test_list *tests);

#endif
