// SPDX-License-Identifier: GPL-2.0-only
/* cowpen findings: the list of them, for results/findings/README.md. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "findings.h"
#include "mends.h"

#define FINDINGS "results/findings"

static const struct argp_option findings_options[] = { OPT_BUILD, { 0 } };
static const struct argp findings_argp = {
	.options = findings_options,
	.parser = corpus_parse,
	.doc = "All findings, the worst first, as Markdown: results/findings/README.md.",
};

static int by_name(const struct dirent *e)
{
	size_t len = strlen(e->d_name);

	return len > 3 && !strcmp(e->d_name + len - 3, ".md") && strcmp(e->d_name, "README.md");
}

/* The first line of a finding, without its "# ". */
static char *title_of(const char *name)
{
	char *path = xasprintf("%s/%s", FINDINGS, name), *title = NULL;
	struct buf text = { 0 };

	if (!read_file(path, &text) && !strncmp(text.data, "# ", 2))
		title = xasprintf("%.*s", (int)strcspn(text.data + 2, "\n"), text.data + 2);
	buf_free(&text);
	free(path);
	return title ?: xstrdup(name);
}

static int print_findings(const struct corpus_opts *o, const struct case_list *cases,
			  const struct test_list *tests)
{
	struct measured measured = { 0 };
	struct kernel_list kernels = { 0 };
	struct buf md = { 0 };
	struct mend *mends;
	struct dirent **e;
	char **names, **titles;
	int n, ret;

	(void)tests;
	mends = find_mends(o, &kernels);
	if (!mends || measured_read(o->measured ? o->measured : MEASURED_FILE, &measured))
		return corpus_fail(o, EXIT_INCOMPLETE);
	n = scandir(FINDINGS, &e, by_name, alphasort);
	names = xcalloc(n + 1, sizeof(*names));
	titles = xcalloc(n + 1, sizeof(*titles));
	for (int i = 0; i < n; i++) {
		titles[i] = title_of(e[i]->d_name);
		names[i] = xasprintf("%.*s", (int)strlen(e[i]->d_name) - 3, e[i]->d_name);
		free(e[i]);
	}
	findings_list(cases, &measured, mends, names, titles, n > 0 ? n : 0, &md);
	ret = corpus_print(o, md.data);
	for (int i = 0; i < n; i++) {
		free(names[i]);
		free(titles[i]);
	}
	if (n >= 0)
		free(e);
	free(names);
	free(titles);
	free(mends);
	kernels_free(&kernels);
	measured_free(&measured);
	buf_free(&md);
	return ret;
}

int findings_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "findings" };

	return corpus_command(argc, argv, &findings_argp, &o, print_findings);
}
