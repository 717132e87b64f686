/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_KINDS_H
#define COWPEN_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model.h"
#include "scene.h"

struct pin;

/*
 * What a kind of memory and a kind of pin fill in. `make list WHAT=memory` and WHAT=pins print
 * .name and .what of each.
 */

/* What the pages are. One entry a kind in memory*.c. */
struct memory_kind {
	const char *name;
	const char *what;    /* in a line, for people */
	const char *guest;   /* words for the guest that it needs, "devices=on"; or NULL */
	unsigned int npages; /* pages with stamps */
	bool shared;	     /* MAP_SHARED: no copy on write */
	bool on_disk;	     /* in a file of a file system that writes back */
	bool dax;	     /* and has no page cache: its pages are the disk */
	bool device;	     /* no file: it is a device, whose pages may be pinned for long */
	bool droppable;	     /* under pressure its pages become zeros: it is never swapped */
	bool memcg;	     /* its process is in a memory cgroup, which is charged for it */
	bool shares_tables;  /* who else maps it has its page table, and may take it apart */
	bool huge;	     /* a page is a huge page: PAGE(n) is 2 MiB, and never swapped */
	/* Map and populate; fills in area, page offsets, alias. */
	void (*map)(struct scene *s);
	uint64_t uffd_features; /* needed to write-protect it, beyond PAGEFAULT_FLAG_WP */
};

/* Who holds pages, and how. One file a kind, pin_*.c. */
struct pin_kind {
	const char *name;
	const char *what;	  /* in a line, for people */
	const char *guest;	  /* words for the guest that it needs, "devices=on"; or NULL */
	bool coherent;		  /* C1 holds: it shows what its owner's page holds */
	bool for_write;		  /* taking it is a write (FOLL_WRITE), and is noticed */
	bool on_demand;		  /* no pin at all: the device faults as its owner's CPU does */
	bool all_memory;	  /* on_demand: asked with every kind of memory, and all steps */
	bool own_memory;	  /* pages may move to its own memory, where it reaches them */
	bool by_file;		  /* it takes the file's pages: nothing need be mapped */
	bool by_folio;		  /* by_file: one reference for each folio, not small page */
	bool inherited;		  /* a child that inherits its device can use it */
	bool by_fd;		  /* it ends with the last file descriptor: a child may keep it */
	bool page_start;	  /* it writes to the start of a page only: CELL_DEV */
	bool middle;		  /* it writes to the middle of a page only: CELL_DEV_MID */
	bool zones;		  /* it writes bytes, from middle to middle: pin_has_zone() */
	bool one_shot;		  /* one device write to all its pages ends it (O_DIRECT) */
	bool one_at_a_time;	  /* a second pin of a device would take the first one anew */
	bool can_read, can_write; /* what its device can do */
	unsigned int mode;	  /* the kind's own: what tells kinds of one file apart */
	/*
	 * scene_skip() if this kernel lacks what open() needs; for a pin that a child
	 * opens, who cannot say so itself. NULL: open() finds out.
	 */
	void (*needed)(struct scene *s);
	/*
	 * Make the device ready, in the process that is to own the pin; may
	 * scene_skip() (naming the feature) or scene_error(). Called before
	 * memory is touched, so that its forks and threads do not matter.
	 */
	void (*open)(struct scene *s, struct pin *p);
	/*
	 * Pin @len bytes at @addr, which is pages first..first+n-1 of the
	 * scene. 0 or the negative errno of the kernel's refusal. Runs in the
	 * owner; may be called from a thread other than the one of open().
	 */
	int (*take)(struct scene *s, struct pin *p, void *addr, size_t len);
	/* Give the pages back; what the kernel says to that goes to given_back(). */
	void (*release)(struct scene *s, struct pin *p);
	/*
	 * Read @len bytes, at most LOOK_LEN, at @addr of the owner's through the pin
	 * to @to, which is shared memory. Negative errno if the device failed. One that
	 * reads all it has in one go need do so once for each look at the scene,
	 * scene.look. One that is not coherent is asked for samples only, see
	 * sample_offset().
	 */
	int (*read)(struct scene *s, struct pin *p, char *addr, void *to, size_t len);
	/*
	 * Fill @cell of @page with @v through the pin. A one-shot device gets
	 * all stamps by one call for the first page, @v[0..n-1], and completes; one that
	 * writes zones fills them as who wrote these stamps would.
	 */
	int (*write)(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
		     const uint64_t *v);
	/* End what takes its pages away with it: what arrived, as scene.seen has it. */
	int (*deliver)(struct scene *s, struct pin *p);
	/*
	 * Try that write where the device has no right to it. -EACCES if it was
	 * refused, after which the device works as before; 0 if it went through.
	 */
	int (*write_anyway)(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
			    const uint64_t *v);
	/* Ask for the right to write to what is held already. 0 or the negative errno. */
	int (*ask_write)(struct scene *s, struct pin *p);
};

struct pin {
	const struct pin_kind *kind;
	int owner; /* process */
	bool opened, taken;
	bool zero_page;	       /* all that it holds is that, which is not counted (v6.5) */
	bool busy;	       /* its device stands in a fault and cannot be asked */
	unsigned int first, n; /* pages of the scene */
	char *addr;	       /* what was given to take() */
	size_t len;
	size_t lead;	  /* bytes of it before its first page */
	size_t tail;	  /* bytes of its last page that it has, 0: all */
	int also;	  /* a process that holds its device, too, and outlives the owner */
	unsigned int fds; /* .by_fd: the processes that have the file descriptor, a bit each */
	/* Small pages of its own that it pins, too: told by take(), to the owner alone. */
	unsigned int besides;
	uint64_t frame[MODEL_PAGES]; /* that it was taken of, of the parent's: 0 not known */
	void *priv;		     /* the kind's own, made by open() in the owner */
};

#endif
