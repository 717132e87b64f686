// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "reach_map.h"
#include "text.h"

const char *const reach_corner[] = { "mm/memory.c",
				     "mm/userfaultfd.c",
				     "fs/userfaultfd.c",
				     "mm/gup.c",
				     "mm/rmap.c",
				     "mm/migrate.c",
				     "mm/huge_memory.c",
				     "mm/hugetlb.c",
				     "mm/khugepaged.c",
				     "mm/ksm.c",
				     "mm/mremap.c",
				     "mm/mprotect.c",
				     "mm/madvise.c",
				     "mm/swapfile.c",
				     "mm/vmscan.c",
				     "fs/proc/task_mmu.c",
				     "io_uring/rsrc.c",
				     "drivers/infiniband/core/umem.c",
				     "drivers/infiniband/core/umem_odp.c",
				     NULL };

static int by_name(const void *a, const void *b)
{
	const struct reach_function *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static const struct reach_function *quietly_find(const struct reach_map *map, const char *name)
{
	const struct reach_function key = { .name = (char *)name };

	return map->nf ? bsearch(&key, map->f, map->nf, sizeof(*map->f), by_name) : NULL;
}

/* --- its files ------------------------------------------------------------------------ */

/* Of "area/case/variant" the slashes are dots: no part of a name has one. */
char *reach_path(const char *dir, const char *test)
{
	char *path = xasprintf("%s/%s.txt", dir, test);

	for (char *s = path + strlen(dir) + 1; *s; s++)
		if (*s == '/')
			*s = '.';
	return path;
}

bool reach_is_fresh(const char *dir, const char *test, const char *exe_sha256)
{
	char *path = reach_path(dir, test), head[66] = "";
	FILE *f = fopen(path, "re");
	bool fresh = f && fgets(head, sizeof(head), f) && !strncmp(head, exe_sha256, 64) &&
		     head[64] == '\n';

	if (f)
		fclose(f);
	free(path);
	return fresh;
}

static bool is_kept(const struct reach_map *keep, const char *name, size_t len)
{
	char *key = xasprintf("%.*s", (int)len, name);
	bool is = quietly_find(keep, key);

	free(key);
	return is;
}

int reach_take(const char *dir, const char *test, const char *exe_sha256, const char *from,
	       const struct reach_map *keep)
{
	char *path = reach_path(dir, test);
	struct buf all = { 0 }, text = { 0 };
	int ret;

	buf_printf(&text, "%.64s\n", exe_sha256);
	ret = read_file(from, &all);
	for (const char *line = all.data; !ret && line && *line;) {
		size_t len = strcspn(line, "\n"), name = strcspn(line, " \n");

		len += line[len] == '\n';
		if (*line != '@' || (keep && is_kept(keep, line + 1, name - 1)))
			buf_add(&text, line, len);
		line += len;
	}
	if (!ret)
		ret = mkdir_p(dir);
	if (!ret)
		ret = write_file(path, text.data, text.len);
	buf_free(&all);
	buf_free(&text);
	free(path);
	return ret;
}

/* --- reading them ---------------------------------------------------------------------- */

/* What the compiler made of a function bears its name: "f.isra.0", "f.part.0", "f.cold". */
static size_t source_name(const char *name, size_t len)
{
	const char *dot = memchr(name, '.', len);

	return dot && dot > name ? (size_t)(dot - name) : len;
}

static struct reach_function *look_up(struct reach_map *map, size_t **index, size_t *size,
				      const char *name, size_t len)
{
	char key[256];
	size_t at;

	len = source_name(name, len);
	len = len < sizeof(key) ? len : sizeof(key) - 1;
	memcpy(key, name, len);
	key[len] = '\0';
	if (map->nf * 2 >= *size) {
		*size = *size ? *size * 2 : 8192;
		free(*index);
		*index = xcalloc(*size, sizeof(**index));
		for (size_t i = 0; i < map->nf; i++) {
			at = text_hash(map->f[i].name, 0, 0) % *size;
			while ((*index)[at])
				at = (at + 1) % *size;
			(*index)[at] = i + 1;
		}
	}
	at = text_hash(key, 0, 0) % *size;
	for (; (*index)[at]; at = (at + 1) % *size)
		if (!strcmp(map->f[(*index)[at] - 1].name, key))
			return &map->f[(*index)[at] - 1];
	map->f = xrealloc(map->f, (map->nf + 1) * sizeof(*map->f));
	map->f[map->nf] = (struct reach_function){ .name = xstrdup(key), .file = xstrdup("") };
	(*index)[at] = ++map->nf;
	return &map->f[map->nf - 1];
}

static void read_test(struct reach_map *map, size_t test, char *text, size_t **index, size_t *size)
{
	for (char *line = text + strcspn(text, "\n"), *end; *line; line = end) {
		struct reach_function *f;
		struct reached r = { .test = test };
		size_t len;
		char *s;

		line += *line == '\n';
		end = line + strcspn(line, "\n");
		len = strcspn(line, " \n");
		/* Its blocks are another matter: reach_lines.h. */
		if (!len || *line == '@')
			continue;
		for (s = line + len; *s == ' ';) {
			unsigned int step = 0;

			for (s++; *s >= '0' && *s <= '9'; s++)
				step = step * 10 + *s - '0';

			r.steps |= step < 64 ? 1ULL << step : 0;
		}
		f = look_up(map, index, size, line, len);
		if (f->nby && f->by[f->nby - 1].test == test) {
			f->by[f->nby - 1].steps |= r.steps;
			continue;
		}
		if (!(f->nby & (f->nby - 1))) /* none, or a power of two: millions are read */
			f->by = xrealloc(f->by, (f->nby * 2 + 1) * sizeof(*f->by));
		f->by[f->nby++] = r;
	}
}

/* "mm/memory.c do_wp_page": a name that stands in several files is that of the first. */
static void read_files(struct reach_map *map, const char *files, size_t **index, size_t *size)
{
	for (const char *line = files; *line; line += strcspn(line, "\n"), line += !!*line) {
		size_t file = strcspn(line, " \n"), len;
		struct reach_function *f;

		if (line[file] != ' ')
			continue;
		len = strcspn(line + file + 1, "\n");
		f = look_up(map, index, size, line + file + 1, len);
		if (*f->file)
			continue;
		free(f->file);
		f->file = xasprintf("%.*s", (int)file, line);
	}
}

static int is_map(const struct dirent *e)
{
	size_t len = strlen(e->d_name);

	return len > 4 && !strcmp(e->d_name + len - 4, ".txt");
}

int reach_each(const char *dir, void (*take)(void *arg, const char *test, char *text), void *arg)
{
	struct dirent **e;
	int n = scandir(dir, &e, is_map, alphasort), ret = 0;

	if (n <= 0)
		return err_set(-ENOENT, "there is no map in %s: make reach KERNEL=... takes it",
			       dir);
	for (int i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", dir, e[i]->d_name);
		char *test = xasprintf("%.*s", (int)strlen(e[i]->d_name) - 4, e[i]->d_name);
		struct buf text = { 0 };

		for (char *s = test; *s; s++)
			if (*s == '.')
				*s = '/';
		if (!ret)
			ret = read_file(path, &text);
		if (!ret)
			take(arg, test, text.data);
		buf_free(&text);
		free(test);
		free(path);
		free(e[i]);
	}
	free(e);
	return ret;
}

struct reading {
	struct reach_map *map;
	size_t *index, size;
};

static void take_test(void *arg, const char *test, char *text)
{
	struct reading *r = arg;
	struct reach_map *map = r->map;

	map->test = xrealloc(map->test, (map->ntests + 1) * sizeof(*map->test));
	map->test[map->ntests] = xstrdup(test);
	read_test(map, map->ntests++, text, &r->index, &r->size);
}

int reach_map_read(const char *dir, const char *files, struct reach_map *map)
{
	struct reading r = { .map = map };
	int ret;

	memset(map, 0, sizeof(*map));
	ret = reach_each(dir, take_test, &r);
	if (!ret && files)
		read_files(map, files, &r.index, &r.size);
	free(r.index);
	if (map->nf)
		qsort(map->f, map->nf, sizeof(*map->f), by_name);
	if (ret)
		reach_map_free(map);
	return ret;
}

void reach_files(const char *lines, struct reach_map *map)
{
	size_t *index = NULL, size = 0;

	memset(map, 0, sizeof(*map));
	read_files(map, lines, &index, &size);
	free(index);
	if (map->nf)
		qsort(map->f, map->nf, sizeof(*map->f), by_name);
}

void reach_map_free(struct reach_map *map)
{
	for (size_t i = 0; i < map->nf; i++) {
		free(map->f[i].name);
		free(map->f[i].file);
		free(map->f[i].by);
	}
	for (size_t i = 0; i < map->ntests; i++)
		free(map->test[i]);
	free(map->f);
	free(map->test);
	memset(map, 0, sizeof(*map));
}

const struct reach_function *reach_find(const struct reach_map *map, const char *name)
{
	const struct reach_function *f = quietly_find(map, name);
	const char **names;
	char *near;

	if (f)
		return f;
	names = xcalloc(map->nf + 1, sizeof(*names));
	for (size_t i = 0; i < map->nf; i++)
		names[i] = map->f[i].name;
	near = nearest_names(name, names);
	err_set(-EINVAL,
		"no function \"%s\" in the map: no test reaches it, or it is inlined into its "
		"callers; nearest: %s",
		name, near);
	free(near);
	free(names);
	return NULL;
}

bool reached_in_step(const struct reached *r)
{
	return r->steps & ~1ULL;
}

/* --- what a series changes -------------------------------------------------------------- */

size_t reach_changed(const struct reach_map *map, const char *changed, const bool *fresh,
		     struct buf *out, size_t *n)
{
	size_t reached = 0, known = 0;

	for (size_t t = 0; t < map->ntests; t++)
		known += fresh[t];
	*n = 0;
	buf_add(out, "", 0);
	for (const char *line = changed; *line; line += strcspn(line, "\n"), line += !!*line) {
		size_t file = strcspn(line, " \n"), len = 0, by = 0;
		const struct reach_function *f;
		char *name;

		if (line[file] != ' ')
			continue;
		len = strcspn(line + file + 1, "\n");
		name = xasprintf("%.*s", (int)len, line + file + 1);
		f = reach_find(map, name);
		for (size_t i = 0; f && i < f->nby; i++) {
			by += reached_in_step(&f->by[i]) && fresh[f->by[i].test];
		}
		if (by)
			buf_printf(out, "%s (%.*s): reached by %zu of %zu tests\n", name, (int)file,
				   line, by, known);
		else
			buf_printf(
				out,
				"%s (%.*s): reached by none of %zu: this corpus cannot judge it\n",
				name, (int)file, line, known);
		reached += !!by;
		(*n)++;
		free(name);
	}
	return reached;
}

size_t reach_nothing_of(const struct reach_map *map, const char *changed, const bool *fresh,
			struct buf *out)
{
	bool *runs = xcalloc(map->ntests + 1, sizeof(*runs));
	size_t n = 0;

	for (const char *line = changed; *line; line += strcspn(line, "\n"), line += !!*line) {
		const struct reach_function *f;
		size_t file = strcspn(line, " \n");
		char *name;

		if (line[file] != ' ')
			continue;
		name = xasprintf("%.*s", (int)strcspn(line + file + 1, "\n"), line + file + 1);
		f = quietly_find(map, name);
		free(name);
		for (size_t i = 0; f && i < f->nby; i++)
			runs[f->by[i].test] = true;
	}
	buf_add(out, "", 0);
	for (size_t t = 0; t < map->ntests; t++) {
		if (!fresh[t] || runs[t])
			continue;
		buf_printf(out, "%s\n", map->test[t]);
		n++;
	}
	free(runs);
	return n;
}

/* --- the table ------------------------------------------------------------------------- */

static bool any_step(const struct reach_function *f)
{
	for (size_t i = 0; i < f->nby; i++)
		if (reached_in_step(&f->by[i]))
			return true;
	return false;
}

void reach_table(const struct reach_map *map, const char *kernel, struct buf *md)
{
	buf_printf(
		md,
		"# Reach\n\n"
		"Which functions of the kernel `%s` the steps of %zu tests execute, as QEMU saw it: "
		"what `make reach` makes. A function that is inlined is part of its callers, and "
		"what only the set-up of tests executes does not count. `make reach FUNC=name` "
		"tells the tests.\n\n"
		"| file | functions | reached | not reached |\n|---|---|---|---|\n",
		kernel, map->ntests);
	for (size_t c = 0; reach_corner[c]; c++) {
		size_t n = 0, hit = 0;
		struct buf none = { 0 };

		for (size_t i = 0; i < map->nf; i++) {
			const struct reach_function *f = &map->f[i];

			if (strcmp(f->file, reach_corner[c]))
				continue;
			n++;
			if (any_step(f))
				hit++;
			else
				buf_printf(&none, "%s`%s`", none.len ? ", " : "", f->name);
		}
		if (n)
			buf_printf(md, "| `%s` | %zu | %zu (%zu %%) | %s |\n", reach_corner[c], n,
				   hit, hit * 100 / n, none.data ? none.data : "");
		buf_free(&none);
	}
}
