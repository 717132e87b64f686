// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "feature.h"
#include "hmm.h"
#include "ledger.h"
#include "memory.h"
#include "race.h"
#include "race_calls.h"

/*
 * What the two of a race() do. What act() does is system calls alone: what it needs is made
 * ready before, and what came of it is asked when both are done.
 */

static void must_be_done(struct scene *s, const struct act *act, int err)
{
	if (err)
		scene_fail(s, CHECK("race-act-refused"), act->clause, "it is done", "%s: %s",
			   act->name, strerrorname_np(-err));
}

/* --- to the other node ----------------------------------------------------------------------- */

#define MPOL_MF_MOVE_ALL (1 << 2)

static struct {
	void *page[MODEL_PAGES];
	int node[MODEL_PAGES], status[MODEL_PAGES];
	uint64_t pfn[MODEL_PAGES];
} moving;

static long move_pages(struct scene *s, const int *nodes)
{
	return syscall(SYS_move_pages, 0, (unsigned long)s->npages, moving.page, nodes,
		       moving.status, MPOL_MF_MOVE_ALL);
}

/*
 * Fresh pages are not on their lists yet, and so stay where they are: asked to stay, they get on.
 * Where both of a race do that, both find the nodes that they are on.
 */
static void onto_lists(struct scene *s)
{
	int stay[MODEL_PAGES];

	feature_needed(s, F_TWO_NODES);
	feature_needed(s, F_MOVE_PAGES);
	for_each_page(s, i) {
		moving.page[i] = page_addr(s, i);
		(void)*(volatile char *)moving.page[i];
	}
	if (move_pages(s, NULL))
		scene_error(s, "move_pages: %s", strerror(errno));
	memcpy(stay, moving.status, sizeof(stay));
	if (move_pages(s, stay) < 0)
		scene_error(s, "move_pages: %s", strerror(errno));
}

static void migrate_prepare(struct scene *s)
{
	onto_lists(s);
	for_each_page(s, i)
		moving.node[i] = !moving.status[i];
	frames_now(s, moving.pfn);
}

static int migrate_act(struct scene *s)
{
	return move_pages(s, moving.node) < 0 ? -errno : 0;
}

static void migrate_done(struct scene *s, int err)
{
	must_be_done(s, &act_migrate, err);
	tell_moved(s, "migrated", moving.pfn);
}

/*
 * A page of the child, which has it for itself, to where one huge page is free; none is while that
 * is under way.
 */
static void migrate_child_prepare(struct scene *s)
{
	const pid_t child = s->proc[CHILD].pid;

	feature_needed(s, F_TWO_NODES);
	feature_needed(s, F_MOVE_PAGES);
	moving.page[0] = page_addr_in(s, CHILD, 0);
	if (syscall(SYS_move_pages, child, 1UL, moving.page, NULL, moving.status, 0) ||
	    moving.status[0] < 0)
		scene_error(s, "the child's page 0 is on no node");
	moving.node[0] = !moving.status[0];
	hugepages_scarce(s, moving.node[0]);
}

static int migrate_child_act(struct scene *s)
{
	return syscall(SYS_move_pages, s->proc[CHILD].pid, 1UL, moving.page, moving.node,
		       moving.status, MPOL_MF_MOVE_ALL) < 0 ?
		       -errno :
		       0;
}

static void migrate_child_done(struct scene *s, int err)
{
	must_be_done(s, &act_migrate_child, err);
	if (moving.status[0] != moving.node[0])
		scene_error(s, "the child's page 0 was not migrated: %d", moving.status[0]);
	hugepages_plenty();
}

const struct act act_migrate_child = {
	.name = "migrate the child's",
	.clause = "C0",
	.prepare = migrate_child_prepare,
	.act = migrate_child_act,
	.done = migrate_child_done,
};

const struct act act_migrate = {
	.name = "migrate",
	.clause = "C1",
	.prepare = migrate_prepare,
	.act = migrate_act,
	.done = migrate_done,
};

/* --- clear_refs ------------------------------------------------------------------------------ */

static int refs = -1;

static void clear_refs_prepare(struct scene *s)
{
	feature_needed(s, F_SOFT_DIRTY);
	if (refs < 0)
		refs = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
	if (refs < 0)
		scene_error(s, "clear_refs: %s", strerror(errno));
}

static int clear_refs_act(struct scene *s)
{
	return pwrite(refs, "4", 1, 0) == 1 ? 0 : -errno;
}

static void clear_refs_done(struct scene *s, int err)
{
	must_be_done(s, &act_clear_refs, err);
	for_each_page(s, i)
		model_report(&s->model, PARENT, i, false);
}

const struct act act_clear_refs = {
	.name = "clear_refs",
	.clause = "C9",
	.prepare = clear_refs_prepare,
	.act = clear_refs_act,
	.done = clear_refs_done,
};

