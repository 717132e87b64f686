// SPDX-License-Identifier: GPL-2.0-only
/* Looks whether somebody was here before. */
#include <ctype.h>
#include <dirent.h>

#include "port.h"

static int entries(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int n = 0;

	while (d && (e = readdir(d)))
		n += *e->d_name != '.';
	if (d)
		closedir(d);
	return n;
}

/* Not those of the kernel, which have no command line. */
static int processes(void)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	int n = 0;

	while (d && (e = readdir(d))) {
		char path[300], c;
		int fd;

		if (!isdigit((unsigned char)*e->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/cmdline", e->d_name);
		fd = open(path, O_RDONLY);
		n += fd >= 0 && read(fd, &c, 1) == 1;
		if (fd >= 0)
			close(fd);
	}
	if (d)
		closedir(d);
	return n;
}

static int setting(const char *path)
{
	FILE *f = fopen(path, "r");
	int n = -1;

	if (f && fscanf(f, "%d", &n) != 1)
		n = -1;
	if (f)
		fclose(f);
	return n;
}

int main(void)
{
	mark("looked\n");
	printf("tmp %d shm %d processes %d swappiness %d hugepages %d\n", entries("/tmp"),
	       entries("/dev/shm"), processes(), setting("/proc/sys/vm/swappiness"),
	       setting("/proc/sys/vm/nr_hugepages"));
	return 0;
}
