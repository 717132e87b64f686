// SPDX-License-Identifier: GPL-2.0-only
/* See merge.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "err.h"
#include "merge.h"
#include "shard.h"

/* What is told of a list that may be long. */
#define NAMES_MAX 3

/* --- do they fit? ------------------------------------------------------------------------ */

static size_t differ(struct buf *why, const char *what, const struct run *a, const char *x,
		     const struct run *b, const char *y)
{
	if (!strcmp(x, y))
		return 0;
	buf_printf(why, "%s: %s (shard %s) has \"%s\", %s (shard %s) has \"%s\"\n", what, a->id,
		   a->info.shard, x, b->id, b->info.shard, y);
	return 1;
}

/* Each of 1/n ... n/n once. */
static size_t check_shards(struct run *const *runs, size_t n, struct buf *why)
{
	struct shard first, s;
	size_t bad = 0;

	for (size_t i = 0; i < n; i++) {
		if (*runs[i]->info.shard && !shard_parse(runs[i]->info.shard, &s))
			continue;
		buf_printf(why, "run %s is no shard: SHARD= made none of it\n", runs[i]->id);
		bad++;
	}
	if (bad)
		return bad;
	shard_parse(runs[0]->info.shard, &first);
	for (size_t i = 1; i < n; i++) {
		shard_parse(runs[i]->info.shard, &s);
		if (s.n == first.n)
			continue;
		buf_printf(why, "run %s is shard %s, run %s is shard %s: not of one division\n",
			   runs[0]->id, runs[0]->info.shard, runs[i]->id, runs[i]->info.shard);
		bad++;
	}
	for (unsigned int k = 1; k <= first.n && !bad; k++) {
		const struct run *have = NULL;

		for (size_t i = 0; i < n; i++) {
			shard_parse(runs[i]->info.shard, &s);
			if (s.i != k)
				continue;
			if (have) {
				buf_printf(why, "shard %s is there twice: %s and %s\n",
					   runs[i]->info.shard, have->id, runs[i]->id);
				bad++;
			}
			have = runs[i];
		}
		if (!have) {
			buf_printf(why, "shard %u/%u is missing\n", k, first.n);
			bad++;
		}
	}
	return bad;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A copy that is sorted; the strings are not copied. */
static char **sorted(char **list, size_t n)
{
	char **copy = xcalloc(n + 1, sizeof(*copy));

	if (n)
		memcpy(copy, list, n * sizeof(*copy));
	qsort(copy, n, sizeof(*copy), by_text);
	return copy;
}

/* What is in @x and not in @y, both sorted. */
static size_t only_in(struct buf *why, const char *of, char **x, size_t nx, char **y, size_t ny)
{
	size_t n = 0;

	for (size_t i = 0, k = 0; i < nx; i++) {
		while (k < ny && strcmp(y[k], x[i]) < 0)
			k++;
		if (k < ny && !strcmp(y[k], x[i]))
			continue;
		if (n++ < NAMES_MAX)
			buf_printf(why, "corpus: only %s has %s\n", of, x[i]);
	}
	if (n > NAMES_MAX)
		buf_printf(why, "corpus: and %zu more that only %s has\n", n - NAMES_MAX, of);
	return n;
}

static size_t check_corpus(const struct run *a, const struct run *b, struct buf *why)
{
	char **x = sorted(a->info.whole, a->info.nwhole), **y;
	size_t bad;

	y = sorted(b->info.whole, b->info.nwhole);
	bad = only_in(why, a->id, x, a->info.nwhole, y, b->info.nwhole) +
	      only_in(why, b->id, y, b->info.nwhole, x, a->info.nwhole);
	free(x);
	free(y);
	return bad;
}

/* All that was asked for is in one of them, and in no other. */
static size_t check_union(struct run *const *runs, size_t n, struct buf *why)
{
	const struct run_info *in = &runs[0]->info;
	char **all, **whole = sorted(in->whole, in->nwhole);
	size_t nall = 0, bad = 0;

	for (size_t i = 0; i < n; i++)
		nall += runs[i]->info.ntests;
	all = xcalloc(nall + 1, sizeof(*all));
	nall = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t t = 0; t < runs[i]->info.ntests; t++)
			all[nall++] = runs[i]->info.tests[t];
	qsort(all, nall, sizeof(*all), by_text);
	for (size_t i = 1; i < nall; i++) {
		if (!strcmp(all[i], all[i - 1]) && bad++ < NAMES_MAX)
			buf_printf(why,
				   "durations: %s is in two shards: they were divided by "
				   "other durations\n",
				   all[i]);
	}
	bad += only_in(why, "the whole", whole, in->nwhole, all, nall);
	free(all);
	free(whole);
	return bad;
}

