// SPDX-License-Identifier: GPL-2.0-only
/* cowpen mail: a finding as a mail for the list. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"
#include "mail.h"

#define FINDINGS "results/findings"
#define PATCHES	 "kernel-config/patches/7.3"

static const struct argp_option mail_options[] = {
	{ "tests", O_TESTS, NULL, 0, "Only the names of tests that show it, a line each", 1 },
	{ "program", O_PROGRAM, "FILE", 0, "A program that shows it", 1 },
	{ "measured", O_MEASURED, "FILE", 0,
	  "What packages were measured (default: " MEASURED_FILE ")", 9 },
	OPT_BUILD,
	{ 0 }
};
static const struct argp mail_argp = {
	.options = mail_options,
	.parser = corpus_parse,
	.args_doc = "FINDING",
	.doc = "A finding as the text of a mail: 72 columns, plain, with a program and the patch that "
	       "mends it. Nothing is sent.\v"
	       "Exit status: 0, 2 it cannot be written, 3 usage.",
};

/* -EINVAL with the nearest names if there is no such finding. */
static int read_finding(const char *name, struct buf *text)
{
	char *path = xasprintf("%s/%s.md", FINDINGS, name), *near;
	const char **names = xcalloc(nbugs + 1, sizeof(*names));
	int ret = read_file(path, text);
	size_t n = 0;

	for (size_t i = 0; i < nbugs; i++)
		if (*bugs[i].finding)
			names[n++] = bugs[i].finding;
	if (ret == -ENOENT) {
		near = nearest_names(name, names);
		ret = err_set(-EINVAL, "no finding \"%s\"; nearest: %s (%s has all)", name, near,
			      FINDINGS);
		free(near);
	}
	free(names);
	free(path);
	return ret;
}

/* All patches of the folders that mend a bug of the finding. */
static void read_patches(const char *finding, struct buf *patch)
{
	buf_add(patch, "", 0);
	for (size_t i = 0; i < nbugs; i++) {
		struct dirent **e;
		char *dir;
		int n;

		if (strcmp(bugs[i].finding, finding))
			continue;
		dir = xasprintf("%s/mend-%s", PATCHES, bugs[i].name);
		n = scandir(dir, &e, NULL, alphasort);
		for (int k = 0; k < n; k++) {
			char *path = xasprintf("%s/%s", dir, e[k]->d_name);

			if (*e[k]->d_name != '.')
				read_file(path, patch);
			free(path);
			free(e[k]);
		}
		if (n >= 0)
			free(e);
		free(dir);
	}
}

/* Those that say BROKEN_BY() one of its bugs, plain ones first. */
static void print_tests(const char *finding, const struct test_list *tests)
{
	for (size_t i = 0; i < tests->n; i++) {
		const struct expectations *x = &tests->t[i].c->known;

		for (size_t e = 0; e < x->n; e++) {
			const struct bug *b = bug_find(x->e[e].bug);

			if (!b || strcmp(b->finding, finding) ||
			    !glob_list_match(x->e[e].variants, tests->t[i].v->name))
				continue;
			printf("%s\n", tests->t[i].name);
			break;
		}
	}
}

static int print_mail(const struct corpus_opts *o, const struct case_list *cases,
		      const struct test_list *tests)
{
	struct buf finding = { 0 }, program = { 0 }, patch = { 0 }, out = { 0 };
	const char *name = o->nruns ? o->run[0] : "";
	struct measured measured = { 0 };
	int ret = read_finding(name, &finding);

	(void)cases;
	buf_add(&program, "", 0);
	if (ret)
		return corpus_fail(o, ret == -EINVAL ? EXIT_USAGE : EXIT_INCOMPLETE);
	if (o->tests) {
		print_tests(name, tests);
		buf_free(&finding);
		buf_free(&program);
		return EXIT_HOLDS;
	}
	read_patches(name, &patch);
	if (o->program)
		ret = read_file(o->program, &program);
	if (!ret)
		ret = measured_read(o->measured ? o->measured : MEASURED_FILE, &measured);
	if (!ret)
		ret = mail_write(
			&(struct mail){ name, finding.data, program.data, patch.data, &measured },
			&out);
	ret = ret ? corpus_fail(o, EXIT_INCOMPLETE) : corpus_print(o, out.data);
	measured_free(&measured);
	buf_free(&finding);
	buf_free(&program);
	buf_free(&patch);
	buf_free(&out);
	return ret;
}

int mail_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "mail", .max_runs = 1 };

	return corpus_command(argc, argv, &mail_argp, &o, print_mail);
}
