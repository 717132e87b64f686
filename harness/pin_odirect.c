// SPDX-License-Identifier: GPL-2.0-only
/*
 * odirect: O_DIRECT reads in flight into memory, one 512-byte read a page. The
 * kernel takes references to the pages when the reads are submitted (FOLL_GET
 * up to v6.4, FOLL_PIN since; C1 is asked of both), and the data arrives when
 * the test says so, without a timer:
 *
 * odirect_out: the same the other way round, writes of whole pages, of huge
 * ones samples. Their references are not for writing, so they may go stale as vmsplice's
 * may, and like those must never show what another process writes.
 *
 * odirect_bytes: one read in flight for all pages, of bytes that are no pages: from the middle of
 * the first page on over those that are next to it, to the middle of the last one. Where pages are not
 * next to each other, or are huge, it is a vector: to the end of one, and from the start of the next.
 *
 *	reads -> device-mapper device, suspended -> /dev/ram0
 *
 * A suspended device keeps what is submitted to it in a list until it is
 * resumed. So take() submits (AIO, which returns once the reads are on that
 * list), and write() puts the data on the ramdisk, resumes and waits.
 *
 * If the owner dies meanwhile, its exit waits for the reads, uninterruptibly:
 * for ever, unless somebody resumes the device. That is what the guard is for,
 * a process of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/dm-ioctl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"

#define CONTROL	   "/dev/" DM_DIR "/" DM_CONTROL_NODE
#define RAMDISK	   "/dev/ram0"
#define SECTOR	   512				/* as long as CELL_DEV, see model.h */
#define REQUESTS   (MODEL_PAGES * SAMPLES)	/* in flight at a time, at most */
#define SECTORS	   (REQUESTS * SAMPLE / SECTOR) /* of the ramdisk, for each pin its own */
#define DEADLINE_S 5

enum { IN, OUT, IN_BYTES }; /* of memory's point of view */

/* Shared with the guard. */
struct odirect_shared {
	char data[SECTORS * SECTOR]; /* of the ramdisk: aligned, in no scene */
	pthread_mutex_t alive;	     /* the owner has it for as long as it lives */
};

struct odirect {
	pid_t owner;
	int control, ram;
	int dm;	      /* the device, -1: there is none now */
	bool resumed; /* else it is suspended, its resting state */
	dev_t ram_dev;
	off_t ram_offset; /* of this pin's sectors on the ramdisk */
	char name[DM_NAME_LEN];
	aio_context_t aio;
	unsigned int in_flight;			    /* reads */
	size_t one;				    /* bytes of each */
	struct iovec piece[MODEL_PAGES * NR_ZONES]; /* odirect_bytes: where they go */
	unsigned int npieces;
	struct odirect_shared *shared;
};

/* --- device-mapper ------------------------------------------------------------ */

struct dm_request {
	struct dm_ioctl io;
	struct dm_target_spec target;
	char params[64];
};

/* Negative errno on failure. @r's other fields are the caller's, and the kernel's answer. */
static int dm_call(int control, unsigned long cmd, const char *name, struct dm_request *r)
{
	r->io.version[0] = DM_VERSION_MAJOR; /* the minor is what we need at least: none */
	r->io.data_size = sizeof(*r);
	r->io.data_start = offsetof(struct dm_request, target);
	snprintf(r->io.name, sizeof(r->io.name), "%s", name);
	return ioctl(control, cmd, &r->io) ? -errno : 0;
}

static int dm_load(int control, const char *name, const char *type, const char *params)
{
	struct dm_request r = {
		.io = { .target_count = 1 },
		.target = { .length = SECTORS },
	};

	snprintf(r.target.target_type, sizeof(r.target.target_type), "%s", type);
	snprintf(r.params, sizeof(r.params), "%s", params);
	return dm_call(control, DM_TABLE_LOAD, name, &r);
}

/* Nothing is mounted there and nothing else reads it: no freezing, no flushing. */
static int dm_suspend(int control, const char *name)
{
	struct dm_request r = {
		.io.flags = DM_SUSPEND_FLAG | DM_SKIP_LOCKFS_FLAG | DM_NOFLUSH_FLAG,
	};

	return dm_call(control, DM_DEV_SUSPEND, name, &r);
}