/* --- the variant's pin ----------------------------------------------------------------------- */

static void pin_prepare(struct scene *s)
{
	struct pin *p = &s->pin[0];

	if (!p->addr || p->taken)
		scene_error(s, "there was no pin before, or there is one still");
}

static int pin_act(struct scene *s)
{
	struct pin *p = &s->pin[0];

	return p->kind->take(s, p, p->addr, p->len);
}

static void pin_done(struct scene *s, int err)
{
	must_be_done(s, &act_pin, err);
	pin_taken(s, 0);
}

const struct act act_pin = {
	.name = "pin",
	.clause = "C1",
	.prepare = pin_prepare,
	.act = pin_act,
	.done = pin_done,
};

/* --- fork() ---------------------------------------------------------------------------------- */

static void fork_prepare(struct scene *s)
{
	if (s->uffd_features & UFFD_FEATURE_EVENT_FORK)
		scene_error(s, "nobody reads EVENT_FORK");
}

static int fork_act(struct scene *s)
{
	return child_fork(s, CHILD);
}

static void fork_done(struct scene *s, int err)
{
	must_be_done(s, &act_fork, err);
	model_fork(&s->model, PARENT, CHILD, false);
}

const struct act act_fork = {
	.name = "fork",
	.clause = "C2",
	.prepare = fork_prepare,
	.act = fork_act,
	.forks = true,
	.done = fork_done,
};

/* Where it is held it has copied a page already: what it copies later may be newer. */
const struct act act_fork_pinned = {
	.name = "fork",
	.clause = "C2",
	.prepare = fork_prepare,
	.act = fork_act,
	.first = true,
	.done = fork_done,
};

/* --- writes of the CPU ----------------------------------------------------------------------- */

static struct {
	uint64_t *addr[MODEL_PAGES], value[MODEL_PAGES];
} writing;

static void write_prepare(struct scene *s)
{
	for_each_page(s, i) {
		writing.addr[i] = write_addr(s, i);
		writing.value[i] = stamp(BY_PARENT, s->step, i, write_cell(s, i));
	}
}

static void write_done(struct scene *s, int err)
{
	for_each_page(s, i)
		model_write(&s->model, PARENT, i, write_cell(s, i), writing.value[i]);
	touch(s, ALL_PAGES);
}

static int store_act(struct scene *s)
{
	for_each_page(s, i)
		*(volatile uint64_t *)writing.addr[i] = writing.value[i];
	return 0;
}

const struct act act_store = {
	.name = "write",
	.clause = "C0",
	.prepare = write_prepare,
	.act = store_act,
	.done = write_done,
};

/* --- writes of a device that faults --------------------------------------------------------- */

static struct {
	enum cell cell[MODEL_PAGES];
	uint64_t value[MODEL_PAGES];
} dma;

/* What it has is taken from it, and that it may be written to from the entry: so it faults. */
static void device_prepare(struct scene *s)
{
	struct pin *p = &s->pin[0];

	if (!p->taken || !p->kind->can_write || !p->kind->on_demand)
		scene_error(s, "%s does not fault", p->kind->name);
	if (mprotect(s->area, s->area_len, PROT_READ) ||
	    mprotect(s->area, s->area_len, PROT_READ | PROT_WRITE))
		scene_error(s, "mprotect: %s", strerror(errno));
	for_each_page(s, i) {
		dma.cell[i] = device_cell(s, p, i);
		dma.value[i] = stamp(BY_DEVICE, s->step, i, dma.cell[i]);
	}
}

static int device_act(struct scene *s)
{
	struct pin *p = &s->pin[0];
	int err = 0;

	for (unsigned int i = 0; i < s->npages && !err; i++)
		err = p->kind->write(s, p, i, dma.cell[i], &dma.value[i]);
	return err;
}

static void device_done(struct scene *s, int err)
{
	must_be_done(s, &act_device_write, err);
	for_each_page(s, i)
		if (!model_device_write(&s->model, 0, i, dma.cell[i], dma.value[i]))
			scene_error(s, "the model does not know where it writes to");
	/* As a write of its owner's. */
	for_each_page(s, i)
		model_report(&s->model, PARENT, i, true);
	touch(s, ALL_PAGES);
}

const struct act act_device_write = {
	.name = "a device that faults writes",
	.clause = "C1",
	.prepare = device_prepare,
	.act = device_act,
	.by_page = true,
	.done = device_done,
};

/*
 * fork() takes the right to write out of the entries that it copies, and flushes the TLB when it has
 * copied all (dup_mmap()): until then a processor that has an entry of the page writes by it, to
 * what is the child's, too, and waits at the first page of which it has none. MADV_COLD takes
 * entries from the TLB, and nothing else that matters here.
 */
