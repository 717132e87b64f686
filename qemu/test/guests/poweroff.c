// SPDX-License-Identifier: GPL-2.0-only
#include "port.h"

#include <sys/reboot.h>

int main(void)
{
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
