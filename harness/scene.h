/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_SCENE_H
#define COWPEN_SCENE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a case may say.
 *
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
 *
 * `make list WHAT=steps` prints this file: of each step the first sentence of the comment
 * above it (ci/vocabulary). What a kind of memory or pin fills in is in kinds.h, what a
 * scene holds in state.h, and what only the harness uses in internal.h. A case that is to do
 * what no step does yet may include that, too, before case.h or after it.
 */
struct scene;
struct memory_kind;
struct pin_kind;

/* --- who and what ----------------------------------------------------------------------- */

enum {
	PARENT,	    /* the process that the test begins with, and that all pins and marks are of */
	CHILD,	    /* see fork_child() */
	GRANDCHILD, /* see fork_grandchild() */
};

/* A set of pages is two arguments, the first page and how many. */
#define ALL_PAGES 0, ~0U /* the whole area, in one call where there is one */
#define PAGE(n)	  (n), 1 /* one page of it */
#define ALL_LEFT  ~0U	 /* as a number of pages: to the last one */

/* What the pages are, memory*.c, and who holds them, pin_*.c; `make list WHAT=memory`, or pins. */
extern const struct memory_kind memory_anon, memory_swapped, memory_thp, memory_thp_pte,
	memory_thp_one, memory_thp_remapped, memory_thp_shared, memory_mthp, memory_hugetlb,
	memory_hugetlb_shared, memory_hugetlb_private, memory_shmem, memory_shmem_private,
	memory_file_private, memory_file_shared, memory_mixed, memory_secretmem, memory_thp_two,
	memory_repeated, memory_zero, memory_zero_huge, memory_unpopulated, memory_ksm,
	memory_small_2m, memory_shmem_2m, memory_thp_zeros, memory_shmem_clean,
	memory_shmem_fallocated, memory_hugetlb_hole, memory_hugetlb_untouched,
	memory_shmem_thp_clean, memory_shmem_thp_private, memory_thp_swapped, memory_anon_edge_2m,
	memory_anon_edge_1g, memory_anon_edge_512g, memory_droppable, memory_anon_memcg,
	memory_thp_memcg, memory_shmem_memcg, memory_hugetlb_tables, memory_dax_shared,
	memory_dax_private, memory_dax_huge, memory_devdax;
extern const struct pin_kind pin_io_uring, pin_io_uring_slot, pin_io_uring_clone, pin_rdma,
	pin_rdma_ro, pin_rdma_odp, pin_rdma_odp_any, pin_odirect, pin_odirect_bytes,
	pin_odirect_out, pin_vmsplice, pin_gup, pin_gup_fast, pin_gup_ro, pin_gup_ro_fast,
	pin_udmabuf, pin_xdp, pin_vfio, pin_vfio_ro, pin_zerocopy, pin_io_uring_pbuf, pin_v4l2,
	pin_io_uring_zcrx, pin_hmm, pin_iommufd, pin_iommufd_ro, pin_iommufd_file,
	pin_iommufd_attach, pin_iommufd_copy, pin_io_uring_sqes, pin_kvm;

/* --- pins ------------------------------------------------------------------------------- */

/* Pin all pages with the variant's kind, in the parent. Nothing if the variant has none. */
void pin(struct scene *s);
/* The same of some pages. */
void pin_pages(struct scene *s, unsigned int first, unsigned int n);
/*
 * Pin bytes, not pages: from @lead before page @first to @tail into the last of @n.
 * 0 for @tail: to its end.
 */
void pin_range(struct scene *s, unsigned int first, unsigned int n, size_t lead, size_t tail);
#define NO_PIN (-1) /* what pin_again() returns without a pin: the steps ending in _by do nothing */
/* Pin with another kind, or in another process. Returns its number for the steps ending in _by. */
int pin_by(struct scene *s, const struct pin_kind *kind, int proc, unsigned int first,
	   unsigned int n);
/* Pin with the variant's kind once more, or in another process. NO_PIN if it has none. */
int pin_again(struct scene *s, int proc, unsigned int first, unsigned int n);
/* Try to pin memory that cannot be: a documented error, and nothing is pinned (C7). */
void pin_refused(struct scene *s);
/* The same where it is another error that is documented: @err, positive. */
void pin_refused_with(struct scene *s, int err);
/* Try to pin for writing, by its file, what that file gives nobody the right to: refused (C5). */
void pin_no_rights(struct scene *s);
/* Pin where kernels differ: taken, or refused as documented. True if taken. */
bool pin_or_refused(struct scene *s);
/*
 * Pin memory that is write-protected, while a monitor unprotects what it is notified of (C7).
 * A pin for writing succeeds after one notification a page, one that is not makes none and
 * leaves the marks; or it is refused with EFAULT and no notification, which is how kernels
 * did it whose pins cannot wait. False if it was refused; then the scene has no such pin.
 */
bool pin_write_protected(struct scene *s);
/* Release the variant's pin: what it held is given back (C8). */
void unpin(struct scene *s);
/* Release a pin of pin_by() or pin_again(). */
void unpin_by(struct scene *s, int pin);
/*
 * Read all pages by process_vm_readv() of oneself: a R/O FOLL_PIN for the time of the call.
 * What it unshared (v5.19) stays so.
 */
