// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "model.h"

#define STAMP_MAGIC 0xc09eULL

static const char *const actor_names[NR_ACTORS] = {
	[BY_PARENT] = "parent", [BY_CHILD] = "child",	[BY_GRANDCHILD] = "grandchild",
	[BY_OTHER] = "other",	[BY_DEVICE] = "device", [BY_FILE] = "file",
};

uint64_t stamp(enum actor by, unsigned int step, unsigned int page, enum cell cell)
{
	return STAMP_MAGIC << 48 | (uint64_t)by << 40 | (uint64_t)cell << 32 |
	       (uint64_t)(step & 0xffff) << 16 | (page & 0xffff);
}

bool stamp_parse(uint64_t v, enum actor *by, unsigned int *step, unsigned int *page)
{
	if (v >> 48 != STAMP_MAGIC || (v >> 40 & 0xff) >= NR_ACTORS)
		return false;
	if (by)
		*by = v >> 40 & 0xff;
	if (step)
		*step = v >> 16 & 0xffff;
	if (page)
		*page = v & 0xffff;
	return true;
}

char *stamp_str(uint64_t v, char *buf, size_t len)
{
	unsigned int step, page;
	enum actor by;

	if (!v)
		snprintf(buf, len, "zero");
	else if (!stamp_parse(v, &by, &step, &page))
		snprintf(buf, len, "garbage 0x%016llx", (unsigned long long)v);
	else if (!step)
		snprintf(buf, len, "page %u's first content", page);
	else
		snprintf(buf, len, "%s's write of step %u to page %u", actor_names[by], step, page);
	return buf;
}

const char *model_fault_name(enum model_fault f)
{
	static const char *const names[NR_FAULTS] = {
		[FAULT_NONE] = "none",
		[FAULT_FORK_SHARES] = "fork_shares",
		[FAULT_PIN_STALE] = "pin_stale",
		[FAULT_DMA_LOST] = "dma_lost",
		[FAULT_MARK_LOST] = "mark_lost",
		[FAULT_UNREGISTERED] = "unregistered",
		[FAULT_LEFT_BEHIND] = "left_behind",
	};

	return names[f];
}

void model_init(struct model *m, unsigned int npages, bool shared)
{
	memset(m, 0, sizeof(*m));
	m->npages = npages;
	m->shared = shared;
	m->proc[0].alive = m->proc[0].mapped = true;
}

static int home(const struct model *m, int proc)
{
	return m->shared ? 0 : proc;
}

static void hold(struct model_pin *p, unsigned int page, enum cell cell, uint64_t v)
{
	unsigned int *n = &p->nheld[page][cell];

	if (*n < MODEL_HELD)
		p->held[page][cell][(*n)++] = v;
}

static bool covers(const struct model_pin *p, unsigned int page)
{
	return p->live && page >= p->first && page < p->first + p->n;
}

/* The owner's page changed: loose pins may show the new value from now on. */
static void changed(struct model *m, int proc, unsigned int page, enum cell cell, uint64_t v)
{
	for (int i = 0; i < MODEL_PINS; i++) {
		struct model_pin *p = &m->pin[i];

		if (covers(p, page) && home(m, p->owner) == home(m, proc) &&
		    m->proc[p->owner].mapped)
			hold(p, page, cell, v);
	}
}

static void set_value(struct model *m, int proc, unsigned int page, enum cell cell, uint64_t v)
{
	m->proc[home(m, proc)].value[page][cell] = v;
	changed(m, proc, page, cell, v);
	if (m->fault == FAULT_FORK_SHARES && !m->shared)
		for (int i = 0; i < MODEL_PROCS; i++)
			if (m->proc[i].alive)
				m->proc[i].value[page][cell] = v;
}

void model_write(struct model *m, int proc, unsigned int page, enum cell cell, uint64_t v)
{
	set_value(m, proc, page, cell, v);
	model_report(m, proc, page, true);
}

void model_fork(struct model *m, int parent, int child, bool keep_marks)
{
	m->proc[child] = m->proc[parent];
	if (!keep_marks) {
		memset(m->proc[child].mark, 0, sizeof(m->proc[child].mark));
		m->proc[child].modes = 0;
	}
	if (m->shared)
		memset(m->proc[child].report, 0, sizeof(m->proc[child].report));
}

