/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_MEASURED_H
#define COWPEN_MEASURED_H

/*
 * On which packages the expectations of the cases were measured. Kernels move on:
 * on a newer one, what is not as expected is news of the kernel.
 */
#include <stddef.h>

#include "record.h"

#define MEASURED_SCHEMA 1
#define MEASURED_FILE	"results/measured.json"

struct measured_kernel {
	char *name;		 /* as in kernels.conf */
	char *package, *version; /* "linux-image-5.10.0-46-amd64", "5.10.262-1" */
	char *release;
	char *date; /* of the run */
};

struct measured {
	struct measured_kernel *k;
	size_t n;
};

/*
 * Read @path; @m is empty if that fails. -ENOENT if it is not there, -EBADMSG if
 * it is damaged or of another schema, with a line.
 */
int measured_read(const char *path, struct measured *m);
int measured_write(const char *path, const struct measured *m);
void measured_free(struct measured *m);

/*
 * Take down the kernels of @run, which must be of the whole corpus, complete, and
 * as expected; those that came from a path are passed over. -EINVAL with a line
 * that says what of it is not so, and then @m is as it was.
 */
int measured_take(struct measured *m, const struct run *run);

enum age { AGE_UNKNOWN, AGE_SAME, AGE_NEWER, AGE_OLDER };
/*
 * Is kernel @name of @source and @package ("linux-image-6.12... 6.12.118-1") newer
 * than what was measured, *@than then? Of one that came from a path nothing is known.
 */
enum age measured_age(const struct measured *m, const char *name, const char *source,
		      const char *package, const struct measured_kernel **than);

/* Compare two versions of packages as dpkg does: epoch, upstream version, revision. <0, 0, >0. */
int package_version_cmp(const char *a, const char *b);
/* The version in "NAME VERSION[ + SERIES]"; the caller frees. */
char *package_version(const char *package);

#endif
