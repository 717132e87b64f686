// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "company.h"
#include "util.h"
#include "verdict.h"

char *company_word(const struct record *r)
{
	const char *clause = r->status == ST_FAIL ? clause_broken(r->status, r->clause) : "";

	return xasprintf("%s%s%s", status_name(r->status), *clause ? " by " : "", clause);
}

/* @was: a word of company_word(), and why. */
static bool is_otherwise(const struct record *r, const char *was)
{
	size_t n = strcspn(was, ":");
	char *now = company_word(r);
	bool differs = n != strlen(now) || strncmp(was, now, n);

	free(now);
	return differs;
}

bool company_differs(const struct record *r)
{
	return *r->company && !strcmp(r->isolation, isolation_name(ISO_TEST)) &&
	       is_otherwise(r, r->company);
}

bool warm_differs(const struct record *r)
{
	return *r->was_warm && is_otherwise(r, r->was_warm);
}

void warm_print(FILE *out, const struct run *run, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < run->nrec; i++)
		n += warm_differs(&run->rec[i]);
	if (!n)
		return;
	fprintf(out,
		"%zu test%s did otherwise in a warm guest than in a new QEMU (only that counts):\n",
		n, n == 1 ? "" : "s");
	for (size_t i = 0, shown = 0; i < run->nrec && shown < max; i++) {
		const struct record *r = &run->rec[i];
		char *word;

		if (!warm_differs(r))
			continue;
		word = company_word(r);
		fprintf(out, "  %s on %s: %s; in a new QEMU: %s\n", r->test, r->kernel, r->was_warm,
			word);
		free(word);
		shown++;
	}
	if (n > max)
		fprintf(out, "  and %zu more: \"was_warm\" in %s/results.jsonl\n", n - max,
			run->dir);
}

void company_print(FILE *out, const struct run *run, size_t max)
{
	const struct record *first = NULL;
	size_t n = 0;
	char *test, *word;

	for (size_t i = 0; i < run->nrec; i++)
		n += company_differs(&run->rec[i]);
	if (!n)
		return;
	fprintf(out,
		"%zu test%s did otherwise in company of others than alone (only alone counts):\n",
		n, n == 1 ? "" : "s");
	for (size_t i = 0, shown = 0; i < run->nrec && shown < max; i++) {
		const struct record *r = &run->rec[i];

		if (!company_differs(r))
			continue;
		word = company_word(r);
		fprintf(out, "  %s on %s: %s; alone: %s\n", r->test, r->kernel, r->company, word);
		free(word);
		first = first ? first : r;
		shown++;
	}
	if (n > max)
		fprintf(out, "  and %zu more: \"company\" in %s/results.jsonl\n", n - max,
			run->dir);
	test = xstrdup(first->test);
	if (!strcmp(run->info.isolation, isolation_name(ISO_AREA)))
		test[strcspn(test, "/")] = '\0';
	else
		*strrchr(test, '/') = '\0';
	fprintf(out, "  to see it: make run CASE='%s/*' KERNEL=%s ISOLATION=%s SEED=0x%llx\n", test,
		first->kernel, run->info.isolation, (unsigned long long)run->info.seed);
	free(test);
}