void peek(struct scene *s);
/*
 * Read by O_DIRECT, of a block, a part to where this page and the next meet, and the rest to where
 * nobody may write. Refused, and what was pinned for it is given back (C8).
 */
void odirect_refused(struct scene *s, unsigned int page);
/*
 * Take so many references to the page, by vmsplice(), that it looks pinned. That is 1024, in
 * a process that has pinned something.
 */
void many_references(struct scene *s, unsigned int page);
/*
 * Try to pin without the right to lock memory, where a page is the limit (RLIMIT_MEMLOCK):
 * ENOMEM, and nothing is pinned, nor on the account (C7).
 */
void pin_over_limit(struct scene *s);

/*
 * Have the device anew, without CAP_IPC_LOCK, so that its pins are on somebody's account: the user's
 * and VmPin, or the process' VmPin and VmLck (IOMMU_OPTION_RLIMIT_MODE).
 */
enum card_account { OF_USER, OF_PROCESS };
void card_account(struct scene *s, enum card_account whose);
/* RLIMIT_MEMLOCK is what is pinned by then: a page more is refused. */
void card_limit_reached(struct scene *s);
/* A process beside takes over what is pinned for a device by IOMMUFD or VFIO (C8). */
void taken_over(struct scene *s);
/* It tries to, of what is pinned by its address: EINVAL (C7). */
void taken_over_refused(struct scene *s);
/* Who has taken over exits, and has the device no more. */
void taker_exits(struct scene *s);
/* The parent takes over what it had. */
void taken_back(struct scene *s);
/* Who has taken over last has it on his account, and nobody else has (C8). */
void account_of_takers(struct scene *s);
/* Observe on which account the parent's pins stand, and with how much: "account". */
void account_tell(struct scene *s);

/* --- a user without rights ---------------------------------------------------------------- */
/*
 * A process beside the scene, which has a copy of the area and may pin as much as that. What it
 * has pinned stands on its account, exactly (VmPin, VmLck; C8).
 */

/* It gives up all rights, and opens a device of the variant's kind. */
void user_opens(struct scene *s);
/* It pins all that it may. */
void user_pins(struct scene *s);
/* It pins a page more: ENOMEM, and nothing is left of that (C7). */
void user_pins_more(struct scene *s);
/* It forks: nothing is on the child's account. The child pins as much, or is refused. */
void user_forks(struct scene *s);
/* It moves what it has pinned by mremap(): the account is as it was. */
void user_remaps(struct scene *s);
/* It unpins, and all is back. */
void user_unpins(struct scene *s);
/* It exits, and its pins go. */
void user_exits(struct scene *s);
/* Such a user opens a userfaultfd, for faults in user mode only or for all: or EPERM (C5). */
void user_opens_uffd(struct scene *s, bool user_mode);

/* --- the device of a pin ------------------------------------------------------------------ */

/* The device writes to all pages of the variant's pin. One that cannot write reads them. */
void device_write(struct scene *s);
/* The same for some pages. */
void device_write_pages(struct scene *s, unsigned int first, unsigned int n);
/* The device of a pin of pin_by() or pin_again() writes to all that it has pinned. */
void device_write_by(struct scene *s, int pin);
/* The device of the parent's pin writes, driven by a child that inherited it. */
void device_write_via(struct scene *s, int proc);
/* A device that faults as a CPU does writes to a write-protected page (C6). It is unprotected. */
void device_write_under_wp(struct scene *s, unsigned int page);
/* What the device took away arrives: what its owner's pages held, now or when pinned (C2). */
void device_delivers(struct scene *s, int pin);
/*
 * Ask for the right to write, through a pin of read-only memory that is not for writing.
 * Refused, or what comes of it must not write (C5): device_write_refused() shows it.
 */
void ask_device_write(struct scene *s);
/* The device tries to write where it has no right to: it must not get through (C5). */
void device_write_refused(struct scene *s, unsigned int page);

/* --- CPU reads and writes ----------------------------------------------------------------- */

/* A process writes to all pages; none of them may be write-protected. */
void cpu_write(struct scene *s, int proc);
/* The same for some pages. */
void cpu_write_pages(struct scene *s, int proc, unsigned int first, unsigned int n);
/* A process reads all pages, and so populates what was not. */
void cpu_read(struct scene *s, int proc);
/* Write to a mapping without write permission: SIGSEGV, and nothing changes (C5). */
void cpu_write_refused(struct scene *s, unsigned int page);
/* Read what FILL_POISON or memory_fails() made: SIGBUS (C5); a pin there is pin_refused(). */
void cpu_read_refused(struct scene *s, unsigned int page);

enum write_way {
	STORE,	      /* a plain store */
	READ_SYSCALL, /* read(2) into it: the kernel's copy_to_user() */
	IO_WORKER,    /* the same by a worker that io_uring has in the kernel */
	VM_WRITEV,    /* process_vm_writev(): a pin, for as long as it lasts */
	PROC_MEM,     /* /proc/PID/mem, with FOLL_FORCE as debuggers do */
	PTRACE_POKE,  /* ptrace(PTRACE_POKEDATA): the same */
	VM_CLONE,     /* by a process of clone(CLONE_VM): it has this memory, no copy of it */
	POPULATE,     /* MADV_POPULATE_WRITE: a write fault that changes nothing */
	FUTEX,	      /* futex(2), FUTEX_WAKE_OP: an atomic operation that changes nothing */
};
/* Write in another way than by a store, to memory of @proc that is not write-protected. */
void cpu_write_by(struct scene *s, enum write_way way, int proc, unsigned int first,
		  unsigned int n);
