// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "reuse.h"

/* Is what @r says worth the same here? */
static bool fits(const struct run *run, const struct run_kernel *k, const struct test *t,
		 const struct record *r)
{
	return r->status != ST_ERROR && r->repeat == 1 && *r->kernel_sha256 &&
	       !strcmp(r->test, t->name) && !strcmp(r->kernel_sha256, k->kernel_sha256) &&
	       !strcmp(r->modules_sha256, k->modules_sha256) &&
	       !strcmp(r->config_sha256, k->config_sha256) &&
	       !strcmp(r->exe_sha256, t->c->exe_sha256) && !strcmp(r->accel, run->info.accel) &&
	       !strcmp(r->qemu, run->info.qemu) && !strcmp(r->guest, run->info.guest) &&
	       strcmp(r->isolation, "none");
}

static int take_over(struct run *run, const struct run *from, const struct run_kernel *k,
		     const struct record *r)
{
	char *text = record_to_json(r), *log;
	struct record copy;
	int ret = record_from_json(text, strlen(text), &copy);

	free(text);
	if (ret)
		return ret;
	if (!*copy.reused)
		record_set(&copy.reused, from->id);
	record_set(&copy.kernel, k->name);
	if (*copy.log && strncmp(copy.log, "../", 3)) {
		log = xasprintf("../%s/%s", from->id, copy.log);
		record_set(&copy.log, log);
		free(log);
	}
	ret = run_append(run, &copy);
	if (ret)
		record_free(&copy);
	return ret;
}

long run_reuse(struct run *run, const struct run *from, const struct run_kernel *k,
	       const struct test_list *tests)
{
	long n = 0;

	if (strcmp(from->info.machine, run->info.machine))
		return 0;
	for (size_t t = 0; t < tests->n; t++) {
		if (run_find(run, k->name, tests->t[t].name, 0))
			continue;
		for (size_t i = 0; i < from->nrec; i++) {
			int ret;

			if (!fits(run, k, &tests->t[t], &from->rec[i]))
				continue;
			ret = take_over(run, from, k, &from->rec[i]);
			if (ret)
				return ret;
			n++;
			break;
		}
	}
	return n;
}
