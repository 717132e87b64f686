/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_INTERNAL_H
#define COWPEN_INTERNAL_H

#include <sys/resource.h>
#include <sys/types.h>

#include "end.h"
#include "state.h"
#include "sys.h"
#include "wait.h"

/* What only the harness uses, from the bottom up: no file needs one that stands below it here. */

/* --- area.c ---------------------------------------------------------------------------------- */

/* Names for people, of processes and of page sets ("" for all; a static text). */
extern const char *const who[MODEL_PROCS];
const char *which(const struct scene *s, unsigned int first, unsigned int n);
/* A page that something has been mapped into may be read by a view. */
void touch(struct scene *s, unsigned int first, unsigned int n);
/* The bytes that a page set means: for all pages the whole area, in one piece. */
void page_range(const struct scene *s, unsigned int first, unsigned int n, char **start,
		size_t *len);

/* --- device.c -------------------------------------------------------------------------------- */

/*
 * The device of a pin at work, as its read() and write(); what it touches then it may touch
 * without a fault.
 */
int device_read(struct scene *s, struct pin *p, char *addr, void *to, size_t len);
int device_write_at(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
		    const uint64_t *v);
/* The samples of @page through the pin, by who has its device. 0 or the negative errno. */
int pin_look(struct scene *s, struct pin *p, unsigned int page, char *to);
/* Where in that page the device writes at this step. */
enum cell device_cell(const struct scene *s, const struct pin *p, unsigned int page);
/* The device of that pin writes, asked by @via, and the model knows: what device_write() does. */
void device_writes(struct scene *s, int pin, int via, unsigned int first, unsigned int n);
/*
 * A device that faults writes to a page, in a thread of its own, and may wait for the monitor; when
 * it has been let go on, its end, and what it wrote.
 */
struct dma {
	struct scene *s;
	struct pin *p;
	struct helper_thread thread;
	unsigned int page;
	enum cell cell;
	uint64_t value;
	_Atomic int err;
};
void dma_begin(struct scene *s, struct dma *d, unsigned int page);
void dma_end(struct scene *s, struct dma *d);
/* Pages go, of shared memory out of the file as well: UFFDIO_COPY finds nothing there. */
void drop_to_fill(struct scene *s, unsigned int first, unsigned int n);
/* FAIL if @err, 0 or a negative errno, says that the kernel does not. */
void given_back(struct scene *s, int err);
/* The file that a pin of a kind that is by file takes pages of, or -1; @at: where @addr is in it. */
int pin_file(const struct scene *s, const struct pin *p, const void *addr, off_t *at);
/* Somebody talks to himself over lo. */
void lo_up(struct scene *s);

/* steps_pin.c: KiB that this process has pinned, and locked. */
struct account account_now(struct scene *s);
/* steps_limit.c: RLIMIT_MEMLOCK of this process, in bytes. */
void lock_limit(struct scene *s, rlim_t soft);
/* steps_limit.c: CAP_IPC_LOCK off, and on again: of this thread, which is the one that pins. */
void lock_right(struct scene *s, bool may);

/* --- look.c ---------------------------------------------------------------------------------- */

/* Copy the samples of a page that is at @from. */
void look_at(const struct scene *s, const char *from, char *to);
/* What the samples say; of what is not looked at, nothing. */
struct content content_seen(const struct scene *s, const char *seen);
/*
 * The @len bytes at @offset of a page of @page_len (0: of the rest) that @wanted makes, if
 * @seen is not that; else NULL. Good until the next call.
 */
const char *bytes_unlike(const struct content *wanted, size_t page_len, size_t offset,
			 const char *seen, size_t len);
uint64_t word_at(const char *from);

/* --- uffd.c ---------------------------------------------------------------------------------- */

/* Read-and-write protect came with v7.3; the headers that we build with are older. */
#ifndef UFFD_FEATURE_RWP
#define UFFD_FEATURE_RWP	 (1 << 17)
#define UFFDIO_REGISTER_MODE_RWP ((__u64)1 << 3)
#define UFFD_PAGEFAULT_FLAG_RWP	 (1 << 3)
/* struct uffdio_rwprotect is struct uffdio_writeprotect by another name, and so are its modes. */
#define UFFDIO_RWPROTECT _IOWR(UFFDIO, 0x09, struct uffdio_writeprotect)
#endif
#ifndef UFFD_FEATURE_RWP_ASYNC
#define UFFD_FEATURE_RWP_ASYNC (1 << 18)
#endif
#ifndef UFFDIO_SET_MODE
struct uffdio_set_mode {
	uint64_t enable, disable;
};
#define UFFDIO_SET_MODE _IOW(UFFDIO, 0x0A, struct uffdio_set_mode)
#endif

