// SPDX-License-Identifier: GPL-2.0-only
/* Takes all memory there is; the kernel's report must arrive in full. */
#include "port.h"

int main(void)
{
	poke("/proc/self/oom_score_adj", "1000");
	for (;;) {
		char *p = malloc(1 << 20);

		for (int i = 0; p && i < 1 << 20; i += 8)
			*(long *)(p + i) = random() ^ (long)(p + i) << 17;
	}
}
