/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_SPLAT_H
#define COWPEN_SPLAT_H

/*
 * The first line of @text by which a kernel complains of itself, as a copy to
 * free without its prefix; NULL if there is none. *@at (may be NULL) gets where
 * it begins. Lines are "<prio>[time] text", of which only those of the kernel's
 * own facility count, or without the <prio> (a console).
 */
char *kernel_splat(const char *text, const char **at);

#endif
