// SPDX-License-Identifier: GPL-2.0-only
/* cowpen gate: reads a run, writes the verdict. */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"
#include "gate.h"
#include "report.h"
#include "util.h"

enum {
	O_BASE = O_OWN,
	O_PATCHED,
	O_KTAP,
	O_HTML,
	O_HEADER,
	O_CLAIMS,
	O_ACCEPT,
	O_INCOMPLETE,
	O_QUICK,
	O_LEFT_OUT
};
enum { F_JSON, F_KTAP, F_MARKDOWN, F_HTML, NR_FILES };

struct gate_opts {
	struct corpus_opts common;
	const char *base, *patched, *ktap, *html, *header, *claims, *accept, *incomplete, *quick,
		*left_out;
};

static const struct argp_option options[] = {
	{ "base", O_BASE, "NAME", 0, "The kernel without the patch", 1 },
	{ "patched", O_PATCHED, "NAME", 0, "The kernel with it", 1 },
	{ "claims", O_CLAIMS, "GLOBS", 0,
	  "What the patch is said to fix: blank-separated globs of <area>, <area>/<case> or "
	  "<area>/<case>/<variant>",
	  1 },
	{ "accept", O_ACCEPT, "GLOBS", 0,
	  "What it may break, knowingly: told, but no reason to fail", 1 },
	{ "json", O_JSON, "FILE", 0, "Write the verdict as JSON, too; - is standard output", 2 },
	{ "ktap", O_KTAP, "FILE", 0, "The same as KTAP", 2 },
	{ "markdown", O_MARKDOWN, "FILE", 0, "The same as Markdown", 2 },
	{ "html", O_HTML, "FILE", 0, "The same as a page of HTML", 2 },
	{ "header", O_HEADER, "FILE", 0, "Lines of text to be put into the header", 2 },
	{ "left-out", O_LEFT_OUT, "WORDS", 0,
	  "So many tests were not run, as nothing that the series changes runs in them", 2 },
	{ "quick", O_QUICK, "WORDS", 0,
	  "Only so many of how many tests that reach what changes were run", 2 },
	{ "incomplete", O_INCOMPLETE, "WHY", 0,
	  "There is no run, and that is why: write the verdict that says so", 3 },
	OPT_BUILD,
	OPT_RUNS,
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *st)
{
	struct gate_opts *o = st->input;

	switch (key) {
	case O_BASE:
		o->base = arg;
		break;
	case O_PATCHED:
		o->patched = arg;
		break;
	case O_KTAP:
		o->ktap = arg;
		break;
	case O_HTML:
		o->html = arg;
		break;
	case O_HEADER:
		o->header = arg;
		break;
	case O_CLAIMS:
		o->claims = arg;
		break;
	case O_ACCEPT:
		o->accept = arg;
		break;
	case O_QUICK:
		o->quick = arg;
		break;
	case O_LEFT_OUT:
		o->left_out = arg;
		break;
	case O_INCOMPLETE:
		o->incomplete = arg;
		break;
	default:
		return corpus_parse(key, arg, st);
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[RUN]",
	.doc = "What a patch breaks and what it fixes: compare two kernels of one run (default: "
	       "the last "
	       "one), worst first."
	       "\vWhat is expected of a kernel does not matter here, only what happened. Where "
	       "tests were "
	       "repeated, a rate counts as another one if p < 0.05 by Fisher's exact test "
	       "(one-sided, for "
	       "each test by itself), or if it went from never to always; other mixed outcomes are "
	       "flaky. "
	       "Exit status: 0 nothing worse, 1 something broke, 2 incomplete, 3 usage. The last "
	       "line says "
	       "the same in words.",
};

static int usage_error(const char *what)
{
	fprintf(stderr, "cowpen: gate: %s\n", what);
	return EXIT_USAGE;
}

static const char *file_of(const struct gate_opts *o, unsigned int i)
{
	const char *const file[NR_FILES] = {
		[F_JSON] = o->common.json,
		[F_KTAP] = o->ktap,
		[F_MARKDOWN] = o->common.markdown,
		[F_HTML] = o->html,
	};

	return file[i];
}

/* How many of the files are standard output. */
static unsigned int to_stdout(const struct gate_opts *o)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < NR_FILES; i++)
		n += file_of(o, i) && !strcmp(file_of(o, i), "-");
	return n;
}

