/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_SCENE_H
#define COWPEN_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model.h"

/*
 * A scene is some memory, the processes that map it and the devices that hold
 * pins on it; beside it runs a model (model.h). A step is one thing that
 * happens. Every step does the thing, proves that it happened, updates the
 * model and compares every view with it. A step does not return when it fails:
 *
 *   a broken clause        FAIL, with step, clause, wanted and seen;
 *   a failed precondition  ERROR: nothing is known about the kernel;
 *   a missing feature      SKIP, naming it.
 *
 * That is why no step has a return value to check and a case is just its steps.
 */

/*
 * Named so that kselftest's FIXTURE(scene), and so `self`, is this very struct;
 * case.h takes the macro away again before it uses kselftest's own.
 */
#define scene _test_data_scene
struct scene;
struct pin;

/* --- who and what ----------------------------------------------------------- */

enum { PARENT, CHILD, GRANDCHILD }; /* processes of a scene, as in the model */

#define ALL_PAGES 0, ~0U /* the whole area, in one call where there is one */
#define PAGE(n)	  (n), 1 /* one page of it */
#define ALL_LEFT  ~0U	 /* as a number of pages: to the last one */

/* What the pages are. One entry a kind in memory*.c. */
struct memory_kind {
	const char *name;
	unsigned int npages; /* pages with stamps */
	bool shared;	     /* MAP_SHARED: no copy on write */
	bool on_disk;	     /* in a file of a file system that writes back */
	bool huge;	     /* a page is a huge page: PAGE(n) is 2 MiB, and never swapped */
	/* Map and populate; fills in area, page offsets, alias. */
	void (*map)(struct scene *s);
	uint64_t uffd_features; /* needed to write-protect it, beyond PAGEFAULT_FLAG_WP */
};

/* Who holds pages, and how. One file a kind, pin_*.c. */
struct pin_kind {
	const char *name;
	bool coherent;		  /* C1 holds: it shows what its owner's page holds */
	bool for_write;		  /* taking it is a write (FOLL_WRITE), and is noticed */
	bool on_demand;		  /* no pin at all: the device faults as its owner's CPU does */
	bool by_file;		  /* it takes the file's pages: nothing need be mapped */
	bool inherited;		  /* a child that inherits its device can use it */
	bool page_start;	  /* it writes to the start of a page only: CELL_DEV */
	bool one_shot;		  /* one device write to all its pages ends it (O_DIRECT) */
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
	 * all stamps by one call for the first page, @v[0..n-1], and completes.
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
/* FAIL if @err, 0 or a negative errno, says that the kernel does not. */
void given_back(struct scene *s, int err);

struct pin {
	const struct pin_kind *kind;
	int owner; /* process */
	bool opened, taken;
	bool zero_page;	       /* all that it holds is that, which is not counted (v6.5) */
	bool busy;	       /* its device stands in a fault and cannot be asked */
	unsigned int first, n; /* pages of the scene */
	char *addr;	       /* what was given to take() */
	size_t len;
	size_t lead; /* bytes of it before its first page */
	size_t tail; /* bytes of its last page that it has, 0: all */
	int also;    /* a process that holds its device, too, and outlives the owner */
	void *priv;  /* the kind's own, made by open() in the owner */
};

/* A variant of the fixture: memory x pin. The name is kselftest's. */
struct _fixture_variant_scene {
	const struct memory_kind *memory;
	const struct pin_kind *pin; /* NULL: nothing pins */
};

struct scene_proc {
	pid_t pid;
	int sock;    /* the parent's end of the command channel */
	int uffd;    /* EVENT_FORK: the child's userfaultfd, else -1 */
	char *area;  /* where it has the area: as the parent had it at fork() */
	bool blind;  /* it may not even read it (PROT_NONE): no view */
	bool asleep; /* it stands in a fault, and cannot be asked */
};

struct scene_counters { /* clause C8: what must be back where it was */
	long pins;	/* nr_foll_pin_acquired - _released */
	long hugepages_free, hugepages_reserved, hugepages_surplus, swap_free_kib, swap_cached_kib;
	unsigned long taint;
};

#define SCENE_FRAMES 128

struct scene_frame {
	uint64_t pfn;
	bool file; /* of shared memory; else anonymous */
};

#define SCENE_OBSERVATIONS 8

/*
 * A small page is looked at as a whole. A huge one is until the end, where all of it
 * is: by samples, which are its start, its middle, where two small ones would meet,
 * and its end. All cells are in there.
 */
#define SAMPLE	 4096UL
#define SAMPLES	 3
#define LOOK_LEN (16 * 4096UL) /* what is looked at in one go, at most */
#define MAX_REST 1024	       /* small pages of the largest area */

/* Lives in memory shared by all processes of the scene and with the one that tears it down. */
struct scene {
	/* kselftest's own result, shared */
	int *exit_code;
	char *reason;
	size_t reason_len;