/* Also puts a table that was loaded into place. What waited goes on. */
static int dm_resume(int control, const char *name)
{
	/*
	 * The upper half of event_nr tells udev, where there is one, to let the
	 * device be: its probing would hang on it while it is suspended.
	 */
	struct dm_request r = { .io.event_nr = 0xf << 16 };

	return dm_call(control, DM_DEV_SUSPEND, name, &r);
}

/* At once, or when the last one who has it open (a child) lets go of it. */
static int dm_remove(int control, const char *name)
{
	struct dm_request r = { .io.flags = DM_DEFERRED_REMOVE };
	int ret;

	ret = dm_call(control, DM_DEV_REMOVE, name, &r);
	return ret == -ENXIO ? 0 : ret;
}

/* Let the reads that wait fail, so that they end and change nothing in memory. */
static int dm_abort(int control, const char *name)
{
	int ret;

	ret = dm_load(control, name, "error", "");
	return ret ?: dm_resume(control, name);
}

/* --- the guard ---------------------------------------------------------------- */

/*
 * The guard waits for the owner's death, then lets its reads fail and removes
 * the device. A pipe or a pidfd would not tell it: a process that exits waits
 * for its AIO before it closes files, and long before it is a zombie. Only its
 * robust mutexes are given up earlier, however it dies.
 *
 * It is an exec of this very program and not a plain fork, because a copy of
 * the memory under test, in whatever process, would be part of the scene.
 */
#define GUARD_NAME "cowpen-odirect-guard"
#define GUARD_FD   3

static void guard(const char *name)
{
	struct odirect_shared *shared;
	int control, ret;

	control = open(CONTROL, O_RDWR | O_CLOEXEC);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, GUARD_FD, 0);
	if (control < 0 || shared == MAP_FAILED)
		_exit(1);
	/* Ready, and nobody's child: the test may wait for whichever child it likes. */
	ret = fork();
	if (ret)
		_exit(ret < 0);

	if (pthread_mutex_lock(&shared->alive) == EOWNERDEAD) {
		dm_abort(control, name);
		dm_remove(control, name);
	}
	_exit(0);
}

__attribute__((constructor)) static void guard_or_not(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[0], GUARD_NAME))
		guard(argv[1]);
}

static pid_t guard_start(struct scene *s, struct odirect *o)
{
	char *argv[] = { GUARD_NAME, o->name, NULL }, *envp[] = { NULL };
	posix_spawn_file_actions_t files;
	pthread_mutexattr_t mutex;
	posix_spawnattr_t attr;
	sigset_t none;
	int fd, ret;
	pid_t pid;

	fd = memfd_create("cowpen-odirect", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, sizeof(*o->shared)))
		scene_error(s, "odirect: memfd: %s", strerror(errno));
	o->shared = mmap(NULL, sizeof(*o->shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (o->shared == MAP_FAILED)
		scene_error(s, "odirect: memfd: %s", strerror(errno));

	pthread_mutexattr_init(&mutex);
	pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&mutex, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&o->shared->alive, &mutex);
	pthread_mutex_lock(&o->shared->alive);

	/* A session of its own: what kills the test's process group must not reach it. */
	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, fd, GUARD_FD);
	for (int i = 0; i < GUARD_FD; i++) /* who waits for the end of our output */
		posix_spawn_file_actions_addclose(&files, i);
	posix_spawn_file_actions_addclosefrom_np(&files, GUARD_FD + 1);
	ret = posix_spawn(&pid, "/proc/self/exe", &files, &attr, argv, envp);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	if (ret)
		scene_error(s, "odirect: starting the guard: %s", strerror(ret));
	close(fd);
	return pid;
}

static void guard_await(struct scene *s, pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			scene_error(s, "odirect: waiting for the guard: %s", strerror(errno));
	if (status)
		scene_error(s, "odirect: the guard does not start (status 0x%x)", status);
}

/* --- the pin ------------------------------------------------------------------ */

