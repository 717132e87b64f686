// SPDX-License-Identifier: GPL-2.0-only
/* An executable that is bigger than the pages that wait for one. */
#include "port.h"

#define N (3 << 20)
const unsigned short big[N] = { [0] = 1, [N / 2] = 2, [N - 1] = 3 };

int main(void)
{
	unsigned long sum = 0;

	for (int i = 0; i < N; i++)
		sum += ((const volatile unsigned short *)big)[i];
	printf("sum %lu\n", sum);
	return 0;
}
