// SPDX-License-Identifier: GPL-2.0-only

/*
 * The disk that is swapped to: a device-mapper device of one target, "linear", so called, and all swap
 * that there is. Suspended it keeps what it is given; "error" refuses it.
 */
#define DISK_NAME "cowpen-swap"

/* Its table as it was, and one that is asked for. */
static struct {
	struct dm_ioctl io;
	struct {
		struct dm_target_spec spec;
		char params[40];
	} part[3];
} disk, disk_next;

static long disk_frame[PAGES];

static int disk_ask(unsigned long what, int flags)
{
	int fd = open("/dev/mapper/control", O_RDWR), err;

	disk_next.io.version[0] = 4;
	disk_next.io.data_size = sizeof(disk_next);
	disk_next.io.data_start = sizeof(disk_next.io);
	disk_next.io.flags = flags;
	disk_next.io.event_nr = 0xf0000; /* nothing for udev */
	disk_next.io.dev = 0;
	snprintf(disk_next.io.name, sizeof(disk_next.io.name), DISK_NAME);
	err = fd < 0 || ioctl(fd, what, &disk_next);
	if (fd >= 0)
		close(fd);
	return err;
}

static void disk_rests(int flags)
{
	memset(&disk_next, 0, sizeof(disk_next));
	need(!disk_ask(DM_DEV_SUSPEND, flags));
}

/* From where the last one ends, up to @until. */
static void disk_part(const char *type, uint64_t until)
{
	int n = disk_next.io.target_count++;
	uint64_t from =
		n ? disk_next.part[n - 1].spec.sector_start + disk_next.part[n - 1].spec.length : 0;

	disk_next.part[n].spec.sector_start = from;
	disk_next.part[n].spec.length = until - from;
	disk_next.part[n].spec.next = sizeof(disk_next.part[n]);
	snprintf(disk_next.part[n].spec.target_type, DM_MAX_TYPE_NAME, "%s", type);
	if (*type == 'l')
		snprintf(disk_next.part[n].params, sizeof(disk_next.part[n].params), "%.*s %llu",
			 (int)strcspn(disk.part[0].params, " "), disk.part[0].params,
			 (unsigned long long)from);
}

static void disk_becomes_next(void)
{
	need(!disk_ask(DM_TABLE_LOAD, 0));
	disk_rests(DM_SUSPEND_FLAG);
	disk_rests(0);
}

static void disk_is_well(void)
{
	memset(&disk_next, 0, sizeof(disk_next));
	disk_part("linear", disk.part[0].spec.length);
	disk_becomes_next();
}

static void disk_goes(void)
{
	disk_rests(0);
}

static void disk_needed(void)
{
	static int known;

	if (known++)
		return;
	if (disk_ask(DM_TABLE_STATUS, DM_STATUS_TABLE_FLAG))
		skip("swap on a device-mapper device \"" DISK_NAME "\"");
	memcpy(&disk, &disk_next, sizeof(disk));
	if (strcmp(disk.part[0].spec.target_type, "linear"))
		skip("\"linear\" target, and no other, in \"" DISK_NAME "\"");
	atexit(disk_is_well);
	atexit(disk_goes);
}

/* Of @len sectors from @from on, 0: of all. */
static void disk_refuses(uint64_t from, uint64_t len)
{
	disk_needed();
	memset(&disk_next, 0, sizeof(disk_next));
	if (from)
		disk_part("linear", from);
	disk_part("error", len ? from + len : disk.part[0].spec.length);
	if (len)
		disk_part("linear", disk.part[0].spec.length);
	disk_becomes_next();
}

static void disk_loses_page(int p)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;

	need(pread(fd, &entry, 8, (uintptr_t)at(p) / 4096 * 8) == 8);
	need(entry >> 62 & 1);
	close(fd);
	entry = (entry << 9 >> 14) * 8; /* where it is, in sectors */
	disk_refuses(entry, 8);
}

static void disk_stops(void)
{
	disk_needed();
	for (int p = 0; p < PAGES; p++)
		disk_frame[p] = pagemap_bit(p, 63) ? (long)frame_of(p) : 0;
	disk_rests(DM_SUSPEND_FLAG | DM_SKIP_LOCKFS_FLAG);
}

/* In the swap cache, and under writeback. */
static void being_written(void)
{
	for (int p = 0; p < PAGES; p++) {
		long frame = pagemap_bit(p, 63) ? (long)frame_of(p) : disk_frame[p];
		uint64_t flags = number_at("/proc/kpageflags", frame);

		need(flags >> 13 & flags >> 8 & 1);
	}
}

/* It is in swap, which fails. */
static void read_fails(int p)
{
	need(read_faults(p));
}

static void read_again(int first, int n)
{
	for (int p = first; p < first + n; p++)
		must(!read_faults(p), "C0", "what the disk has can be read from it");
}