/*
 * Write in such a way to a write-protected page: one notification, then the monitor unprotects.
 * PROC_MEM and PTRACE_POKE cannot wait: they may be refused with EIO, and then nothing has
 * changed.
 */
void write_under_wp_by(struct scene *s, unsigned int page, enum write_way way);
/*
 * Write in such a way to a read-only mapping: refused (C5). Except that a debugger may
 * force one to private memory, where it lands in the process's own page.
 */
void write_readonly_by(struct scene *s, unsigned int page, enum write_way way);
/* The same in a child that was forked since, or had the page that failed. */
void child_read_refused(struct scene *s, unsigned int page);
/* Read pages under RWP_ASYNC: nobody is notified, and they are not protected any more. */
void read_async(struct scene *s, unsigned int first, unsigned int n);
/* Write to pages under RWP_ASYNC: the same. */
void write_async(struct scene *s, unsigned int first, unsigned int n);
/*
 * Let read-and-write protect be asynchronous from now on, or be asked about again (UFFDIO_SET_MODE).
 * What is protected stays so. An access that waits goes on when nobody has to be asked any more.
 */
enum rwp_mode { TO_ASYNC, TO_SYNC };
void set_mode(struct scene *s, enum rwp_mode mode);

/* --- userfaultfd: a registration ---------------------------------------------------------- */

#define WP_EVENT_FORK	0x1    /* ask for EVENT_FORK: the child inherits the marks */
#define WP_UNPOPULATED	0x2    /* marks where no page is (v6.4) */
#define WP_ASYNC	0x4    /* no notifications: a write takes the mark away (v6.7) */
#define WP_EVENT_REMAP	0x100  /* mremap() takes the registration along, and is told of */
#define WITH_MISSING	0x200  /* registered for missing pages, too: see fill() */
#define WITH_MINOR	0x400  /* the same for pages that are in the page cache only (v5.13) */
#define FOR_RWP		0x800  /* read-and-write protect in place of write-protect (v7.3) */
#define RWP_ASYNC	0x1000 /* with it: no notifications, an access takes the protection away */
#define USER_MODE	0x4000 /* told of faults in user mode only (v5.11) */
#define WP_EVENT_UNMAP	0x8000 /* what is unmapped is told of when it has gone: map_anew() */
#define WP_EVENT_REMOVE 0x2000 /* what is dropped is told of before it goes: drop_told() */
/*
 * Open a userfaultfd and register the area for write-protect, with these flags. By FOR_RWP wp,
 * unwp and write_under_wp mean that, and no view looks at a page that is protected.
 */
void uffd_open(struct scene *s, unsigned int flags);
/* Unregister: the marks go with the registration, and a write that waits goes on. */
void unregister(struct scene *s);
/* Close the userfaultfd, which does the same. */
void close_uffd(struct scene *s);
/*
 * The last descriptor is closed by the exit of a process that shares our memory. It has nothing
 * else, so no page table was ever copied.
 */
void monitor_exits(struct scene *s);
/* Register as before, by a new userfaultfd if the old one is gone; protect nothing. */
void register_again(struct scene *s);
/* The same after unregister(), for missing pages only. */
void register_for_missing(struct scene *s);
/*
 * Register for missing pages only what is registered for write-protect. False
 * if that is refused with EBUSY (v7.3); then all is as it was.
 */
bool reregister_missing(struct scene *s);
/* The same, and write to all pages before anybody looks at the marks. */
bool reregister_missing_and_write(struct scene *s);

/* --- userfaultfd: write-protect ------------------------------------------------------------- */

/* Write-protect all pages, in one call. Opens a userfaultfd if there is none. */
void wp(struct scene *s);
/* The same for some pages. */
void wp_pages(struct scene *s, unsigned int first, unsigned int n);
/* Unprotect all pages, in one call; that wakes writers. */
void unwp(struct scene *s);
/* The same for some pages. */
void unwp_pages(struct scene *s, unsigned int first, unsigned int n);
/* Do nothing but compare: the marks are as the model says, where pagemap can tell (C4). */
void marks_stay(struct scene *s);

enum monitor {
	UNPROTECT,	     /* unprotect, and that wakes the writer */
	UNPROTECT_THEN_WAKE, /* unprotect without waking, then wake: the retry is on its own */
	COPY_THEN_UNPROTECT, /* copy the page out first, as a snapshot does */
	EMULATE,	     /* do the write by ptrace, leave the mark, let the writer skip it */
};
/* Write to a write-protected page: one notification, which the monitor resolves so (C3). */
void write_under_wp(struct scene *s, unsigned int page, enum monitor how);
/* The same in the child, which inherited the mark by EVENT_FORK. */
void child_write_under_wp(struct scene *s, unsigned int page);
/* Read a page that is read-and-write protected: that is noticed as a write is (FOR_RWP). */
void read_under_rwp(struct scene *s, int proc, unsigned int page);
/* Begin a write to a write-protected page, which waits in its fault for unwp(). */
void write_begin(struct scene *s, unsigned int page);
/*
 * The same to a page that is missing, which is dropped first. Unless it is unregistered before,
 * write_finish() fills it.
 */
