// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "news.h"
#include "rows.h"
#include "util.h"

static bool is_news(const struct record *r)
{
	return r->verdict == V_FIXED || r->verdict == V_BROKEN;
}

/* Without its number: the same thing in cases of different length is one cause. */
static const char *step_words(const char *step)
{
	const char *s = strchr(step, ' ');

	return s ? s + 1 : step;
}

/* Of what was fixed, what the case knows of it; of what broke, how it shows. */
static char *cause(const struct record *r)
{
	if (r->verdict == V_FIXED)
		return xasprintf("fixed since: %s%s%s",
				 *r->reason ? r->reason : "no reason is known",
				 *r->fix ? ", fix " : "", r->fix);
	if (r->status != ST_FAIL)
		return xasprintf("broken since: %s in %s: %s", status_name(r->status),
				 *r->step ? step_words(r->step) : "no step", r->reason);
	return xasprintf("broken since: %s in %s%s%s%s%s%s", r->clause,
			 *r->step ? step_words(r->step) : "no step", *r->check ? " (" : "",
			 r->check, *r->check ? ")" : "", *r->known ? ", known was " : "", r->known);
}

static size_t case_len(const char *test)
{
	const char *last = strrchr(test, '/');

	return last ? (size_t)(last - test) : strlen(test);
}

/* Tests of one case, of the run's plan, those that have this cause on @kernel. */
static void print_case(FILE *out, const struct run *run, const char *kernel, const char *test,
		       char *const *causes, const char *why, struct style st)
{
	const char **all = xcalloc(run->info.ntests + 1, sizeof(*all));
	bool *in = xcalloc(run->info.ntests + 1, sizeof(*in));
	size_t len = case_len(test), n = 0, hit = 0;
	char *label, *line;

	for (size_t t = 0; t < run->info.ntests; t++) {
		const char *name = run->info.tests[t];

		if (case_len(name) != len || strncmp(name, test, len))
			continue;
		for (size_t i = 0; i < run->nrec; i++)
			in[n] |= causes[i] && !strcmp(causes[i], why) &&
				 !strcmp(run->rec[i].kernel, kernel) &&
				 !strcmp(run->rec[i].test, name);
		hit += in[n];
		all[n++] = variant_of(name);
	}
	label = fold_variants(all, n, in, true);
	line = xasprintf("%.*s%s%s", (int)len, test, hit == n && n > 1 ? "" : " ",
			 hit == n && n > 1 ? "" : label);
	fputs("      ", out);
	print_wrapped(out, line, 6, 8, st.width);
	free(line);
	free(label);
	free(all);
	free(in);
}

/* Which of @run's records with that cause is the first of its kernel, or of its case on it? */
static bool is_first(const struct run *run, char *const *causes, size_t i, bool of_case)
{
	const struct record *r = &run->rec[i];
	size_t len = case_len(r->test);

	for (size_t k = 0; k < i; k++) {
		const struct record *o = &run->rec[k];

		if (causes[k] && !strcmp(causes[k], causes[i]) && !strcmp(o->kernel, r->kernel) &&
		    (!of_case || (case_len(o->test) == len && !strncmp(o->test, r->test, len))))
			return false;
	}
	return true;
}

static void print_kernel(FILE *out, const struct run *run, char *const *causes, size_t first,
			 struct style st)
{
	const struct record *r = &run->rec[first];
	char *version = package_version(r->package);

	fprintf(out, "    %s: %s -> %s\n", r->kernel, r->measured, *version ? version : r->release);
	for (size_t i = first; i < run->nrec; i++) {
		if (causes[i] && !strcmp(causes[i], causes[first]) &&
		    !strcmp(run->rec[i].kernel, r->kernel) && is_first(run, causes, i, true))
			print_case(out, run, r->kernel, run->rec[i].test, causes, causes[i], st);
	}
	free(version);
}

static void print_cause(FILE *out, const struct run *run, char *const *causes, size_t first,
			struct style st)
{
	fputs("  ", out);
	print_wrapped(out, causes[first], 2, 4, st.width);
	for (size_t i = first; i < run->nrec; i++) {
		if (causes[i] && !strcmp(causes[i], causes[first]) &&
		    is_first(run, causes, i, false))
			print_kernel(out, run, causes, i, st);
	}
}

static bool is_first_cause(char *const *causes, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (causes[k] && !strcmp(causes[k], causes[i]))
			return false;
	}
	return true;
}

/* What broke comes first. */
static size_t print_all(FILE *out, const struct run *run, char *const *causes, enum verdict v,
			struct style st)
{
	size_t n = 0;

	for (size_t i = 0; i < run->nrec; i++) {
		n += causes[i] && run->rec[i].verdict == v;
		if (causes[i] && run->rec[i].verdict == v && is_first_cause(causes, i))
			print_cause(out, run, causes, i, st);
	}
	return n;
}

static void print_ages(FILE *out, const struct run *run, const struct measured *m, bool quiet,
		       struct style st)
{
	for (size_t i = 0; i < run->info.nkernels; i++) {
		const struct run_kernel *k = &run->info.kernels[i];
		const struct measured_kernel *than;
		enum age age = measured_age(m, k->name, k->source, k->package, &than);
		char *version = package_version(k->package), *line = NULL;

		if (age == AGE_OLDER)
			line = xasprintf("%s is older than what was measured: %s, not %s; what "
					 "fails there "
					 "may be fixed by now",
					 k->name, version, than->version);
		else if (age == AGE_NEWER && !quiet)
			line = xasprintf("%s is newer than what was measured (%s, not %s), and "
					 "does the "
					 "same",
					 k->name, version, than->version);
		if (line)
			print_wrapped(out, line, 0, 2, st.width);
		free(line);
		free(version);
	}
}

void news_print(FILE *out, const struct run *run, const struct measured *m, struct style st)
{
	char **causes = xcalloc(run->nrec + 1, sizeof(*causes));
	size_t n = 0, broken, fixed;

	for (size_t i = 0; i < run->nrec; i++) {
		if (is_news(&run->rec[i])) {
			causes[i] = cause(&run->rec[i]);
			n++;
		}
	}
	if (n) {
		print_heading(out, "News since this was measured", st);
		broken = print_all(out, run, causes, V_BROKEN, st);
		fixed = print_all(out, run, causes, V_FIXED, st);
		fprintf(out,
			"  %zu broken, %zu fixed; when the book of bugs says so: make "
			"measured\n",
			broken, fixed);
	}
	print_ages(out, run, m, n, st);
	for (size_t i = 0; i < run->nrec; i++)
		free(causes[i]);
	free(causes);
}
