/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_ERR_H
#define COWPEN_ERR_H

/*
 * The one error idiom of the host side: a function that can fail returns 0 or
 * a negative errno, and before it returns the error it has left one line for a
 * person (what is wrong, and what to do) with err_set(). The line belongs to
 * the calling thread and holds until its next err_set(). Whoever decides to
 * give up prints it once.
 */

/* Leave the line for this thread; returns @code, a negative errno. */
int err_set(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The line left last in this thread, "" if none. */
const char *err_msg(void);
/* Put "@fmt: " before the line left last; returns @code. */
int err_prefix(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
