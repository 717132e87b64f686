/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_SEQUENCES_H
#define COWPEN_SEQUENCES_H

/* What these cases do, a line each of steps as they are typed: --sequences FILE... */
int sequences(int nfiles, char **file);

#endif
