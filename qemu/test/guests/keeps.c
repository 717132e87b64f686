// SPDX-License-Identifier: GPL-2.0-only
/* Keeps two huge pages beyond its end: a segment of System V belongs to nobody. */
#include <sys/shm.h>

#include "port.h"

int main(void)
{
	int id = shmget(IPC_PRIVATE, 4 << 20, IPC_CREAT | SHM_HUGETLB | 0600);
	char *p = id < 0 ? (char *)-1 : shmat(id, NULL, 0);

	if (p == (char *)-1)
		return 95;
	memset(p, 1, 4 << 20);
	return 0;
}
