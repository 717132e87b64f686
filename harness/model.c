// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "model.h"

#define STAMP_MAGIC   0xc09eULL
#define PATTERN_MAGIC 0xc0a7ULL

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

uint64_t pattern(enum actor by, unsigned int step, unsigned int page)
{
	return PATTERN_MAGIC << 48 | (uint64_t)by << 44 | (uint64_t)(page & 0xf) << 40 |
	       (uint64_t)(step & 0xffff) << 24;
}

#define WORD_MASK 0xffffffULL

uint64_t pattern_word(uint64_t pattern, size_t offset)
{
	return pattern ? pattern | offset / 8 : 0;
}

bool pattern_parse(uint64_t word, enum actor *by, unsigned int *step, unsigned int *page,
		   size_t *offset)
{
	if (word >> 48 != PATTERN_MAGIC || (word >> 44 & 0xf) >= NR_ACTORS)
		return false;
	if (by)
		*by = word >> 44 & 0xf;
	if (step)
		*step = word >> 24 & 0xffff;
	if (page)
		*page = word >> 40 & 0xf;
	if (offset)
		*offset = (word & WORD_MASK) * 8;
	return true;
}

uint64_t pattern_of(uint64_t word, size_t offset)
{
	size_t at;

	return pattern_parse(word, NULL, NULL, NULL, &at) && at == offset ? word & ~WORD_MASK :
									    word;
}

static const char *page_name(unsigned int page, char name[16])
{
	if (page == MODEL_REST)
		return "the rest";
	snprintf(name, 16, "page %u", page);
	return name;
}

char *stamp_str(uint64_t v, char *buf, size_t len)
{
	unsigned int step, page;
	enum actor by;
	size_t offset;
	char name[16];

	if (!v)
		snprintf(buf, len, "zero");
	else if (pattern_parse(v, &by, &step, &page, &offset) && !step)
		snprintf(buf, len, "%s's first content at byte %zu", page_name(page, name), offset);
	else if (pattern_parse(v, &by, &step, &page, &offset))
		snprintf(buf, len, "what the %s filled %s with in step %u, at byte %zu",
			 actor_names[by], page_name(page, name), step, offset);
	else if (!stamp_parse(v, &by, &step, &page))
		snprintf(buf, len, "garbage 0x%016llx", (unsigned long long)v);
	else if (!step)
		snprintf(buf, len, "page %u's first content", page);
	else
		snprintf(buf, len, "%s's write of step %u to page %u", actor_names[by], step, page);
	return buf;
}

/* --- where it is in a page ------------------------------------------------------ */

size_t cell_offset(enum cell c, size_t page_len)
{
	switch (c) {
	case CELL_CPU:
		return 512;
	/* Across the middle: of a huge page that is where two small ones would meet. */
	case CELL_CPU_MID:
		return page_len / 2 - 4;
	case CELL_DEV_MID:
		return page_len / 2 + 4;
	case CELL_DEV_END:
		return page_len - 16;
	case CELL_CPU_END:
		return page_len - 8;
	default:
		return 0;
	}
}

size_t cell_len(enum cell c)
{
	return c == CELL_DEV ? CELL_MAX : 8;
}

size_t cell_fill(enum cell c, uint64_t v, uint64_t to[CELL_MAX / 8])
{
	for (size_t i = 0; i < cell_len(c) / 8; i++)
		to[i] = v;
	return cell_len(c);
}

size_t zone_offset(enum zone z, size_t page_len)
{
	return z == HEAD ? 0 : z == BODY ? ZONE_LEN : page_len - ZONE_LEN;
}

size_t zone_len(enum zone z, size_t page_len)
{
	return z == BODY ? page_len - 2 * ZONE_LEN : ZONE_LEN;
}

enum zone zone_of(enum cell c, size_t page_len)
{
	size_t at;

	if (c >= NR_CELLS)
		return c == PATTERN_HEAD ? HEAD : c == PATTERN_TAIL ? TAIL : BODY;
	at = cell_offset(c, page_len);
	return at < ZONE_LEN ? HEAD : at < page_len - ZONE_LEN ? BODY : TAIL;
}

enum cell cpu_cell(unsigned int step, unsigned int page)
{
	static const enum cell turn[] = { CELL_CPU, CELL_CPU_MID, CELL_CPU_END };

	return turn[(step + page) % 3];
}

enum cell dev_cell(unsigned int step, unsigned int page)
{
	static const enum cell turn[] = { CELL_DEV, CELL_DEV_MID, CELL_DEV_END };