	const struct memory_kind *memory;
	struct model model;
	unsigned int step; /* number of the step in hand, from 1 */
	unsigned int look; /* number of the comparison of all views in hand */
	char step_name[80];
	char step_clause[8]; /* clause that the step in hand is about */

	/* memory, as the parent has it; a child may have been made before it was moved */
	char *area; /* start of what ALL_PAGES means */
	size_t area_len;
	unsigned int npages;
	size_t page_offset[MODEL_PAGES];
	size_t page_len;	       /* what PAGE(n) covers */
	bool touched[MODEL_PAGES + 1]; /* something is mapped there: a view may read it */
	bool rest[MAX_REST];	       /* small pages of the area that are MODEL_REST */
	bool out[MODEL_PAGES];	       /* swapped out: a view must not bring it back */
	bool racing[MODEL_PAGES]; /* a write is under way that has been let go: no view is right */
	struct {		  /* write_begin() */
		unsigned int page;
		enum cell cell;
		uint64_t value;
		bool waits; /* else it went through, and that is mute */
	} begun;
	int memfd;	   /* the file behind it, else -1 */
	bool looks_pinned; /* fork() may copy early though nothing is pinned */
	struct account {   /* KiB that the parent has on its account, when it has no pin */
		long pinned, locked; /* VmPin, VmLck */
	} account;
	enum { INHERITED, NOT_INHERITED, WIPED } at_fork; /* what fork() is to do with it */
	/*
	 * A mapping beside the scene that must see the same (MAP_SHARED), or
	 * must go on to see the first content whatever is written here (the
	 * file behind a private mapping, the zero page). Offsets as in the area.
	 */
	char *alias;
	bool alias_follows;
	bool alias_rest; /* so must all that it has of the rest */
	struct content first_content[MODEL_PAGES + 1];

	struct scene_proc proc[MODEL_PROCS];
	struct pin pin[MODEL_PINS];
	unsigned int npins;
	const char *device_at_work; /* what it is called, while it reads or writes */

	/* userfaultfd */
	int uffd; /* -1: none yet */
	uint64_t uffd_features;
	uint64_t uffd_mode;    /* UFFDIO_REGISTER_MODE_* of the area */
	bool pagemap_has_mark; /* pagemap bit 57 is there (v5.13) */

	/* What a viewer saw, the samples of one page behind those of the other. Shared, too. */
	char (*seen)[SAMPLES * SAMPLE];

	uint64_t pfn_at_pin[MODEL_PAGES];
	struct scene_frame frame[SCENE_FRAMES]; /* that its processes had: free when they are gone */
	unsigned int nframes;
	struct scene_counters before;
	uint64_t seed;
	unsigned int rng;
	int mark_port; /* debug console for step marks, 0: none */
	char observation[SCENE_OBSERVATIONS][2][48];
	unsigned int nobservations;