/* Make the device, suspended. */
static void device_up(struct scene *s, struct odirect *o)
{
	struct dm_request r;
	char params[32], node[32];
	const char *what;
	int ret;

	what = "create";
	/* One that is removed while a read ends in the background has its name until then. */
	if (!wait_until((r = (struct dm_request){ 0 },
			 ret = dm_call(o->control, DM_DEV_CREATE, o->name, &r)) != -EBUSY) ||
	    ret)
		goto fail;
	snprintf(node, sizeof(node), "/dev/dm-%u", minor(r.io.dev));

	what = "load";
	snprintf(params, sizeof(params), "%u:%u %lld", major(o->ram_dev), minor(o->ram_dev),
		 (long long)o->ram_offset / SECTOR);
	ret = dm_load(o->control, o->name, "linear", params);
	if (ret)
		goto remove;

	/* It has to be resumed once for the table to come into place. */
	what = "resume";
	ret = dm_resume(o->control, o->name);
	if (ret)
		goto remove;
	what = "open";
	o->dm = open(node, O_RDWR | O_DIRECT | O_CLOEXEC);
	if (o->dm < 0) {
		ret = -errno;
		goto remove;
	}
	what = "suspend";
	ret = dm_suspend(o->control, o->name);
	if (!ret) {
		o->resumed = false;
		return;
	}
	close(o->dm);
	o->dm = -1;
remove:
	dm_remove(o->control, o->name);
fail:
	scene_error(s, "odirect: %s of dm device %s: %s", what, o->name, strerror(-ret));
}

static int open_or_error(struct scene *s, const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		scene_error(s, "odirect: %s: %s", path, strerror(errno));
	return fd;
}

static void odirect_needed(struct scene *s)
{
	feature_needed(s, F_RAMDISK);
	feature_needed(s, F_DM);
}

static void odirect_open(struct scene *s, struct pin *p)
{
	unsigned int index = p - s->pin;
	struct odirect *o;
	struct stat st;
	pid_t pid;

	o = calloc(1, sizeof(*o));
	if (!o)
		scene_error(s, "odirect: no memory");
	o->owner = getpid();
	o->dm = -1;
	odirect_needed(s);
	o->ram = open_or_error(s, RAMDISK, O_RDWR | O_DIRECT);
	o->control = open_or_error(s, CONTROL, O_RDWR);
	if (fstat(o->ram, &st) || !S_ISBLK(st.st_mode))
		scene_error(s, "odirect: %s is no block device", RAMDISK);
	o->ram_dev = st.st_rdev;
	o->ram_offset = index * SECTORS * SECTOR;
	snprintf(o->name, sizeof(o->name), "cowpen-%d-%u", getpid(), index);
	if (syscall(SYS_io_setup, REQUESTS, &o->aio))
		scene_error(s, "odirect: io_setup: %s", strerror(errno));

	/* The guard is there before the first read; till then it may take its time. */
	pid = guard_start(s, o);
	device_up(s, o);
	guard_await(s, pid);
	p->priv = o;
}

/*
 * Collect up to @n reads that have ended, waiting for all of them if @wait.
 * Returns how many did; *@err is the first error among them.
 */
static unsigned int reap(struct odirect *o, unsigned int n, bool wait, int *err)
{
	struct timespec timeout = { .tv_sec = wait ? DEADLINE_S : 0 };
	struct io_event event[REQUESTS];
	long got;

	*err = 0;
	do {
		got = syscall(SYS_io_getevents, o->aio, wait ? n : 0, n, event, &timeout);
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		*err = -errno;
		return 0;
	}
	for (long i = 0; i < got; i++) {
		if (event[i].res == (long long)o->one || *err)
			continue;
		*err = event[i].res < 0 ? event[i].res : -EIO;
	}
	o->in_flight -= got;
	return got;
}

/* End reads that are in flight, without data, and take the device away. */
static void abort_reads(struct scene *s, struct odirect *o)
{
	int ret, ignored;

	ret = dm_abort(o->control, o->name);
	if (ret)
		scene_error(s, "odirect: aborting reads: %s", strerror(-ret));
	reap(o, o->in_flight, true, &ignored);
	if (o->in_flight)
		scene_error(s, "odirect: %u aborted reads do not end", o->in_flight);
	close(o->dm);
	o->dm = -1;
	/* Waits for the worker that ended the reads, see odirect_release(). */
	ret = dm_remove(o->control, o->name);
	if (ret)
		scene_error(s, "odirect: removing the dm device: %s", strerror(-ret));
}

