// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "company.h"
#include "util.h"

bool company_differs(const struct record *r)
{
	const char *now = status_name(r->status);
	size_t n = strcspn(r->company, ":");

	if (!*r->company || strcmp(r->isolation, isolation_name(ISO_TEST)))
		return false;
	return n != strlen(now) || strncmp(r->company, now, n);
}

void company_print(FILE *out, const struct run *run, size_t max)
{
	const struct record *first = NULL;
	size_t n = 0;
	char *test;

	for (size_t i = 0; i < run->nrec; i++)
		n += company_differs(&run->rec[i]);
	if (!n)
		return;
	fprintf(out, "%zu test%s did otherwise in company of others than alone (only alone counts):\n", n,
		n == 1 ? "" : "s");
	for (size_t i = 0, shown = 0; i < run->nrec && shown < max; i++) {
		const struct record *r = &run->rec[i];

		if (!company_differs(r))
			continue;
		fprintf(out, "  %s on %s: %s; alone: %s\n", r->test, r->kernel, r->company,
			status_name(r->status));
		first = first ? first : r;
		shown++;
	}
	if (n > max)
		fprintf(out, "  and %zu more: \"company\" in %s/results.jsonl\n", n - max, run->dir);
	test = xstrdup(first->test);
	if (!strcmp(run->info.isolation, isolation_name(ISO_AREA)))
		test[strcspn(test, "/")] = '\0';
	else
		*strrchr(test, '/') = '\0';
	fprintf(out, "  to see it: make run CASE='%s/*' KERNEL=%s ISOLATION=%s SEED=0x%llx\n", test,
		first->kernel, run->info.isolation, (unsigned long long)run->info.seed);
	free(test);
}
