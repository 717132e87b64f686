/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_MENDS_H
#define COWPEN_MENDS_H

#include "bugs.h"
#include "corpus_opts.h"
#include "kernels.h"

/*
 * Which folders of patches mend which bugs, by the list of kernels, which is read into @list: what
 * is returned points into it, ends with a NULL and is the caller's. NULL with a line.
 */
struct mend *find_mends(const struct corpus_opts *o, struct kernel_list *list);

#endif