static void write_prepare_afresh(struct scene *s)
{
	write_prepare(s);
	if (madvise(s->area, s->area_len, MADV_COLD))
		scene_error(s, "MADV_COLD: %s", strerror(errno));
}

const struct act act_store_afresh = {
	.name = "write",
	.clause = "C0",
	.prepare = write_prepare_afresh,
	.act = store_act,
	.done = write_done,
};

static int write_act(struct scene *s)
{
	writer_begin(s, s->npages, writing.addr, writing.value);
	return 0;
}

static pid_t write_who(struct scene *s)
{
	return writer_tid();
}

static void fault_finish(struct scene *s)
{
	while (writer_wait(s, -1, PATIENCE_MS) != WRITER_DONE)
		writer_stuck(s, CHECK("race-write-stuck"), "C3", "the write ends");
}

const struct act act_fault = {
	.name = "a write faults",
	.clause = "C3",
	.prepare = write_prepare,
	.act = write_act,
	.who = write_who,
	.finish = fault_finish,
	.waits = true,
	.done = write_done,
};

/*
 * A monitor unprotects each page of which a write is noticed. Where A is held at any of its calls it
 * may be past all of them: then nothing is noticed, and nothing was to be protected yet.
 */
static bool past;

static void noticed_finish(struct scene *s)
{
	struct uffd_notice n;

	past = calls_for() && writer_wait(s, s->uffd, PATIENCE_MS) == WRITER_DONE;
	if (past)
		return;
	for_each_page(s, i) {
		if (!write_is_pending(s, i))
			return;
		if (uffd_next(s, s->uffd, &n))
			notice_is_for(s, PARENT, &n, i, write_offset(s, i));
		writer_asleep(s);
		uffd_protect(s, s->uffd, page_addr(s, i), s->page_len, 0);
		/* It is there when the next one is noticed. */
		model_write(&s->model, PARENT, i, write_cell(s, i), writing.value[i]);
	}
	writer_must_end(s);
}

static void noticed_done(struct scene *s, int err)
{
	write_done(s, err);
	for_each_page(s, i) {
		if (past && model_marked(&s->model, PARENT, i))
			write_unnoticed(s);
		model_mark(&s->model, PARENT, i, false);
	}
}

const struct act act_noticed_write = {
	.name = "a write faults, and is noticed",
	.clause = "C3",
	.prepare = write_prepare,
	.act = write_act,
	.who = write_who,
	.finish = noticed_finish,
	.waits = true,
	.passes = true,
	.by_page = true,
	.done = noticed_done,
};