	return turn[(step + page) % 3];
}

struct content content_by(enum actor by, unsigned int step, unsigned int page)
{
	struct content c = { 0 };

	for (enum cell i = 0; i < NR_CELLS && page != MODEL_REST; i++)
		c.v[i] = stamp(by, step, page, i);
	c.v[PATTERN] = c.v[PATTERN_HEAD] = c.v[PATTERN_TAIL] = pattern(by, step, page);
	return c;
}

static void put_cell(const struct content *c, enum cell cell, size_t at, size_t offset, char *to,
		     size_t len)
{
	const char *v = (const char *)&c->v[cell];

	for (size_t i = at; i < at + cell_len(cell); i += 8) {
		if (i >= offset && i + 8 <= offset + len) {
			memcpy(to + (i - offset), v, 8);
			continue;
		}
		/* One that lies across the middle may be there in part. */
		for (size_t j = 0; j < 8; j++)
			if (i + j >= offset && i + j < offset + len)
				to[i + j - offset] = v[j];
	}
}

/* In few instructions: an area of huge pages has millions of words, and tests are emulated. */
static void put_pattern(uint64_t pattern, size_t offset, uint64_t *word, size_t len)
{
	uint64_t v = pattern_word(pattern, offset), one = pattern != 0;
	size_t i = 0;

	for (; i + 4 <= len / 8; i += 4, v += 4 * one) {
		word[i] = v;
		word[i + 1] = v + one;
		word[i + 2] = v + 2 * one;
		word[i + 3] = v + 3 * one;
	}
	for (; i < len / 8; i++, v += one)
		word[i] = v;
}

/* Of a zone as much as is between @offset and the end of @len bytes. */
static void put_zone(uint64_t pattern, size_t at, size_t offset, char *to, size_t len)
{
	size_t from = at > offset ? at : offset;
	size_t end = at + ZONE_LEN < offset + len ? at + ZONE_LEN : offset + len;

	if (from < end)
		put_pattern(pattern, from, (uint64_t *)(to + (from - offset)), end - from);
}

void content_bytes(const struct content *c, size_t page_len, size_t offset, void *to, size_t len)
{
	put_pattern(c->v[PATTERN], offset, to, len);
	/* Seldom is it another one. */
	if (page_len && c->v[PATTERN_HEAD] != c->v[PATTERN])
		put_zone(c->v[PATTERN_HEAD], 0, offset, to, len);
	if (page_len && c->v[PATTERN_TAIL] != c->v[PATTERN])
		put_zone(c->v[PATTERN_TAIL], page_len - ZONE_LEN, offset, to, len);
	for (enum cell cell = 0; cell < NR_CELLS && page_len; cell++) {
		size_t at = cell_offset(cell, page_len);

		if (at < offset + len && at + cell_len(cell) > offset)
			put_cell(c, cell, at, offset, to, len);
	}
}

/* --- the model --------------------------------------------------------------------- */

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

	if (p->coherent)
		return;
	for (unsigned int i = 0; i < *n; i++)
		if (p->held[page][cell][i] == v)
			return;
	if (*n < MODEL_HELD)
		p->held[page][cell][(*n)++] = v;
	else
		p->overflow[page] = true;
}

static bool covers(const struct model *m, const struct model_pin *p, unsigned int page)
{
	if (page == MODEL_REST)
		return p->live && !p->first && p->n == m->npages;
	return p->live && page >= p->first && page < p->first + p->n;
}

/* The owner's page changed: loose pins may show the new value from now on. */
static void changed(struct model *m, int proc, unsigned int page, enum cell cell, uint64_t v)
{
	for (int i = 0; i < MODEL_PINS; i++) {
		struct model_pin *p = &m->pin[i];

		if (covers(m, p, page) && home(m, p->owner) == home(m, proc) &&
		    m->proc[p->owner].mapped)
			hold(p, page, cell, v);
	}
}

static void set_value(struct model *m, int proc, unsigned int page, enum cell cell, uint64_t v)
{
	m->proc[home(m, proc)].content[page].v[cell] = v;
	changed(m, proc, page, cell, v);
	if (m->fault == FAULT_FORK_SHARES && !m->shared)
		for (int i = 0; i < MODEL_PROCS; i++)
			if (m->proc[i].alive)
				m->proc[i].content[page].v[cell] = v;
}

void model_write(struct model *m, int proc, unsigned int page, enum cell cell, uint64_t v)
{
	set_value(m, proc, page, cell, v);
	model_report(m, proc, page, true);
}