	unsigned int ledgers; /* SOFT_DIRTY, WP_ASYNC: those that were opened */
	bool ledgers_run;     /* and cleared: what is written from then on is reported */
	unsigned int race_tried, race_met;
	unsigned int over_reports; /* pages reported without a write, at most */
};

/* --- steps ------------------------------------------------------------------ */
/* Page sets are PAGE(n) or ALL_PAGES, i.e. two arguments. */

/* Pin with the variant's pin kind in the parent; nothing if the variant has none. */
void pin(struct scene *s);
void pin_pages(struct scene *s, unsigned int first, unsigned int n);
/* Pin by another kind, or in another process; returns its number for the _by steps. */
int pin_by(struct scene *s, const struct pin_kind *kind, int proc, unsigned int first,
	   unsigned int n);
/* The variant's kind once more, or in another process; NO_PIN, which does nothing, if none. */
#define NO_PIN (-1)
int pin_again(struct scene *s, int proc, unsigned int first, unsigned int n);
/*
 * The variant's pin of part of the area: from @lead bytes before page @first to
 * @tail bytes into the last of @n pages (0: to its end).
 */
void pin_range(struct scene *s, unsigned int first, unsigned int n, size_t lead, size_t tail);
/* Memory that cannot be pinned: a documented error, and nothing is (C7). */
void pin_refused(struct scene *s);
/* Where kernels differ: taken, or refused so. True if taken. */
bool pin_or_refused(struct scene *s);
/*
 * Pin memory that is write-protected, while a monitor unprotects what is
 * notified (C7): a pin for writing succeeds after one notification a page, one
 * that is not makes none and leaves the marks; or it is refused with EFAULT and
 * no notification, which is how kernels did it whose pins cannot wait.
 * False if it was refused; then the scene has no such pin.
 */
bool pin_write_protected(struct scene *s);
void unpin(struct scene *s);
/* The same for what pin_by() returned. */
void unpin_by(struct scene *s, int pin);
/*
 * Read all pages by process_vm_readv() of oneself: a R/O FOLL_PIN that is gone
 * when the call returns. What it unshared (v5.19) stays so.
 */
void peek(struct scene *s);

void cpu_write(struct scene *s, int proc); /* all pages */
void cpu_write_pages(struct scene *s, int proc, unsigned int first, unsigned int n);
/* A write to a mapping without write permission: SIGSEGV, and nothing changes (C5). */
void cpu_write_refused(struct scene *s, unsigned int page);
void cpu_read(struct scene *s, int proc); /* touches what was not */
/* All pages of the variant's pin. A device that cannot write is asked to read them instead. */
void device_write(struct scene *s);
void device_write_pages(struct scene *s, unsigned int first, unsigned int n);
/* All pages of the pin that pin_by() returned. */
void device_write_by(struct scene *s, int pin);
/* What it has taken away arrives: what its owner's pages held, now or since it was pinned (C2). */
void device_delivers(struct scene *s, int pin);
/*
 * Ask for the right to write through a pin that is not for writing, of memory
 * that its owner may not write either: refused, or what comes of it must not
 * write. Then the device tries: it must not get through (C5).
 */
void ask_device_write(struct scene *s);
void device_write_refused(struct scene *s, unsigned int page);

/* userfaultfd: register (once) with what the memory needs. */
#define WP_EVENT_FORK  1 /* also ask for EVENT_FORK: the child inherits the marks */
#define WP_UNPOPULATED 2 /* marks where no page is (v6.4) */
#define WP_ASYNC       4 /* no notifications: a write takes the mark away (v6.7) */
void uffd_open(struct scene *s, unsigned int flags);
void wp(struct scene *s); /* all, in one call */
void wp_pages(struct scene *s, unsigned int first, unsigned int n);
void unwp(struct scene *s);
void unwp_pages(struct scene *s, unsigned int first, unsigned int n);
/* Prove that the marks are as the model says (C4); where pagemap cannot tell, nothing. */
void marks_stay(struct scene *s);

/* A second thread writes a write-protected page; the monitor resolves it in one of these ways. */
enum monitor {
	UNPROTECT,	     /* unprotect, and that wakes the writer */
	UNPROTECT_THEN_WAKE, /* unprotect without waking, then wake: the retry is a step of its own */
	COPY_THEN_UNPROTECT, /* copy the page out first: snapshot */
	EMULATE,	     /* do the write with ptrace, leave the mark, let the writer skip it */
};
void write_under_wp(struct scene *s, unsigned int page, enum monitor how);
/* The same by a device that faults as a CPU does; it is unprotected. */
void device_write_under_wp(struct scene *s, unsigned int page);
/* The same in the child, which inherited the mark (EVENT_FORK). */
void child_write_under_wp(struct scene *s, unsigned int page);

/* Snapshot: copy all pages out; check later that the copy holds what was there then. */
void snapshot(struct scene *s);
void snapshot_holds(struct scene *s);
/* A second thread starts a write, which blocks in the fault; unwp() lets it go on; then it is awaited. */
void write_begin(struct scene *s, unsigned int page);
void write_finish(struct scene *s);

/* With a uffd that has WP_EVENT_FORK the child inherits the marks and a uffd of its own. */
void fork_child(struct scene *s);
/* The child forks: GRANDCHILD. */
void fork_grandchild(struct scene *s);
void child_exit(struct scene *s);
void child_unmap(struct scene *s);

void mprotect_ro(struct scene *s);
void mprotect_ro_pages(struct scene *s, unsigned int first, unsigned int n);
void mprotect_rw(struct scene *s);
void soft_dirty_clear(struct scene *s);

/* Ask for reclaim of all pages; @must_go: all of them must leave (precondition). */
void pageout(struct scene *s, bool must_go);

/* --- steps: who writes, and how ------------------------------------------------------ */

enum write_way {
	STORE,
	READ_SYSCALL, /* read(2) into it: the kernel's copy_to_user() */
	IO_WORKER,    /* the same by a worker that io_uring has in the kernel */
	VM_WRITEV,    /* process_vm_writev(): a pin, for as long as it lasts */
	PROC_MEM,     /* /proc/PID/mem, with FOLL_FORCE as debuggers do */
	PTRACE_POKE,  /* ptrace(PTRACE_POKEDATA): the same */
	VM_CLONE,     /* by a process of clone(CLONE_VM): it has this memory, no copy of it */
	POPULATE,     /* MADV_POPULATE_WRITE: a write fault that changes nothing */
	FUTEX,	      /* futex(2), FUTEX_WAKE_OP: an atomic operation that changes nothing */
};
/* To the memory of @proc, which is not write-protected; a child's by some ways only. */
void cpu_write_by(struct scene *s, enum write_way way, int proc, unsigned int first,
		  unsigned int n);
/*
 * The parent's write to a write-protected page: one notification, before the
 * data changes, and the monitor unprotects. PROC_MEM, PTRACE_POKE and FUTEX cannot
 * wait: they may be refused with EIO or EFAULT, and then nothing has changed.
 */
void write_under_wp_by(struct scene *s, unsigned int page, enum write_way way);
/*
 * A write to a mapping that is read-only: refused (C5), except that a debugger may
 * force one to private memory, where it lands in the process's own page.
 */
void write_readonly_by(struct scene *s, unsigned int page, enum write_way way);

/* The child's memory goes, and what it has open stays: its pins, too. */
void child_exec(struct scene *s);
void grandchild_exit(struct scene *s);
/* After child_exec(). */
void child_kill(struct scene *s);
/* The parent starts another program by vfork(), which copies nothing. */
void vfork_exec(struct scene *s);
/*
 * So many references to the page, by vmsplice(), that it looks like one that is
 * pinned (1024), in a process that has pinned something.
 */
void many_references(struct scene *s, unsigned int page);
/*
 * fork() while no huge page is free: it may fail with ENOMEM, which changes nothing
 * and leaves nothing behind. True if there is a child.
 */
bool fork_without_hugepages(struct scene *s);
/*
 * The parent writes to private huge pages that it shares with a child, while no huge
 * page is free. It made the mapping, so it must get them: the child loses its own, and
 * is no view any more.
 */
void cpu_write_without_hugepages(struct scene *s);
/* No more huge pages are set aside than there are (C8). */
void hugepages_accounted(struct scene *s);
/*
 * Pin and fork at the same time, @rounds times, and see that it comes to either
 * order.
 */
void race_pin_and_fork(struct scene *s, unsigned int rounds);
/* In the end: inconclusive if it never did. */
void race_was_met(struct scene *s);
/* A thread writes to both ends of pinned memory while the process forks. Tells what is torn. */
void fork_while_writing(struct scene *s, unsigned int rounds);
/* The child, who inherited it, drives the device of the parent's pin: it is the parent's page. */
void device_write_via(struct scene *s, int proc);

/* --- steps: the life of a registration ------------------------------------------------ */
/* More of what uffd_open() may be asked for. */
#define WP_EVENT_REMAP 0x100 /* mremap() takes the registration along, and is told of */
#define WITH_MISSING   0x200 /* registered for missing pages, too: see fill() */
#define WITH_MINOR     0x400 /* the same for pages that are in the page cache only (v5.13) */
/*
 * Read-and-write protect in place of write-protect (v7.3): wp, unwp and
 * write_under_wp then mean that, and no view looks at a page that is protected.
 */
#define FOR_RWP 0x800

/* What takes the registration away takes the marks along. A write that waits is to go on. */
void unregister(struct scene *s);
void close_uffd(struct scene *s);
/*
 * The only descriptor is in a process that shares our memory and nothing else;
 * it exits. So the last close is that of an exiting task, and no page table was
 * ever copied.
 */
void monitor_exits(struct scene *s);
/* Register as before, by a new uffd if the old one is gone; protect nothing. */
void register_again(struct scene *s);
/*
 * Register what is registered for write-protect for missing pages only. False
 * if that is refused with EBUSY (v7.3); then all is as it was.
 */
bool reregister_missing(struct scene *s);
/* The same, and write to all pages before anybody looks at the marks. */
bool reregister_missing_and_write(struct scene *s);
/*
 * Close a uffd while a pin of the variant's kind is being taken over memory
 * beside the scene whose last page is write-protected, @times times. Both must
 * end; tells how often one met the other.
 */
void close_while_pinning(struct scene *s, unsigned int times);

/*
 * mremap() the whole area to another place. With WP_EVENT_REMAP registration
 * and marks move along, without they go. A pin stays with its page.
 */
#define REMAP_DONTUNMAP 1 /* MREMAP_DONTUNMAP: the old place stays, empty (v5.7) */
#define REMAP_ASKEW	2 /* to where a THP cannot be: it is split */
void remap(struct scene *s, unsigned int flags);
/*
 * mremap() another mapping, which is registered by the same uffd, to where it
 * touches the area, which is anonymous. The area is none of its business.
 */
void remap_neighbour(struct scene *s);

/* UFFDIO_MOVE of @page (of all: in one piece) to elsewhere: EBUSY at once, and nothing moves (C7). */
void uffd_move_refused(struct scene *s, unsigned int first, unsigned int n);
/* UFFDIO_MOVE of what nothing pins to elsewhere, with its content and without its mark; and back. */
void uffd_move_away(struct scene *s, unsigned int page);
void uffd_move_back(struct scene *s, unsigned int page);
/* What was moved away still holds what it held then, whatever was written here since. */
void uffd_moved_stays(struct scene *s, unsigned int page);

/* dontneed() of what nothing pins, and nobody looks at what is there then. */
void drop_pages(struct scene *s, unsigned int first, unsigned int n);
/* Drop pages, then let userfaultfd fill the hole. The uffd is WITH_MISSING or WITH_MINOR. */
enum fill { FILL_COPY, FILL_COPY_WP, FILL_ZEROPAGE, FILL_CONTINUE, FILL_CONTINUE_WP, FILL_POISON };
void fill(struct scene *s, unsigned int first, unsigned int n, enum fill how);
/* An access to what FILL_POISON made is SIGBUS (C5), and a pin that covers it is pin_refused(). */
void cpu_read_refused(struct scene *s, unsigned int page);

/* The rest of FOR_RWP: a read is noticed as a write is, in the parent or with EVENT_FORK in the child. */
void read_under_rwp(struct scene *s, int proc, unsigned int page);

/* --- steps: the ledger ----------------------------------------------------------------- */
/*
 * Who keeps book of what was written (C9). From the first ledger_clear() on, every
 * step ends with the question whether all that a CPU wrote since is reported, in
 * the parent and in a child that has such a ledger.
 */
#define SOFT_DIRTY 0x10 /* clear_refs and pagemap's bit 55 */
/* @which: SOFT_DIRTY, WP_ASYNC (which is PAGEMAP_SCAN, v6.7), or both; WP_EVENT_FORK. */
void ledger_open(struct scene *s, unsigned int which);
void ledger_clear(struct scene *s);
/* The other ways to clear that WP_ASYNC knows. */
enum clear {
	SCAN,		 /* PAGEMAP_SCAN that reports what it clears; ledger_clear() */
	SCAN_BLIND,	 /* the same without an output vector */
	SCAN_ONE_BY_ONE, /* with room for one region and one page, over and over */
	UFFD,		 /* UFFDIO_WRITEPROTECT */
};
void ledger_clear_by(struct scene *s, enum clear how);
/* PAGEMAP_SCAN that clears what is written and swapped out; all else stays as it is. */
void ledger_clear_swapped(struct scene *s, bool vector);
/* The same of memory that has no such ledger: EPERM if asked to check, and else nothing. */
void ledger_clear_refused(struct scene *s);
/* Clear hugetlb memory beside the scene that nothing was ever mapped into. */
void ledger_clear_huge_hole(struct scene *s);
/*
 * Clear the soft-dirty bits of much memory beside the scene, in huge pages as it is or
 * in small ones, while it is moved to another node; write to it; over and over.
 */
void ledger_clear_migrating(struct scene *s);
/*
 * munmap() a page and mmap() another in its place: it is new, and must be reported.
 * It becomes one mapping with the rest, which is soft-dirty as a whole then.
 */
void ledger_renew(struct scene *s, unsigned int page);
/* All pages were just moved: where they are now they are new, and must be reported. */
void ledger_moved(struct scene *s);
/* mremap() the last page away and back again: it is new, and must be reported. */
void ledger_expand(struct scene *s);

/* --- steps: what the kernel does to pages ----------------------------------------------- */
/*
 * In all of them: a page that a pin holds keeps its frame (C1). That the kernel
 * does the thing at all is proved on memory beside the scene.
 */

/* Note where the parent's pages are; observe later how many have another frame. */
void frames_note(struct scene *s);
void frames_tell(struct scene *s, const char *what);

/* To the other NUMA node, by move_pages() with MPOL_MF_MOVE_ALL: all that nothing holds. */
void migrate(struct scene *s);
/*
 * Memory beside, every other page of which is given back; what the scene has already lies in
 * such holes then, and what it gets next will. For compact(), before a pin.
 */
void holes_around(struct scene *s);
/*
 * All memory is compacted, and what lies beside the scene's pages moves. What nothing holds
 * moves, too, or the test is inconclusive.
 */
void compact(struct scene *s);
/* NUMA balancing scans the process once, and what it scanned is touched. */
void numa_hint(struct scene *s);

/*
 * ksmd goes over the pages, of which each has two twins of equal content, until the
 * twins are merged. A page that nothing holds must be merged with them; one with a
 * mark may. From then on a twin is watched: it must not see what is written to the
 * scene (C2).
 */
void ksm_scan(struct scene *s);
/*
 * Strangers' pages of equal content are merged; one of the two goes, the other says
 * MADV_FREE; then the scene's pages are merged with what it has.
 */
void ksm_with_freed(struct scene *s);
/* MADV_UNMERGEABLE: no page is merged any more (C8). */
void ksm_unmerge(struct scene *s);

/*
 * MADV_COLLAPSE of the area (v6.1), or of the second mapping of a shared file: it is done
 * if no pin and no mark is in the way, else it is refused.
 */
void thp_collapse(struct scene *s);
void thp_collapse_alias(struct scene *s);
enum splitter {
	FROM_OUTSIDE, /* by debugfs: the folio itself, which must go if nothing holds it */
	BY_MUNMAP,    /* of a page that no view looks at: a hole, the rest is mapped by PTEs */
	BY_MREMAP,    /* the same, by moving that page away */
};
void thp_split(struct scene *s, enum splitter how);
/* Reclaim splits huge pages that are mostly zeros, and maps the zero page there (v6.12). */
void thp_underused(struct scene *s);

/* swapoff() of what is swapped out, then swapon(): all pages are back (C4, C8). */
void swapoff_all(struct scene *s);
/*
 * MADV_FREE of all pages, which the parent's pins hold: as long as they do, nothing
 * may change; later, what has been written to since by CPU or device must stay.
 */
void lazyfree(struct scene *s);

/* --- steps: what a process does to its own memory ---------------------------------------- */

/* MADV_DONTNEED: a pin keeps the page that the process gives up, see model_part(). */
void dontneed(struct scene *s, int proc, unsigned int first, unsigned int n);
/* A hole in the file behind the area: MADV_REMOVE where that is mapped shared, else fallocate(). */
void punch(struct scene *s, unsigned int first, unsigned int n);
/* What the children that are to come have of the area: nothing, all of it, or zeros. */
void dontfork(struct scene *s);
void dofork(struct scene *s);
void wipeonfork(struct scene *s);
/* Until mprotect_rw() the parent is no view. */
void mprotect_none(struct scene *s);
/* A child that was forked meanwhile inherited PROT_NONE. */
void mprotect_rw_by(struct scene *s, int proc);

/* Record a fact that is no verdict; printed with the result. */
void observe(struct scene *s, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* --- for the harness's own files ------------------------------------------------ */

extern const struct memory_kind memory_anon, memory_swapped, memory_thp, memory_thp_pte,
	memory_thp_one, memory_thp_remapped, memory_thp_shared, memory_mthp, memory_hugetlb,
	memory_hugetlb_shared, memory_shmem, memory_shmem_private, memory_file_private,
	memory_file_shared, memory_mixed, memory_secretmem, memory_thp_two, memory_repeated,
	memory_zero, memory_zero_huge, memory_unpopulated, memory_ksm, memory_small_2m,
	memory_shmem_2m, memory_thp_zeros, memory_shmem_clean, memory_shmem_fallocated,
	memory_hugetlb_hole, memory_shmem_thp_clean, memory_thp_swapped;
extern const struct pin_kind pin_io_uring, pin_io_uring_slot, pin_io_uring_clone, pin_rdma,
	pin_rdma_ro, pin_rdma_odp, pin_rdma_odp_any, pin_odirect, pin_odirect_out, pin_vmsplice,
	pin_gup, pin_gup_fast, pin_gup_ro, pin_gup_ro_fast, pin_udmabuf;

/*
 * A place that can say FAIL, by a name that is its own: a record says which check
 * it was, and each must be seen to bite.
 */
struct check {
	const char *name, *file;
	unsigned int line;
};
#define CHECK(_name)                                                               \
	({                                                                         \
		static const struct check _check = { _name, __FILE__, __LINE__ };  \
		static const struct check *const _listed                           \
			__attribute__((used, section("cowpen_checks"))) = &_check; \
		_listed;                                                           \
	})

/* End the test. */
void scene_fail(struct scene *s, const struct check *check, const char *clause, const char *wanted,
		const char *seen_fmt, ...) __attribute__((format(printf, 5, 6)));
/* These do not return. */
void scene_error(struct scene *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));
void scene_skip(struct scene *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));
/* A race whose window was never met: how often it was tried, and why nothing is known. */
void scene_inconclusive(struct scene *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));