struct uffd_notice {
	bool wp, rwp, minor, write;
	uint64_t address;
};
/* A new one with the features @want. */
int uffd_new(struct scene *s, uint64_t want);
/* Take a notification if there is one. */
bool uffd_next(struct scene *s, int uffd, struct uffd_notice *n);
/* Is there anything to read, within @ms? */
bool uffd_readable(int uffd, unsigned int ms);
void uffd_protect(struct scene *s, int uffd, void *addr, size_t len, uint64_t mode);
/* SKIP if this kernel lacks one of these UFFD_FEATURE_*. */
void uffd_needed(struct scene *s, uint64_t want);
void uffd_wake(struct scene *s, int uffd, void *addr, size_t len);
void uffd_unregister(struct scene *s);
/* The parent's area, with s->uffd and s->uffd_mode: a refusal is a broken C4. */
void register_area(struct scene *s);
/* The child's uffd, or a negative errno; ETIMEDOUT if there is nothing within @ms. */
int uffd_read_fork_event(int uffd, unsigned int ms);
/* Write-protect leaves a marker where no page is, whether it was asked for or not. */
bool memory_has_markers(const struct scene *s);
/* Does its mark stay when a page is dropped: from the page table, or @from_file? */
bool mark_outlives_page(const struct scene *s, bool from_file);

/* The area of @proc is registered as the model says, in all its mappings (C4). */
void registration_compare(struct scene *s);
/* What is registered for write-protect, or for read-and-write protect. */
bool registered_for_wp(const struct scene *s, int proc);
/* The parent's registration has gone, and so have its marks: in the model. */
void registration_gone(struct scene *s);

/* --- proc.c: the processes of the scene ------------------------------------------------------ */

struct child_reply;

enum child_op {
	OP_LOOK,
	OP_READ,
	OP_READ_RAISES,
	OP_WRITE,
	OP_UNMAP,
	OP_ADVISE,
	OP_PROTECT,
	OP_PIN,
	OP_UNPIN,
	OP_PIN_READ,
	OP_PIN_WRITE,
	OP_PIN_DELIVER,
	OP_FORK,
	OP_EXEC,
	OP_CALL,
	OP_EXIT
};

/* What a process beside the scene is told to do. */
typedef void other_does(struct scene *s, unsigned int arg, struct child_reply *reply);

struct child_cmd {
	enum child_op op;
	int pin;
	unsigned int page, npages;
	unsigned int pages; /* bit mask */
	int arg;	    /* what to advise, what rights to give, what signal is wanted */
	size_t offset, len; /* bytes of the area, instead of pages */
	uint64_t value[MODEL_PAGES];
	enum cell cell[MODEL_PAGES];
	other_does *call;
	unsigned int call_arg;
};

struct child_reply {
	int ret;
	long pins; /* of the device's own, when it was opened */
	long locked;
	bool met; /* of what was called: one thing met the other */
};

/*
 * Fork CHILD, or by it GRANDCHILD. Ends in a process that answers to child_ask(). 0
 * or the negative errno of fork().
 */
int child_fork(struct scene *s, int proc);
void child_send(struct scene *s, int proc, const struct child_cmd *cmd);
/* False if there is no answer within PATIENCE_MS: child_stuck(). */
bool child_answer(struct scene *s, int proc, struct child_reply *reply);
/* It has answered, and nobody has taken it yet. */
bool child_answered(struct scene *s, int proc);
void child_stuck(struct scene *s, int proc, const struct check *check, const char *clause,
		 const char *wanted);
void child_ask(struct scene *s, int proc, const struct child_cmd *cmd, struct child_reply *reply);
/* Is @proc sent @sig when it reads @page, wherever it has it? */
bool read_raises_in(struct scene *s, int proc, unsigned int page, int sig);
/* A page that each child writes to whenever it is told something, and else leaves alone. */
extern char child_canary[4096];
/* fork_child(), which may say ENOMEM: then nothing has changed, and false is returned. */
bool fork_child_or_nomem(struct scene *s, const char *why);
/* @proc is told to go: OP_EXIT, then awaited. */
void child_end(struct scene *s, int proc);
/* steps_fork.c: the child has ended, and with it go its memory and its pins; in the model. */
void child_is_gone(struct scene *s, long pins_before);
void children_kill(struct scene *s);
/*
 * A process beside the scene, with a copy of our memory, does this. What hangs there, or holds
 * the lock of its memory for ever, takes nothing of ours along. child_answer() as for a child.
 */
