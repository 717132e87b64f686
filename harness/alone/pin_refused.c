// SPDX-License-Identifier: GPL-2.0-only

static void pin_refused(int error, int wanted)
{
	must(error, "C7", "this memory cannot be pinned");
	must(errno == wanted, "C7", strerror(wanted));
}