void missing_begin(struct scene *s, unsigned int page);
/* Wait for the write of write_begin() to end. */
void write_finish(struct scene *s);
/* Copy all pages out. */
void snapshot(struct scene *s);
/* What was copied out, by snapshot() or by a monitor, holds what was there then. */
void snapshot_holds(struct scene *s);

/* --- userfaultfd: pages that it fills in or moves ----------------------------------------------- */

/* Drop pages that nothing pins from the page table; nobody looks at what is there then. */
void drop_pages(struct scene *s, unsigned int first, unsigned int n);
enum fill {
	FILL_COPY,	  /* UFFDIO_COPY */
	FILL_COPY_WP,	  /* the same, write-protected */
	FILL_ZEROPAGE,	  /* UFFDIO_ZEROPAGE */
	FILL_CONTINUE,	  /* UFFDIO_CONTINUE: map what is in the page cache */
	FILL_CONTINUE_WP, /* the same, write-protected */
	FILL_POISON,	  /* UFFDIO_POISON: cpu_read_refused() from then on */
};
/* Drop pages, then let userfaultfd fill the hole. It is WITH_MISSING or WITH_MINOR. */
void fill(struct scene *s, unsigned int first, unsigned int n, enum fill how);
/*
 * Drop a page, and let UFFDIO_COPY fill it in a thread that waits, without the locks that it had, for
 * what it copies. @how: FILL_COPY or FILL_COPY_WP.
 */
void copy_begin(struct scene *s, unsigned int page, enum fill how);
enum copy_late {
	COPY_DONE,    /* the page is filled */
	COPY_REFUSED, /* by whatever error: meanwhile what it was to fill has become something else */
};
/* What it waits for is there, and it ends: done, or refused, and then nothing is filled. */
void copy_end(struct scene *s, enum copy_late how);
/* UFFDIO_MOVE of pages that are pinned, or shared with the child: EBUSY, and nothing moves (C7). */
void uffd_move_refused(struct scene *s, unsigned int first, unsigned int n);
/* UFFDIO_MOVE of a page that nothing pins to elsewhere: with its content, without its mark. */
void uffd_move_away(struct scene *s, unsigned int page);
/* UFFDIO_MOVE of that page back to where it was. */
void uffd_move_back(struct scene *s, unsigned int page);
/* What was moved away still holds what it held then, whatever was written here since. */
void uffd_moved_stays(struct scene *s, unsigned int page);
/* Try to fill pages that are there: EEXIST, and nothing of them changes. */
void fill_refused(struct scene *s, unsigned int first, unsigned int n, enum fill how);
/* Fill a hole as it is, with the PTE marker that may be there. */
void fill_hole(struct scene *s, unsigned int first, unsigned int n, enum fill how);
/*
 * Read a page that is not there: one notification, of a missing page (WITH_MISSING) or of one
 * that is in the page cache only (WITH_MINOR), and the monitor fills it so. It is dropped first.
 */
void read_missing(struct scene *s, unsigned int page, enum fill how);
/* Write to one: the same, and if it is filled write-protected, a notification of that as well. */
void write_missing(struct scene *s, unsigned int page, enum fill how);
/* A device that faults writes to one: the same. Not with what fills it write-protected. */
void device_write_missing(struct scene *s, unsigned int page, enum fill how);
/* UFFDIO_MOVE of all pages in one call, and of holes between them, which stay holes. */
void uffd_move_all_away(struct scene *s);
/* UFFDIO_MOVE of all that back to where it was. */
void uffd_move_all_back(struct scene *s);

/* --- fork, exec and exit ----------------------------------------------------------------- */

/* Fork the child. With WP_EVENT_FORK it inherits the marks and a userfaultfd of its own. */
void fork_child(struct scene *s);
/* The child forks: the grandchild. */
void fork_grandchild(struct scene *s);
/*
 * fork() while the parent's memory cgroup has no room for copies of what is pinned, all of the area:
 * ENOMEM, and nothing changes (C2). Proves that there is room for all else.
 */
void fork_uncharged(struct scene *s);
/*
 * Fork for a PID that is taken, as who restores processes may: EEXIST, when memory is copied
 * already. Nothing changes (C2), and nobody is told of a child (C4).
 */
void fork_for_taken_pid(struct scene *s);
/*
 * Fork while no huge page is free: done, or ENOMEM. Then nothing has changed, and nothing is
 * left behind. True if there is a child.
 */
bool fork_without_hugepages(struct scene *s);
/* The parent starts another program by vfork(), which copies nothing. */
void vfork_exec(struct scene *s);
/*
 * The child has touched its memory, and by that has the page table that the parent has: of memory
 * of the kind hugetlb_tables, and until one of them gives it up. An error if it has its own.
 */
void tables_shared(struct scene *s);
/* The child exits. */
void child_exit(struct scene *s);
/* The child dies of a signal, and its core dump holds what its memory held (C0). */
void child_dumps_core(struct scene *s);
/* The grandchild exits: pins go with the last process that has their device open (C8). */
void grandchild_exit(struct scene *s);
/* The child unmaps the area. */
void child_unmap(struct scene *s);
/* The child runs another program: its memory goes, what it has open stays, and so do its pins. */
void child_exec(struct scene *s);
/* What the child has become by child_exec() is killed. */
void child_kill(struct scene *s);
/*
 * With WP_EVENT_FORK: nobody reads the event that fork() waits for, and who has the userfaultfd
 * exits. fork() ends, and neither parent nor child is registered, or has a mark.
 */