#define OTHER (MODEL_PROCS - 1)
void other_send(struct scene *s, other_does *what, unsigned int arg);
/* exec: nothing of the scene is in memory any more. Says so over @sock, and stays. */
int become_idler(int sock);

/* --- tracer.c -------------------------------------------------------------------------------- */

void tracer_start(struct scene *s);
/* Another one, by vfork() and exec; it ends when nobody has the socket @ours any more. */
pid_t tracer_spawn(struct scene *s, int *ours);
/*
 * Stop thread @tid, which must stand at the writer's store, about to do just that; write in its
 * stead; let it go behind its store. Each 0 or a negative errno.
 */
int tracer_stop_at_store(pid_t tid, const uint64_t *addr, uint64_t value);
int tracer_write_stopped(pid_t tid, uint64_t *addr, uint64_t value);
int tracer_skip_store(pid_t tid);
/* Stop thread @tid, write to its memory, let it go. 0 or a negative errno. From any thread. */
int tracer_poke(pid_t tid, uint64_t *addr, uint64_t value);

/* --- ways.c ---------------------------------------------------------------------------------- */

/* Get ready for way_write(), which the writer calls; 0 or a negative errno. */
void way_prepare(struct scene *s, enum write_way way);
int way_write(enum write_way way, pid_t pid, uint64_t *addr, uint64_t value);

/* --- writer.c -------------------------------------------------------------------------------- */

/* The thread that does all of the parent's CPU writes, so that a fault never blocks us. */
void writer_start_thread(struct scene *s);
void writer_begin(struct scene *s, unsigned int n, uint64_t *const addr[], const uint64_t value[]);
/* The same by another way, into the memory of process @pid (0: ours); way_prepare() came first. */
void writer_begin_by(struct scene *s, enum write_way way, pid_t pid, unsigned int n,
		     uint64_t *const addr[], const uint64_t value[]);
/* Once it is done: 0, or the negative errno that a way was refused with. */
int writer_error(void);
/* Poll until the writer is done or @uffd has something to read (-1: none). */
enum writer_state { WRITER_DONE, WRITER_NOTICE, WRITER_STUCK };
enum writer_state writer_wait(struct scene *s, int uffd, unsigned int ms);
/* It is WRITER_STUCK: FAIL, or ERROR if that is not the kernel's fault. */
void writer_stuck(struct scene *s, const struct check *check, const char *clause,
		  const char *wanted);
/*
 * Wait until it sleeps in its fault. The notification can be read before the
 * writer has looked once more whether it must wait; if the page is resolved by
 * then it goes on by itself.
 */
void writer_asleep(struct scene *s);
pid_t writer_tid(void);

/* --- memory.c; the rest of it is in memory.h ------------------------------------------------- */

/* A page beside the scene, private and written, to prove that a thing is done at all. */
char *canary(struct scene *s);

/* --- frames.c: where pages are, and whether they may leave ----------------------------------- */

/* The frame of what the parent has at @addr, 0 if nothing is present; and of all pages. */
uint64_t frame_at(const char *addr);
void frames_now(struct scene *s, uint64_t pfn[]);
/* Does the parent hold a reference to it that the kernel has to respect: a pin, or FOLL_GET? */
bool page_held(const struct scene *s, unsigned int page);
/* Does nothing keep this page where it is, so that what moves pages must move it? */
bool page_may_go(const struct scene *s, unsigned int page);
/* The clause C1 if a page that a pin holds has another frame than in @pfn. */
void pinned_stay(struct scene *s, const uint64_t pfn[]);
/* How many pages have another frame than in @pfn: an observation. */
void tell_moved(struct scene *s, const char *what, const uint64_t pfn[]);
/* The frames that the processes have now must be free when the test is gone. */
void frames_remember(struct scene *s);
/* One that is never to be free again. */
void frame_forget(struct scene *s, uint64_t pfn);

/* --- reclaim.c ------------------------------------------------------------------------------- */

/*
 * All pages out to swap; @must_go: they must all leave. What has left
 * is in s->out. Proves on a page beside that reclaim works.
 */
void reclaim(struct scene *s, bool must_go);
/* The same in another way, tried over and over: @take is given the page beside. */
typedef void takes_pages(struct scene *s, char *beside);
void reclaim_by(struct scene *s, bool must_go, takes_pages *take, const char *by);
/* The kernel has been seen to have swapped this page out, or not to. */
void is_out(struct scene *s, unsigned int page, bool out);

