// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"

/* The device of a pin at work. */

/* What is on demand takes faults, and is noticed. */
static const char *works(const struct pin *p)
{
	return p->kind->on_demand || p->owner != PARENT ? NULL : p->kind->name;
}

int device_read(struct scene *s, struct pin *p, char *addr, void *to, size_t len)
{
	int err;

	s->device_at_work = works(p);
	err = p->kind->read(s, p, addr, to, len);
	s->device_at_work = NULL;
	return err;
}

int device_write_at(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
		    const uint64_t *v)
{
	int err;

	s->device_at_work = works(p);
	err = p->kind->write(s, p, page, cell, v);
	s->device_at_work = NULL;
	return err;
}

int pin_look(struct scene *s, struct pin *p, unsigned int page, char *to)
{
	for (unsigned int n = 0; n < samples(s); n++) {
		size_t offset = sample_offset(s, n), reach = pin_reach(s, p, page), len = SAMPLE;
		int err;

		if (offset + len > reach)
			len = reach > offset ? reach - offset : 0;
		err = len ? device_read(s, p, pin_addr(s, p, page) + offset, to + n * SAMPLE, len) :
			    0;
		if (err)
			return err;
	}
	return 0;
}

void given_back(struct scene *s, int err)
{
	if (err < 0)
		scene_fail(s, CHECK("release-refused"), "C8", "what is pinned is given back", "%s",
			   strerrorname_np(-err));
}

void lo_up(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r = { .ifr_name = "lo" };

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &r))
		scene_error(s, "lo: %s", strerror(errno));
	r.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &r))
		scene_error(s, "lo up: %s", strerror(errno));
	close(fd);
}
