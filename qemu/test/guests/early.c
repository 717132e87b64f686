// SPDX-License-Identifier: GPL-2.0-only
/* Leaves without a word of KTAP. */
#include "port.h"

int main(void)
{
	fprintf(stderr, "gone\n");
	_exit(3);
}