/* --- memcg.c --------------------------------------------------------------------------------- */

/* Where cgroups of version 2 are. */
#define CGROUPS "/sys/fs/cgroup"
/* This process goes into a memory cgroup of its test's own; it may be there already. */
void memcg_enter(struct scene *s);
/* The pages of the scene that are there are charged to it (precondition). */
void memcg_charged(struct scene *s);
/* The number in a file of that cgroup, or after @key in it. */
long memcg_number(struct scene *s, const char *file, const char *key);
/* Its limit: @room bytes more than what it is charged for now; and none any more. */
void memcg_limit(struct scene *s, long room);
void memcg_limit_off(struct scene *s);
/* May its pages be swapped out? Where that cannot be forbidden, skip. */
void memcg_swaps(struct scene *s, bool may);
/* By who made the test's process, which has gone: it goes, too. */
void memcg_end(struct scene *s);

/* --- steps_migrate.c ---------------------------------------------------------------------------- */

/* The NUMA node that a page of ours, which is there and may be read, is on. */
int page_node(struct scene *s, void *page);
/* It is moved there, of two (precondition). Nothing else may hold it. */
void page_to_node(struct scene *s, void *page, int node);

/* --- ksm.c ----------------------------------------------------------------------------------- */

void ksm_may_merge(struct scene *s, char *at, size_t len);
/* Private pages of two mappings that are one. */
bool ksm_merged(const char *a, const char *b);
/* Is a page of the scene merged with a twin that it has? */
bool ksm_with_twin(const struct scene *s, unsigned int page);
/*
 * Let ksmd go over all that may be merged until @done says that it has been
 * merged, and at least @passes times: a page is looked at once for its checksum,
 * then for a twin.
 */
bool ksm_run(struct scene *s, long passes, bool (*done)(struct scene *, void *), void *arg);
/*
 * From now on KSM merges no pages of two nodes, until the scene ends. That can be turned only while
 * nothing is merged, so all that is, of any process, is unmerged first.
 */
void ksm_by_node(struct scene *s);
/* Does KSM merge pages of all nodes? -1: this kernel has no such choice. */
long ksm_across(void);
/* By who made the test's process, which has gone: it merges as before. */
void ksm_end(struct scene *s);

/* --- ledger.c; the rest of it is in ledger.h ------------------------------------------------- */

/* What was written must be reported (C9). */
void ledger_compare(struct scene *s);

/* --- views.c --------------------------------------------------------------------------------- */

/*
 * Compare all views with the model; and what pagemap says of the marks. A
 * @clause is for all that differs; NULL: as it is, see clause_of().
 */
void views_compare(struct scene *s, const char *clause);
/* All bytes of huge pages and of the rest of the area, where views_compare() takes samples. */
void views_compare_whole(struct scene *s);
/*
 * Compare samples of @page, the first @reach bytes of it, with @wanted. @cells and
 * @bytes: the checks for a wrong write, and for what else is wrong.
 */
struct view {
	const char *name, *clause;
	int proc; /* whose memory it is */
	bool by_pin;
	const struct check *cells, *bytes;
};
void samples_compare(struct scene *s, const struct view *v, unsigned int page,
		     const struct content *wanted, const char *seen, size_t reach);
void compare_marks(struct scene *s);
/* Guard pages are where the model has them, and nowhere else (C5). */
void guards_compare(struct scene *s);
/* What UFFDIO_POISON poisoned is so still, in each process that has it (C5). */
void poison_compare(struct scene *s);
/* What is locked stands on VmLck, and no child has a lock (C8). */
void locks_compare(struct scene *s);
/*
 * From now on one huge page is free, on @node, and a process that is no view shares what is the
 * parent's; until hugepages_plenty(). ERROR if that cannot be.
 */
void hugepages_scarce(struct scene *s, int node);
void hugepages_plenty(void);
/* VmSize, VmData and HugetlbPages have what is mapped (C8): asked when a process or a scene ends. */
void accounts_compare(struct scene *s);
/* Does a view of @proc look at @page now? */
bool page_visible(const struct scene *s, int proc, unsigned int page);
/* Can the device of pin @n be asked now, and by whom? */
bool pin_can_be_asked(const struct scene *s, int n, int *asked);

/* --- step.c ---------------------------------------------------------------------------------- */

