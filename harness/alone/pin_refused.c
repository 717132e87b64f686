// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

static void pin_refused(int error, int wanted)
{
	if (!error)
		fail("C7", "this memory cannot be pinned", "it is");
	if (errno != wanted)
		fail("C7", strerror(wanted), strerror(errno));
}