void fork_while_monitor_exits(struct scene *s);
/* Fork so many children beside, which do nothing until many_look(). */
void fork_many(struct scene *s, unsigned int n);
/* Each of them looks at what it inherited, and exits. */
void many_look(struct scene *s);

/* --- soft-dirty tracking and its like: the ledger ------------------------------------------------ */
/*
 * Who keeps book of what was written (C9). From the first ledger_clear() on, every
 * step ends with the question whether all that a CPU wrote since is reported, in
 * the parent and in a child that has such a ledger.
 */

/* Clear the soft-dirty bits, without a ledger: what comes of pins and marks by that? */
void soft_dirty_clear(struct scene *s);
#define SOFT_DIRTY 0x10 /* a ledger: clear_refs and pagemap's soft-dirty bit; WP_ASYNC is another */
/* Keep such a ledger: SOFT_DIRTY, WP_ASYNC (PAGEMAP_SCAN, v6.7), or both; WP_EVENT_FORK. */
void ledger_open(struct scene *s, unsigned int which);
/* Clear the ledger: nothing is reported any more, until it is written to again. */
void ledger_clear(struct scene *s);
enum clear {
	SCAN,		 /* PAGEMAP_SCAN that reports what it clears; ledger_clear() */
	SCAN_BLIND,	 /* the same without an output vector */
	SCAN_ONE_BY_ONE, /* with room for one region and one page, over and over */
	UFFD,		 /* UFFDIO_WRITEPROTECT */
};
/* Clear a ledger of WP_ASYNC in another way. */
void ledger_clear_by(struct scene *s, enum clear how);
/* PAGEMAP_SCAN that clears what is written and swapped out; all else stays as it is. */
void ledger_clear_swapped(struct scene *s, bool vector);
/* PAGEMAP_SCAN that clears, of a page's first 100 bytes: it is of that page, and no other. */
void ledger_clear_bytes(struct scene *s, unsigned int page);
/*
 * PAGEMAP_SCAN says of each page what pagemap says: present, swapped, of a file, the zero page, a
 * guard page. What nobody else has is exclusive.
 */
void scan_agrees(struct scene *s);
/* PAGEMAP_SCAN that clears, without a ledger: EPERM if asked to check, and else nothing (C5). */
void ledger_clear_refused(struct scene *s);
/* Two huge pages of a process beside, tracked by WP_ASYNC, that nothing was ever mapped into. */
void hole_make(struct scene *s);
/* It clears them by PAGEMAP_SCAN: that ends (C8). */
void hole_clear(struct scene *s);
/* It writes to the first of them. */
void hole_write(struct scene *s);
/* PAGEMAP_SCAN reports that one (C9). */
void hole_reported(struct scene *s);
/*
 * munmap() a page and mmap() another in its place: it is new, and must be reported.
 * It becomes one mapping with the rest, which is soft-dirty as a whole then.
 */
void ledger_renew(struct scene *s, unsigned int page);
/* All pages were just moved: where they are now they are new, and must be reported. */
void ledger_moved(struct scene *s);
/* mremap() the last page away and back again: it is new, and must be reported. */
void ledger_expand(struct scene *s);

/* --- what the kernel does to pages --------------------------------------------------------- */
/*
 * In all of them: a page that a pin holds keeps its frame (C1). That the kernel
 * does the thing at all is proved on memory beside the scene.
 */

/* Note in which frames the parent's pages are. */
void frames_note(struct scene *s);
/* Observe how many pages have another frame than when that was noted. */
void frames_tell(struct scene *s, const char *what);
/* Ask for reclaim of all pages. If @must_go, all of them must leave (precondition). */
void pageout(struct scene *s, bool must_go);
/*
 * The parent's memory cgroup is at its limit, and the parent writes to other memory until reclaim has
 * taken what is younger than the scene. If @must_go, all pages must leave (precondition); what is
 * locked stays. Then the limit is lifted.
 */
void memcg_press(struct scene *s, bool must_go);
/*
 * Pages of private memory move to the memory of a device that mirrors the process' (pin_hmm is one, and
 * reaches them there). Those that nothing holds must, and a hole becomes a page there.
 */
void to_device(struct scene *s, unsigned int first, unsigned int n);
/* There is no huge page when the next one is asked for, to go there or to come back: small ones must do. */
void device_lacks_huge(struct scene *s);
/* The device moves back those of them that it has: no CPU has asked for them. */
void from_device(struct scene *s, unsigned int first, unsigned int n);
/* It is closed: all that it has moves back, of whatever process. */
void device_goes_away(struct scene *s);
/*
 * The page stays where it is, and is the device's alone: who touches it takes it away from the device.
 * It is a write, as far as who keeps account of that is concerned.
 */
void device_exclusive(struct scene *s, unsigned int page);
/*
 * All pages that nothing holds are in the memory of a device that the CPU reaches (in cases that are
 * WITH_COHERENT_DEVICE): mapped, and what holds them for long has to move them first. An error if not.
 */
