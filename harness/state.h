/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_STATE_H
#define COWPEN_STATE_H

#include "kinds.h"

/* What a scene holds, and where in it a page, a cell or a pin is. */

/* A variant of the fixture: memory x pin. The name is kselftest's. */
struct _fixture_variant_scene {
	const struct memory_kind *memory;
	const struct pin_kind *pin; /* NULL: nothing pins */
};

struct scene_proc {
	pid_t pid;
	int sock;	       /* the parent's end of the command channel */
	int uffd;	       /* EVENT_FORK: the child's userfaultfd, else -1 */
	char *area;	       /* where it has the area: as the parent had it at fork() */
	bool blind;	       /* it may not even read it (PROT_NONE): no view */
	unsigned int readonly; /* pages that it may not write to, a bit each */
	unsigned int guarded;  /* pages that nobody may touch: guard pages, and poisoned ones */
	unsigned int poisoned; /* of these: SIGBUS, not SIGSEGV */
	unsigned int lacking;  /* pages that it has not inherited (MADV_DONTFORK) */
	bool asleep;	       /* it stands in a fault, and cannot be asked */
};

struct scene_counters { /* clause C8: what must be back where it was */
	long pins;	/* nr_foll_pin_acquired - _released */
	long hugepages_free, hugepages_reserved, hugepages_surplus, swap_free_kib, swap_cached_kib;
	long ksm_across; /* not lost if it is not: scene_end() puts it back */
	unsigned long taint;
};

#define SCENE_FRAMES 128
#define KSM_TWINS    16

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
	bool hole;		       /* one that was no page of the scene is unmapped */
	bool several; /* mappings, though their rights are the same: hugetlbfs merges none */
	bool out[MODEL_PAGES];		     /* swapped out: a view must not bring it back */
	unsigned int in_device;		     /* so are these, a bit each, to a device's memory */
	struct content in_slot[MODEL_PAGES]; /* what was in it when it was swapped out last */
	bool racing[MODEL_PAGES]; /* a write is under way that has been let go: no view is right */
	struct {		  /* write_begin() */
		unsigned int page;
		enum cell cell;
		uint64_t value;
		bool waits;   /* else it went through, and that is mute */
		bool missing; /* it waits for a page that is not there: missing_begin() */
	} begun;
	int memfd; /* the file behind it, else -1 */
	struct {   /* what a device that pins by file is given in its place, if fd >= 0 */
		int fd;
		const char *start; /* where its first byte is mapped */
	} handed;
	unsigned int to_fill; /* pages that UFFDIO_COPY waits to fill, a bit each: nobody looks */
	long huge_failed;     /* huge pages that did */
	uint64_t failed_pfn[MODEL_PAGES]; /* of whatever memory, also what is a page no more */
	unsigned int nfailed;
	unsigned int failed; /* of shared memory, pages of the file whose memory failed */
	bool pid_taken;	     /* fork() asks for one that it cannot have */
	bool fork_failed;    /* with the area in its hands */
	bool looks_pinned;   /* fork() may copy early though nothing is pinned */
	struct account {     /* KiB that the parent has on its account, when it has no pin */
		long pinned, locked; /* VmPin, VmLck */
	} account;
	enum { INHERITED, NOT_INHERITED, WIPED } at_fork; /* what fork() is to do with it */
	unsigned int not_inherited;			  /* the same of pages, a bit each */
	bool guards;					  /* there are guard pages, or were */
	struct {
		bool any;	       /* the parent has locked something once */
		unsigned int pages;    /* that are locked now, a bit each */
		unsigned int on_fault; /* of these, by MLOCK_ONFAULT */
		bool rest;	       /* so is what lies between them in the area */
		long before;	       /* VmLck without it, KiB */
	} lock;
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
	bool disk_touched;	    /* what is swapped out may be waiting for it */
	const char *device_at_work; /* what it is called, while it reads or writes */

	/* ksm_scan_apart(): all twins that were made for it, each of the whole area. */
	struct {
		bool by_node;
		char *twin[KSM_TWINS];
		unsigned int ntwins;
	} ksm;

	/* Where UFFDIO_MOVE moves to: room for the area, registered with a uffd of its own. */
	struct {
		char *area;
		int uffd;
		size_t len;
		struct content content[MODEL_PAGES]; /* of what went there */
		bool there[MODEL_PAGES];
	} elsewhere;

	/* userfaultfd */
	int uffd; /* -1: none yet */
	uint64_t uffd_features;
	uint64_t uffd_mode;    /* UFFDIO_REGISTER_MODE_* of the area */
	bool uffd_user_mode;   /* UFFD_USER_MODE_ONLY */
	bool pagemap_has_mark; /* pagemap bit 57 is there (v5.13) */

	/* What a viewer saw, the samples of one page behind those of the other. Shared, too. */
	char (*seen)[SAMPLES * SAMPLE];

	uint64_t pfn_at_pin[MODEL_PAGES];
	struct scene_frame frame[SCENE_FRAMES]; /* that its processes had: free when they are gone */
	unsigned int nframes;
	struct scene_counters before;
	/* Looks that cost much, where one process has many scenes: harness/explore/ */
	bool spare_frames, spare_registration;
	uint64_t seed;
	unsigned int rng;
	int mark_port; /* debug console for step marks, 0: none */
	char observation[SCENE_OBSERVATIONS][2][48];
	unsigned int nobservations;

	unsigned int ledgers;	   /* SOFT_DIRTY, WP_ASYNC: those that were opened */
	bool ledgers_run;	   /* and cleared: what is written from then on is reported */
	unsigned int over_reports; /* pages reported without a write, at most */
};