/* A file is there as a whole or not at all; a pipe or a device cannot be renamed over. */
static int write_out(const char *path, const char *text)
{
	bool dash = !strcmp(path, "-");
	struct stat st;
	FILE *f;
	int err;

	if (!dash && (stat(path, &st) || S_ISREG(st.st_mode)))
		return write_file(path, text, strlen(text));
	f = dash ? stdout : fopen(path, "we");
	err = !f;
	err |= f && fputs(text, f) < 0;
	err |= f && (dash ? fflush(f) : fclose(f)) != 0;
	return err ? err_set(-errno, "cannot write %s: %s", dash ? "standard output" : path,
			     strerror(errno)) :
		     0;
}

static void write_files(const struct gate_opts *o, struct gate *g)
{
	static char *(*const make[NR_FILES])(const struct gate *g) = {
		[F_JSON] = gate_json,
		[F_KTAP] = gate_ktap,
		[F_MARKDOWN] = gate_markdown,
		[F_HTML] = gate_html,
	};
	char *text;

	for (unsigned int i = 0; i < NR_FILES; i++) {
		if (!file_of(o, i))
			continue;
		text = make[i](g);
		if (write_out(file_of(o, i), text)) {
			corpus_fail(&o->common, EXIT_INCOMPLETE);
			gate_fail(g, err_msg());
		}
		free(text);
	}
}

static int tell(const struct gate_opts *o, struct gate *g)
{
	FILE *out = to_stdout(o) ? stderr : stdout;
	struct style st = style_for(out);

	st.width = 72;
	write_files(o, g);
	gate_print(out, g, st);
	if (fflush(out) || ferror(out)) {
		fprintf(stderr, "cowpen: gate: cannot write the verdict: %s\n", strerror(errno));
		gate_fail(g, "the verdict could not be written");
	}
	return gate_exit_code(g);
}

static int judge_and_tell(const struct gate_opts *o, const struct run *run)
{
	struct case_list cases;
	struct buf header = { 0 };
	bool known = !cases_discover(o->common.build, &cases);
	struct gate g;
	int ret = 0;

	if (o->header)
		ret = read_file(o->header, &header);
	if (!ret)
		ret = gate_judge(run, o->base, o->patched, o->claims, o->accept, header.data, &g);
	buf_free(&header);
	if (ret) {
		ret = usage_error(err_msg());
		goto out;
	}
	/* Without the cases only this is not known. */
	if (known)
		gate_look_for_bugs(&g, &cases);
	if (o->quick)
		gate_partly(&g, o->quick);
	else if (o->left_out)
		gate_left_out(&g, o->left_out);
	ret = tell(o, &g);
	gate_free(&g);
out:
	if (known)
		cases_free(&cases);
	return ret;
}

/* The series does not apply, build, or whatever came before there was a run. */
static int tell_incomplete(struct gate_opts *o)
{
	struct run none = { .id = "", .dir = "", .fd = -1 };
	struct gate g;
	int ret;

	o->base = o->base ? o->base : "base";
	o->patched = o->patched ? o->patched : "patched";
	run_info_init(&none.info);
	run_info_add_kernel(&none.info, o->base);
	run_info_add_kernel(&none.info, o->patched);
	ret = gate_judge(&none, o->base, o->patched, NULL, NULL, NULL, &g);
	if (ret) {
		ret = usage_error(err_msg());
	} else {
		gate_give_up(&g, o->incomplete);
		ret = tell(o, &g);
		gate_free(&g);
	}
	run_info_free(&none.info);
	return ret;
}

int gate_main(int argc, char **argv)
{
	struct gate_opts o = { .common = { .command = "gate", .max_runs = 1 } };
	struct run *run;
	int ret = corpus_args(argc, argv, &argp, &o.common);

	if (ret)
		return ret;
	if (to_stdout(&o) > 1)
		return usage_error("only one of --json, --ktap, --markdown and --html can be "
				   "standard output");
	if (o.incomplete)
		return tell_incomplete(&o);
	if (!o.base || !o.patched)
		return usage_error("which kernels? Say --base NAME --patched NAME");
	ret = corpus_run(&o.common, o.common.nruns ? o.common.run[0] : NULL, &run);
	if (ret)
		return ret;
	ret = judge_and_tell(&o, run);
	run_free(run);
	return ret;
}