void to_coherent_device(struct scene *s);
/* They are back, of which there was one at least. */
void from_coherent_device(struct scene *s);
/* MADV_FREE of all pages; then they go to the device, which writes all of them: that must stay. */
void lazyfree_and_device_fill(struct scene *s);
/* ksmd goes over all that may be merged, twice, and forgets what may be no more. */
void ksm_passes(struct scene *s);
/* swapoff() of what is swapped out, then swapon(): all pages are back (C4, C8). */
void swapoff_all(struct scene *s);
/*
 * MADV_FREE of all pages, which the parent's pins hold. As long as they do, nothing
 * may change; later, what has been written to since by CPU or device must stay.
 */
void lazyfree(struct scene *s);
/* MADV_FREE of what nothing holds, and a write to all of it: that must stay. */
void lazyfree_and_write(struct scene *s);
/*
 * MADV_FREE of all pages by the child, which shares them with others: these lose nothing. It is
 * no view any more, and what it has is the old pages or zeros.
 */
void lazyfree_by_child(struct scene *s);
/*
 * All pages are in ZONE_MOVABLE, of which a guest has some for cases that are IN_ZONE_MOVABLE: what
 * holds them for long has to move them first. An error if one is elsewhere.
 */
void in_movable_zone(struct scene *s);
/*
 * All pages are mapped, and in the swap cache: what reclaim finds clean it need not write again, as
 * it has a slot that holds it. In cases with SWAP_AS_ON_A_DISK. An error if one is not.
 */
void in_swap_cache(struct scene *s);
/*
 * In cases with SWAP_AS_ON_A_DISK: what the disk under swap is given from now on it does not do, until
 * it is let go. What is swapped out is being written for so long, and stays in the swap cache. A step
 * that has to wait for it lets it go by itself, and the other steps go on as if it were there: so
 * being_written() says for how long it stood. What a test leaves stopped goes when it ends.
 */
void disk_stops(struct scene *s);
/* It does all that it was given, and what comes. */
void disk_goes(struct scene *s);
/*
 * All pages are in swap, and not in the swap cache, as what was read back clean is given up at once: to
 * read one the kernel needs the disk.
 */
void only_in_swap(struct scene *s);
/* All pages are being written to swap, mapped or not. An error if one is not, or the disk went. */
void being_written(struct scene *s);
/* It refuses what it is given, be it to read or to write, until it is well again. */
void disk_fails(struct scene *s);
/* It refuses only the place where it has this page of the parent, beside another one of the scene. */
void disk_loses_page(struct scene *s, unsigned int page);
/* It does what it is given again. */
void disk_is_well(struct scene *s);
/*
 * The parent reads a page that is in swap and nowhere else, and cannot have it: SIGBUS. It stays
 * swapped out.
 */
void cpu_read_fails(struct scene *s, unsigned int page);
/* The parent reads pages that are in swap, where nothing is the matter with the disk there. */
void cpu_read_again(struct scene *s, unsigned int first, unsigned int n);
/* swapoff() while the disk fails: what it cannot read is lost, and raises SIGBUS from then on. */
void swapoff_fails(struct scene *s);
/* Move to the other NUMA node all pages that nothing holds, by MPOL_MF_MOVE_ALL. */
void migrate(struct scene *s);
/*
 * Make memory beside, and give back every other page of it: holes for compact().
 * What the scene has already lies in such holes then, and what it gets next will.
 */
void holes_around(struct scene *s);
/*
 * Compact all memory: what lies beside the scene's pages moves. What nothing holds
 * moves, too, or the test is inconclusive.
 */
void compact(struct scene *s);
/* NUMA balancing scans the process once, and what it scanned is touched. */
void numa_hint(struct scene *s);
/*
 * KSM merges the pages with twins of equal content. A page that nothing holds must be merged;
 * one with a mark may be. From then on a twin is watched: it must not see what is written to
 * the scene (C2).
 */
void ksm_scan(struct scene *s);
/*
 * KSM merges no pages of different NUMA nodes (merge_across_nodes is 0, until the scene ends): each
 * page has two twins on its own node and two on the other. Twins of one node must be merged, and
 * with them a page that nothing holds; nobody changes the node (C8). The first time all that KSM
 * has merged is unmerged before; later what is merged stays so, also if it was moved meanwhile.
 */
void ksm_scan_apart(struct scene *s);
/*
 * KSM merges the pages with a stranger's that said MADV_FREE. Before that it was merged
 * with another stranger's, who is gone.
 */
void ksm_with_freed(struct scene *s);
/*
 * Memory that was freed goes to a stranger, who fills it and keeps it: what was freed too early, be
 * it a page or a page table, is seen to be.
 */
void freed_is_used(struct scene *s);
/* MADV_UNMERGEABLE: no page is merged any more (C8). */
void ksm_unmerge(struct scene *s);
/* MADV_COLLAPSE of the area (v6.1): done if no pin and no mark is in the way, else refused. */
void thp_collapse(struct scene *s);
/* The same of the second mapping of a shared file. */
void thp_collapse_alias(struct scene *s);
/*
 * khugepaged scans the area, and may collapse what nothing is in the way of, also what a child
 * shares or what is swapped out; a pin keeps its page, and a mark stays.
 */