/* --- where things are --------------------------------------------------------------- */

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
/* The page behind it in the area is the next small page of it. */
static inline bool page_adjoins(const struct scene *s, unsigned int page)
{
	return s->page_len == SAMPLE &&
	       s->page_offset[page + 1] - s->page_offset[page] == s->page_len;
}
/* Does a pin that writes zones have this one? From its first page's tail to its last page's head. */
static inline bool pin_has_zone(const struct scene *s, const struct pin *p, unsigned int page,
				enum zone z)
{
	bool first = page == p->first, last = page == p->first + p->n - 1;

	if (z == BODY)
		return !first && !last && page_adjoins(s, page - 1) && page_adjoins(s, page);
	return z == HEAD ? !first : !last || first;
}
/* Does it hold the end of @page, of which it is not said to have any? See pin_range(). */
static inline bool pin_leads(const struct pin *p, unsigned int page)
{
	return p->taken && p->lead && page + 1 == p->first;
}
/* Is it in a device's memory, as far as is known? It may have come back with another one. */
static inline bool in_device(const struct scene *s, unsigned int page)
{
	return s->out[page] && s->in_device & 1U << page;
}
/* The process that can ask the pin's device. */
static inline int pin_asked(const struct scene *s, const struct pin *p)
{
	if (p->kind->by_fd)
		return p->fds & 1U << p->owner ? p->owner : __builtin_ctz(p->fds);
	return s->model.proc[p->owner].alive ? p->owner : p->also;
}
/* Is all of the area locked? Else it may be several mappings. */
static inline bool locked_all(const struct scene *s)
{
	return s->lock.pages == (1U << s->npages) - 1 &&
	       (s->lock.rest || s->area_len == s->npages * s->page_len);
}
static inline long locked_kib(const struct scene *s)
{
	size_t rest = s->area_len - s->npages * s->page_len;

	return (__builtin_popcount(s->lock.pages) * s->page_len + (s->lock.rest ? rest : 0)) >> 10;
}
static inline unsigned int clamp_pages(const struct scene *s, unsigned int first, unsigned int n)
{
	return n > s->npages - first ? s->npages - first : n;
}
#define for_each_page(s, i) for (unsigned int i = 0; i < (s)->npages; i++)

/* --- for case.h ---------------------------------------------------------------------- */

void scene_make(struct scene *s, const struct _fixture_variant_scene *v);
/* What is the scene's of that, and not its process's: for one scene after the other in one. */
void scene_begin(struct scene *s, const struct _fixture_variant_scene *v);
/* In the test's process, after its last step: what no step looked at, as it was too much. */
void scene_whole(struct scene *s);
/* In the parent process, after the test process is gone: clause C8. */
void scene_end(struct scene *s);

#endif
