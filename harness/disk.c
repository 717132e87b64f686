// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "disk.h"
#include "sys.h"

/*
 * The disk under swap: a device-mapper device of this name, which can be told to keep what it is
 * given (suspended) or to refuse it (another table), whatever is below.
 */
#define DISK "cowpen-swap"

/* A part of it, and what its kind wants to know: of "linear", what is below and where there. */
struct part {
	struct dm_target_spec spec;
	char params[40];
};
#define PARTS 3

struct dm {
	struct dm_ioctl io;
	struct part part[PARTS];
};

static _Atomic bool at_rest;
static struct dm well; /* its table when it is well */

/* 0 or a negative errno. */
static int dm_ask(unsigned long call, unsigned int flags, struct dm *r)
{
	int fd = open("/dev/" DM_DIR "/" DM_CONTROL_NODE, O_RDWR | O_CLOEXEC), ret = -errno;

	if (fd < 0)
		return ret;
	r->io.version[0] = DM_VERSION_MAJOR;
	r->io.version[1] = r->io.version[2] = 0;
	r->io.data_size = sizeof(*r);
	r->io.data_start = offsetof(struct dm, part);
	r->io.flags = flags;
	r->io.event_nr = 0;
	r->io.dev = 0;
	strcpy(r->io.name, DISK);
	ret = ioctl(fd, call, r) ? -errno : 0;
	close(fd);
	return ret;
}

/* Without lockfs: there is no file system, and it would wait for what is on its way. */
int disk_rest(bool rest)
{
	struct dm r = { 0 };
	int ret = dm_ask(DM_DEV_SUSPEND, rest ? DM_SUSPEND_FLAG | DM_SKIP_LOCKFS_FLAG : 0, &r);

	if (!ret)
		at_rest = rest;
	return ret;
}

bool disk_at_rest(void)
{
	return at_rest;
}

bool disk_is_ours(void)
{
	struct dm r = { 0 };
	char device[64];

	return swap_device(device, sizeof(device)) && strstr(device, "/dm-") &&
	       !dm_ask(DM_DEV_STATUS, 0, &r);
}

/* What is on its way when the table is exchanged is waited for. */
static int exchange(struct dm *table)
{
	struct dm r = { 0 };
	int ret = dm_ask(DM_TABLE_LOAD, 0, table) ?: dm_ask(DM_DEV_SUSPEND, DM_SUSPEND_FLAG, &r);

	return ret ?: dm_ask(DM_DEV_SUSPEND, 0, &r);
}

/* From here on, up to @until, it refuses all, or does as it does when it is well. */
static void add_part(struct dm *table, uint64_t until, bool bad)
{
	struct part *p = &table->part[table->io.target_count++];
	const struct part *last = p == table->part ? NULL : p - 1;

	p->spec.sector_start = last ? last->spec.sector_start + last->spec.length : 0;
	p->spec.length = until - p->spec.sector_start;
	p->spec.next = sizeof(*p);
	strcpy(p->spec.target_type, bad ? "error" : "linear");
	if (!bad)
		snprintf(p->params, sizeof(p->params), "%.*s %llu",
			 (int)strcspn(well.part[0].params, " "), well.part[0].params,
			 (unsigned long long)p->spec.sector_start);
}

int disk_refuse(uint64_t first, uint64_t len)
{
	struct dm table = { 0 };
	int ret = dm_ask(DM_TABLE_STATUS, DM_STATUS_TABLE_FLAG, &well);
	uint64_t all = well.part[0].spec.length;

	if (ret)
		return ret;
	if (first)
		add_part(&table, first, false);
	add_part(&table, len ? first + len : all, true);
	if (len)
		add_part(&table, all, false);
	return exchange(&table);
}

int disk_heal(void)
{
	struct dm table = { 0 };

	add_part(&table, well.part[0].spec.length, false);
	return exchange(&table);
}
