/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_RACE_H
#define COWPEN_RACE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * A race as a window. One thread, A, does a thing. Where it comes to a @spot in the kernel it is
 * taken from its processor, and another, B, does a second thing there from beginning to end.
 * Then A goes on. B only goes first, A is not locked out: if B has to wait for it, it does, and
 * that is told.
 *
 *	while (race_round(self)) {
 *		ledger_clear(self);
 *		race(self, &act_migrate, RETURN("try_to_migrate_one", "try_to_unmap_one"),
 *		     &act_clear_refs);
 *		cpu_write(self, PARENT);
 *	}
 *
 * The first round is the control: the window is closed, one comes when the other is done.
 */
struct scene;

/* Functions have had other names, or are a part of another one: the first that can be probed. */
#define SPOT_NAMES 4

struct spot {
	enum { SPOT_AT, SPOT_RETURN, SPOT_WRITES, SPOT_CALL, SPOT_DISK } how;
	const char *name[SPOT_NAMES];
	enum page_word { FLAGS = 0, MAPCOUNT = 48, REFCOUNT = 52 } word;
	enum page_word word_of_huge; /* of a page that is mapped as a huge one; FLAGS: see name */
	bool at_name;		     /* that is where they come to it, not where they leave it */
	unsigned int page;
	unsigned int hit;		/* the first is 1 */
	bool outside;			/* A is held by who runs the guest */
	const char *within[SPOT_NAMES]; /* A must stand in one of these, if there are any */
};
/* A has come to a function of the kernel, or has just left it. */
#define AT(...)	    ((struct spot){ .how = SPOT_AT, .name = { __VA_ARGS__ }, .hit = 1 })
#define RETURN(...) ((struct spot){ .how = SPOT_RETURN, .name = { __VA_ARGS__ }, .hit = 1 })
/* A has just written to a word of struct page, of one of the scene's small pages. */
#define WRITES(_page, _word) \
	((struct spot){ .how = SPOT_WRITES, .page = (_page), .word = (_word), .hit = 1 })
/*
 * A has just unmapped the page, and what stands in its place says where it will be. By the
 * mapcount of a small page; the functions that do it for a huge one are called by pointer.
 */
#define UNMAPPED(_page)                                                       \
	((struct spot){ .how = SPOT_WRITES,                                   \
			.page = (_page),                                      \
			.word = MAPCOUNT,                                     \
			.name = { "try_to_migrate_one", "try_to_unmap_one" }, \
			.hit = 1 })
/* A gives memory up: it has just unmapped the page, the last one, and has not freed it yet. */
#define GIVEN_UP(_page)                               \
	((struct spot){ .how = SPOT_WRITES,           \
			.page = (_page),              \
			.word = MAPCOUNT,             \
			.name = { "tlb_finish_mmu" }, \
			.at_name = true,              \
			.hit = 1 })
/* The same, and no processor knows the page any more: A has begun to free it. */
#define FORGOTTEN(_page)                                         \
	((struct spot){ .how = SPOT_WRITES,                      \
			.page = (_page),                         \
			.word = REFCOUNT,                        \
			.name = { "free_pages_and_swap_cache" }, \
			.at_name = true,                         \
			.hit = 1 })
/* A has faulted, and has taken a reference to the page that it is about to copy. */
#define TO_BE_COPIED(_page) WRITES(_page, REFCOUNT)
/* A forks, and has just copied the entry of the page. */
#define COPIED(_page)                             \
	((struct spot){ .how = SPOT_WRITES,       \
			.page = (_page),          \
			.word = MAPCOUNT,         \
			.word_of_huge = REFCOUNT, \
			.hit = 1 })
/* A virtual machine faults, and KVM has found the page that it is to have, and not yet mapped it. */
#define FOUND_FOR_VM RETURN("__kvm_faultin_pfn", "__gfn_to_pfn_memslot")
/*
 * A waits until the disk under swap has read what it wants: it has let go of all that would be in
 * B's way. In cases with SWAP_AS_ON_A_DISK.
 */
#define WAITS_FOR_DISK ((struct spot){ .how = SPOT_DISK, .hit = 1 })
/* The same, at the n-th time. */
#define NTH(_n, _spot)                    \
	({                                \
		struct spot _nth = _spot; \
                                          \
		_nth.hit = (_n);          \
		_nth;                     \
	})
/* The same, and it is no use if A is not in one of these functions then. */
#define WITHIN(_spot, ...)                                              \
	({                                                              \
		struct spot _w = _spot;                                 \
		const char *const _names[SPOT_NAMES] = { __VA_ARGS__ }; \
                                                                        \
		for (int _i = 0; _i < SPOT_NAMES; _i++)                 \
			_w.within[_i] = _names[_i];                     \
		_w;                                                     \
	})

/*
 * A stands right there, whatever it has locked, and B is on another processor: a case that says
 * so is HELD_FROM_OUTSIDE. Where A holds what B needs B waits, and then A goes on.
 */
#define INSIDE_LOCK(_spot)                   \
	({                                   \
		struct spot _inside = _spot; \
                                             \
		_inside.outside = true;      \
		_inside;                     \
	})
/* The same, at the k-th time that A comes to a function. */
#define OUTSIDE(_name, _k) INSIDE_LOCK(NTH(_k, AT(_name)))

/* What A or B does. They are in race_acts.c. */
struct act {
	const char *name, *clause;
	/* Before the window; may scene_skip() and scene_error(). */
	void (*prepare)(struct scene *s);
	/*
	 * System calls, and nothing else: where B is in a process that forks, all that it
	 * writes to is copied under it. 0 or a negative errno.
	 */
	int (*act)(struct scene *s);
	/* The thread that does it, if it is not the one that calls act(), and its end. */
	pid_t (*who)(struct scene *s);
	void (*finish)(struct scene *s);
	/* It waits for somebody if nobody was before it: then B comes first in the control. */
	bool waits;
	/* And if it is past where B would have stopped it, it does not. */
	bool passes;
	/* Where it can be held it has had its effect: so it is first, whoever returns first. */
	bool first;
	/* It is done to one page after the other: then what comes in between is neither first. */
	bool by_page;
	/* It forks, and the child goes on with the stack of who does it. */
	bool forks;
	/* What came of it: a verdict, and what it means for the model. */
	void (*done)(struct scene *s, int err);
};
extern const struct act act_migrate, act_migrate_child, act_clear_refs, act_pin, act_fork,
	act_fork_pinned, act_store, act_store_afresh, act_store_torn, act_fault, act_noticed_write,
	act_wp, act_unwp, act_close, act_pageout, act_swapoff, act_read, act_peek, act_dontneed,
	act_drop, act_map_over, act_remap, act_move, act_collapse, act_split, act_reclaim_split,
	act_copy, act_continue, act_scan, act_ksm, act_to_device, act_device_write, act_unregister,
	act_mprotect, act_punch;
/* With failures, see failures.h: these say how far they came. */
extern const struct act act_move_all, act_copy_all;

#endif
