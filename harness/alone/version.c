// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <sys/utsname.h>

static int kernel_since(int major, int minor)
{
	struct utsname u;
	char *end;
	long has;

	uname(&u);
	has = strtol(u.release, &end, 10);
	return has > major || (has == major && strtol(end + 1, NULL, 10) >= minor);
}