/* What the child has of it, page by page: by the CPU, as it is, and no page is unshared. */
static void torn_done(struct scene *s, int err)
{
	static unsigned int torn;
	unsigned int newer = 0;
	char path[32];
	uint64_t seen;
	int fd;

	write_done(s, err);
	snprintf(path, sizeof(path), "/proc/%d/mem", s->proc[CHILD].pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	for_each_page(s, i) {
		if (pread(fd, &seen, sizeof(seen),
			  (uintptr_t)page_addr_in(s, CHILD, i) + write_offset(s, i)) !=
		    sizeof(seen))
			scene_error(s, "%s: %s", path, strerror(errno));
		if (seen != writing.value[i])
			continue;
		model_replace(&s->model, CHILD, i, model_content(&s->model, PARENT, i));
		newer++;
	}
	close(fd);
	torn += newer && newer < s->npages;
	observe(s, "torn", "%u", torn);
}

const struct act act_store_torn = {
	.name = "write",
	.clause = "C2",
	.prepare = write_prepare,
	.act = store_act,
	.done = torn_done,
};

/* --- write-protect --------------------------------------------------------------------------- */

static int protect(struct scene *s, uint64_t mode)
{
	struct uffdio_writeprotect wp = {
		.range = { (uintptr_t)s->area, s->area_len },
		.mode = mode,
	};

	bool rwp = s->uffd_mode & UFFDIO_REGISTER_MODE_RWP;

	return ioctl(s->uffd, rwp ? UFFDIO_RWPROTECT : UFFDIO_WRITEPROTECT, &wp) ? -errno : 0;
}

static void wp_prepare(struct scene *s)
{
	if (s->uffd < 0 || !registered_for_wp(s, PARENT))
		scene_error(s, "nothing is registered");
}

static int wp_act(struct scene *s)
{
	return protect(s, UFFDIO_WRITEPROTECT_MODE_WP);
}

static int unwp_act(struct scene *s)
{
	return protect(s, 0);
}

static void wp_done(struct scene *s, int err)
{
	must_be_done(s, &act_wp, err);
	for_each_page(s, i)
		model_mark(&s->model, PARENT, i, true);
}

static void unwp_done(struct scene *s, int err)
{
	must_be_done(s, &act_unwp, err);
	for_each_page(s, i)
		model_mark(&s->model, PARENT, i, false);
}

const struct act act_wp = {
	.name = "wp",
	.clause = "C3",
	.prepare = wp_prepare,
	.act = wp_act,
	.done = wp_done,
};
const struct act act_unwp = {
	.name = "unwp",
	.clause = "C3",
	.prepare = wp_prepare,
	.act = unwp_act,
	.done = unwp_done,
};

/* --- the end of a registration --------------------------------------------------------------- */

static int close_act(struct scene *s)
{
	return close(s->uffd) ? -errno : 0;
}

static void close_done(struct scene *s, int err)
{
	must_be_done(s, &act_close, err);
	s->uffd = -1;
	registration_gone(s);
}

const struct act act_close = {
	.name = "close the uffd",
	.clause = "C4",
	.prepare = wp_prepare,
	.act = close_act,
	.done = close_done,
};

static int unregister_act(struct scene *s)
{
	struct uffdio_range r = { (uintptr_t)s->area, s->area_len };

	return ioctl(s->uffd, UFFDIO_UNREGISTER, &r) ? -errno : 0;
}

static void unregister_done(struct scene *s, int err)
{
	must_be_done(s, &act_unregister, err);
	registration_gone(s);
}

const struct act act_unregister = {
	.name = "unregister",
	.clause = "C4",
	.prepare = wp_prepare,
	.act = unregister_act,
	.done = unregister_done,
};

/* --- other rights, of which nobody makes use ------------------------------------------------- */

static int mprotect_act(struct scene *s)
{
	const int rw = PROT_READ | PROT_WRITE;

	if (mprotect(s->area, s->area_len, rw | PROT_EXEC) || mprotect(s->area, s->area_len, rw))
		return -errno;
	return 0;
}

static void mprotect_done(struct scene *s, int err)
{
	must_be_done(s, &act_mprotect, err);
}

const struct act act_mprotect = {
	.name = "mprotect there and back",
	.clause = "C5",
	.act = mprotect_act,
	.done = mprotect_done,
};

/* --- reclaim, and back again ----------------------------------------------------------------- */

static void pageout_prepare(struct scene *s)
{
	feature_needed(s, F_SWAP);
	if (s->memory->huge)
		scene_error(s, "hugetlbfs is never swapped");
	onto_lists(s);
}

static int pageout_act(struct scene *s)
{
	return madvise(s->area, s->area_len, MADV_PAGEOUT) ? -errno : 0;
}

static void pageout_done(struct scene *s, int err)
{
	must_be_done(s, &act_pageout, err);
	for_each_page(s, i)
		is_out(s, i, pagemap(0, page_addr(s, i)) & PM_SWAP);
}

const struct act act_pageout = {
	.name = "pageout",
	.clause = "C1",
	.prepare = pageout_prepare,
	.act = pageout_act,
	.done = pageout_done,
};

/* --- to a device that has memory of its own -------------------------------------------------- */

static struct {
	int fd;
	void *data; /* what it gives, of which nobody wants to know */
} device;

static void to_device_prepare(struct scene *s)
{
	feature_needed(s, F_HMM);
	device.fd = hmm_device(s);
	device.data =
		mmap(NULL, s->area_len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (device.data == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	/* The zero page is on no list. */
	if (!(kpageflags(frame_at(page_addr(s, 0))) & KPF_ZERO_PAGE))
		onto_lists(s);
}

/* ENOENT: not all of them went. */
static int to_device_act(struct scene *s)
{
	int err = hmm_ask(device.fd, HMM_TO_DEVICE, s->area, s->area_len, device.data);

	return err == -ENOENT ? 0 : err;
}

static void to_device_done(struct scene *s, int err)
{
	unsigned int n = 0;

	munmap(device.data, s->area_len);
	must_be_done(s, &act_to_device, err);
	for_each_page(s, i) {
		if (!(pagemap(0, page_addr(s, i)) & PM_SWAP))
			continue;
		s->touched[i] = s->out[i] = true;
		s->in_device |= 1U << i;
		n++;
	}
	observe(s, "in_device", "%u of %u", n, s->npages);
}

const struct act act_to_device = {
	.name = "to a device",
	.clause = "C1",
	.prepare = to_device_prepare,
	.act = to_device_act,
	.done = to_device_done,
};

/* --- and back again from where they are ------------------------------------------------------ */

static int read_act(struct scene *s)
{
	for_each_page(s, i)
		(void)*(volatile char *)page_addr(s, i);
	return 0;
}

static void read_done(struct scene *s, int err)
{
	touch(s, ALL_PAGES);
}

const struct act act_read = {
	.name = "a read faults",
	.clause = "C0",
	.act = read_act,
	.done = read_done,
};

/* swapoff() brings all back without a fault, and goes by what it finds in the page table. */
static char swap_file[64];

static void swapoff_prepare(struct scene *s)
{
	feature_needed(s, F_SWAP);
	if (!swap_device(swap_file, sizeof(swap_file)) || !s->out[0])
		scene_error(s, "there is no swap, or page 0 is not swapped out");
}

static int swapoff_act(struct scene *s)
{
	return swapoff(swap_file) ? -errno : 0;
}

static void swapoff_done(struct scene *s, int err)
{
	must_be_done(s, &act_swapoff, err);
	if (swapon(swap_file, 0))
		scene_error(s, "swapon: %s", strerror(errno));
	touch(s, ALL_PAGES);
}

const struct act act_swapoff = {
	.name = "swapoff",
	.clause = "C4",
	.prepare = swapoff_prepare,
	.act = swapoff_act,
	.done = swapoff_done,
};

/* --- what is given up ------------------------------------------------------------------------ */

/* What is on its way to the lists has a reference more, which the end of it would give back. */
static void dontneed_prepare(struct scene *s)
{
	static char *nothing;

	if (s->memory->huge)
		feature_needed(s, F_DONTNEED_HUGETLB);
	if (!nothing)
		nothing = map_small(s, PAGE_4K);
	if (madvise(nothing, PAGE_4K, MADV_COLD))
		scene_error(s, "MADV_COLD: %s", strerror(errno));
}

static int dontneed_act(struct scene *s)
{
	return madvise(s->area, s->area_len, MADV_DONTNEED) ? -errno : 0;
}

static void dontneed_done(struct scene *s, int err)
{
	must_be_done(s, &act_dontneed, err);
	gave_up_pages(s, PARENT, ALL_PAGES);
	touch(s, ALL_PAGES);
}

const struct act act_dontneed = {
	.name = "dontneed",
	.clause = "C0",
	.prepare = dontneed_prepare,
	.act = dontneed_act,
	.first = true,
	.by_page = true,
	.done = dontneed_done,
};

/* The same, and nobody looks at what is there then, which would fault it in. */
static void gone_done(struct scene *s, int err)
{
	must_be_done(s, &act_drop, err);
	gave_up_pages(s, PARENT, ALL_PAGES);
	for_each_page(s, i)
		s->touched[i] = s->out[i] = false;
	s->touched[MODEL_REST] = false;
}

const struct act act_drop = {
	.name = "drop",
	.clause = "C0",
	.prepare = dontneed_prepare,
	.act = dontneed_act,
	.first = true,
	.by_page = true,
	.done = gone_done,
};

/* A hole in the file of shared memory. */
static void punch_prepare(struct scene *s)
{
	if (s->memfd < 0 || !s->memory->shared)
		scene_error(s, "it is no shared memory of a file");
}

static int punch_act(struct scene *s)
{
	return madvise(s->area, s->area_len, MADV_REMOVE) ? -errno : 0;
}

static void punch_done(struct scene *s, int err)
{
	must_be_done(s, &act_punch, err);
	all_punched(s);
}

const struct act act_punch = {
	.name = "punch a hole",
	.clause = "C1",
	.prepare = punch_prepare,
	.act = punch_act,
	.by_page = true,
	.done = punch_done,
};

/* Another mapping in its place, as munmap() and mmap() are in one call. */
static void map_over_prepare(struct scene *s)
{
	if (s->memfd >= 0 || s->memory->shared || s->memory->huge)
		scene_error(s, "what is there is no anonymous memory of small pages");
}

static int map_over_act(struct scene *s)
{
	return mmap(s->area, s->area_len, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == s->area ?
		       0 :
		       -errno;
}

static void map_over_done(struct scene *s, int err)
{
	must_be_done(s, &act_map_over, err);
	gave_up_pages(s, PARENT, ALL_PAGES);
	touch(s, ALL_PAGES);
}

const struct act act_map_over = {
	.name = "mmap over it",
	.clause = "C0",
	.prepare = map_over_prepare,
	.act = map_over_act,
	.first = true,
	.by_page = true,
	.done = map_over_done,
};

/* To another place, and back. */
static char *spare;

static void remap_prepare(struct scene *s)
{
	if (!spare)
		spare = map_aligned(s, HUGEPAGE);
	if (s->area_len > HUGEPAGE)
		scene_error(s, "the area has more than %lu bytes", HUGEPAGE);
	map_or_error(s, spare, s->area_len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1);
}

static int remap_act(struct scene *s)
{
	const int flags = MREMAP_MAYMOVE | MREMAP_FIXED;

	if (mremap(s->area, s->area_len, s->area_len, flags, spare) != spare)
		return -errno;
	return mremap(spare, s->area_len, s->area_len, flags, s->area) == s->area ? 0 : -errno;
}

static void remap_done(struct scene *s, int err)
{
	must_be_done(s, &act_remap, err);
}

const struct act act_remap = {
	.name = "mremap there and back",
	.clause = "C0",
	.prepare = remap_prepare,
	.act = remap_act,
	.done = remap_done,
};

/* To memory beside, which is empty each time. */
static char *landing;
static int landing_uffd;

static void landing_prepare(struct scene *s)
{
	int err;

	feature_needed(s, F_UFFD_MOVE);
	if (s->memfd >= 0 || s->memory->shared || s->memory->huge)
		scene_error(s, "only anonymous memory is moved");
	if (!landing) {
		landing = map_small(s, s->area_len);
		landing_uffd = uffd_new(s, 0);
		err = uffd_register(landing_uffd, landing, s->area_len,
				    UFFDIO_REGISTER_MODE_MISSING);
		if (err)
			scene_error(s, "UFFDIO_REGISTER: %s", strerror(-err));
	}
	if (madvise(landing, s->area_len, MADV_DONTNEED))
		scene_error(s, "MADV_DONTNEED: %s", strerror(errno));
}

static void move_prepare(struct scene *s)
{
	/* From the page's lock to the move it reads page tables: it is held there, or not before. */
	if (!calls_for())
		feature_needed(s, F_PREEMPT_RCU);
	landing_prepare(s);
}

static int move_act(struct scene *s)
{
	struct uffdio_move m = { .dst = (uintptr_t)landing,
				 .src = (uintptr_t)s->area,
				 .len = s->area_len };

	return ioctl(landing_uffd, UFFDIO_MOVE, &m) ? -errno : 0;
}

/* What was pinned before it may not be moved: the views say so, as the model goes on having it. */
static void move_done(struct scene *s, int err)
{
	bool held = page_held(s, 0);

	observe(s, "move", "%s", err ? strerrorname_np(-err) : "done");
	if (held && (!err || err == -EBUSY))
		return;
	/* Who chose it for a race knows that nobody has the page; else somebody may for a moment. */
	if (calls_alone() && (err == -EBUSY || err == -EAGAIN))
		return;
	must_be_done(s, &act_move, err);
	gave_up_pages(s, PARENT, ALL_PAGES);
	touch(s, ALL_PAGES);
}

const struct act act_move = {
	.name = "UFFDIO_MOVE",
	.clause = "C7",
	.prepare = move_prepare,
	.act = move_act,
	.by_page = true,
	.done = move_done,
};

/* With a failure it may come to an end before the last page. It says how much it has moved. */
static long long moved;

static int move_all(struct scene *s)
{
	struct uffdio_move m = { .dst = (uintptr_t)landing,
				 .src = (uintptr_t)s->area,
				 .len = s->area_len };
	int err = ioctl(landing_uffd, UFFDIO_MOVE, &m) ? -errno : 0;

	moved = m.move;
	return moved > 0 ? 0 : err;
}

static void moved_all(struct scene *s, int err)
{
	unsigned int n = 0;

	must_be_done(s, &act_move_all, err);
	while (n < s->npages && s->page_offset[n] < (size_t)moved)
		n++;
	gave_up_pages(s, PARENT, 0, n);
	touch(s, 0, n);
}

const struct act act_move_all = {
	.name = "UFFDIO_MOVE",
	.clause = "C7",
	.prepare = landing_prepare,
	.act = move_all,
	.done = moved_all,
};

/* --- a pin that is gone when the call returns ------------------------------------------------ */

static struct iovec peek_from[MODEL_PAGES], peek_to[MODEL_PAGES];

static void peek_prepare(struct scene *s)
{
	static char to[MODEL_PAGES];

	feature_needed(s, F_UNSHARE);
	for_each_page(s, i) {
		peek_from[i] = (struct iovec){ page_addr(s, i), 1 };
		peek_to[i] = (struct iovec){ &to[i], 1 };
	}
}

static int peek_act(struct scene *s)
{
	return process_vm_readv(getpid(), peek_to, s->npages, peek_from, s->npages, 0) < 0 ?
		       -errno :
		       0;
}

static void peek_done(struct scene *s, int err)
{
	must_be_done(s, &act_peek, err);
}

const struct act act_peek = {
	.name = "process_vm_readv",
	.clause = "C1",
	.prepare = peek_prepare,
	.act = peek_act,
	.done = peek_done,
};

/* --- huge pages ------------------------------------------------------------------------------ */

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

static uint64_t before_collapse[MODEL_PAGES];

static void collapse_prepare(struct scene *s)
{
	feature_needed(s, F_COLLAPSE);
	onto_lists(s);
	frames_now(s, before_collapse);
}

static int collapse_act(struct scene *s)
{
	return madvise(s->area, HUGEPAGE, MADV_COLLAPSE) ? -errno : 0;
}

/* What is in its way now may be gone next time: a refusal is none of ours. */
static void collapse_done(struct scene *s, int err)
{
	observe(s, "collapse", "%s", err ? strerrorname_np(-err) : "done");
	tell_moved(s, "moved_by_collapse", before_collapse);
}

const struct act act_collapse = {
	.name = "collapse",
	.clause = "C4",
	.prepare = collapse_prepare,
	.act = collapse_act,
	.done = collapse_done,
};

static char split_text[96];
static int split_file = -1;

static void split_prepare(struct scene *s)
{
	feature_needed(s, F_SPLIT_RANGE);
	snprintf(split_text, sizeof(split_text), "%d,0x%lx,0x%lx", getpid(), (unsigned long)s->area,
		 (unsigned long)s->area + s->area_len);
	if (split_file < 0)
		split_file = open("/sys/kernel/debug/split_huge_pages", O_WRONLY | O_CLOEXEC);
	if (split_file < 0)
		scene_error(s, "split_huge_pages: %s", strerror(errno));
}

static int split_act(struct scene *s)
{
	return pwrite(split_file, split_text, strlen(split_text), 0) < 0 ? -errno : 0;
}

static void split_done(struct scene *s, int err)
{
	must_be_done(s, &act_split, err);
}

/* Reclaim splits what is only mapped in part, without the lock of anybody's memory. */
static int drop_file = -1;

static void drop_prepare(struct scene *s)
{
	char *unseen = s->area + THP_UNSEEN * PAGE_4K;

	feature_needed(s, F_THP);
	if (s->area_len != HUGEPAGE || madvise(unseen, PAGE_4K, MADV_DONTNEED))
		scene_error(s, "no page of a huge page can be given up: %s", strerror(errno));
	s->rest[THP_UNSEEN] = false;
	if (drop_file < 0)
		drop_file = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
	if (drop_file < 0)
		scene_error(s, "drop_caches: %s", strerror(errno));
}

static int drop_act(struct scene *s)
{
	return pwrite(drop_file, "2", 1, 0) < 0 ? -errno : 0;
}

static void drop_done(struct scene *s, int err)
{
	must_be_done(s, &act_reclaim_split, err);
}

const struct act act_reclaim_split = {
	.name = "reclaim splits",
	.clause = "C4",
	.prepare = drop_prepare,
	.act = drop_act,
	.done = drop_done,
};

const struct act act_split = {
	.name = "split",
	.clause = "C4",
	.prepare = split_prepare,
	.act = split_act,
	.done = split_done,
};

/* --- userfaultfd fills a hole ---------------------------------------------------------------- */

static struct content filled[MODEL_PAGES];
static char *fill_from;

static void copy_prepare(struct scene *s)
{
	if (!fill_from)
		fill_from = map_small(s, s->area_len);
	for_each_page(s, i) {
		if (s->touched[i])
			scene_error(s, "page %u is there", i);
		filled[i] = content_by(BY_PARENT, s->step, i);
		content_bytes(&filled[i], s->page_len, 0, fill_from + s->page_offset[i],
			      s->page_len);
	}
}

static int copy_act(struct scene *s)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)s->area,
		.src = (uintptr_t)fill_from,
		.len = s->area_len,
	};

	return ioctl(s->uffd, UFFDIO_COPY, &copy) ? -errno : 0;
}

static void copy_done(struct scene *s, int err)
{
	must_be_done(s, &act_copy, err);
	for_each_page(s, i)
		model_replace(&s->model, PARENT, i, &filled[i]);
	touch(s, ALL_PAGES);
}

const struct act act_copy = {
	.name = "UFFDIO_COPY",
	.clause = "C4",
	.prepare = copy_prepare,
	.act = copy_act,
	.by_page = true,
	.done = copy_done,
};

/* The same, with a failure: what it did not come to is a hole still. */
static long long copied;

static int copy_all(struct scene *s)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)s->area,
		.src = (uintptr_t)fill_from,
		.len = s->area_len,
	};
	int err = ioctl(s->uffd, UFFDIO_COPY, &copy) ? -errno : 0;

	copied = copy.copy;
	return copied > 0 ? 0 : err;
}

