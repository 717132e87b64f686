/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_IMAGE_H
#define COWPEN_IMAGE_H

#include "kernels.h"
#include "machine.h"
#include "util.h"

/* What QEMU boots. */
struct image {
	char *kernel;		/* uncompressed vmlinux in the cache, or what was given */
	bool elf;		/* it is a vmlinux: QEMU enters it by PVH */
	char kernel_sha256[65]; /* of what was given */
	struct buf initrd;	/* newc archive */
	char initrd_sha256[65];
};

/*
 * Prepare @k, which is in the cache. With @shell the archive also has a shell,
 * the usual tools of the host, and the case executables. 0 or a negative errno
 * with a line.
 */
int image_make(struct image *im, const struct host *h, const struct kernel *k, bool shell);
void image_free(struct image *im);

#endif
