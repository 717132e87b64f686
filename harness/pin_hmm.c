// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device that mirrors the page tables of its process (hmm_range_fault()), as GPUs do: no pin, it
 * faults as the process would, and what changes there an MMU notifier tells it. It reaches what is in
 * its own memory, too, where no CPU does.
 */
#include "hmm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "memory.h"

struct hmm_cmd {
	uint64_t addr, data, npages;
	uint64_t done, faults; /* out */
};

int hmm_ask(int fd, enum hmm_op op, const char *addr, size_t len, void *data)
{
	struct hmm_cmd cmd = { .addr = (uintptr_t)addr,
			       .data = (uintptr_t)data,
			       .npages = len / PAGE_4K };

	return ioctl(fd, _IOWR('H', op, struct hmm_cmd), &cmd) ? -errno : 0;
}

int hmm_set_flags(int fd, unsigned int flags)
{
	return hmm_ask(fd, HMM_FLAGS, NULL, flags * PAGE_4K, NULL);
}

static struct device {
	int fd;
	pid_t of; /* whose memory it is about; 0: nobody has opened it */
} device, coherent;

static int device_open(struct scene *s, struct device *d, const char *path, enum feature needed)
{
	if (d->of == getpid())
		return d->fd;
	d->fd = open(path, O_RDWR | O_CLOEXEC);
	if (d->fd < 0)
		feature_needed(s, needed);
	if (d->fd < 0)
		scene_error(s, "%s: %s", path, strerror(errno));
	d->of = getpid();
	return d->fd;
}

int hmm_device(struct scene *s)
{
	return device_open(s, &device, HMM_DEVICE, F_HMM);
}

int hmm_coherent_device(struct scene *s)
{
	return device_open(s, &coherent, HMM_COHERENT, F_HMM_COHERENT);
}

int hmm_device_close(void)
{
	if (device.of != getpid())
		return -ENODEV;
	device.of = 0;
	return close(device.fd) ? -errno : 0;
}

#define BOUNCE (LOOK_LEN + 2 * PAGE_4K)

/* Shared, so that no fork() has a part in it. */
static void hmm_open(struct scene *s, struct pin *p)
{
	hmm_device(s);
	p->priv = mmap(NULL, BOUNCE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p->priv == MAP_FAILED)
		scene_error(s, "hmm: %s", strerror(errno));
}

/* It faults when it is told to, so there is nothing to take. */
static int hmm_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	(void)s;
	(void)p;
	(void)addr;
	(void)len;
	return 0;
}

static void hmm_release(struct scene *s, struct pin *p)
{
	given_back(s, munmap(p->priv, BOUNCE) ? -errno : 0);
}

/* The pages that have @len bytes at @addr, to @bounce; *@start: the first of them. */
static int fetch(struct scene *s, char *bounce, const char *addr, size_t len, const char **start,
		 size_t *all)
{
	*start = (const char *)((uintptr_t)addr & -PAGE_4K);
	*all = (addr + len - *start + PAGE_4K - 1) & -PAGE_4K;
	return hmm_ask(hmm_device(s), HMM_READ, *start, *all, bounce);
}

static int hmm_read(struct scene *s, struct pin *p, char *addr, void *to, size_t len)
{
	char *bounce = p->priv;
	const char *start;
	size_t all;
	int err = fetch(s, bounce, addr, len, &start, &all);

	if (!err)
		memcpy(to, bounce + (addr - start), len);
	return err;
}

/* It writes whole pages. */
static int hmm_write(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
		     const uint64_t *v)
{
	char *at = pin_addr(s, p, page) + cell_offset(cell, s->page_len);
	char *bounce = p->priv;
	uint64_t data[CELL_MAX / 8];
	size_t len = cell_fill(cell, *v, data), all;
	const char *start;
	int err = fetch(s, bounce, at, len, &start, &all);

	if (err)
		return err;
	memcpy(bounce + (at - start), data, len);
	return hmm_ask(hmm_device(s), HMM_WRITE, start, all, bounce);
}

const struct pin_kind pin_hmm = {
	.name = "hmm",
	.what = "a device that mirrors the page tables (test_hmm): no pin, faults as a CPU does, and "
		"reaches memory of its own",
	.coherent = true,
	.on_demand = true,
	.own_memory = true,
	.can_read = true,
	.can_write = true,
	.open = hmm_open,
	.take = hmm_take,
	.release = hmm_release,
	.read = hmm_read,
	.write = hmm_write,
};
