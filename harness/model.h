/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_MODEL_H
#define COWPEN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What every viewer must see: the content of a page per (process, page), the pin an
 * alias of (pinning process, page), fork a copy of the contents, shared memory
 * one content for all, a write-protect mark per (process, page), what is registered
 * and with which modes per process, and a bit per (process, page) for what its
 * CPU has written since that was last cleared: it must be reported (C9). The
 * model knows nothing of folios, and that is why it
 * can judge them. Pure: no system call, no pointer, so that it can live in
 * memory shared by the scene's processes.
 */
#define MODEL_PROCS 4
#define MODEL_PAGES 8
#define MODEL_PINS  4
#define MODEL_HELD  16

/* As a page: all that the area has beside the scene's pages. It has no cells. */
#define MODEL_REST MODEL_PAGES

/*
 * A page is filled with a pattern, and writes land in cells: at its start, across
 * its middle and at its end. A CPU write and a DMA to the same page have cells of
 * their own, so that they do not hide each other. CELL_DEV is a disk sector long
 * (O_DIRECT), and its value fills it; the others are 8 bytes.
 */
enum cell {
	CELL_DEV,
	CELL_CPU,
	CELL_CPU_MID,
	CELL_DEV_MID,
	CELL_DEV_END,
	CELL_CPU_END,
	NR_CELLS,
	PATTERN = NR_CELLS, /* as values: what is between the cells, in each zone */
	PATTERN_HEAD,
	PATTERN_TAIL,
	NR_VALUES
};
size_t cell_offset(enum cell c, size_t page_len);
size_t cell_len(enum cell c);
#define CELL_MAX 512
/* What a cell is filled with for value @v, into @to; its length is returned. */
size_t cell_fill(enum cell c, uint64_t v, uint64_t to[CELL_MAX / 8]);
/*
 * A device that writes bytes and not cells has of a page its tail, of the next its head, and of one
 * between them all: it begins and ends in the middle of pages. What is in a zone, cells and
 * pattern, it writes as a whole.
 */
enum zone {
	HEAD,
	BODY, /* what is neither: PATTERN is its pattern */
	TAIL,
	NR_ZONES
};
#define ZONE_LEN (3 * 512UL) /* of HEAD and TAIL: sectors */
size_t zone_offset(enum zone z, size_t page_len);
size_t zone_len(enum zone z, size_t page_len);
/* The zone that a value is in, a cell or a pattern. No cell is in two. */
enum zone zone_of(enum cell c, size_t page_len);
/* The cells that a write of this step to this page goes to: each has its turn. */
enum cell cpu_cell(unsigned int step, unsigned int page);
enum cell dev_cell(unsigned int step, unsigned int page);

/*
 * A stamp is unique for (actor, step, page, cell), so that a wrong value says
 * which write was lost or leaked. Zero is "never written".
 */
enum actor { BY_PARENT, BY_CHILD, BY_GRANDCHILD, BY_OTHER, BY_DEVICE, BY_FILE, NR_ACTORS };

/* No stamp and no pattern looks like this: for where a device is to read to. */
#define POISON 0x706f69736f6e6564ULL

uint64_t stamp(enum actor by, unsigned int step, unsigned int page, enum cell cell);
/* True if @v is a stamp; the parts are stored where the pointer is not NULL. */
bool stamp_parse(uint64_t v, enum actor *by, unsigned int *step, unsigned int *page);

/*
 * A pattern is unique for (actor, step, page), and so is each word of it for where it
 * stands: what is lost, leaked, of another page or shifted says what it is. Zero is
 * all zeros: never written.
 */
uint64_t pattern(enum actor by, unsigned int step, unsigned int page);
/* The 8 bytes of it at @offset, a multiple of 8. */
uint64_t pattern_word(uint64_t pattern, size_t offset);
bool pattern_parse(uint64_t word, enum actor *by, unsigned int *step, unsigned int *page,
		   size_t *offset);
/* The pattern that this is the word of at @offset; a word that is of none is returned as it is. */
uint64_t pattern_of(uint64_t word, size_t offset);

/*
 * For people: "child's write of step 4 to page 0", "page 1's first content at byte
 * 1024", "zero", "garbage 0x…". @v is a stamp or a word of a pattern. Into @buf, returned.
 */
char *stamp_str(uint64_t v, char *buf, size_t len);

/* What is in a page: of each cell the value, and of each zone the pattern between them. */
struct content {
	uint64_t v[NR_VALUES];
};
/* Stamps in all cells, and the pattern: what @by fills the page with in that step. */
struct content content_by(enum actor by, unsigned int step, unsigned int page);
/*
 * The bytes of it from @offset on, both multiples of 8, into @to. @page_len: where its
 * cells and zones are; 0 if it has none, and is of PATTERN all over.
 */
void content_bytes(const struct content *c, size_t page_len, size_t offset, void *to, size_t len);

/* Faults that can be planted to show that the oracle can fail (make test). */
enum model_fault {
	FAULT_NONE,
	FAULT_FORK_SHARES, /* a write after fork() is expected in the child too */
	FAULT_PIN_STALE,   /* the pin is expected not to follow the CPU */
	FAULT_DMA_LOST,	   /* a device write is expected not to reach the CPU */
	FAULT_MARK_LOST,   /* write-protect is expected to leave no mark */
	/* Two for what the model does not cover; the scene plants these in itself. */
	FAULT_UNREGISTERED, /* after write-protect the range is quietly unregistered (C4) */
	FAULT_LEFT_BEHIND,  /* a process with a pin outlives the test (C8) */
	NR_FAULTS
};
const char *model_fault_name(enum model_fault f);

