/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_MAIL_H
#define COWPEN_MAIL_H

#include "measured.h"
#include "util.h"

/* A finding as a mail for the list. Nothing is sent. */
struct mail {
	const char *name;    /* of the finding: results/findings/<name>.md */
	const char *finding; /* its text, Markdown */
	const char *program; /* one that shows it, C; "" if there is none */
	const char *patch;   /* what mends it, as git format-patch has it; "" if there is none */
	const struct measured *measured;
};

/*
 * Plain text in 72 columns, but for program and patch: what is lost, how, the program, on which
 * kernels it was measured, the cause, and below a line the patch. -EINVAL with a line if the
 * finding has no title.
 */
int mail_write(const struct mail *m, struct buf *out);

#endif
