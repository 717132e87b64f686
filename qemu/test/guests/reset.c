// SPDX-License-Identifier: GPL-2.0-only
/* A reset without a word, by the keyboard controller. */
#include "port.h"

int main(void)
{
	unsigned char reset = 0xfe;

	mark("last words\n");
	port_write(0x64, &reset, 1);
	for (;;)
		pause();
}
