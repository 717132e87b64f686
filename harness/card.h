/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_CARD_H
#define COWPEN_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "feature.h"
#include "kinds.h"

/*
 * A card that does DMA behind an IOMMU: a DEC 21143, as QEMU has it ("tulip"), looped back onto
 * itself. A process has one, or inherits it, by the one way or by the other to have a device:
 * VFIO's container and group, or IOMMUFD.
 */
struct card_way;

/* Memory, and where on the bus it is to be. */
struct card_range {
	void *addr;
	int fd; /* of a file whose pages they are, from @start on; or -1: by address */
	off_t start;
	size_t len;
	uint32_t iova;
	bool write; /* the card may */
};

#define CARD_RANGES 8

struct card {
	const struct card_way *way;
	int space;	 /* where memory is mapped for it: the container, or /dev/iommu */
	uint32_t ioas;	 /* of /dev/iommu: where */
	uint32_t beside; /* another one, which no device is attached to */
	int device;
	off_t registers; /* of what VFIO gives of it */
	struct scratch *scratch;
	size_t own; /* bytes that it has pinned for itself: the scratch */
	unsigned int npins;
	struct card_range range[CARD_RANGES]; /* that are mapped; of len 0: none */
	bool by_file;	 /* its scratch, so that no address of a process has a part in it */
	bool by_process; /* card_anew() */
};

/* How to have the card, and to map memory for it. */
struct card_way {
	const char *name;
	/* Fills in .space, .ioas and .device. An error is the scene's. */
	void (*open)(struct scene *s, struct card *c, const char *address);
	/* Pin it and map it. 0 or a negative errno. */
	int (*map)(struct card *c, const struct card_range *r);
	/* The bytes that were mapped there, or a negative errno. */
	long (*unmap)(struct card *c, uint32_t iova, size_t len);
	/* All that is mapped is this process' from now on. 0 or a negative errno. */
	int (*take_over)(struct card *c);
	enum feature to_take_over; /* that a kernel needs */
	bool in_vm_pin, in_vm_lck; /* on which account of a process' it stands, if that is root's */
};

/*
 * Give it back, and take it anew with the rights that this process has now; @by_process: what is
 * pinned stands on its own account, and not on its user's. Of IOMMUFD only, and with no pin.
 */
void card_anew(struct scene *s, struct card *c, bool by_process);
/* The one that this process has, or NULL. */
struct card *card_now(void);

/* Of a pin of the card: see struct pin_kind. The way is asked for by who opens it. */
void card_open(struct scene *s, struct pin *p, const struct card_way *way);
int card_take(struct scene *s, struct pin *p, void *addr, size_t len);
void card_release(struct scene *s, struct pin *p);
int card_read(struct scene *s, struct pin *p, char *addr, void *to, size_t len);
int card_write(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
	       const uint64_t *value);
int card_write_anyway(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
		      const uint64_t *value);

#endif