struct model_proc {
	bool alive, mapped;
	struct content content[MODEL_PAGES + 1];
	bool mark[MODEL_PAGES];
	bool report[MODEL_PAGES];
	uint64_t modes; /* the area is registered with a userfaultfd: UFFDIO_REGISTER_MODE_* */
};

struct model_pin {
	bool live;
	/*
	 * Its owner gave this page up (MADV_DONTNEED, munmap, exit, a hole in the
	 * file): the pin goes on holding the old one, which only its device still
	 * reaches, with what is in @own.
	 */
	bool parted[MODEL_PAGES + 1];
	struct content own[MODEL_PAGES + 1];
	/* By which: what was given up at once, two pins hold together. */
	unsigned int parting[MODEL_PAGES + 1];
	bool coherent; /* C1 holds; else (FOLL_GET) see @held */
	int owner;     /* process */
	unsigned int first, n;
	bool leads; /* it begins in the page before, of which it has the end and does not write */
	/*
	 * Not coherent: the values that the owner's page has had since the pin
	 * was taken. The pin may show any of these (it may go stale) and never
	 * what another process wrote. One value too many, and nothing is known of
	 * that page any more, see model_pin_knows().
	 */
	uint64_t held[MODEL_PAGES + 1][NR_VALUES][MODEL_HELD];
	unsigned int nheld[MODEL_PAGES + 1][NR_VALUES];
	bool overflow[MODEL_PAGES + 1];
};

struct model {
	unsigned int npages;
	bool shared; /* MAP_SHARED: one value for all, kept in proc[0] */
	enum model_fault fault;
	struct model_proc proc[MODEL_PROCS];
	struct model_pin pin[MODEL_PINS];
	unsigned int partings;
};

/* Process 0 alive and mapping @npages zero pages, no pins. */
void model_init(struct model *m, unsigned int npages, bool shared);
/* A write by the CPU of @proc: it must be reported. @cell may be PATTERN. */
void model_write(struct model *m, int proc, unsigned int page, enum cell cell, uint64_t v);
/* The page of @proc has become another one, which holds @c: that must be reported, too. */
void model_replace(struct model *m, int proc, unsigned int page, const struct content *c);
/*
 * @child becomes a copy of @parent; its marks and its registration only if
 * @keep_marks (EVENT_FORK).
 * What must be reported goes along with private memory; shared memory the child
 * maps anew, and has not written yet.
 */
void model_fork(struct model *m, int parent, int child, bool keep_marks);
/* @proc is gone. Its pins are, too, unless somebody else holds the device (@held). */
void model_exit(struct model *m, int proc, bool held);
/*
 * @proc gives up what pages hold; a coherent pin of its keeps the old page, see
 * @parted. All pages are the whole area, MODEL_REST with it.
 */
void model_part(struct model *m, int proc, unsigned int first, unsigned int n);
/* The same of the whole area, unless it is shared: then the pages are the file's. */
void model_unmap(struct model *m, int proc);
/* From now on the area of @proc is registered with these modes, 0: not at all. */
void model_register(struct model *m, int proc, uint64_t modes);
void model_mark(struct model *m, int proc, unsigned int page, bool on);
/* Must a write of @proc to @page be reported from now on? False: that was cleared. */
void model_report(struct model *m, int proc, unsigned int page, bool on);
void model_pin(struct model *m, int pin, int owner, unsigned int first, unsigned int n,
	       bool coherent);
/* From now on what @pin has of the page before its first is kept, too, if its owner gives it up. */
void model_pin_leads(struct model *m, int pin);
/* What that is. */
const struct content *model_lead(const struct model *m, int pin);
void model_unpin(struct model *m, int pin);
/*
 * A device write through @pin, which no CPU makes and nobody reports. False if the
 * model does not say where it lands (not coherent).
 */
bool model_device_write(struct model *m, int pin, unsigned int page, enum cell cell, uint64_t v);

/* The same of all that is in a zone of the page, which is @page_len long: what @c has there. */
bool model_device_fill(struct model *m, int pin, unsigned int page, enum zone z, size_t page_len,
		       const struct content *c);

/* What @proc must see. */
uint64_t model_value(const struct model *m, int proc, unsigned int page, enum cell cell);
const struct content *model_content(const struct model *m, int proc, unsigned int page);
bool model_marked(const struct model *m, int proc, unsigned int page);
uint64_t model_registered(const struct model *m, int proc);
bool model_must_report(const struct model *m, int proc, unsigned int page);
bool model_pin_covers(const struct model *m, int pin, unsigned int page);
/* False if that page has had so many values that not all could be kept (not coherent). */
bool model_pin_knows(const struct model *m, int pin, unsigned int page);
/* Is @v a value that @pin may show? *wanted gets the one that a coherent pin must show. */
bool model_pin_allows(const struct model *m, int pin, unsigned int page, enum cell cell, uint64_t v,
		      uint64_t *wanted);
/* What @pin must show of a page: of what it may show, that which is in @seen, if it is there. */
struct content model_pin_content(const struct model *m, int pin, unsigned int page,
				 const struct content *seen);

#endif
