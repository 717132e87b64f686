/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_EXPLORE_H
#define COWPEN_EXPLORE_H

#include "case_info.h"

/* In the guest: sequences that nobody wrote, until the time is up. Exit status. */
int explore_main(const struct case_variant *v, size_t n);

#endif
