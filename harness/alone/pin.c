// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

static void must_pin(int error)
{
	if (error)
		fail("C7", "the pin is taken", strerror(errno));
}
