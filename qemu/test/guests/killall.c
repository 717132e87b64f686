// SPDX-License-Identifier: GPL-2.0-only
/* Kills everything that it can. The agent is PID 1 and must survive. */
#include "port.h"

#include <signal.h>

int main(void)
{
	signal(SIGTERM, SIG_IGN);
	kill(-1, SIGTERM);
	kill(1, SIGKILL);
	kill(1, SIGTERM);
	printf("still here\n");
	fflush(stdout);
	kill(-1, SIGKILL); /* not init, not ourselves */
	kill(getpid(), SIGKILL);
	return 0;
}
