// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <sys/utsname.h>

static int kernel_since(const char *version)
{
	struct utsname u;

	uname(&u);
	return strverscmp(u.release, version) >= 0;
}
