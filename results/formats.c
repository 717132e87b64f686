// SPDX-License-Identifier: GPL-2.0-only
/* What the formats have in common, and the two that are plainest: KTAP and CSV. See formats.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "err.h"
#include "formats.h"
#include "rows.h"
#include "util.h"

static const struct {
	const char *name;
	char *(*make)(const struct run *run, const struct outcomes *all);
} formats[NR_FORMAT] = {
	[FORMAT_KTAP] = { "ktap", format_ktap },
	[FORMAT_JUNIT] = { "junit", format_junit },
	[FORMAT_KCIDB] = { "kcidb", format_kcidb },
	[FORMAT_MARKDOWN] = { "markdown", format_markdown },
	[FORMAT_CSV] = { "csv", format_csv },
};

int format_parse(const char *name, enum format *f)
{
	for (unsigned int i = 0; i < NR_FORMAT; i++) {
		if (!strcmp(name, formats[i].name)) {
			*f = i;
			return 0;
		}
	}
	return err_set(-EINVAL,
		       "there is no format \"%s\"; it is one of ktap, junit, kcidb, "
		       "markdown, csv",
		       name);
}

char *format_run(const struct run *run, enum format f)
{
	struct outcomes all;
	char *text;

	outcomes_of(run, &all);
	text = formats[f].make(run, &all);
	outcomes_free(&all);
	return text;
}

/* --- outcomes ------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const struct record *x = *(const struct record *const *)a;
	const struct record *y = *(const struct record *const *)b;
	int c = strcmp(x->kernel, y->kernel);

	if (!c)
		c = strcmp(x->test, y->test);
	return c ? c : x->repeat < y->repeat ? -1 : x->repeat > y->repeat;
}

static void add(struct outcomes *all, struct outcome o)
{
	if (!(all->n & (all->n - 1)))
		all->o = xrealloc(all->o, (all->n ? 2 * all->n : 1) * sizeof(*all->o));
	all->o[all->n++] = o;
}

/* All of one kernel; @sorted are all records, and what is told of is taken out of @left. */
static void of_kernel(const struct run *run, const char *kernel, const struct run_kernel *k,
		      const struct record **sorted, bool *left, struct outcomes *all)
{
	const struct run_info *in = &run->info;
	size_t missing = k ? missing_results(run, kernel) : 0;

	for (size_t t = 0; t < in->ntests; t++) {
		for (unsigned int n = 1; n <= in->repeat; n++) {
			struct record key = { .kernel = (char *)kernel,
					      .test = in->tests[t],
					      .repeat = n };
			const struct record *want = &key, **hit;

			hit = run->nrec ?
				      bsearch(&want, sorted, run->nrec, sizeof(*sorted), by_name) :
				      NULL;
			if (hit) {
				left[hit - sorted] = false;
				add(all, (struct outcome){ kernel, in->tests[t], n, *hit, 0 });
			} else if (k && k->ntests < 0) {
				add(all, (struct outcome){ kernel, in->tests[t], n, NULL, 0 });
			}
		}
	}
	/* What is not in the plan is a result all the same. */
	for (size_t i = 0; i < run->nrec; i++) {
		if (!left[i] || strcmp(sorted[i]->kernel, kernel))
			continue;
		left[i] = false;
		add(all,
		    (struct outcome){ kernel, sorted[i]->test, sorted[i]->repeat, sorted[i], 0 });
	}
	if (missing && k->ntests >= 0)
		add(all, (struct outcome){ kernel, "", 1, NULL, missing });
}

void outcomes_of(const struct run *run, struct outcomes *all)
{
	const struct record **sorted = xcalloc(run->nrec + 1, sizeof(const struct record *));
	bool *left = xcalloc(run->nrec + 1, sizeof(*left));

	memset(all, 0, sizeof(*all));
	for (size_t i = 0; i < run->nrec; i++) {
		sorted[i] = &run->rec[i];
		left[i] = true;
	}
	if (run->nrec)
		qsort(sorted, run->nrec, sizeof(*sorted), by_name);
	for (size_t k = 0; k < run->info.nkernels; k++)
		of_kernel(run, run->info.kernels[k].name, &run->info.kernels[k], sorted, left, all);
	for (size_t i = 0; i < run->nrec; i++) {
		if (left[i])
			of_kernel(run, sorted[i]->kernel, NULL, sorted, left, all);
	}
	free(sorted);
	free(left);
}

