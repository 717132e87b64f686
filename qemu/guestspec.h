/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_GUESTSPEC_H
#define COWPEN_GUESTSPEC_H

#include <stdbool.h>

#define GUEST_SMP_MAX 8

/* What a guest has, or lacks. */
struct guest_spec {
	unsigned int mem_mib, smp;
	/*
	 * Compressed RAM, which the kernel reads and writes at once and without its swap cache;
	 * none; or the same behind a device that has a queue, as disks have: a page that goes there
	 * or comes from there is in the swap cache, and stays in it.
	 */
	enum guest_swap { SWAP_ZRAM, SWAP_OFF, SWAP_QUEUED } swap;
	bool no_huge; /* no huge pages in the pool */
	bool no_thp;  /* transparent_hugepage=never */
	bool no_ksm;  /* nothing is in /sys/kernel/mm/ksm */
	bool zswap;   /* what is swapped out is compressed, and kept in RAM first */
	bool movable; /* some of its memory is ZONE_MOVABLE; tests that need it ask for it */
	/* So much memory more is no RAM of the system's: a device has it, and the CPU reaches it. */
	bool coherent;
	/*
	 * Devices that few tests need, in another machine: an IOMMU and a card behind it, and
	 * the modules for them. Tests that need them ask for it; or all have it, or none.
	 */
	enum guest_devices { DEVICES_ASKED, DEVICES_ON, DEVICES_OFF } devices;
	/* Two processors, of which the runner holds one when a test asks for it; hold.h. */
	enum guest_stub { STUB_ASKED, STUB_ON, STUB_OFF } stub;
};

/* One with everything. */
void guest_default(struct guest_spec *g);
/*
 * Change @g by the blank-separated @words, "mem=256 smp=2 swap=off huge=off thp=never ksm=off
 * zswap=on movable=on coherent=on devices=on stub=on" or some of them. -EINVAL with a line, then
 * @g is half changed.
 */
int guest_parse(const char *words, struct guest_spec *g);
/* The words by which it differs from the default, "" for none. The caller frees. */
char *guest_text(const struct guest_spec *g);
/* What is a device's behind its memory, and both together, in MiB. */
unsigned int guest_coherent_mib(const struct guest_spec *g);
unsigned int guest_all_mib(const struct guest_spec *g);
/* How much of its memory is ZONE_MOVABLE, in MiB. */
unsigned int guest_movable_mib(const struct guest_spec *g);
/* How many huge pages the pool shall have. */
unsigned int guest_huge_pages(const struct guest_spec *g);

#endif
