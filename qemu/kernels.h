/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_KERNELS_H
#define COWPEN_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A kernel that cowpen can boot: a line of kernel-config/kernels.conf, or a
 * bzImage, a vmlinux, a build folder, or what kernel-config/build has built,
 * named by its path. The second half is known once it is here (kernel_fetch()).
 * Strings belong to the kernel.
 */
struct kernel {
	char *name;    /* "6.12", or the path as the user gave it */
	char *source;  /* "stock", "source", "patched" or "path" */
	char *origin;  /* for people: where it comes from, and what was done to it */
	char *base;    /* patched: name of the kernel that it is based on; else "" */
	char *patches; /* patched: folder, or glob of folders, in kernel-config/patches; else "" */
	char *hides; /* patched, but by nobody: what is hidden from @base, as it is (hold.h); else "" */
	char *mends; /* patched: bugs of the book that are mended on it, blank-separated; else "" */
	char *spec;  /* what KERNEL= must say to get it: its name, or NAME=PATH */
	char *path;  /* path: where it is */
	bool is_default; /* part of the default set */
	bool judged; /* patched: cases say what each test does there; else it is wrong on purpose */
	bool only_named; /* patched, and nobody asked for it by name: tests that name it will do */
	bool cached;	 /* is here already, the rest is filled in */

	char *dir;		 /* folder in the cache, NULL for an image elsewhere */
	char *image;		 /* vmlinuz/bzImage/vmlinux */
	char *config;		 /* NULL if not to be had */
	char *release;		 /* uname -r; "" if not known before boot (path) */
	char *package;		 /* "linux-image-5.10.0-46-amd64 5.10.262-1", "" for a path */
	char *version;		 /* what ranges are compared with: "5.10.262"; "" if not known */
	char sha256[65];	 /* of @image */
	char modules_sha256[65]; /* over all modules, "" without */
	char *modules_wanted;	 /* what modules.conf named when it was fetched; "" if not known */
	char config_sha256[65];	 /* "" without */
	char **modules;		 /* absolute paths of .ko files in the order to load them */
	size_t nmodules;
	char **devices; /* those that guests with devices load behind them */
	size_t ndevices;
	char *devices_wanted; /* as @modules_wanted, of modules-devices.conf */
};

struct kernel_list {
	struct kernel *k;
	size_t n;
};

/* Read @conf. 0 or a negative errno with a line naming the file and line number. */
int kernels_read(const char *conf, struct kernel_list *list);
void kernels_free(struct kernel_list *list);

/*
 * Resolve a blank-separated list of names, the words "default", "stock",
 * "source" and "patched", and paths of kernels, which may be given a name
 * (NAME=PATH), into pointers into @list (paths are appended to it, so pointers
 * of an earlier call are void). Order as given, no duplicates. -EINVAL with a
 * line naming the nearest valid names if one is unknown, -ENOENT if a path does
 * not exist.
 */
int kernels_select(struct kernel_list *list, const char *names, struct kernel ***sel, size_t *n);

/*
 * Make sure that the kernel is in the cache and fill in its second half; runs
 * kernel-config/fetch for a stock one that is not here, and kernel-config/build
 * for one that is built, which does nothing if it is up to date. Safe when two
 * do it at once. 0 or a negative errno with a line that says what is wrong and
 * what to do.
 */
int kernel_fetch(struct kernel *k);

/*
 * The same for the modules of guests with devices. If they cannot be had that is said on stderr,
 * and the kernel is without.
 */
void kernel_fetch_devices(struct kernel *k);

/* Has it what guests with devices are for: modules, or all of it built in? */
bool kernel_has_devices(const struct kernel *k);
/* Has it a device with memory of its own? Else such tests need no guest of their own to say so. */
bool kernel_has_hmm(const struct kernel *k);

/* It is built here: getting it may take minutes. */
bool kernel_is_built(const struct kernel *k);

#endif