void outcomes_free(struct outcomes *all)
{
	free(all->o);
	memset(all, 0, sizeof(*all));
}

enum kind outcome_kind(const struct outcome *o)
{
	if (!o->r)
		return K_UNKNOWN;
	switch (o->r->verdict) {
	case V_PASS:
	case V_FIXED:
		return K_PASS;
	case V_XFAIL:
		return K_KNOWN;
	case V_SKIP:
	case V_INCONCLUSIVE:
		return K_SKIP;
	case V_ERROR:
		return K_UNKNOWN;
	default:
		return K_BAD;
	}
}

char *outcome_words(const struct outcome *o)
{
	const struct record *r = o->r;
	struct buf b = { 0 };

	if (!r) {
		buf_printf(&b, "no record: it was not run, or what it said is lost");
		return b.data;
	}
	switch (outcome_kind(o)) {
	case K_PASS:
		buf_printf(&b, "%s", verdict_name(r->verdict));
		break;
	case K_SKIP:
		buf_printf(&b, "%s%s", r->verdict == V_INCONCLUSIVE ? "inconclusive: " : "",
			   r->reason);
		break;
	case K_UNKNOWN:
		buf_printf(&b, "error: %s", r->reason);
		break;
	case K_KNOWN:
		buf_printf(&b, "%s%s%s%s%s", r->clause, *r->bug ? " " : "", r->bug,
			   *r->fix ? ", fix " : "", r->fix);
		break;
	case K_BAD:
		if (r->verdict == V_XPASS)
			buf_printf(&b, "passes, and is known to fail%s%s%s%s",
				   *r->known ? " by " : "", r->known, *r->bug ? ": " : "", r->bug);
		else
			buf_printf(&b, "%s%s%s%s%s%s%s", verdict_name(r->verdict),
				   r->status == ST_FAIL ? "" : ": ",
				   r->status == ST_FAIL ? "" : status_name(r->status),
				   *r->clause ? " by " : "", r->clause, *r->step ? " at step " : "",
				   r->step);
	}
	if (!b.data)
		buf_add(&b, "", 0);
	return b.data;
}

char *outcome_name(const struct run *run, const struct outcome *o)
{
	if (o->unnamed)
		return xasprintf("%zu more tests", o->unnamed);
	/* The gate runs again what differs. */
	if (o->repeat > run->info.repeat)
		return xasprintf("%s (again, %u)", o->test, o->repeat);
	if (run->info.repeat > 1)
		return xasprintf("%s (%u of %u)", o->test, o->repeat, run->info.repeat);
	return xstrdup(o->test);
}

const char *outcome_field(const struct outcome *o, unsigned int n, const char **label)
{
	const struct record *r = o->r;
	const struct {
		const char *label, *text;
	} f[NR_OUTCOME_FIELD] = {
		{ "clause", r ? r->clause : "" },    { "check", r ? r->check : "" },
		{ "step", r ? r->step : "" },	     { "wanted", r ? r->wanted : "" },
		{ "seen", r ? r->seen : "" },	     { "reason", r ? r->reason : "" },
		{ "bug", r ? r->bug : "" },	     { "fix", r ? r->fix : "" },
		{ "kernel says", r ? r->kmsg : "" }, { "log", r ? r->log : "" },
		{ "replay", r ? r->replay : "" },
	};

	if (n >= NR_OUTCOME_FIELD)
		return NULL;
	*label = f[n].label;
	return f[n].text;
}

/* --- text that does nothing -------------------------------------------------------------- */

/*
 * Length of what at @p must not stand there as it is, 0 if it may. C1 controls, the separators of
 * lines and paragraphs, what turns the direction of writing, and two that are no characters.
 */
static size_t unfit(const unsigned char *p, bool lines)
{
	if (p[0] < ' ')
		return !lines || (p[0] != '\n' && p[0] != '\t');
	if (p[0] == 0x7f)
		return 1;
	if (p[0] == 0xc2 && p[1] < 0xa0)
		return 2;
	if (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae)
		return 3;
	if (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)
		return 3;
	return p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe ? 3 : 0;
}

