// SPDX-License-Identifier: GPL-2.0-only
/* cowpen export: one C file a test, of what a run of it told. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "book.h"
#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"
#include "export.h"
#include "text.h"

#define PIECES "harness/alone"
/* Of what is written in C the comment's lines are this long. */
#define LINE 90

static const struct argp_option export_options[] = {
	OPT_CASES,
	{ "out", O_OUT, "FILE|DIR", 0, "A file NAME.c for one test, else a folder (default: .)",
	  1 },
	{ "force", O_FORCE, NULL, 0, "Write over files that are there", 1 },
	OPT_BUILD,
	OPT_RUNS,
	{ 0 }
};
static const struct argp export_argp = {
	.options = export_options,
	.parser = corpus_parse,
	.args_doc = "[RUN]",
	.doc = "Write the program of each test that told itself in this run (COWPEN_TELL=1).\v"
	       "Exit status: 0 all written, 2 one cannot be, 3 usage.",
};

static const char *const clauses[] = {
	"C0: memory holds what its process last wrote to it.",
	"C1: a pin for writing and the page that its process maps stay one page.",
	"C2: after fork() nobody sees what another process writes.",
	"C3: a write to a write-protected page is noticed once, before it is visible.",
	"C4: the uffd-wp bit survives what the kernel does.",
	"C5: nobody gets a right to write that he had not.",
	"C6: a device that faults as a CPU does is noticed as one.",
	"C7: a pin is taken, or refused with a documented error and nothing is pinned.",
	"C8: nothing is left behind.",
	"C9: what a CPU wrote is reported as written.",
};

/* @text in lines of LINE, the first after @label. */
static void wrap(struct buf *b, const char *label, const char *text)
{
	buf_printf(b, "%s", label);
	buf_wrapped(b, text, strlen(label), 0, LINE);
}

/* What the case's source says above its steps. */
static void add_case_comment(const struct tcase *c, struct buf *b)
{
	char *path = xasprintf("cases/%s.c", c->id), *start, *end;
	struct buf text = { 0 };

	if (!read_file(path, &text) && (start = strstr(text.data, "/*\n")) &&
	    (end = strstr(start, " */"))) {
		*end = '\0';
		for (char *line = start + 3; *line;) {
			int len = strcspn(line, "\n");

			buf_printf(b, "%.*s\n", len > 3 ? len - 3 : 0, len > 3 ? line + 3 : "");
			line += len + (line[len] == '\n');
		}
	} else {
		wrap(b, "", c->purpose);
	}
	free(path);
	buf_free(&text);
}

static void add_seen(const struct tcase *c, const char *variant, struct buf *b)
{
	struct buf kernels = { 0 };

	for (size_t i = 0; i < c->claims.nseen; i++)
		if (glob_list_match(c->claims.seen[i].variants, variant))
			buf_printf(&kernels, "%s%s (%s)", kernels.len ? ", " : "",
				   c->claims.seen[i].kernel, c->claims.seen[i].clause);
	if (kernels.len)
		wrap(b, "Seen to fail on: ", kernels.data);
	buf_free(&kernels);
}

static void add_bug(const struct tcase *c, const char *variant, struct buf *b)
{
	for (size_t i = 0; i < c->known.n; i++) {
		const struct bug *bug = bug_find(c->known.e[i].bug);
		char *text;

		if (!bug || !glob_list_match(c->known.e[i].variants, variant))
			continue;
		text = xasprintf("%s: %s. From v%s%s%s%s%s%s.", bug->name, bug->cause, bug->from,
				 *bug->fixed ? ", fixed in v" : ", not fixed yet", bug->fixed,
				 *bug->fix ? " by " : "", bug->fix,
				 *bug->stable ? "; in stable releases, too" : "");
		wrap(b, "Bug ", text);
		free(text);
		return;
	}
}

