// SPDX-License-Identifier: GPL-2.0-only
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "case_info.h"
#include "json.h"
#include "state.h"
#include "version.h"

/* One object a kernel. */
static void seen_to_fail(struct json *j)
{
	js_open(j, "seen_to_fail", '[');
	for (const struct seen_to_fail *f = the_case->info->seen_to_fail; f; f = f->next) {
		char *kernels = strdup(f->kernels), *save;

		for (char *k = strtok_r(kernels, " ", &save); k; k = strtok_r(NULL, " ", &save)) {
			js_open(j, NULL, '{');
			js_string(j, "kernel", k);
			js_string(j, "clause", f->clause);
			js_string(j, "variants", f->variants);
			js_close(j, '}');
		}
		free(kernels);
	}
	js_close(j, ']');
}

static void not_seen_to_fail(struct json *j)
{
	js_open(j, "not_seen_to_fail", '[');
	for (const struct not_seen_to_fail *f = the_case->info->not_seen_to_fail; f; f = f->next) {
		js_open(j, NULL, '{');
		js_string(j, "reason", f->reason);
		js_string(j, "variants", f->variants);
		js_close(j, '}');
	}
	js_close(j, ']');
}

static void observes(struct json *j)
{
	js_open(j, "observes", '[');
	for (const struct observes *o = the_case->info->observes; o; o = o->next) {
		js_open(j, NULL, '{');
		js_string(j, "key", o->key);
		js_string(j, "meaning", o->meaning);
		js_close(j, '}');
	}
	js_close(j, ']');
}

static void range(struct json *j, const struct bug *b, const char *from, const char *to,
		  const char *clauses, const char *variants)
{
	js_open(j, NULL, '{');
	js_string(j, "bug", b->name);
	js_string(j, "from", from);
	js_string(j, "to", to);
	js_string(j, "stable", b->stable);
	js_words(j, "clauses", clauses);
	js_string(j, "fix", b->fix);
	js_string(j, "reason", b->cause);
	js_string(j, "variants", variants);
	js_close(j, '}');
}

/* What the book says, one object a clause. */
static void broken_by(struct json *j)
{
	js_open(j, "known_broken", '[');
	for (const struct broken_by *k = the_case->info->broken_by; k; k = k->next) {
		const struct bug *b = bug_find(k->bug);
		const char *from = b->from;

		if (*b->until && !k->clause) {
			range(j, b, from, b->until, b->as, k->variants);
			from = b->until;
		}
		range(j, b, from, b->fixed, k->clause ?: b->clause, k->variants);
	}
	js_close(j, ']');
}

static void patched(struct json *j)
{
	js_open(j, "patched", '[');
	for (const struct patched *p = the_case->info->patched; p; p = p->next) {
		char *kernels = strdup(p->kernels), *save;
		bool pass = !strcmp(p->expect, "pass");

		for (char *k = strtok_r(kernels, " ", &save); k; k = strtok_r(NULL, " ", &save)) {
			js_open(j, NULL, '{');
			js_string(j, "kernel", k);
			js_string(j, "expect", pass ? "pass" : "fail");
			js_words(j, "clauses", pass ? "" : p->expect);
			js_string(j, "variants", p->variants);
			js_close(j, '}');
		}
		free(kernels);
	}
	js_close(j, ']');
}

void case_describe(const struct case_variant *v, size_t n)
{
	struct json j;
	char *text;

	js_begin(&j, true);
	js_open(&j, NULL, '{');
	js_string(&j, "case", the_case->info->id);
	js_string(&j, "test", the_case->test);
	js_string(&j, "purpose", the_case->info->purpose);
	js_words(&j, "clauses", the_case->info->clauses);
	js_string(&j, "class", the_case->info->class);
	js_open(&j, "variants", '[');
	for (size_t i = 0; i < n; i++) {
		js_open(&j, NULL, '{');
		js_string(&j, "name", v[i].name);
		js_string(&j, "memory", v[i].data->memory->name);
		js_string(&j, "pin", v[i].data->pin ? v[i].data->pin->name : "none");
		if (the_case->info->guest)
			js_string(&j, "guest", the_case->info->guest);
		else if (v[i].data->pin && v[i].data->pin->guest)
			js_string(&j, "guest", v[i].data->pin->guest);
		else if (v[i].data->memory->guest)
			js_string(&j, "guest", v[i].data->memory->guest);
		js_close(&j, '}');
	}
	js_close(&j, ']');
	seen_to_fail(&j);
	not_seen_to_fail(&j);
	observes(&j);
	broken_by(&j);
	patched(&j);
	js_close(&j, '}');
	text = js_end(&j);
	if (!text)
		return;
	puts(text);
	free(text);
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

static bool has(const struct bug *b)
{
	char mended[128];

	snprintf(mended, sizeof(mended), "%s %s", *b->fixed ? b->fixed : "999", b->stable);
	return kernel_version_at_least(b->from) && !kernel_since(mended);
}

const struct bug *case_known_bug(const char *variant, const char *clause, bool *foretold)
{
	const struct bug *first = NULL;

	*foretold = false;
	for (const struct broken_by *k = the_case->info->broken_by; k && !*foretold; k = k->next) {
		const struct bug *b = bug_find(k->bug);
		const char *by = k->clause ?: b->clause;

		if (!matches(k->variants, variant) || !has(b))
			continue;
		if (*b->until && !k->clause && !kernel_version_at_least(b->until))
			by = b->as;
		*foretold = strstr(by, clause);
		if (!first || *foretold)
			first = b;
	}
	return first;
}
