// SPDX-License-Identifier: GPL-2.0-only

/* O_DIRECT in flight: on a device that is suspended until it is to end. */
static int dm_control, dm_fd, ram_fd;
static aio_context_t in_flight;
static int flights;
static _Alignas(4096) uint64_t ram_data[PAGES * 64];

static int dm(unsigned long what, int flags, const char *type, const char *params)
{
	struct {
		struct dm_ioctl io;
		struct dm_target_spec target;
		char params[16];
	} r = {
		.io = { .version = { 4 },
			.data_size = sizeof(r),
			.data_start = sizeof(r.io),
			.target_count = 1,
			.flags = flags,
			.event_nr = 0xf0000 /* nothing for udev */ },
		.target = { .length = PAGES * 64 },
	};

	snprintf(r.io.name, sizeof(r.io.name), "one-file-%d", getpid());
	snprintf(r.target.target_type, sizeof(r.target.target_type), "%s", type);
	snprintf(r.params, sizeof(r.params), "%s", params);
	need(!ioctl(dm_control, what, &r));
	return minor(r.io.dev);
}

#define dm_resume() dm(DM_DEV_SUSPEND, 0, "", "")

#define dm_suspend() \
	dm(DM_DEV_SUSPEND, DM_SUSPEND_FLAG | DM_SKIP_LOCKFS_FLAG | DM_NOFLUSH_FLAG, "", "")

/* Or we would wait for what is in flight for ever. */
static void dm_end(void)
{
	dm_resume();
	dm(DM_DEV_REMOVE, DM_DEFERRED_REMOVE, "", "");
}

static void open_odirect(void)
{
	char node[32];

	dm_control = open("/dev/mapper/control", O_RDWR);
	ram_fd = open("/dev/ram0", O_RDWR | O_DIRECT);
	if (dm_control < 0 || ram_fd < 0)
		skip("device mapper or /dev/ram0 (modprobe brd)");
	snprintf(node, sizeof(node), "/dev/dm-%d", dm(DM_DEV_CREATE, 0, "", ""));
	atexit(dm_end);
	dm(DM_TABLE_LOAD, 0, "linear", "1:0 0");
	dm_resume();
	in_flight = 0;
	dm_fd = open(node, O_RDWR | O_DIRECT);
	need(dm_fd >= 0 && !syscall(__NR_io_setup, PAGES, &in_flight));
	dm_suspend();
}

static int submit(int first, int n, int op)
{
	struct iocb cb[PAGES], *list[PAGES];
	struct io_event event;

	for (int p = first; p < first + n; p++) {
		cb[p] = (struct iocb){ .aio_lio_opcode = op,
				       .aio_fildes = dm_fd,
				       .aio_buf = (uintptr_t)at(p),
				       .aio_nbytes = 512,
				       .aio_offset = p * 512 };
		list[p] = &cb[p];
	}
	flights = syscall(__NR_io_submit, in_flight, n, list + first);
	/* What could not be had has ended by now. */
	if (flights == n && !syscall(__NR_io_getevents, in_flight, 0, 1, &event, NULL))
		return 0;
	errno = flights < 0 ? errno : -event.res;
	return -1;
}

#define pin_odirect(first, n) submit(first, n, IOCB_CMD_PREAD)

static void land(void)
{
	struct io_event event[PAGES];

	dm_resume();
	need(syscall(__NR_io_getevents, in_flight, flights, flights, event, NULL) == flights);
	flights = 0;
}

/* All pages at once, when the last has its value. */
static void write_odirect(int p, uint64_t value)
{
	static int given;

	ram_data[p * 64] = value;
	if (++given % flights)
		return;
	need(pwrite(ram_fd, ram_data, sizeof(ram_data), 0) == sizeof(ram_data));
	land();
}

/* What is still in flight fails. */
static int unpin_odirect(void)
{
	if (flights) {
		dm(DM_TABLE_LOAD, 0, "error", "");
		land();
	}
	return 0;
}

#define open_odirect_out open_odirect

#define pin_odirect_out(first, n) submit(first, n, IOCB_CMD_PWRITE)

#define unpin_odirect_out unpin_odirect

static void deliver_odirect_out(void)
{
	land();
	need(pread(ram_fd, ram_data, sizeof(ram_data), 0) == sizeof(ram_data));
}

#define read_odirect_out(p) ram_data[(p)*64]