/* In flight: a sector a page comes in, or all in one; all its samples go out. */
static unsigned int requests(const struct scene *s, const struct pin *p)
{
	if (p->kind->mode == IN_BYTES)
		return 1;
	return p->kind->mode == OUT ? p->n * samples(s) : p->n;
}

static char *request_addr(const struct scene *s, const struct pin *p, unsigned int i)
{
	if (p->kind->mode == IN)
		return pin_addr(s, p, p->first + i) + cell_offset(CELL_DEV, s->page_len);
	return pin_addr(s, p, p->first + i / samples(s)) + sample_offset(s, i % samples(s));
}

/* All zones that it has, in the order of their addresses; those that touch are one piece. */
static void make_pieces(const struct scene *s, const struct pin *p, struct odirect *o)
{
	o->npieces = 0;
	o->one = 0;
	for (unsigned int page = p->first; page < p->first + p->n; page++)
		for (enum zone z = 0; z < NR_ZONES; z++) {
			struct iovec *last = o->npieces ? &o->piece[o->npieces - 1] : NULL;
			char *at = pin_addr(s, p, page) + zone_offset(z, s->page_len);
			size_t len = zone_len(z, s->page_len);

			if (!pin_has_zone(s, p, page, z))
				continue;
			o->one += len;
			if (last && (char *)last->iov_base + last->iov_len == at)
				last->iov_len += len;
			else
				o->piece[o->npieces++] = (struct iovec){ at, len };
		}
}

static int odirect_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct iocb cb[REQUESTS], *list[REQUESTS];
	struct odirect *o = p->priv;
	unsigned int ended, all = requests(s, p);
	long n;
	int err;

	if (getpid() != o->owner)
		scene_error(s, "odirect: a pin is for the process that opened the device");
	if (o->dm < 0)
		device_up(s, o); /* reads were aborted before */

	o->one = p->kind->mode == OUT ? SAMPLE : SECTOR;
	/* A read of its own for each page, so that none can hide behind another. */
	memset(cb, 0, sizeof(cb));
	for (unsigned int i = 0; i < all; i++) {
		cb[i].aio_lio_opcode = p->kind->mode == OUT ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD;
		cb[i].aio_fildes = o->dm;
		cb[i].aio_buf = (uintptr_t)request_addr(s, p, i);
		cb[i].aio_nbytes = o->one;
		cb[i].aio_offset = i * o->one;
		list[i] = &cb[i];
	}
	if (p->kind->mode == IN_BYTES) {
		make_pieces(s, p, o);
		cb[0].aio_lio_opcode = IOCB_CMD_PREADV;
		cb[0].aio_buf = (uintptr_t)o->piece;
		cb[0].aio_nbytes = o->npieces;
	}
	n = syscall(SYS_io_submit, o->aio, (long)all, list);
	err = n < 0 ? -errno : 0;
	if (n > 0)
		o->in_flight = n;
	if (n >= 0 && n < all)
		err = -EAGAIN;

	/*
	 * Submitted, to a device that is suspended, and not ended: in flight.
	 * A read whose pages could not be had has ended by now, with an error.
	 */
	if (!err) {
		ended = reap(o, all, false, &err);
		if (ended && !err)
			scene_error(s, "odirect: %u reads of a suspended device have ended", ended);
	}
	if (err && o->in_flight)
		abort_reads(s, o);
	return err;
}

/* Nobody has resumed the device, and all that was submitted waits for that. */
static int still_waits(struct scene *s, struct pin *p, unsigned int page)
{
	struct odirect *o = p->priv;
	int ret;

	if (getpid() != o->owner)
		return -EPERM;
	if (page != p->first || o->in_flight != requests(s, p))
		return -EINVAL;
	return reap(o, o->in_flight, false, &ret) ? -EALREADY : 0;
}

/* Let it go on, and wait until it has ended. */
static int go_on(struct odirect *o)
{
	unsigned int n = o->in_flight;
	int ret;

	o->resumed = true;
	ret = dm_resume(o->control, o->name);
	if (ret)
		return ret;
	if (reap(o, n, true, &ret) != n && !ret)
		return -ETIMEDOUT;
	return ret;
}

