/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_FAKE_RUN_H
#define COWPEN_FAKE_RUN_H

/* A run in memory, for the tests of what is made from runs. */
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "util.h"
#include "verdict.h"

static inline struct run *fake_run(const char *id, const char *kernels)
{
	struct run *run = xcalloc(1, sizeof(*run));
	char *copy = xstrdup(kernels), *save = NULL;

	run->fd = -1;
	run->id = xstrdup(id);
	run->dir = xasprintf("results/runs/%s", id);
	run_info_init(&run->info);
	record_set(&run->info.accel, "tcg");
	record_set(&run->info.qemu, "7.2.22");
	run->info.seed = 0x2a;
	for (char *k = strtok_r(copy, " ", &save); k; k = strtok_r(NULL, " ", &save)) {
		struct run_kernel *rk = run_info_add_kernel(&run->info, k);
		char *package = xasprintf("linux-image-%s-amd64 %s.1-1", k, k);

		record_set(&rk->package, package);
		record_set(&rk->release, k);
		free(package);
	}
	free(copy);
	return run;
}

/* What kernels.conf would have said of it. */
static inline struct run_kernel *fake_kernel(struct run *run, const char *name, const char *source,
					     const char *base, const char *version)
{
	struct run_kernel *k = NULL;

	for (size_t i = 0; i < run->info.nkernels; i++) {
		if (!strcmp(run->info.kernels[i].name, name))
			k = &run->info.kernels[i];
	}
	if (!k)
		abort();
	record_set(&k->source, source);
	record_set(&k->base, base);
	record_set(&k->version, version);
	record_set(&k->config_sha256, strcmp(source, "stock") ? "fragments" : "debian's");
	if (*base) {
		free(k->origin);
		k->origin = xasprintf("%s, patches/%s (1 patch)", base, name);
	}
	return k;
}

static inline void fake_plan(struct run *run, const char *test)
{
	for (size_t i = 0; i < run->info.ntests; i++) {
		if (!strcmp(run->info.tests[i], test))
			return;
	}
	run_info_add_test(&run->info, test);
}

/* "pass", "fail", ...; "xfail" and "xpass" stand for fail and pass where a failure is known. */
static inline struct record *fake_add(struct run *run, const char *kernel, const char *test,
				      const char *what)
{
	static const struct expectation known = { .clauses = "C1 C2 C3 C4 C5 C7 C8 C9" };
	bool x = *what == 'x';
	struct record *r;

	fake_plan(run, test);
	run->rec = xrealloc(run->rec, (run->nrec + 1) * sizeof(*run->rec));
	r = &run->rec[run->nrec++];
	record_init(r);
	record_set(&r->kernel, kernel);
	record_set(&r->test, test);
	record_set(&r->accel, "tcg");
	record_set(&r->qemu, "7.2.22");
	if (status_parse(x ? what + 1 : what, &r->status))
		abort();
	r->expected = x ? ST_FAIL : ST_PASS;
	/* "xcrash" is known, too, whatever the clause. */
	r->verdict = verdict_of(r->status, "C1", x ? &known : NULL);
	for (size_t i = 0; i + 1 < run->nrec; i++) {
		if (!strcmp(run->rec[i].kernel, kernel) && !strcmp(run->rec[i].test, test))
			r->repeat++;
	}
	free(r->replay);
	r->replay = xasprintf("make run CASE=%s KERNEL=%s SEED=0x1 ACCEL=tcg", test, kernel);
	return r;
}

/* A row: one word for each kernel of the run, "-" for none. */
static inline void fake_row(struct run *run, const char *test, const char *words)
{
	char *copy = xstrdup(words), *save = NULL;
	size_t k = 0;

	fake_plan(run, test);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save), k++) {
		if (strcmp(w, "-"))
			fake_add(run, run->info.kernels[k].name, test, w);
	}
	free(copy);
}

#endif
