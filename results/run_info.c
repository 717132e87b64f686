// SPDX-License-Identifier: GPL-2.0-only
/* What is known of a run before its first record: run.json. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "err.h"
#include "record.h"
#include "record_json.h"
#include "util.h"

static char **run_info_string(struct run_info *i, unsigned int n)
{
	char **s[] = { &i->command, &i->start,	    &i->accel,	      &i->accel_why, &i->qemu,
		       &i->machine, &i->case_globs, &i->kernel_names, &i->isolation, &i->order,
		       &i->guest,   &i->warm,	    &i->shard,	      &i->merged };

	return n < ARRAY_SIZE(s) ? s[n] : NULL;
}

static const char *const run_info_keys[] = {
	"command",	"start",     "accel", "accel_why", "qemu", "machine", "cases",
	"kernel_names", "isolation", "order", "guest",	   "warm", "shard",   "merged",
};

static char **run_kernel_string(struct run_kernel *k, unsigned int n)
{
	char **s[] = { &k->name,	  &k->release,	      &k->package,	 &k->version,
		       &k->kernel_sha256, &k->modules_sha256, &k->config_sha256, &k->source,
		       &k->base,	  &k->origin,	      &k->mends };

	return n < ARRAY_SIZE(s) ? s[n] : NULL;
}

static const char *const run_kernel_keys[] = {
	"name",		 "release", "package", "version", "kernel_sha256", "modules_sha256",
	"config_sha256", "source",  "base",    "origin",  "mends",
};

void run_info_init(struct run_info *info)
{
	memset(info, 0, sizeof(*info));
	for (unsigned int i = 0; run_info_string(info, i); i++)
		*run_info_string(info, i) = xstrdup("");
	info->jobs = 1;
	info->repeat = 1;
	info->schema = RECORD_SCHEMA;
}

static void free_names(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

static void set_names(char ***to, size_t *nto, char *const *names, size_t n)
{
	char **copy = xcalloc(n + 1, sizeof(*copy));

	for (size_t i = 0; i < n; i++)
		copy[i] = xstrdup(names[i]);
	free_names(*to, *nto);
	*to = copy;
	*nto = n;
}

void run_info_set_tests(struct run_info *info, char *const *names, size_t n)
{
	set_names(&info->tests, &info->ntests, names, n);
}

void run_info_set_whole(struct run_info *info, char *const *names, size_t n)
{
	set_names(&info->whole, &info->nwhole, names, n);
}

void run_info_free(struct run_info *info)
{
	for (unsigned int i = 0; run_info_string(info, i); i++)
		free(*run_info_string(info, i));
	for (size_t k = 0; k < info->nkernels; k++) {
		for (unsigned int i = 0; run_kernel_string(&info->kernels[k], i); i++)
			free(*run_kernel_string(&info->kernels[k], i));
	}
	free(info->kernels);
	free_names(info->tests, info->ntests);
	free_names(info->whole, info->nwhole);
	memset(info, 0, sizeof(*info));
}

bool run_kernel_is_wrong(const struct run_kernel *k)
{
	return !strcmp(k->source, "patched") && !k->judged && !*k->mends;
}

struct run_kernel *run_info_add_kernel(struct run_info *info, const char *name)
{
	struct run_kernel *k;

	info->kernels = xrealloc(info->kernels, (info->nkernels + 1) * sizeof(*k));
	k = &info->kernels[info->nkernels++];
	memset(k, 0, sizeof(*k));
	for (unsigned int i = 0; run_kernel_string(k, i); i++)
		*run_kernel_string(k, i) = xstrdup("");
	record_set(&k->name, name);
	k->ntests = -1;
	return k;
}

void run_info_add_test(struct run_info *info, const char *test)
{
	info->tests = xrealloc(info->tests, (info->ntests + 1) * sizeof(*info->tests));
	info->tests[info->ntests++] = xstrdup(test);
}

void run_kernel_set(struct run_kernel *to, const struct run_kernel *from)
{
	struct run_kernel *f = (struct run_kernel *)from;

	for (unsigned int i = 0; run_kernel_string(to, i); i++)
		record_set(run_kernel_string(to, i), *run_kernel_string(f, i));
	to->judged = from->judged;
}

void run_info_copy(struct run_info *to, const struct run_info *from)
{
	struct run_info *f = (struct run_info *)from;

	run_info_init(to);
	for (unsigned int i = 0; run_info_string(to, i); i++)
		record_set(run_info_string(to, i), *run_info_string(f, i));
	to->seed = from->seed;
	to->jobs = from->jobs;
	to->repeat = from->repeat;
	for (size_t n = 0; n < from->nkernels; n++) {
		run_kernel_set(run_info_add_kernel(to, from->kernels[n].name), &from->kernels[n]);
		to->kernels[n].ntests = from->kernels[n].ntests;
	}
	to->schema = from->schema;
	run_info_set_tests(to, from->tests, from->ntests);
	run_info_set_whole(to, from->whole, from->nwhole);
}

char *run_info_to_json(const struct run_info *info, const char *id)
{
	struct run_info *w = (struct run_info *)info;
	json_t *o = json_object(), *list, *k;
	char *text;

	json_object_set_new(o, "schema", json_integer(RECORD_SCHEMA));
	put_text(o, "run", id);
	for (unsigned int i = 0; run_info_string(w, i); i++)
		put_text(o, run_info_keys[i], *run_info_string(w, i));
	put_seed(o, info->seed);
	json_object_set_new(o, "jobs", json_integer(info->jobs));
	json_object_set_new(o, "repeat", json_integer(info->repeat));
	list = json_array();
	for (size_t n = 0; n < info->nkernels; n++) {
		k = json_object();
		for (unsigned int i = 0; run_kernel_string(&w->kernels[n], i); i++)
			put_text(k, run_kernel_keys[i], *run_kernel_string(&w->kernels[n], i));
		if (info->kernels[n].ntests >= 0)
			json_object_set_new(k, "tests", json_integer(info->kernels[n].ntests));
		if (info->kernels[n].judged)
			json_object_set_new(k, "judged", json_true());
		json_array_append_new(list, k);
	}
	json_object_set_new(o, "kernels", list);
	list = json_array();
	for (size_t i = 0; i < info->ntests; i++)
		json_array_append_new(list, json_text(info->tests[i]));
	json_object_set_new(o, "tests", list);
	if (*info->shard) {
		list = json_array();
		for (size_t i = 0; i < info->nwhole; i++)
			json_array_append_new(list, json_text(info->whole[i]));
		json_object_set_new(o, "whole", list);
	}
	text = json_dumps(o, JSON_INDENT(1));
	json_decref(o);
	if (!text)
		abort();
	return text;
}

int run_info_from_json(const char *text, size_t len, struct run_info *info)
{
	json_error_t je;
	json_t *o = json_loadb(text, len, 0, &je), *list, *j;
	struct run_kernel *k;
	size_t n;

	run_info_init(info);
	if (!json_is_object(o)) {
		json_decref(o);
		return err_set(-EINVAL, "line %d: %s", o ? 1 : je.line,
			       o ? "not a JSON object" : je.text);
	}
	for (unsigned int i = 0; run_info_string(info, i); i++)
		get_text(o, run_info_keys[i], run_info_string(info, i));
	info->seed = get_seed(o);
	info->jobs = get_uint(o, "jobs", 1);
	info->repeat = get_uint(o, "repeat", 1);
	info->schema = get_uint(o, "schema", 0);
	list = json_object_get(o, "kernels");
	json_array_foreach(list, n, j) {
		k = run_info_add_kernel(info, "");
		for (unsigned int i = 0; run_kernel_string(k, i); i++)
			get_text(j, run_kernel_keys[i], run_kernel_string(k, i));
		k->judged = json_is_true(json_object_get(j, "judged"));
		if (json_is_integer(json_object_get(j, "tests")))
			k->ntests = get_uint(j, "tests", 0);
	}
	list = json_object_get(o, "tests");
	json_array_foreach(list, n, j) {
		if (json_is_string(j))
			run_info_add_test(info, json_string_value(j));
	}
	list = json_object_get(o, "whole");
	if (json_array_size(list))
		info->whole = xcalloc(json_array_size(list), sizeof(*info->whole));
	json_array_foreach(list, n, j) {
		if (json_is_string(j))
			info->whole[info->nwhole++] = xstrdup(json_string_value(j));
	}
	json_decref(o);
	return 0;
}
