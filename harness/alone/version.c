// SPDX-License-Identifier: GPL-2.0-only

static struct utsname kernel;

#define kernel_since(version) (uname(&kernel), strverscmp(kernel.release, version) >= 0)