static const struct run_kernel *kernel_of(const struct run *run, const char *name)
{
	for (size_t k = 0; k < run->info.nkernels; k++) {
		if (!strcmp(run->info.kernels[k].name, name))
			return &run->info.kernels[k];
	}
	return NULL;
}

/* Of one that could not be had there nothing is known, and nothing differs. */
static size_t check_kernel(const struct run *a, const struct run_kernel *x, const struct run *b,
			   const struct run_kernel *y, struct buf *why)
{
	const struct {
		const char *what, *x, *y;
	} f[] = {
		{ "package", x->package, y->package },
		{ "release", x->release, y->release },
		{ "build (SHA-256)", x->kernel_sha256, y->kernel_sha256 },
		{ "modules (SHA-256)", x->modules_sha256, y->modules_sha256 },
		{ "config (SHA-256)", x->config_sha256, y->config_sha256 },
	};
	size_t bad = 0;

	for (size_t i = 0; i < ARRAY_SIZE(f); i++) {
		char *what = xasprintf("kernel %s, %s", x->name, f[i].what);

		if (*f[i].x && *f[i].y)
			bad += differ(why, what, a, f[i].x, b, f[i].y);
		free(what);
	}
	return bad;
}

static size_t check_kernels(const struct run *a, const struct run *b, struct buf *why)
{
	const struct run_kernel *k;
	size_t bad = 0;

	for (size_t i = 0; i < a->info.nkernels; i++) {
		k = kernel_of(b, a->info.kernels[i].name);
		if (k) {
			bad += check_kernel(a, &a->info.kernels[i], b, k, why);
		} else {
			buf_printf(why, "kernel %s: run %s has it, run %s has not\n",
				   a->info.kernels[i].name, a->id, b->id);
			bad++;
		}
	}
	for (size_t i = 0; i < b->info.nkernels; i++) {
		if (!kernel_of(a, b->info.kernels[i].name)) {
			buf_printf(why, "kernel %s: run %s has it, run %s has not\n",
				   b->info.kernels[i].name, b->id, a->id);
			bad++;
		}
	}
	return bad;
}

static size_t check_settings(const struct run *a, const struct run *b, struct buf *why)
{
	const struct run_info *x = &a->info, *y = &b->info;
	char p[24], q[24];
	size_t bad = 0;

	snprintf(p, sizeof(p), "%u", x->schema);
	snprintf(q, sizeof(q), "%u", y->schema);
	bad += differ(why, "schema of the records", a, p, b, q);
	snprintf(p, sizeof(p), "0x%llx", (unsigned long long)x->seed);
	snprintf(q, sizeof(q), "0x%llx", (unsigned long long)y->seed);
	bad += differ(why, "seed", a, p, b, q);
	snprintf(p, sizeof(p), "%u", x->repeat);
	snprintf(q, sizeof(q), "%u", y->repeat);
	bad += differ(why, "repeat", a, p, b, q);
	bad += differ(why, "isolation", a, x->isolation, b, y->isolation);
	bad += differ(why, "order", a, x->order, b, y->order);
	return bad + differ(why, "guest", a, x->guest, b, y->guest);
}

struct program {
	const struct run *run;
	const struct record *r;
	size_t len; /* of the case's name */
};

static int by_case(const void *a, const void *b)
{
	const struct program *x = a, *y = b;
	size_t len = x->len < y->len ? x->len : y->len;
	int c = strncmp(x->r->test, y->r->test, len);

	return c ? c : x->len < y->len ? -1 : x->len > y->len;
}

/* Variants of a case in several shards are of one program; there may be none that tell. */
static size_t check_programs(struct run *const *runs, size_t n, struct buf *why)
{
	size_t m = 0, bad = 0;
	struct program *p;

	for (size_t i = 0; i < n; i++)
		m += runs[i]->nrec;
	p = xcalloc(m + 1, sizeof(*p));
	m = 0;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < runs[i]->nrec; k++) {
			const struct record *r = &runs[i]->rec[k];
			const char *slash = strrchr(r->test, '/');

			if (slash && *r->exe_sha256)
				p[m++] = (struct program){ runs[i], r, slash - r->test };
		}
	}
	qsort(p, m, sizeof(*p), by_case);
	for (size_t i = 1; i < m; i++) {
		if (by_case(&p[i - 1], &p[i]) ||
		    !strcmp(p[i - 1].r->exe_sha256, p[i].r->exe_sha256))
			continue;
		if (bad++ < NAMES_MAX)
			buf_printf(why,
				   "corpus: the program of %.*s is not the same in %s and %s\n",
				   (int)p[i].len, p[i].r->test, p[i - 1].run->id, p[i].run->id);
	}
	free(p);
	return bad;
}

