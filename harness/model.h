/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_MODEL_H
#define COWPEN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What every viewer must see: a value per (process, page, cell), the pin an
 * alias of (pinning process, page), fork a copy of the values, shared memory
 * one value for all, a write-protect mark per (process, page), what is registered
 * and with which modes per process, and a bit per (process, page) for what its
 * CPU has written since that was last cleared: it must be reported (C9). The model knows nothing of folios, and that is why it
 * can judge them. Pure: no system call, no pointer, so that it can live in
 * memory shared by the scene's processes.
 */
#define MODEL_PROCS 4
#define MODEL_PAGES 8
#define MODEL_PINS  4
#define MODEL_HELD  16

/*
 * A page has two cells, so that a CPU write and a DMA to the same page do not
 * hide each other. CELL_DEV is a disk sector long (O_DIRECT), then CELL_CPU.
 */
enum cell { CELL_DEV, CELL_CPU, NR_CELLS };
#define CELL_OFFSET(c) ((c) == CELL_CPU ? 512 : 0)
#define CELL_SPAN      (512 + 8)	/* bytes from the start of a page that hold both */

/*
 * A stamp is unique for (actor, step, page, cell), so that a wrong value says
 * which write was lost or leaked. Zero is "never written".
 */
enum actor { BY_PARENT, BY_CHILD, BY_GRANDCHILD, BY_OTHER, BY_DEVICE, BY_FILE, NR_ACTORS };

/* No stamp looks like this: for where a device is to read to. */
#define POISON 0x706f69736f6e6564ULL

uint64_t stamp(enum actor by, unsigned int step, unsigned int page, enum cell cell);
/* True if @v is a stamp; the parts are stored where the pointer is not NULL. */
bool stamp_parse(uint64_t v, enum actor *by, unsigned int *step, unsigned int *page);
/* For people: "child's write of step 4 (page 0)", "zero", "garbage 0x…". Into @buf, returned. */
char *stamp_str(uint64_t v, char *buf, size_t len);

/* Faults that can be planted to show that the oracle can fail (make test). */
enum model_fault {
	FAULT_NONE,
	FAULT_FORK_SHARES,	/* a write after fork() is expected in the child too */
	FAULT_PIN_STALE,	/* the pin is expected not to follow the CPU */
	FAULT_DMA_LOST,		/* a device write is expected not to reach the CPU */
	FAULT_MARK_LOST,	/* write-protect is expected to leave no mark */
	/* Two for what the model does not cover; the scene plants these in itself. */
	FAULT_UNREGISTERED,	/* after write-protect the range is quietly unregistered (C4) */
	FAULT_LEFT_BEHIND,	/* a process with a pin outlives the test (C8) */
	NR_FAULTS
};
const char *model_fault_name(enum model_fault f);

struct model_proc {
	bool alive, mapped;
	uint64_t value[MODEL_PAGES][NR_CELLS];
	bool mark[MODEL_PAGES];
	bool report[MODEL_PAGES];
	uint64_t modes;		/* the area is registered with a userfaultfd: UFFDIO_REGISTER_MODE_* */
};

struct model_pin {
	bool live;
	/*
	 * Its owner gave this page up (MADV_DONTNEED, munmap, exit, a hole in the
	 * file): the pin goes on holding the old one, which only its device still
	 * reaches, with the values in @own.
	 */
	bool parted[MODEL_PAGES];
	uint64_t own[MODEL_PAGES][NR_CELLS];
	bool coherent;		/* C1 holds; else (FOLL_GET) see @held */
	int owner;		/* process */
	unsigned int first, n;
	/*
	 * Not coherent: the values that the owner's page has had since the pin
	 * was taken. The pin may show any of these (it may go stale) and never
	 * what another process wrote.
	 */
	uint64_t held[MODEL_PAGES][NR_CELLS][MODEL_HELD];
	unsigned int nheld[MODEL_PAGES][NR_CELLS];
};

struct model {
	unsigned int npages;
	bool shared;		/* MAP_SHARED: one value for all, kept in proc[0] */
	enum model_fault fault;
	struct model_proc proc[MODEL_PROCS];
	struct model_pin pin[MODEL_PINS];
};

/* Process 0 alive and mapping @npages zero pages, no pins. */
void model_init(struct model *m, unsigned int npages, bool shared);
/* A write by the CPU of @proc: it must be reported. */
void model_write(struct model *m, int proc, unsigned int page, enum cell cell, uint64_t v);
/*
 * @child becomes a copy of @parent; its marks and its registration only if
 * @keep_marks (EVENT_FORK).
 * What must be reported goes along with private memory; shared memory the child
 * maps anew, and has not written yet.
 */
void model_fork(struct model *m, int parent, int child, bool keep_marks);
/* @proc is gone. Its pins are, too, unless somebody else holds the device (@held). */
void model_exit(struct model *m, int proc, bool held);
/* @proc gives up what pages hold; a coherent pin of its keeps the old page, see @parted. */
void model_part(struct model *m, int proc, unsigned int first, unsigned int n);
void model_unmap(struct model *m, int proc);
/* From now on the area of @proc is registered with these modes, 0: not at all. */
void model_register(struct model *m, int proc, uint64_t modes);
void model_mark(struct model *m, int proc, unsigned int page, bool on);
/* Must a write of @proc to @page be reported from now on? False: that was cleared. */
void model_report(struct model *m, int proc, unsigned int page, bool on);
void model_pin(struct model *m, int pin, int owner, unsigned int first, unsigned int n,
	       bool coherent);
void model_unpin(struct model *m, int pin);
/*
 * A device write through @pin, which no CPU makes and nobody reports. False if the
 * model does not say where it lands (not coherent).
 */
bool model_device_write(struct model *m, int pin, unsigned int page, uint64_t v);

/* What @proc must see. */
uint64_t model_value(const struct model *m, int proc, unsigned int page, enum cell cell);
bool model_marked(const struct model *m, int proc, unsigned int page);
uint64_t model_registered(const struct model *m, int proc);
bool model_must_report(const struct model *m, int proc, unsigned int page);
bool model_pin_covers(const struct model *m, int pin, unsigned int page);
/* Is @v a value that @pin may show? *wanted gets the one that a coherent pin must show. */
bool model_pin_allows(const struct model *m, int pin, unsigned int page, enum cell cell,
		      uint64_t v, uint64_t *wanted);

#endif
