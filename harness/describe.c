// SPDX-License-Identifier: GPL-2.0-only
#include <fnmatch.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case_info.h"
#include "scene.h"

static json_t *words(const char *text)
{
	json_t *list = json_array();
	char *copy = strdup(text), *save;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		json_array_append_new(list, json_string(w));
	free(copy);
	return list;
}

void case_describe(const char *const names[], const struct _fixture_variant_scene *const data[],
		   size_t n)
{
	json_t *variants = json_array(), *known = json_array(), *patched = json_array(), *o;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(variants,
				      json_pack("{s:s, s:s, s:s}", "name", names[i], "memory",
						data[i]->memory->name, "pin",
						data[i]->pin ? data[i]->pin->name : "none"));
	/* A crash where a failure is known is news: only "fail" is expected. */
	for (const struct known_broken *k = case_info.known_broken; k; k = k->next)
		json_array_append_new(known,
				      json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "from", k->from,
						"to", k->to, "fix", k->fix, "reason", k->reason,
						"variants", k->variants, "status", "fail"));
	for (const struct patched *p = case_info.patched; p; p = p->next)
		json_array_append_new(patched, json_pack("{s:s, s:s, s:s, s:s}", "kernel",
							 p->kernel, "expect", p->expect, "reason",
							 p->reason, "variants", p->variants));
	o = json_pack("{s:s, s:s, s:s, s:o, s:s, s:s, s:o, s:o, s:o}", "case", case_info.id, "test",
		      case_info.test ?: "", "purpose", case_info.purpose, "clauses",
		      words(case_info.clauses), "class", case_info.class, "seen_to_fail",
		      case_info.seen_to_fail ?: "", "variants", variants, "known_broken", known,
		      "patched", patched);
	json_dumpf(o, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(o);
}

const struct known_broken *case_known_broken(const char *variant)
{
	for (const struct known_broken *k = case_info.known_broken; k; k = k->next) {
		char *copy = strdup(k->variants), *save;
		bool match = false;

		for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
			match |= !fnmatch(w, variant, 0);
		free(copy);
		if (match)
			return k;
	}
	return NULL;
}
