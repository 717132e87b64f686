// SPDX-License-Identifier: GPL-2.0-only
/* cowpen list: the cases, or the kernels. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "cases.h"
#include "cmd.h"
#include "opts.h"
#include "text.h"
#include "util.h"

static const struct argp_option list_options[] = {
	{ "select", O_CASES, "GLOBS", 0, "Only the names of the tests that these choose", 1 },
	OPT_BUILD,
	OPT_CONF,
	OPT_VERBOSE,
	{ 0 }
};
static const struct argp list_argp = {
	.options = list_options,
	.parser = opts_parser,
	.args_doc = "[cases|kernels]",
	.doc = "List the cases with their purpose and clauses (with -v also variants and what is "
	       "known "
	       "to be broken), or the kernels with where each comes from.",
};

static void list_case(const struct tcase *c, bool verbose)
{
	if (c->broken) {
		printf("%-30s  BROKEN: %s\n", c->id, c->broken);
		return;
	}
	printf("%-30s  %s (%s)\n", c->id, c->purpose, c->clauses);
	if (!verbose)
		return;
	printf("    class     %s\n    variants ", c->class);
	for (size_t i = 0; i < c->nv; i++)
		printf(" %s", c->v[i].name);
	putchar('\n');
	for (size_t i = 0; i < c->known.n; i++) {
		const struct expectation *e = &c->known.e[i];

		printf("    broken    %s%s%s..%s by %s%s%s%s: %s%s%s\n", e->bug,
		       *e->bug ? ", " : "", e->from, *e->to ? e->to : "today", e->clauses,
		       *e->variants ? " (" : "", e->variants, *e->variants ? ")" : "", e->reason,
		       *e->fix ? ", fix " : "", e->fix);
	}
	for (size_t i = 0; i < c->known.npatched; i++) {
		const struct patched_expectation *e = &c->known.patched[i];

		printf("    %-9s %s%s%s%s%s%s: %s\n", e->pass ? "mended" : "broken", e->kernel,
		       e->pass ? "" : " by ", e->e.clauses, *e->e.variants ? " (" : "",
		       e->e.variants, *e->e.variants ? ")" : "", e->e.reason);
	}
	for (size_t i = 0; i < c->claims.nseen; i++) {
		const struct claim *s = &c->claims.seen[i];

		printf("    seen      to fail on %s by %s: %s\n", s->kernel, s->clause,
		       s->variants);
	}
	for (size_t i = 0; i < c->claims.nnot_seen; i++)
		printf("    not seen  to fail (%s): %s\n", c->claims.not_seen[i].variants,
		       c->claims.not_seen[i].reason);
}

static int list_tests(const struct opts *o)
{
	struct test_list tests = { 0 };
	struct case_list l;
	int ret;

	if (cases_discover(o->build, &l))
		return fail("");
	ret = cases_select(&l, o->cases, &tests);
	for (size_t i = 0; i < tests.n; i++)
		puts(tests.t[i].name);
	tests_free(&tests);
	cases_free(&l);
	return ret ? fail_choice(ret) : EXIT_EXPECTED;
}

static int list_cases(const struct opts *o)
{
	struct case_list l;
	bool broken = false;
	size_t tests = 0;

	if (cases_discover(o->build, &l))
		return fail("");
	for (size_t i = 0; i < l.n; i++) {
		list_case(&l.c[i], o->verbose);
		broken |= !!l.c[i].broken;
		tests += l.c[i].nv;
	}
	printf("%zu cases, %zu tests\n", l.n, tests);
	cases_free(&l);
	return broken ? EXIT_NOT_RUN : EXIT_EXPECTED;
}

/* What kernel-config/build has made of the user's trees and series, the latest first. */
static void list_built(void)
{
	const char *cache;
	char *pattern;
	glob_t g;

	if (cache_dir(&cache))
		return;
	for (int i = 0; i < 2; i++) {
		pattern = xasprintf("%s/kernels/%s/*/kernel.json", cache, i ? "series" : "tree-*");
		if (!glob(pattern, 0, NULL, &g)) {
			for (size_t j = 0; j < g.gl_pathc; j++) {
				json_t *root = json_load_file(g.gl_pathv[j], 0, NULL);
				const char *origin = json_string_value(json_object_get(root, "origi"
											     "n"));

				printf("%.*s\n%17s%s\n",
				       (int)(strlen(g.gl_pathv[j]) - strlen("/kernel.json")),
				       g.gl_pathv[j], "", origin ? origin : "");
				json_decref(root);
			}
		}
		globfree(&g);
		free(pattern);
	}
}

static int list_kernels(const struct opts *o)
{
	struct kernel_list l;
	int width = 8;

	if (kernels_read(o->conf, &l))
		return fail("");
	for (size_t i = 0; i < l.n; i++)
		if ((int)strlen(l.k[i].name) > width)
			width = strlen(l.k[i].name);
	for (size_t i = 0; i < l.n; i++) {
		const struct kernel *k = &l.k[i];

		printf("%-*s %-7s %s\n", width, k->name, k->is_default ? "default" : "", k->origin);
		if (*k->mends) {
			char *mends = xasprintf("mends %s", k->mends);

			printf("%*s", width + 9, "");
			print_wrapped(stdout, mends, width + 9, width + 15, 100);
			free(mends);
		}
		printf("%*s%s%s\n", width + 9, "",
		       !k->cached  ? kernel_is_built(k) ? "not built yet" : "not here yet" :
		       *k->package ? "here: " :
				     "here",
		       k->cached ? k->package : "");
	}
	list_built();
	kernels_free(&l);
	return EXIT_EXPECTED;
}

int list_main(int argc, char **argv)
{
	static const char *const words[] = { "cases", "kernels", NULL };
	struct opts o;
	char *near;
	int ret;

	opts_init(&o, 1);
	ret = opts_parse(&o, &list_argp, argc, argv);
	if (ret)
		return ret;
	if (!o.nargs || !strcmp(o.arg[0], "cases"))
		return *o.cases ? list_tests(&o) : list_cases(&o);
	if (!strcmp(o.arg[0], "kernels"))
		return list_kernels(&o);
	near = nearest_names(o.arg[0], words);
	fprintf(stderr, "cowpen: there is no list of \"%s\"; nearest: %s\n", o.arg[0], near);
	free(near);
	return EXIT_USAGE;
}
