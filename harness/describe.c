// SPDX-License-Identifier: GPL-2.0-only
#include <fnmatch.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "case_info.h"
#include "state.h"
#include "version.h"

static json_t *words(const char *text)
{
	json_t *list = json_array();
	char *copy = strdup(text), *save;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		json_array_append_new(list, json_string(w));
	free(copy);
	return list;
}

/* One object a kernel. */
static json_t *seen_to_fail(void)
{
	json_t *list = json_array(), *kernels, *k;
	size_t i;

	for (const struct seen_to_fail *f = case_info.seen_to_fail; f; f = f->next) {
		kernels = words(f->kernels);
		json_array_foreach(kernels, i, k)
			json_array_append_new(list,
					      json_pack("{s:O, s:s, s:s}", "kernel", k, "clause",
							f->clause, "variants", f->variants));
		json_decref(kernels);
	}
	return list;
}

static json_t *not_seen_to_fail(void)
{
	json_t *list = json_array();

	for (const struct not_seen_to_fail *f = case_info.not_seen_to_fail; f; f = f->next)
		json_array_append_new(list, json_pack("{s:s, s:s}", "reason", f->reason, "variants",
						      f->variants));
	return list;
}

static json_t *observes(void)
{
	json_t *list = json_array();

	for (const struct observes *o = case_info.observes; o; o = o->next)
		json_array_append_new(
			list, json_pack("{s:s, s:s}", "key", o->key, "meaning", o->meaning));
	return list;
}

static json_t *range(const struct bug *b, const char *from, const char *to, const char *clauses,
		     const char *variants)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s}", "bug", b->name, "from", from,
			 "to", to, "stable", b->stable, "clauses", words(clauses), "fix", b->fix,
			 "reason", b->cause, "variants", variants);
}

/* What the book says, one object a clause. */
static json_t *broken_by(void)
{
	json_t *list = json_array();

	for (const struct broken_by *k = case_info.broken_by; k; k = k->next) {
		const struct bug *b = bug_find(k->bug);
		const char *from = b->from;

		if (*b->until && !k->clause) {
			json_array_append_new(list, range(b, from, b->until, b->as, k->variants));
			from = b->until;
		}
		json_array_append_new(
			list, range(b, from, b->fixed, k->clause ?: b->clause, k->variants));
	}
	return list;
}

static json_t *patched(void)
{
	json_t *list = json_array();

	for (const struct patched *p = case_info.patched; p; p = p->next) {
		bool pass = !strcmp(p->expect, "pass");

		json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:s}", "kernel", p->kernel,
						      "expect", pass ? "pass" : "fail", "clauses",
						      words(pass ? "" : p->expect), "variants",
						      p->variants));
	}
	return list;
}

void case_describe(const struct case_variant *v, size_t n)
{
	json_t *variants = json_array(), *o;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(variants,
				      json_pack("{s:s, s:s, s:s}", "name", v[i].name, "memory",
						v[i].data->memory->name, "pin",
						v[i].data->pin ? v[i].data->pin->name : "none"));
	o = json_pack("{s:s, s:s, s:s, s:o, s:s}", "case", case_info.id, "test", case_test,
		      "purpose", case_info.purpose, "clauses", words(case_info.clauses), "class",
		      case_info.class);
	json_object_set_new(o, "variants", variants);
	json_object_set_new(o, "seen_to_fail", seen_to_fail());
	json_object_set_new(o, "not_seen_to_fail", not_seen_to_fail());
	json_object_set_new(o, "observes", observes());
	json_object_set_new(o, "known_broken", broken_by());
	json_object_set_new(o, "patched", patched());
	json_dumpf(o, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(o);
}

static bool matches(const char *globs, const char *variant)
{
	char *copy = strdup(globs), *save;
	bool match = false;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		match |= !fnmatch(w, variant, 0);
	free(copy);
	return match;
}

const struct bug *case_known_bug(const char *variant)
{
	for (const struct broken_by *k = case_info.broken_by; k; k = k->next) {
		const struct bug *b = bug_find(k->bug);
		char mended[128];

		snprintf(mended, sizeof(mended), "%s %s", *b->fixed ? b->fixed : "999", b->stable);
		if (matches(k->variants, variant) && kernel_version_at_least(b->from) &&
		    !kernel_since(mended))
			return b;
	}
	return NULL;
}