void khugepaged_scan(struct scene *s);
enum splitter {
	FROM_OUTSIDE, /* by debugfs: the folio itself, which must go if nothing holds it */
	BY_MUNMAP,    /* of a page that no view looks at: a hole, the rest is mapped by PTEs */
	BY_MREMAP,    /* the same, by moving that page away */
};
/* Split the huge page. */
void thp_split(struct scene *s, enum splitter how);
/* Reclaim splits huge pages that are mostly zeros, and maps the zero page there (v6.12). */
void thp_underused(struct scene *s);
/*
 * The parent writes to private huge pages that it shares with a child, while none is free.
 * It made the mapping, so it must get them: the child loses its own, and is no view any more.
 */
void cpu_write_without_hugepages(struct scene *s);
/* The same while a process shares them that is no view: it pays, and no child that does not share. */
void cpu_write_taken_from_another(struct scene *s);
/* No more huge pages are set aside than there are (C8). */
void hugepages_accounted(struct scene *s);

/* --- what a process does to its own memory ---------------------------------------------------- */

/* mprotect() all pages read-only. */
void mprotect_ro(struct scene *s);
/* The same for some pages. */
void mprotect_ro_pages(struct scene *s, unsigned int first, unsigned int n);
/* mprotect() all pages PROT_NONE: until mprotect_rw() the parent is no view. */
void mprotect_none(struct scene *s);
/* mprotect() all pages readable and writable. */
void mprotect_rw(struct scene *s);
/* The same by a child that was forked meanwhile, and inherited PROT_NONE. */
void mprotect_rw_by(struct scene *s, int proc);
/* MADV_DONTNEED: a pin keeps the page that the process gives up, see model_part(). */
void dontneed(struct scene *s, int proc, unsigned int first, unsigned int n);
/* The same of all pages by one process_madvise() (v6.13), the last one first. */
void dontneed_vector(struct scene *s);
/*
 * MADV_GUARD_INSTALL (v6.13): what was there is given up, and to touch it is SIGSEGV (C5), also in
 * children that are to come.
 */
void guard_install(struct scene *s, unsigned int first, unsigned int n);
/* MADV_GUARD_REMOVE: where they were nothing is, as if it had never been touched. */
void guard_remove(struct scene *s, unsigned int first, unsigned int n);
/* A process touches a guard page: SIGSEGV (C5). */
void guard_refuses(struct scene *s, int proc, unsigned int page);
/*
 * The memory under a page fails (MADV_HWPOISON): who has this page, and nobody else, has SIGBUS there
 * from now on, children that are to come too (C5): cpu_read_refused(). A pin keeps it.
 */
void memory_fails(struct scene *s, unsigned int page);
/*
 * The pool of huge pages is emptied, and filled with all that can be had before it is as it was: memory
 * that failed is in none of them (C8).
 */
void hugepages_anew(struct scene *s);
/* All huge pages that can be had are set aside for a mapping, and touched: none is SIGBUS (C0). */
void hugepages_kept(struct scene *s);
/*
 * The memory under a page is taken out of use (MADV_SOFT_OFFLINE): the page moves as by migrate(), and
 * what is pinned stays.
 */
void soft_offline(struct scene *s, unsigned int page);
enum lock {
	AT_ONCE,  /* mlock() */
	ON_FAULT, /* mlock2(MLOCK_ONFAULT): what is there, and what will be */
};
/*
 * Lock the area: what is locked is there and stands on VmLck, until unlock(), or something else is
 * mapped in its place; it moves along with mremap(), and a child has no lock (C8).
 */
void lock(struct scene *s, enum lock how);
/* The same of some pages, each by itself; what is locked already is not counted twice. */
void lock_pages(struct scene *s, enum lock how, unsigned int first, unsigned int n);
/* munlock() the area. */
void unlock(struct scene *s);
/* The same of some pages, be they locked or not: all else stays locked. */
void unlock_pages(struct scene *s, unsigned int first, unsigned int n);
/* Advice that would take locked pages away, MADV_PAGEOUT among it: EINVAL, and nothing changes. */
void lock_refuses(struct scene *s);
enum hint {
	COLD,	       /* MADV_COLD: reclaim them first; a huge page that is hit in part is split */
	WILLNEED,      /* MADV_WILLNEED */
	POPULATE_READ, /* MADV_POPULATE_READ (v5.14): they are there, as if they had been read */
};
/* madvise() that changes no content. */
void give_hint(struct scene *s, enum hint how, unsigned int first, unsigned int n);
/*
 * MADV_DONTNEED of 100 bytes from a page's start: a small page goes as a whole, of a huge page
 * nothing does. From its second byte on: EINVAL, and nothing changes (C0).
 */
void dontneed_bytes(struct scene *s, unsigned int page);
/* MADV_GUARD_INSTALL of 100 bytes from a page's start: all of it is a guard page. */
void guard_bytes(struct scene *s, unsigned int page);
/* MADV_DONTFORK of so many: children have nothing of the page. */
void dontfork_bytes(struct scene *s, unsigned int page);
/*
 * Calls that are for pages, madvise() and the userfaultfd's among them, from the middle of a page on,
 * or to the middle of one: EINVAL, each, and nothing changes.
 */
void askew_refused(struct scene *s, unsigned int page);
/*
 * Calls for a page in the middle of a mapping while the process may have no more mappings: ENOMEM or
 * EAGAIN, each, and nothing changes.
 */
