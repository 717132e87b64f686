/* SPDX-License-Identifier: GPL-2.0-only */
/* What these programs, which vmtest runs in a guest and never elsewhere, have in common. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <unistd.h>

/* Straight to the host, as a test marks its steps. */
static inline void port_write(unsigned short port, const void *data, size_t len)
{
	const unsigned char *p = data;

	if (iopl(3))
		exit(99);
	while (len--)
		outb(*p++, port);
}

static inline void mark(const char *s)
{
	port_write(0x402, s, strlen(s));
}

static inline void poke(const char *path, const char *s)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, s, strlen(s)) < 0)
		exit(98);
	close(fd);
}