void add_inert(struct buf *b, const char *s, bool lines)
{
	/* From here on all is UTF-8. */
	json_t *clean = json_text(s);
	const unsigned char *p = (const unsigned char *)json_string_value(clean);

	for (size_t n; *p; p += n ? n : 1) {
		n = unfit(p, lines);
		for (size_t i = 0; i < n; i++)
			buf_printf(b, "\\x%02x", p[i]);
		if (!n)
			buf_add(b, p, 1);
	}
	json_decref(clean);
}

char *inert(const char *s, bool lines)
{
	struct buf b = { 0 };

	buf_add(&b, "", 0);
	add_inert(&b, s, lines);
	return b.data;
}

/* --- KTAP -------------------------------------------------------------------------------- */

/*
 * Lines at which the kernel's parser takes a log to be at its end, wherever in a line they stand:
 * a guest's console says them now and then.
 */
static const char *const ends[] = {
	"List of all partitions:",
	"Kernel panic - not syncing: VFS:",
	"reboot: System halted",
};

/*
 * A '#' begins a directive: "ok 1 x # XFAIL y # SKIP z" is a skip to the kernel's parser, which
 * looks for the last. In a name, where it has no meaning, it becomes a '_'.
 */
void ktap_text(struct buf *b, const char *s, bool name)
{
	char *text = inert(s, false);

	for (const char *p = text; *p; p++) {
		size_t n = 0;

		for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
			if (!strncmp(p, ends[i], strlen(ends[i])))
				n = strcspn(p, ":");
		}
		if (n) {
			buf_printf(b, "%.*s\\x3a", (int)n, p);
			p += n;
		} else if (*p == '#') {
			buf_printf(b, name ? "_" : "\\#");
		} else {
			buf_add(b, p, 1);
		}
	}
	free(text);
}

/* What is to be known of a result stands before it. */
static void ktap_diagnosis(struct buf *b, const struct outcome *o)
{
	const char *label, *s;

	for (unsigned int n = 0; (s = outcome_field(o, n, &label)); n++) {
		for (const char *end; *s; s = end + !!*end) {
			char *line;

			end = s + strcspn(s, "\n");
			line = xasprintf("%.*s", (int)(end - s), s);
			buf_printf(b, "    # %s: ", label);
			ktap_text(b, line, false);
			buf_printf(b, "\n");
			free(line);
		}
	}
}

static void ktap_outcome(struct buf *b, const struct run *run, size_t n, const struct outcome *o)
{
	char *name = outcome_name(run, o), *words = outcome_words(o);
	enum kind kind = outcome_kind(o);
	const char *directive = "";

	if (kind == K_BAD || kind == K_UNKNOWN)
		ktap_diagnosis(b, o);
	if (kind == K_SKIP)
		directive = "SKIP";
	else if (kind == K_KNOWN)
		directive = "XFAIL";
	else if (kind == K_UNKNOWN)
		directive = "ERROR";
	else if (kind == K_BAD && o->r->status == ST_TIMEOUT)
		directive = "TIMEOUT";
	buf_printf(b, "    %s %zu ", kind == K_BAD || kind == K_UNKNOWN ? "not ok" : "ok", n);
	ktap_text(b, name, true);
	if (*directive) {
		buf_printf(b, " # %s ", directive);
		ktap_text(b, words, false);
	}
	buf_printf(b, "\n");
	free(name);
	free(words);
}

/* From @first on, all of one kernel. How many there are. */
static size_t ktap_kernel(struct buf *b, const struct run *run, const struct outcomes *all,
			  size_t first, size_t turn)
{
	const char *kernel = all->o[first].kernel;
	size_t n = 0, kinds[K_UNKNOWN + 1] = { 0 };

	while (first + n < all->n && !strcmp(all->o[first + n].kernel, kernel))
		n++;
	buf_printf(b, "    KTAP version 1\n    # Subtest: ");
	ktap_text(b, kernel, true);
	buf_printf(b, "\n    1..%zu\n", n);
	for (size_t i = 0; i < n; i++) {
		ktap_outcome(b, run, i + 1, &all->o[first + i]);
		kinds[outcome_kind(&all->o[first + i])]++;
	}
	buf_printf(b, "%s %zu ", kinds[K_BAD] + kinds[K_UNKNOWN] ? "not ok" : "ok", turn);
	ktap_text(b, kernel, true);
	buf_printf(b, "%s\n", kinds[K_SKIP] == n ? " # SKIP this kernel lacks what they need" : "");
	return n;
}

