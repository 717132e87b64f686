// SPDX-License-Identifier: GPL-2.0-only

static void must_pin(int error)
{
	if (error)
		fail("C7", "the pin is taken", "it is refused");
}