static char *comment_of(const struct test *t)
{
	struct buf b = { 0 };

	add_case_comment(t->c, &b);
	buf_printf(&b, "\n");
	for (size_t i = 0; i < ARRAY_SIZE(clauses); i++) {
		char name[4] = { 'C', '0' + i };

		if (strstr(t->c->clauses, name))
			wrap(&b, "", clauses[i]);
	}
	add_seen(t->c, t->v->name, &b);
	add_bug(t->c, t->v->name, &b);
	while (b.len && b.data[b.len - 1] == '\n')
		b.data[--b.len] = '\0';
	return b.data;
}

static int read_told(const struct run *run, const char *test, struct buf *told)
{
	for (size_t i = 0; i < run->nrec; i++) {
		char *path;
		int ret;

		if (strcmp(run->rec[i].test, test) || !*run->rec[i].log)
			continue;
		/* It has not told all of its steps. */
		if (run->rec[i].status == ST_SKIP)
			return err_set(
				-EINVAL,
				"%s: it is skipped on %s (%s): export it by a kernel that has "
				"this, KERNEL=...",
				test, run->rec[i].kernel, run->rec[i].reason);
		path = xasprintf("%s/%s", run->dir, run->rec[i].log);
		ret = read_file(path, told);
		free(path);
		return ret;
	}
	return err_set(-ENOENT, "%s: run %s has no log of it", test, run->id);
}

static int write_one(const struct corpus_opts *o, const struct pieces *p, const struct run *run,
		     const struct test *t, const char *path)
{
	char *comment = comment_of(t);
	bool rdma = strstr(t->v->pin, "rdma");
	const char *slash = strrchr(path, '/');
	struct exported x = { t->name, slash ? slash + 1 : path, t->c->clauses, comment,
			      rdma ? " -libverbs" : "" };
	struct buf told = { 0 }, text = { 0 };
	int ret = 0;

	if (!o->force && !access(path, F_OK))
		ret = err_set(-EEXIST, "%s is there already; FORCE=1 writes over it", path);
	if (!ret)
		ret = read_told(run, t->name, &told);
	if (!ret)
		ret = export_write(p, &x, told.data, &text);
	if (!ret)
		ret = write_file(path, text.data, text.len);
	buf_free(&told);
	buf_free(&text);
	free(comment);
	return ret;
}

static char *path_for(const struct corpus_opts *o, const char *test)
{
	const char *out = o->out ? o->out : ".";
	size_t len = strlen(out);
	char *path;

	if (len > 2 && !strcmp(out + len - 2, ".c"))
		return xstrdup(out);
	path = xasprintf("%s/%s.c", out, test);
	for (char *s = path + len + 1; *s; s++)
		if (*s == '/')
			*s = '-';
	return path;
}

static int export_tests(const struct corpus_opts *o, const struct case_list *cases,
			const struct test_list *tests)
{
	struct run **runs = NULL;
	struct pieces p = { 0 };
	size_t written = 0;
	int ret = pieces_read(PIECES, &p);

	(void)cases;
	char *last[] = { "last" };
	struct corpus_opts run = *o;

	if (!run.nruns) {
		run.run = last;
		run.nruns = 1;
	}
	if (!ret)
		runs = runs_load(&run);
	if (!runs) {
		pieces_free(&p);
		return corpus_fail(o, EXIT_INCOMPLETE);
	}
	for (size_t i = 0; i < tests->n; i++) {
		char *path = path_for(o, tests->t[i].name);

		if (write_one(o, &p, runs[0], &tests->t[i], path)) {
			fprintf(stderr, "cowpen: %s\n", err_msg());
		} else {
			written++;
			if (tests->n == 1)
				printf("written: %s\n", path);
		}
		free(path);
	}
	if (tests->n > 1)
		printf("%zu of %zu programs written to %s\n", written, tests->n,
		       o->out ? o->out : ".");
	runs_free(runs, run.nruns);
	pieces_free(&p);
	return written == tests->n ? EXIT_HOLDS : EXIT_INCOMPLETE;
}

int export_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "export", .max_runs = 1 };

	return corpus_command(argc, argv, &export_argp, &o, export_tests);
}