void scene_make(struct scene *s, const struct _fixture_variant_scene *v);
/* In the test's process, after its last step: what no step looked at, as it was too much. */
void scene_whole(struct scene *s);
/* In the parent process, after the test process is gone: clause C8. */
void scene_end(struct scene *s);

/* Begin a step: number it, leave a mark on the debug console. @clause: what a failure of it means. */
void step_begin(struct scene *s, const char *clause, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Compare every view with the model; also that no notification came uninvited. */
void step_end(struct scene *s);

static inline char *page_addr(const struct scene *s, unsigned int page)
{
	return s->area + s->page_offset[page];
}
/* The same in another process. */
static inline char *area_in(const struct scene *s, int proc)
{
	return proc == PARENT ? s->area : s->proc[proc].area;
}
static inline char *page_addr_in(const struct scene *s, int proc, unsigned int page)
{
	return area_in(s, proc) + s->page_offset[page];
}
/* Where the pin has it: the address that it was taken by. */
static inline char *pin_addr(const struct scene *s, const struct pin *p, unsigned int page)
{
	return p->addr + p->lead + s->page_offset[page] - s->page_offset[p->first];
}
static inline uint64_t *cell_addr(const struct scene *s, unsigned int page, enum cell c)
{
	return (uint64_t *)(page_addr(s, page) + cell_offset(c, s->page_len));
}
/* Where a CPU write of the step in hand goes to. */
static inline enum cell write_cell(const struct scene *s, unsigned int page)
{
	return cpu_cell(s->step, page);
}
/* The same as a number of bytes into the page. */
static inline size_t write_offset(const struct scene *s, unsigned int page)
{
	return cell_offset(write_cell(s, page), s->page_len);
}
static inline uint64_t *write_addr(const struct scene *s, unsigned int page)
{
	return cell_addr(s, page, write_cell(s, page));
}
static inline unsigned int samples(const struct scene *s)
{
	return s->page_len > SAMPLE ? SAMPLES : 1;
}
static inline size_t sample_offset(const struct scene *s, unsigned int n)
{
	return n * (s->page_len - SAMPLE) / 2;
}
/* Bytes of @page that the pin has. */
static inline size_t pin_reach(const struct scene *s, const struct pin *p, unsigned int page)
{
	return p->tail && page == p->first + p->n - 1 ? p->tail : s->page_len;
}
static inline unsigned int clamp_pages(const struct scene *s, unsigned int first, unsigned int n)
{
	return n > s->npages - first ? s->npages - first : n;
}
/* The bytes that a page set means: for all pages the whole area, in one piece. */
void page_range(const struct scene *s, unsigned int first, unsigned int n, char **start,
		size_t *len);

#endif