void split_refused(struct scene *s, unsigned int page);
/* A second mapping of the file behind shared memory writes to it: no uffd-wp bit is in its way. */
void alias_write(struct scene *s, unsigned int page);
/* Truncate the file behind shared memory, and make it as long as before: zeros (C1). */
void truncate_file(struct scene *s);
/* From now on devices that pin by file are given a descriptor that was opened to be read. */
void file_readonly(struct scene *s);
/* Map the file anew, private and read-only, in all places: so that it can be sealed. */
void file_not_mapped_writable(struct scene *s);
/* Seal the file, which nobody has mapped to write or pinned, against writes: F_SEAL_WRITE (C8). */
void seal_writes(struct scene *s);
/* Try that while a device has it pinned for writing: EBUSY (C5). */
void seal_refused(struct scene *s);
/* Seal it against writes of those who do not write yet: F_SEAL_FUTURE_WRITE. */
void seal_new_writers(struct scene *s);
/* Make a hole in the file behind the area, by MADV_REMOVE where that can be, else fallocate(). */
void punch(struct scene *s, unsigned int first, unsigned int n);
/*
 * A hole in a file whose pages are the disk, while a device has them for a moment: it waits until that
 * has written. Meanwhile nobody touches the file, or all look at what it holds.
 */
enum meanwhile { IS_LEFT_ALONE, IS_READ };
void punch_waits(struct scene *s, enum meanwhile meanwhile);
/* MADV_DONTFORK: children that are to come have nothing of the area. */
void dontfork(struct scene *s);
/* The same of a page: they have all but that. */
void dontfork_page(struct scene *s, unsigned int page);
/* MADV_DOFORK: they have all of it again. */
void dofork(struct scene *s);
/* MADV_WIPEONFORK: they have zeros. */
void wipeonfork(struct scene *s);
/*
 * mmap() a new mapping of the same kind in the place of the area: a pin keeps the old page, and
 * what was registered and marked is so no more. With WP_EVENT_UNMAP that is told of, and until it
 * is read UFFDIO_WRITEPROTECT says EAGAIN.
 */
void map_anew(struct scene *s);
/* The same by mremap() of another mapping, which has other pages if it is private. */
void remap_over(struct scene *s);
enum growth {
	IN_PLACE, /* where it is */
	AWAY,	  /* to another place, as there is something behind it */
};
/*
 * mremap() the area to a page less and back to as much: a pin keeps the old last page, and the new
 * one has no mark; of what is locked it is there at once. With WP_EVENT_UNMAP the first is told of;
 * what moves goes as in remap().
 */
void shrink_and_grow(struct scene *s, enum growth how);
#define REMAP_DONTUNMAP 1 /* MREMAP_DONTUNMAP: the old place stays, empty (v5.7) */
#define REMAP_ASKEW	2 /* to where a THP cannot be: it is split */
/*
 * mremap() the whole area to another place. With WP_EVENT_REMAP registration
 * and marks move along, without they go. A pin stays with its page.
 */
void remap(struct scene *s, unsigned int flags);
/*
 * mremap() a page of the area to another place and back. Its pins go along, so device and CPU
 * write to it there, and both are seen. With WP_EVENT_REMAP so do registration and mark; without
 * they go, and the page is registered again when it is back. Others keep what they have.
 */
void remap_page(struct scene *s, unsigned int page);
/*
 * mremap() the area in one call (v6.17) when it is several mappings, by mprotect() or because a
 * part is unmapped: as if it were one.
 */
void remap_pieces(struct scene *s);
/*
 * mremap() so many GiB of memory of hugetlbfs, beside the scene, of which two pages are there: to so
 * many huge pages behind a multiple of 1 GiB. Both are then where it was moved to (C0).
 */
void remap_wide(struct scene *s, unsigned int gib, unsigned int askew);
/*
 * mremap() another mapping, registered by the same userfaultfd, to where it touches the area.
 * The area, which is anonymous, is none of its business.
 */
void remap_neighbour(struct scene *s);
/*
 * Drop pages with WP_EVENT_REMOVE: told of before they go. Until that is read they are there,
 * and UFFDIO_WRITEPROTECT says EAGAIN.
 */
void drop_told(struct scene *s, unsigned int first, unsigned int n);
/* The same while nobody reads that, and the uffd is closed: it goes on (C8). */
void drop_unread(struct scene *s, unsigned int first, unsigned int n);
/*
 * mremap() the area, which mprotect() has made several mappings of: what a uffd has is not moved
 * so, as its events would be of one mapping each. EFAULT, and nothing has changed.
 */
void remap_pieces_refused(struct scene *s);

/* --- races --------------------------------------------------------------------------------- */

struct act;
struct spot;
/* True for the control, and then for each try with the window open (race.h). */
bool race_round(struct scene *s);
/* One does a thing, and where it stands at @spot in the kernel the other does another (race.h). */
void race(struct scene *s, const struct act *a, struct spot spot, const struct act *b);

#define CLOSED_BEFORE ~0U /* the control: the pin comes later */
/*
 * Close a userfaultfd when a pin of 16 pages beside faults @page in: both must end (C7).
 * Only the last of them is write-protected.
 */
void close_while_pinning(struct scene *s, unsigned int page);
/* --- what is no verdict ---------------------------------------------------------------------- */

/* Record a fact that is no verdict; it is printed with the result. */
void observe(struct scene *s, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
