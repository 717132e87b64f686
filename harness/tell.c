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

const char *told_pin(const struct scene *s, int pin)
{
	static const char *const names[] = { "DEVICE", "DEVICE2", "DEVICE3", "DEVICE4" };

	(void)s;
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

void tell_device(const struct scene *s, int pin, const char *kind)
{
	if (on)
		dprintf(STDOUT_FILENO, "# tell device %s %s\n", told_pin(s, pin), kind);
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