/* Begin a step: number it, leave a mark on the debug console. @clause: what a failure of it means. */
void step_begin(struct scene *s, const char *clause, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Compare every view with the model; also that no notification came uninvited. */
void step_end(struct scene *s);

/* --- monitor.c ------------------------------------------------------------------------------- */

/* The writer's write to memory without a mark must go through (C3). */
void writer_goes_through(struct scene *s);
/*
 * That of @page stands in its fault (C3): not to be seen anywhere, and noticed once. False
 * if it does not, and that is mute: then it is done.
 */
bool write_is_pending(struct scene *s, unsigned int page);
/* It ended, and nobody was told. */
void write_unnoticed(struct scene *s);
/* It has been resolved: no second notification, and it ends. */
void writer_must_end(struct scene *s);
/*
 * The clause C3 if it is not a write-protect fault of a write of @proc to
 * @page, at byte @offset of it. What gets at it by way of GUP asks for the start of a small page.
 */
void notice_is_for(struct scene *s, int proc, const struct uffd_notice *n, unsigned int page,
		   size_t offset);
/* Do the store that the writer is stopped at; see EMULATE. */
void writer_emulate(struct scene *s, unsigned int page, uint64_t value);

/* --- unmapping.c ----------------------------------------------------------------------------- */

/* The userfaultfd asks for what is unmapped, and is told of the area. */
bool unmap_is_told(const struct scene *s);
/*
 * @does, a call by that name, unmaps @len bytes at @start: in a thread of its own. Where that is
 * told of, EVENT_UNMAP must come, it must say what goes, and the call must end when that was read (C4).
 */
void unmap_by(struct scene *s, const char *call, void (*does)(void *), void *arg, char *start,
	      size_t len);

/* --- what steps have of each other ----------------------------------------------------------- */

/* steps_wp.c: what tells of marks where pagemap does not, if it is not there yet. */
void mark_probe_open(struct scene *s);
/* steps_mm.c: clear the soft-dirty bits of a process, and prove it on a page beside the scene. */
void clear_refs(struct scene *s, int proc);
/* steps_madvise.c: MADV_DONTNEED, and what that means for the model; nobody looks yet. */
void give_up_pages(struct scene *s, int proc, unsigned int first, unsigned int n);
/* The same after the advice was given; @err is what came of that, 0 or a negative errno. */
void pages_given_up(struct scene *s, int proc, unsigned int first, unsigned int n, int err);
/* As many free huge pages as there were before some failed. */
void pool_refill(const struct scene *s);
/* A process touches a page that is poisoned: SIGBUS (C5). */
void poison_refuses(struct scene *s, int proc, unsigned int page);
/* A page of the file behind shared memory is another than before: none that failed. */
void file_page_gone(struct scene *s, unsigned int page);
/* What missing_begin() began can go on: it is filled, or nobody is registered who would be asked. */
void missing_resolve(struct scene *s);
/* A page that may have been poisoned is so no more. */
void not_poisoned(struct scene *s, int proc, unsigned int page);
/* What it means for the model alone. */
void gave_up_pages(struct scene *s, int proc, unsigned int first, unsigned int n);
/* The file behind shared memory has lost all its pages: what that means for who maps them. */
void all_punched(struct scene *s);
/* steps_swap.c: is what nothing holds thrown away by reclaim, after MADV_FREE? (precondition) */
void free_canary(struct scene *s);
/* steps_lock.c: the area that was locked, if it was, is mapped no more; in the model. */
void lock_gone(struct scene *s);
/* steps_remap.c: the userfaultfd asks for what is moved, and is told of the area. */
bool remap_is_told(const struct scene *s);
/*
 * mremap() @len bytes at @from to @new_len, wherever the kernel will; with EVENT_REMAP that is told
 * of. Where it is then; NULL, and *@err: refused.
 */
char *grow_away(struct scene *s, char *from, size_t len, size_t new_len, int *err);
/* steps_pin.c: the first device of the parent's that can writes to that page; nobody looks yet. */
void device_writes_page(struct scene *s, unsigned int page);
/* steps_pin.c: pin @n has been taken. */
void pin_taken(struct scene *s, int n);
/* steps_madvise.c: what fork() has to have done because of MADV_DONTFORK or MADV_WIPEONFORK. */
void at_fork_apply(struct scene *s, int proc);

/* --- left_behind.c --------------------------------------------------------------------------- */

/* What must be back where it was, when a test is gone. */
void counters_read(struct scene_counters *c);
/* Of a scene that has gone while its process has not: there are as many pins as @before. */
void pins_as_before(struct scene *s, long before);

#endif