/* Kernels are tests, and what ran there are their subtests. */
char *format_ktap(const struct run *run, const struct outcomes *all)
{
	size_t nkernels = 0, turn = 0;
	struct buf b = { 0 };

	for (size_t i = 0; i < all->n; i++)
		nkernels += !i || strcmp(all->o[i].kernel, all->o[i - 1].kernel);
	/* A plan of nothing would be a pass to some. */
	buf_printf(&b, "KTAP version 1\n1..%zu\n", nkernels ? nkernels : 1);
	buf_printf(&b, "# run: ");
	ktap_text(&b, run->id, false);
	buf_printf(&b, "\n");
	for (size_t i = 0; i < run->nnotes; i++) {
		buf_printf(&b, "# note: ");
		ktap_text(&b, run->notes[i], false);
		buf_printf(&b, "\n");
	}
	for (size_t i = 0; i < all->n;)
		i += ktap_kernel(&b, run, all, i, ++turn);
	if (!nkernels)
		buf_printf(&b, "not ok 1 run # ERROR it has no plan and no results\n");
	return b.data;
}

/* --- CSV --------------------------------------------------------------------------------- */

/*
 * As RFC 4180 has it: a quote is two, a line ends with CRLF. A spreadsheet takes what begins with
 * one of =+-@ for a formula, and a guest's text for an order: it gets a ' before it.
 */
static void csv_field(struct buf *b, const char *s, bool first)
{
	char *text = inert(s, true);

	buf_printf(b, "%s\"%s", first ? "" : ",", *text && strchr("=+-@\t", *text) ? "'" : "");
	for (const char *p = text; *p; p++)
		buf_printf(b, *p == '"' ? "\"\"" : "%c", *p);
	buf_printf(b, "\"");
	free(text);
}

char *format_csv(const struct run *run, const struct outcomes *all)
{
	static const char *const head[] = {
		"run",	  "kernel", "release", "package", "test",	 "repeat", "verdict",
		"status", "clause", "check",   "step",	  "wanted",	 "seen",   "reason",
		"bug",	  "fix",    "ms",      "seed",	  "kernel says", "log",	   "replay",
	};
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(head); i++)
		csv_field(&b, head[i], !i);
	buf_printf(&b, "\r\n");
	for (size_t i = 0; i < all->n; i++) {
		const struct outcome *o = &all->o[i];
		const struct record *r = o->r;
		char *name = o->unnamed ? outcome_name(run, o) : xstrdup(o->test);
		char repeat[16], ms[16], seed[24];

		snprintf(repeat, sizeof(repeat), "%u", o->repeat);
		snprintf(ms, sizeof(ms), "%u", r ? r->duration_ms : 0);
		snprintf(seed, sizeof(seed), "0x%llx", r ? (unsigned long long)r->seed : 0);
		const char *const f[ARRAY_SIZE(head)] = {
			run->id,
			o->kernel,
			r ? r->release : "",
			r ? r->package : "",
			name,
			repeat,
			r ? verdict_name(r->verdict) : "missing",
			r ? status_name(r->status) : "missing",
			r ? r->clause : "",
			r ? r->check : "",
			r ? r->step : "",
			r ? r->wanted : "",
			r ? r->seen : "",
			r ? r->reason : "no record",
			r ? r->bug : "",
			r ? r->fix : "",
			r ? ms : "",
			r ? seed : "",
			r ? r->kmsg : "",
			r ? r->log : "",
			r ? r->replay : "",
		};
		for (size_t k = 0; k < ARRAY_SIZE(f); k++)
			csv_field(&b, f[k], !k);
		buf_printf(&b, "\r\n");
		free(name);
	}
	return b.data;
}
