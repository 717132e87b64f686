// SPDX-License-Identifier: GPL-2.0-only
/* Leaves behind what the agent can clear away: files, folders, a process, settings, half a mark. */
#include <sys/stat.h>

#include "port.h"

static void drop(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	if (fd < 0 || write(fd, path, strlen(path)) < 0)
		exit(97);
	close(fd);
}

int main(void)
{
	drop("/tmp/file");
	drop("/dev/shm/file");
	if (mkdir("/tmp/folder", 0700) || mkdir("/tmp/folder/folder", 0700))
		return 96;
	drop("/tmp/folder/folder/file");
	poke("/proc/sys/vm/swappiness", "7");
	poke("/proc/sys/vm/nr_hugepages", "3");
	if (!fork()) {
		if (!fork())
			for (;;)
				pause();
		_exit(0);
	}
	mark("littered\nhalf a mark");
	return 0;
}