void model_part(struct model *m, int proc, unsigned int first, unsigned int n)
{
	for (int i = 0; i < MODEL_PINS; i++) {
		struct model_pin *p = &m->pin[i];

		/* One that is loose anyway may show any value that the page has had. */
		if (!p->live || !p->coherent || home(m, p->owner) != home(m, proc))
			continue;
		for (unsigned int page = first; page < first + n; page++) {
			if (!covers(p, page) || p->parted[page])
				continue;
			p->parted[page] = true;
			for (enum cell c = 0; c < NR_CELLS; c++)
				p->own[page][c] = model_value(m, proc, page, c);
		}
	}
}

void model_exit(struct model *m, int proc, bool held)
{
	/* Shared memory is the file's, whoever is gone. */
	if (held && !m->shared)
		model_part(m, proc, 0, m->npages);
	m->proc[proc].alive = m->proc[proc].mapped = false;
	m->proc[proc].modes = 0;
	for (int i = 0; i < MODEL_PINS; i++)
		if (!held && m->pin[i].live && m->pin[i].owner == proc)
			m->pin[i].live = false;
}

void model_unmap(struct model *m, int proc)
{
	m->proc[proc].mapped = false;
	m->proc[proc].modes = 0;
}

void model_register(struct model *m, int proc, uint64_t modes)
{
	m->proc[proc].modes = modes;
}

void model_mark(struct model *m, int proc, unsigned int page, bool on)
{
	m->proc[proc].mark[page] = on && m->fault != FAULT_MARK_LOST;
}

void model_report(struct model *m, int proc, unsigned int page, bool on)
{
	m->proc[proc].report[page] = on;
}

void model_pin(struct model *m, int pin, int owner, unsigned int first, unsigned int n,
	       bool coherent)
{
	struct model_pin *p = &m->pin[pin];

	memset(p, 0, sizeof(*p));
	p->live = true;
	p->coherent = coherent;
	p->owner = owner;
	p->first = first;
	p->n = n;
	for (unsigned int i = first; i < first + n; i++)
		for (enum cell c = 0; c < NR_CELLS; c++)
			hold(p, i, c, m->proc[home(m, owner)].value[i][c]);
}

void model_unpin(struct model *m, int pin)
{
	m->pin[pin].live = false;
}

bool model_device_write(struct model *m, int pin, unsigned int page, uint64_t v)
{
	struct model_pin *p = &m->pin[pin];

	if (p->coherent && p->parted[page]) {
		p->own[page][CELL_DEV] = v;
		return true;
	}
	if (!p->coherent || (!m->shared && !m->proc[p->owner].mapped))
		return false;
	if (m->fault != FAULT_DMA_LOST)
		set_value(m, p->owner, page, CELL_DEV, v);
	return true;
}

uint64_t model_value(const struct model *m, int proc, unsigned int page, enum cell cell)
{
	return m->proc[home(m, proc)].value[page][cell];
}

bool model_marked(const struct model *m, int proc, unsigned int page)
{
	return m->proc[proc].mark[page];
}

uint64_t model_registered(const struct model *m, int proc)
{
	return m->proc[proc].modes;
}

bool model_must_report(const struct model *m, int proc, unsigned int page)
{
	return m->proc[proc].report[page];
}

bool model_pin_covers(const struct model *m, int pin, unsigned int page)
{
	return covers(&m->pin[pin], page);
}

bool model_pin_allows(const struct model *m, int pin, unsigned int page, enum cell cell, uint64_t v,
		      uint64_t *wanted)
{
	const struct model_pin *p = &m->pin[pin];

	if (!p->coherent || m->fault == FAULT_PIN_STALE)
		*wanted = p->held[page][cell][0];
	else if (p->parted[page])
		*wanted = p->own[page][cell];
	else
		*wanted = model_value(m, p->owner, page, cell);
	if (p->coherent)
		return v == *wanted;
	for (unsigned int i = 0; i < p->nheld[page][cell]; i++)
		if (p->held[page][cell][i] == v)
			return true;
	return false;
}