static void copied_all(struct scene *s, int err)
{
	must_be_done(s, &act_copy_all, err);
	for_each_page(s, i)
		if (s->page_offset[i] < (size_t)copied) {
			model_replace(&s->model, PARENT, i, &filled[i]);
			touch(s, PAGE(i));
		}
}

const struct act act_copy_all = {
	.name = "UFFDIO_COPY",
	.clause = "C0",
	.prepare = copy_prepare,
	.act = copy_all,
	.done = copied_all,
};

/* What is in the page cache and not in the page table. */
static void continue_prepare(struct scene *s)
{
	if (!s->memory->shared)
		scene_error(s, "nothing is in a page cache, and not here");
	for_each_page(s, i)
		if (s->touched[i])
			scene_error(s, "page %u is there", i);
}

static int continue_act(struct scene *s)
{
	struct uffdio_continue c = { .range = { (uintptr_t)s->area, s->area_len } };

	return ioctl(s->uffd, UFFDIO_CONTINUE, &c) ? -errno : 0;
}

static void continue_done(struct scene *s, int err)
{
	must_be_done(s, &act_continue, err);
	touch(s, ALL_PAGES);
}

const struct act act_continue = {
	.name = "UFFDIO_CONTINUE",
	.clause = "C4",
	.prepare = continue_prepare,
	.act = continue_act,
	.done = continue_done,
};

