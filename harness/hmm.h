/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_HMM_H
#define COWPEN_HMM_H

#include <stddef.h>
#include <stdint.h>

/*
 * A device with memory of its own, which a process' pages move to, and with page tables that follow
 * the process' own: the kernel's test_hmm. What is in its memory no CPU reaches: a fault brings it back.
 */
#define HMM_DEVICE "/dev/hmm_dmirror0"
/* One whose memory the CPU reaches as its own (WITH_COHERENT_DEVICE). */
#define HMM_COHERENT "/dev/hmm_dmirror2"

/* The next huge page that is asked for, by either side, is not to be had. */
#define HMM_NO_HUGE 1
/* 0 or a negative errno. */
int hmm_set_flags(int fd, unsigned int flags);

struct scene;

/*
 * The one that this process has: opened when it is first asked for, or an error. There is no second
 * one: what goes to the device by one is not told to another of the same device.
 */
int hmm_device(struct scene *s);
/* The same of the one whose memory the CPU reaches. */
int hmm_coherent_device(struct scene *s);
/* Close the first. 0 or a negative errno, -ENODEV if it is not open. */
int hmm_device_close(void);

/* What it is asked for, by numbers of its ioctl(). */
enum hmm_op {
	HMM_READ = 0,
	HMM_WRITE = 1,
	HMM_TO_DEVICE = 2,
	HMM_TO_SYSTEM = 3,
	HMM_SNAPSHOT = 4,
	HMM_EXCLUSIVE = 5,
	HMM_FLAGS = 8,
};

/* What HMM_SNAPSHOT says of a page: whose memory has it. */
#define HMM_IN_DEVICE	0x20
#define HMM_IN_COHERENT 0x40
#define HMM_WHERE	0xf0

/*
 * Do @op to @len bytes at @addr, whole pages, of the process that has opened @fd. @data: a byte a page
 * for HMM_SNAPSHOT, else the pages' bytes; not memory that is asked about. 0 or a negative errno.
 */
int hmm_ask(int fd, enum hmm_op op, const char *addr, size_t len, void *data);

#endif
