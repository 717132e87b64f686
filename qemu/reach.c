// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "plugin/reach.h"
#include "reach.h"

/* --- functions ---------------------------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

int symbols_read(const char *path, struct symbols *sym)
{
	struct buf text = { 0 };
	int ret = read_file(path, &text);

	memset(sym, 0, sizeof(*sym));
	for (char *line = text.data, *next; !ret && line && *line; line = next) {
		unsigned long long at;
		char *type;

		next = line + strcspn(line, "\n");
		next += !!*next;
		at = strtoull(line, &type, 16);
		/* Data is no code, and what is weak may be the one that is there. */
		if (type == line || strspn(type, " ") != 1 || !type[1] ||
		    !strchr("tTwW", type[1]) || type[2] != ' ')
			continue;
		if (!(sym->n & (sym->n + 1)))
			sym->s = xrealloc(sym->s, 2 * (sym->n + 1) * sizeof(*sym->s));
		sym->s[sym->n++] = (struct symbol){
			at, xasprintf("%.*s", (int)strcspn(type + 3, " \t\n"), type + 3)
		};
	}
	buf_free(&text);
	if (!ret && !sym->n)
		ret = err_set(-EINVAL, "%s names no function", path);
	if (!ret)
		qsort(sym->s, sym->n, sizeof(*sym->s), by_address);
	return ret;
}

void symbols_free(struct symbols *sym)
{
	for (size_t i = 0; i < sym->n; i++)
		free(sym->s[i].name);
	free(sym->s);
	memset(sym, 0, sizeof(*sym));
}

const struct symbol *symbol_at(const struct symbols *sym, uint64_t at)
{
	size_t low = 0, high = sym->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (sym->s[mid].at <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &sym->s[low - 1] : NULL;
}

/* --- what the plugin wrote -------------------------------------------------------------- */

int reach_file_make(void)
{
	int fd = memfd_create("cowpen-reach", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, sizeof(struct reach_file)) || fchmod(fd, 0666)) {
		int err = err_set(-errno, "memory file for the plugin: %s", strerror(errno));

		if (fd >= 0)
			close(fd);
		return err;
	}
	return fd;
}

int reach_plugin_open(const char *dir)
{
	char *path = xasprintf("%s/reach.so", dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fd = err_set(-errno, "%s: %s", path, strerror(errno));
	free(path);
	return fd;
}

#define MAX_STEPS 64

/* The step that is on when @marks bytes of marks have been written. */
static unsigned int step_of(const uint32_t end[MAX_STEPS], unsigned int nsteps, uint32_t marks)
{
	unsigned int s = 0;

	while (s + 1 < nsteps && end[s + 1] <= marks)
		s++;
	return s;
}

static int by_place(const void *a, const void *b)
{
	const struct reach_block *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->len > y->len) - (x->len < y->len);
}

/* What was translated more than once is told once. */
static void add_blocks(struct reach_block *block, size_t n, const struct symbols *sym,
		       struct buf *out)
{
	const struct symbol *last = NULL;

	qsort(block, n, sizeof(*block), by_place);
	for (size_t i = 0; i < n; i++) {
		const struct symbol *s = symbol_at(sym, block[i].at);

		if (!s || (i && !by_place(&block[i], &block[i - 1])))
			continue;
		if (s != last)
			buf_printf(out, "%s@%s", last ? "\n" : "", s->name);
		last = s;
		buf_printf(out, " %llu+%u", (unsigned long long)(block[i].at - s->at),
			   block[i].len);
	}
	if (last)
		buf_printf(out, "\n");
}

int reach_digest(int fd, const char *marks, const struct symbols *sym, struct buf *out)
{
	struct reach_file *f = mmap(NULL, sizeof(*f), PROT_READ, MAP_SHARED, fd, 0);
	uint32_t end[MAX_STEPS] = { 0 }, nsteps = 0;
	struct reach_block *in_step;
	size_t nin = 0;
	uint64_t *ran;
	int ret = 0;

	if (f == MAP_FAILED)
		return err_set(-errno, "what the plugin wrote: %s", strerror(errno));
	for (const char *s = marks; *s && nsteps < MAX_STEPS; s += strcspn(s, "\n"), s += !!*s)
		if (!strncmp(s, "step ", 5))
			end[nsteps++] = s - marks + strcspn(s, "\n") + 1;
	if (f->nblocks > REACH_BLOCKS || f->nruns > REACH_RUNS)
		ret = err_set(-EIO, "the plugin had no room for %u blocks that ran %u times",
			      f->nblocks, f->nruns);
	else if (f->marks != strlen(marks))
		ret = err_set(-EIO, "the plugin saw %u bytes of step marks of %zu", f->marks,
			      strlen(marks));
	ran = xcalloc(sym->n, sizeof(*ran));
	in_step = xcalloc(f->nruns < REACH_RUNS ? f->nruns + 1 : 1, sizeof(*in_step));
	for (uint32_t i = 0; !ret && i < f->nruns; i++) {
		const struct symbol *s = symbol_at(sym, f->block[f->run[i].block].at);
		/* Before the first mark the test has not begun. */
		bool begun = nsteps && f->run[i].marks >= end[0];

		unsigned int step = begun ? step_of(end, nsteps, f->run[i].marks) : 0;

		if (s && begun)
			ran[s - sym->s] |= 1ULL << step;
		if (step)
			in_step[nin++] = f->block[f->run[i].block];
	}
	for (size_t i = 0; !ret && i < sym->n; i++) {
		if (!ran[i])
			continue;
		buf_printf(out, "%s", sym->s[i].name);
		for (unsigned int s = 0; s < nsteps; s++)
			if (ran[i] >> s & 1)
				buf_printf(out, " %u", s);
		buf_printf(out, "\n");
	}
	if (!ret)
		add_blocks(in_step, nin, sym, out);
	free(in_step);
	free(ran);
	munmap(f, sizeof(*f));
	return ret;
}