/* What the device has for memory: of each page what its stamp's writer fills zones with. */
static size_t fill_zones(struct scene *s, struct pin *p, const uint64_t *v)
{
	char *to = ((struct odirect *)p->priv)->shared->data;
	struct content c;
	unsigned int step;
	enum actor by;
	size_t len = 0;

	for (unsigned int i = 0; i < p->n; i++) {
		if (!stamp_parse(v[i], &by, &step, NULL))
			return 0;
		c = content_by(by, step, p->first + i);
		for (enum zone z = 0; z < NR_ZONES; z++) {
			if (!pin_has_zone(s, p, p->first + i, z))
				continue;
			content_bytes(&c, s->page_len, zone_offset(z, s->page_len), to + len,
				      zone_len(z, s->page_len));
			len += zone_len(z, s->page_len);
		}
	}
	return len;
}

/* A disk knows sectors, so it is CELL_DEV that it writes, whatever cell has its turn. */
static int odirect_write(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
			 const uint64_t *v)
{
	struct odirect *o = p->priv;
	ssize_t len = p->n * SECTOR;
	int ret = still_waits(s, p, page);

	if (ret)
		return ret;
	if (cell != CELL_DEV)
		return -EINVAL;
	/* Past the page cache, as the read is. */
	for (unsigned int i = 0; i < p->n; i++)
		cell_fill(cell, v[i], (uint64_t *)(o->shared->data + i * SECTOR));
	if (p->kind->zones)
		len = fill_zones(s, p, v);
	if (pwrite(o->ram, o->shared->data, len, o->ram_offset) != len)
		return errno ? -errno : -EIO;
	return go_on(o);
}

static int odirect_deliver(struct scene *s, struct pin *p)
{
	struct odirect *o = p->priv;
	ssize_t len = requests(s, p) * SAMPLE;
	int ret = still_waits(s, p, p->first);

	if (!ret)
		ret = go_on(o);
	if (ret)
		return ret;
	if (pread(o->ram, o->shared->data, len, o->ram_offset) != len)
		return errno ? -errno : -EIO;
	for (unsigned int i = 0; i < requests(s, p); i++)
		memcpy(s->seen[p->first + i / samples(s)] + i % samples(s) * SAMPLE,
		       o->shared->data + i * SAMPLE, SAMPLE);
	return 0;
}

static void odirect_release(struct scene *s, struct pin *p)
{
	struct odirect *o = p->priv;
	int ret;

	if (!o || o->dm < 0)
		return;
	if (o->in_flight) {
		abort_reads(s, o);
		return;
	}
	if (!o->resumed)
		return;
	/*
	 * A read is told to have ended just before its pages are given back;
	 * to suspend the device waits for the worker that does both. Removing
	 * the device would do so too, but takes 15 to 50 ms: the guard removes
	 * it when the owner is gone.
	 */
	ret = dm_suspend(o->control, o->name);
	if (ret)
		scene_error(s, "odirect: suspending the dm device: %s", strerror(-ret));
	o->resumed = false;
}

const struct pin_kind pin_odirect = {
	.name = "odirect",
	.what = "O_DIRECT reads in flight into memory: a short pin, which ends when their data "
		"arrives",
	.coherent = true,
	.for_write = true,
	.one_shot = true,
	.can_write = true,
	.mode = IN,
	.needed = odirect_needed,
	.open = odirect_open,
	.take = odirect_take,
	.release = odirect_release,
	.write = odirect_write,
};
const struct pin_kind pin_odirect_bytes = {
	.name = "odirect_bytes",
	.what = "one O_DIRECT read in flight, from the middle of the first page to the middle of "
		"the last: a short pin",
	.coherent = true,
	.for_write = true,
	.one_shot = true,
	.zones = true,
	.can_write = true,
	.mode = IN_BYTES,
	.needed = odirect_needed,
	.open = odirect_open,
	.take = odirect_take,
	.release = odirect_release,
	.write = odirect_write,
};
const struct pin_kind pin_odirect_out = {
	.name = "odirect_out",
	.what = "O_DIRECT writes in flight out of memory: references not for writing, which may go "
		"stale",
	.one_shot = true,
	.mode = OUT,
	.needed = odirect_needed,
	.open = odirect_open,
	.take = odirect_take,
	.release = odirect_release,
	.deliver = odirect_deliver,
};