/* --- PAGEMAP_SCAN clears the ledger ---------------------------------------------------------- */

static void scan_prepare(struct scene *s)
{
	if (!ledger_kept(s, WP_ASYNC, PARENT))
		scene_error(s, "there is no such ledger");
}

static int scan_act(struct scene *s)
{
	const struct query q = { .flags = PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC,
				 .mask = PAGE_IS_WRITTEN,
				 .regions = MAX_REGIONS };
	unsigned int pages;

	return ledger_scan(s, PARENT, &q, &pages);
}

static void scan_done(struct scene *s, int err)
{
	must_be_done(s, &act_scan, err);
	for_each_page(s, i)
		model_report(&s->model, PARENT, i, false);
}

const struct act act_scan = {
	.name = "scan",
	.clause = "C9",
	.prepare = scan_prepare,
	.act = scan_act,
	.first = true,
	.done = scan_done,
};

/* --- KSM ------------------------------------------------------------------------------------- */

#define KSM_DIR "/sys/kernel/mm/ksm/"

static char *twin;

/*
 * Two twins below the pages: ksmd sees them first, and merges them with each other. So it is the
 * scene's page that goes, and not its twin.
 */
static void ksm_prepare(struct scene *s)
{
	feature_needed(s, F_KSM);
	if (!twin) {
		twin = map_small(s, 2 * s->area_len);
		ksm_may_merge(s, twin, 2 * s->area_len);
		ksm_may_merge(s, s->area, s->area_len);
		knob_set(s, KSM_DIR "run", "0");
		knob_set(s, KSM_DIR "pages_to_scan", "2000");
		knob_set(s, KSM_DIR "sleep_millisecs", "1");
		/* What it could not merge it passes over for a while (5e924ff54d08, v6.7). */
		if (!access(KSM_DIR "smart_scan", F_OK))
			knob_set(s, KSM_DIR "smart_scan", "0");
	}
	if (twin > s->area)
		scene_error(s, "the twin lies above the pages");
	for_each_page(s, i)
		for (char *t = twin; t <= twin + s->area_len; t += s->area_len)
			memcpy(t + s->page_offset[i], page_addr(s, i), PAGE_4K);
}