size_t merge_check(struct run *const *runs, size_t n, struct buf *why)
{
	size_t bad = check_shards(runs, n, why);

	for (size_t i = 1; i < n; i++) {
		bad += check_settings(runs[0], runs[i], why);
		bad += check_kernels(runs[0], runs[i], why);
		bad += check_corpus(runs[0], runs[i], why);
	}
	bad += check_programs(runs, n, why);
	/* It would only say again what has been said. */
	return bad ? bad : check_union(runs, n, why);
}

/* --- one run of them --------------------------------------------------------------------- */

/* "a and b", where they differ: a run may be of several machines. */
static void join(char **to, const char *more)
{
	char *s;

	if (!*more || strstr(*to, more))
		return;
	s = xasprintf("%s%s%s", *to, **to ? " and " : "", more);
	free(*to);
	*to = s;
}

static int keep_record(struct run *to, const struct record *r)
{
	char *text = record_to_json(r);
	struct record copy;
	int ret = record_from_json(text, strlen(text), &copy);

	free(text);
	if (!ret) {
		ret = run_append(to, &copy);
		if (ret)
			record_free(&copy);
	}
	return ret;
}

static int copy_file(const char *from, const char *to)
{
	struct buf b = { 0 };
	int ret = read_file(from, &b);

	if (!ret)
		ret = write_file(to, b.data ? b.data : "", b.len);
	buf_free(&b);
	return ret;
}

static int copy_tree(const char *from, const char *to)
{
	DIR *d = opendir(from);
	struct dirent *de;
	struct stat st;
	int ret = d ? mkdir_p(to) : 0;

	while (d && !ret && (de = readdir(d))) {
		char *a, *b;

		if (!strcmp(de->d_name, ".") || !strcmp(de->d_name, ".."))
			continue;
		a = xasprintf("%s/%s", from, de->d_name);
		b = xasprintf("%s/%s", to, de->d_name);
		if (!lstat(a, &st) && S_ISDIR(st.st_mode))
			ret = copy_tree(a, b);
		else if (S_ISREG(st.st_mode))
			ret = copy_file(a, b);
		free(a);
		free(b);
	}
	if (d)
		closedir(d);
	return ret;
}

/* What maps of functions are taken from, and logs. */
static int copy_folders(const struct run *from, const struct run *to)
{
	static const char *const names[] = { "logs", "reach" };
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names) && !ret; i++) {
		char *a = xasprintf("%s/%s", from->dir, names[i]);
		char *b = xasprintf("%s/%s", to->dir, names[i]);

		ret = copy_tree(a, b);
		free(a);
		free(b);
	}
	return ret;
}

/* What a run of the whole would have had. */
static void merge_info(struct run_info *info, struct run *const *runs, size_t n)
{
	struct buf ids = { 0 };

	run_info_set_tests(info, info->whole, info->nwhole);
	run_info_set_whole(info, NULL, 0);
	record_set(&info->shard, "");
	for (size_t i = 0; i < n; i++) {
		const struct run_info *in = &runs[i]->info;

		buf_printf(&ids, "%s%s", i ? " " : "", runs[i]->id);
		join(&info->accel, in->accel);
		join(&info->qemu, in->qemu);
		join(&info->machine, in->machine);
		if (*in->start && strcmp(in->start, info->start) < 0)
			record_set(&info->start, in->start);
		for (size_t k = 0; i && k < info->nkernels; k++) {
			struct run_kernel *to = &info->kernels[k];
			const struct run_kernel *from = kernel_of(runs[i], to->name);

			if (to->ntests >= 0 && from->ntests >= 0)
				to->ntests += from->ntests;
			if (!*to->kernel_sha256)
				run_kernel_set(to, from);
		}
	}
	record_set(&info->merged, ids.data);
	buf_free(&ids);
}

int merge_runs(const char *runs_dir, struct run *const *runs, size_t n, struct run **merged)
{
	struct run_info info;
	int ret;

	run_info_copy(&info, &runs[0]->info);
	merge_info(&info, runs, n);
	ret = run_create(runs_dir, &info, merged);
	run_info_free(&info);
	for (size_t i = 0; i < n && !ret; i++) {
		ret = copy_folders(runs[i], *merged);
		for (size_t k = 0; k < runs[i]->nrec && !ret; k++)
			ret = keep_record(*merged, &runs[i]->rec[k]);
	}
	return ret;
}