void model_replace(struct model *m, int proc, unsigned int page, const struct content *c)
{
	for (enum cell i = 0; i < NR_VALUES; i++)
		set_value(m, proc, page, i, c->v[i]);
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

static void part(struct model *m, struct model_pin *p, int proc, unsigned int page)
{
	bool leads = p->live && p->leads && page + 1 == p->first;

	if ((!leads && !covers(m, p, page)) || p->parted[page])
		return;
	p->parted[page] = true;
	p->parting[page] = m->partings;
	p->own[page] = *model_content(m, proc, page);
}

void model_part(struct model *m, int proc, unsigned int first, unsigned int n)
{
	m->partings++;
	for (int i = 0; i < MODEL_PINS; i++) {
		struct model_pin *p = &m->pin[i];

		/* One that is loose anyway may show any value that the page has had. */
		if (!p->live || !p->coherent || home(m, p->owner) != home(m, proc))
			continue;
		for (unsigned int page = first; page < first + n; page++)
			part(m, p, proc, page);
		if (!first && n == m->npages)
			part(m, p, proc, MODEL_REST);
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
	if (!m->shared)
		model_part(m, proc, 0, m->npages);
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
	/* Nobody asks for the rest. */
	if (page != MODEL_REST)
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
	for (unsigned int i = 0; i <= MODEL_REST; i++)
		p->own[i] = *model_content(m, owner, i);
	for (unsigned int i = 0; i <= MODEL_REST; i++)
		for (enum cell c = 0; c < NR_VALUES && covers(m, p, i); c++)
			hold(p, i, c, model_value(m, owner, i, c));
}

void model_pin_leads(struct model *m, int pin)
{
	m->pin[pin].leads = true;
}

const struct content *model_lead(const struct model *m, int pin)
{
	const struct model_pin *p = &m->pin[pin];
	unsigned int page = p->first - 1;

	return p->parted[page] ? &p->own[page] : model_content(m, p->owner, page);
}

void model_unpin(struct model *m, int pin)
{
	m->pin[pin].live = false;
}

bool model_device_write(struct model *m, int pin, unsigned int page, enum cell cell, uint64_t v)
{
	struct model_pin *p = &m->pin[pin];

	if (p->coherent && p->parted[page]) {
		for (unsigned int i = 0; i < MODEL_PINS; i++) {
			struct model_pin *q = &m->pin[i];

			if (q->live && q->parted[page] && q->parting[page] == p->parting[page])
				q->own[page].v[cell] = v;
		}
		return true;
	}
	if (!p->coherent || (!m->shared && !m->proc[p->owner].mapped))
		return false;
	if (m->fault != FAULT_DMA_LOST)
		set_value(m, p->owner, page, cell, v);
	return true;
}

bool model_device_fill(struct model *m, int pin, unsigned int page, enum zone z, size_t page_len,
		       const struct content *c)
{
	bool known = true;

	for (enum cell i = 0; i < NR_VALUES; i++)
		if (zone_of(i, page_len) == z)
			known &= model_device_write(m, pin, page, i, c->v[i]);
	return known;
}

uint64_t model_value(const struct model *m, int proc, unsigned int page, enum cell cell)
{
	return model_content(m, proc, page)->v[cell];
}

const struct content *model_content(const struct model *m, int proc, unsigned int page)
{
	return &m->proc[home(m, proc)].content[page];
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
	return covers(m, &m->pin[pin], page);
}

bool model_pin_knows(const struct model *m, int pin, unsigned int page)
{
	return !m->pin[pin].overflow[page];
}

bool model_pin_allows(const struct model *m, int pin, unsigned int page, enum cell cell, uint64_t v,
		      uint64_t *wanted)
{
	const struct model_pin *p = &m->pin[pin];

	if (!p->coherent)
		*wanted = p->held[page][cell][0];
	else if (p->parted[page] || m->fault == FAULT_PIN_STALE)
		*wanted = p->own[page].v[cell];
	else
		*wanted = model_value(m, p->owner, page, cell);
	if (p->coherent)
		return v == *wanted;
	for (unsigned int i = 0; i < p->nheld[page][cell]; i++)
		if (p->held[page][cell][i] == v)
			return true;
	return false;
}

struct content model_pin_content(const struct model *m, int pin, unsigned int page,
				 const struct content *seen)
{
	struct content c;

	for (enum cell i = 0; i < NR_VALUES; i++) {
		uint64_t wanted;

		c.v[i] = model_pin_allows(m, pin, page, i, seen->v[i], &wanted) ? seen->v[i] :
										  wanted;
	}
	return c;
}
