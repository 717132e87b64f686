/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_FINDINGS_H
#define COWPEN_FINDINGS_H

#include "bugs.h"

/*
 * results/findings/README.md: all findings, the worst first. @names: of the files there, without
 * ".md", sorted; @titles: their titles. One that no bug of the book names comes last.
 */
void findings_list(const struct case_list *cases, const struct measured *m,
		   const struct mend *mends, char *const *names, char *const *titles, size_t n,
		   struct buf *md);

/* Does a kernel of that version, of a stable branch or not, have the bug? */
bool bug_in_version(const struct bug *b, const char *version);
/* The same of Debian's package of that version, by how it is built. */
bool bug_in_package(const struct bug *b, const char *version);
/* What a kernel has to be built with to have what @finding is about, if Debian's are not; or NULL. */
const char *finding_config(const char *finding);

#endif
