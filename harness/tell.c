// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "tell.h"

static bool on, part;

bool telling(void)
{
	return on;
}

static void say(const char *what, const char *fmt, va_list ap)
{
	char text[512];

	if (!on || part)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	dprintf(STDOUT_FILENO, "# tell %s%s\n", what, text);
}

void tell(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
}

void tell_not(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("not ", fmt, ap);
	va_end(ap);
}

void tell_nothing(void)
{
	tell("nothing");
}

void tell_part(bool on_or_off)
{
	part = on_or_off;
}

const char *told_proc(int proc)
{
	static const char *const names[] = { "PARENT", "CHILD", "GRANDCHILD", "BEHIND" };

	return names[proc];
}

const char *told_pin(int pin)
{
	static const char *const names[] = { "DEVICE", "DEVICE2", "DEVICE3", "DEVICE4" };

	return names[pin];
}

bool told_range(const struct scene *s, const char *addr, size_t len, unsigned int *first,
		unsigned int *n)
{
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		const char *area = area_in(s, proc);

		*first = 0;
		*n = s->npages;
		if (addr == area && len == s->area_len)
			return true;
		*n = 1;
		for_each_page(s, i)
			if (area && addr == area + s->page_offset[i]) {
				*first = i;
				*n = (len + s->page_len - 1) / s->page_len;
				return true;
			}
	}
	return false;
}

const char *told_kind(const struct pin_kind *k)
{
	return !strncmp(k->name, "rdma", 4) ? "rdma" :
	       !strncmp(k->name, "gup", 3)  ? "gup" :
					      k->name;
}

void tell_device(const struct scene *s, int pin)
{
	if (on)
		dprintf(STDOUT_FILENO, "# tell device %s %s\n", told_pin(pin),
			told_kind(s->pin[pin].kind));
}

void tell_owner(const struct scene *s, int pin)
{
	if (on)
		dprintf(STDOUT_FILENO, "# tell owner %s %s\n", told_pin(pin),
			told_proc(s->pin[pin].owner));
}

void tell_open(const struct pin_kind *k, int proc)
{
	const char *name = k->on_demand ? "rdma_odp" : told_kind(k);

	if (proc == PARENT)
		tell("open_%s();", name);
	else
		tell("in(%s, begin_%s, 0, 0);", told_proc(proc), name);
}

/* All that is pinned, or of what goes by pages these. */
const char *told_take(const struct scene *s, const struct pin *p)
{
	unsigned int first = p->first, n = p->n;
	static char text[80];

	if (p->kind->zones)
		tell_not("reads bytes, not a sector a page");
	if (p->owner == PARENT && p->kind->coherent && !p->kind->one_shot &&
	    !told_range(s, p->addr, p->len, &first, &n))
		tell_not("pins bytes, not pages");
	snprintf(text, sizeof(text),
		 p->owner == PARENT ? "pin_%s(%u, %u)" : "in(CHILD, take_%s, %u, %u)",
		 p->kind->name, first, n);
	return text;
}

void tell_twins(void)
{
	if (on)
		dprintf(STDOUT_FILENO, "# tell twins\n");
}

void tell_step(struct scene *s)
{
	if (on && !part)
		dprintf(STDOUT_FILENO, "# tell step %s %s\n", s->step_clause, s->step_name);
}

void tell_setup(struct scene *s)
{
	const char *word = getenv("COWPEN_TELL");

	on = word && *word == '1';
	if (!on)
		return;
	dprintf(STDOUT_FILENO, "# tell pages %u %zu\n", s->memory->npages,
		s->memory->huge ? 2UL << 20 : 4096UL);
	if (s->memory->shared)
		dprintf(STDOUT_FILENO, "# tell shared\n");
	/* Then the word is not the first: what a device makes of its place is part of the test. */
	if (s->pin[0].kind && s->pin[0].kind->on_demand && !s->pin[0].kind->page_start)
		dprintf(STDOUT_FILENO, "# tell middle\n");
}