static pid_t ksm_who(struct scene *s)
{
	static pid_t pid;
	char path[32], comm[32];

	for (pid_t p = 2; !pid && p < 1000; p++) {
		snprintf(path, sizeof(path), "/proc/%d/comm", p);
		if (file_get(path, comm, sizeof(comm)) && !strcmp(comm, "ksmd"))
			pid = p;
	}
	if (!pid)
		scene_error(s, "there is no ksmd");
	return pid;
}

static int ksm_act(struct scene *s)
{
	return file_put(KSM_DIR "run", "1");
}

static long ksm_scans(void)
{
	char line[32];

	return file_get(KSM_DIR "full_scans", line, sizeof(line)) ? strtol(line, NULL, 10) : -1;
}

/* It looks at a page for its checksum, and the next time for a twin. */
static void ksm_finish(struct scene *s)
{
	long first = ksm_scans();

	if (!wait_until(ksm_scans() > first + 3))
		wait_error(s, by_kernel("ksmd"), "ksmd does not scan");
	if (file_put(KSM_DIR "run", "0"))
		scene_error(s, "ksmd cannot be stopped");
}

static void ksm_done(struct scene *s, int err)
{
	unsigned int merged = 0;

	must_be_done(s, &act_ksm, err);
	for_each_page(s, i)
		merged += ksm_merged(page_addr(s, i), twin + s->page_offset[i]);
	observe(s, "ksm_merged", "%u of %u", merged, s->npages);
}

const struct act act_ksm = {
	.name = "KSM merges",
	.clause = "C1",
	.prepare = ksm_prepare,
	.act = ksm_act,
	.who = ksm_who,
	.finish = ksm_finish,
	.done = ksm_done,
};
