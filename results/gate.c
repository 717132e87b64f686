// SPDX-License-Identifier: GPL-2.0-only
/*
 * Base against patched: judging. How it is told is in gate_text.c and
 * gate_files.c.
 */
#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "gate.h"
#include "util.h"

#define SIGNIFICANT 0.05
#define BLANK	    " \t\n," /* between globs */

static const char *const side_names[] = { "base", "patched" };

static const struct {
	const char *name, *key;
} change_names[NR_GATE_CHANGE] = {
	[G_BROKEN] = { "broken", "broken" },
	[G_WORSE] = { "worse", "worse" },
	[G_OTHERWISE] = { "fails otherwise", "fails_otherwise" },
	[G_CANNOT_TELL] = { "cannot tell", "cannot_tell" },
	[G_NEW_FAILURE] = { "new failure", "new_failure" },
	[G_UNKNOWN] = { "unknown", "unknown" },
	[G_NOT_RUN] = { "not run", "not_run" },
	[G_GIVEN_UP] = { "given up", "given_up" },
	[G_FIXED] = { "fixed", "fixed" },
	[G_STILL] = { "still failing", "still_failing" },
	[G_NEW_SKIP] = { "new skip", "new_skip" },
	[G_FLAKY] = { "flaky", "flaky" },
	[G_NEW_PASS] = { "new pass", "new_pass" },
	[G_SAME] = { "same", "same" },
};

const char *gate_change_name(enum gate_change c)
{
	return (unsigned int)c < NR_GATE_CHANGE ? change_names[c].name : "?";
}

const char *gate_change_key(enum gate_change c)
{
	return (unsigned int)c < NR_GATE_CHANGE ? change_names[c].key : "?";
}

bool gate_is_worse(enum gate_change c)
{
	return c == G_BROKEN || c == G_WORSE || c == G_OTHERWISE || c == G_NEW_FAILURE ||
	       c == G_NEW_SKIP;
}

bool gate_is_loss(enum gate_change c)
{
	return gate_is_worse(c) || c == G_GIVEN_UP;
}

/* --- rates ------------------------------------------------------------------------- */

/*
 * The hypergeometric weights from the observed outcome on, upwards and
 * downwards, each from its neighbour: no factorials. Where they outgrow a double,
 * the observed outcome is nothing beside them, so that p is 1 or 0.
 */
double gate_p(unsigned int ka, unsigned int na, unsigned int kb, unsigned int nb)
{
	double failed = (double)ka + kb, passed = (double)na + nb - failed;
	double above = 0, below = 0, w = 1;

	for (double k = kb; k < nb && k < failed && w > 0; k++) {
		w *= (failed - k) * (nb - k) / ((k + 1) * (passed - nb + k + 1));
		above += w;
	}
	w = 1;
	for (double k = kb; k > 0 && passed - nb + k > 0; k--) {
		w *= k * (passed - nb + k) / ((failed - k + 1) * (nb - k + 1));
		below += w;
	}
	return isinf(above) ? 1 : (1 + above) / (1 + above + below);
}

/* Does the second fail more often than chance would have it? */
static bool more_often(unsigned int ka, unsigned int na, unsigned int kb, unsigned int nb)
{
	if (!ka && kb == nb)
		return true;
	return gate_p(ka, na, kb, nb) < SIGNIFICANT;
}

static bool is_mixed(unsigned int k, unsigned int n)
{
	return k && k < n;
}

static unsigned int deadly(const struct cell *c)
{
	return c->s[ST_CRASH] + c->s[ST_TIMEOUT];
}

/* Both were judged, at least now and then. */
static enum gate_change rate_change(const struct cell *a, const struct cell *b)
{
	unsigned int na = cell_judged(a), nb = cell_judged(b), ka = cell_bad(a), kb = cell_bad(b);

	if (more_often(ka, na, kb, nb))
		return ka ? G_WORSE : G_BROKEN;
	if (more_often(deadly(a), na, deadly(b), nb))
		return G_WORSE;
	if (more_often(a->s[ST_SKIP], a->n, b->s[ST_SKIP], b->n))
		return G_NEW_SKIP;
	/* What was not judged every time on the patched kernel alone may hide a failure. */
	if (b->s[ST_ERROR] > a->s[ST_ERROR])
		return G_UNKNOWN;
	if (more_often(kb, nb, ka, na))
		return kb ? G_STILL : G_FIXED;
	if (is_mixed(ka, na) || is_mixed(kb, nb))
		return G_FLAKY;
	return kb ? G_STILL : G_SAME;
}

enum gate_change gate_change_of(const struct cell *a, const struct cell *b)
{
	if (!a->n || !b->n)
		return G_NOT_RUN;
	if (cell_judged(a) && cell_judged(b))
		return rate_change(a, b);
	if ((!cell_judged(a) && a->s[ST_ERROR]) || (!cell_judged(b) && b->s[ST_ERROR]))
		return G_UNKNOWN;
	/* What has come to a race has what it takes: that it has no more is what counts. */
	if (b->s[ST_SKIP] && !cell_judged(b) && (cell_judged(a) || a->s[ST_INCONCLUSIVE]))
		return G_NEW_SKIP;
	if (a->s[ST_INCONCLUSIVE] || b->s[ST_INCONCLUSIVE])
		return G_CANNOT_TELL;
	if (cell_judged(b))
		return cell_bad(b) ? G_NEW_FAILURE : G_NEW_PASS;
	return G_SAME;
}

/* Nothing is known where something would have to be, to say that it is not worse. */
static bool is_blind(const struct cell *a, const struct cell *b)
{
	if (gate_change_of(a, b) != G_UNKNOWN)
		return false;
	return cell_judged(a) ? b->s[ST_ERROR] > 0 : cell_bad(b) > 0;
}

/* --- lines ------------------------------------------------------------------------- */

static void __attribute__((format(printf, 2, 3))) add_line(struct lines *l, const char *fmt, ...)
{
	va_list ap;

	l->s = xrealloc(l->s, (l->n + 1) * sizeof(*l->s));
	va_start(ap, fmt);
	if (vasprintf(&l->s[l->n++], fmt, ap) < 0)
		abort();
	va_end(ap);
}

static void lines_free(struct lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->s[i]);
	free(l->s);
	memset(l, 0, sizeof(*l));
}

/* As it is, but for what would not be a line of text. */
static void add_header(struct gate *g, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char *s;

		add_line(&g->header, "%.*s", (int)n, text);
		for (s = g->header.s[g->header.n - 1]; *s; s++) {
			if ((unsigned char)*s < ' ' || *s == 0x7f)
				*s = ' ';
		}
		text += n + !!text[n];
	}
}

/* --- records ------------------------------------------------------------------------- */

static unsigned int rank(enum status s)
{
	static const unsigned int ranks[NR_STATUS] = {
		[ST_CRASH] = 6, [ST_TIMEOUT] = 5,      [ST_FAIL] = 4,
		[ST_ERROR] = 3, [ST_INCONCLUSIVE] = 2, [ST_SKIP] = 1,
	};

	return ranks[s];
}

/* Of the records of a test that is repeated, the worst one, or of several the first. */
static const struct record *worst(const struct gate *g, const char *test, enum gate_side side)
{
	const struct record *found = NULL;

	for (size_t i = 0; i < g->run->nrec; i++) {
		const struct record *r = &g->run->rec[i];

		if (!strcmp(r->test, test) && !strcmp(r->kernel, g->col[side].kernel) &&
		    (!found || rank(r->status) > rank(found->status)))
			found = r;
	}
	return found;
}

static const struct record *with_status(const struct gate *g, const char *test, enum gate_side side,
					enum status status)
{
	for (size_t i = 0; i < g->run->nrec; i++) {
		const struct record *r = &g->run->rec[i];

		if (r->status == status && !strcmp(r->test, test) &&
		    !strcmp(r->kernel, g->col[side].kernel))
			return r;
	}
	return NULL;
}

const struct record *gate_witness(const struct gate *g, size_t row, const char *test)
{
	const struct record *a = worst(g, test, BASE), *b = worst(g, test, PATCHED), *r = NULL;

	if (!a || !b)
		return a ? a : b;
	if (g->change[row] == G_UNKNOWN) {
		r = with_status(g, test, PATCHED, ST_ERROR);
		return r ? r : with_status(g, test, BASE, ST_ERROR);
	}
	if (g->change[row] == G_CANNOT_TELL) {
		r = with_status(g, test, PATCHED, ST_INCONCLUSIVE);
		return r ? r : with_status(g, test, BASE, ST_INCONCLUSIVE);
	}
	if (g->change[row] == G_NEW_SKIP)
		return with_status(g, test, PATCHED, ST_SKIP);
	return rank(b->status) ? b : a;
}

char *gate_clauses(const struct gate *g, size_t row)
{
	const struct table_row *r = &g->table.row[row];
	struct buf b = { 0 };

	buf_add(&b, "", 0);
	for (size_t i = 0; i < r->ntests; i++) {
		const struct record *w = gate_witness(g, row, r->tests[i]);

		if (w && rank(w->status) >= rank(ST_FAIL) && *w->clause &&
		    !strstr(b.data, w->clause))
			buf_printf(&b, "%s%s", b.len ? ", " : "", w->clause);
	}
	return b.data;
}

/* "linux-source-5.10 5.10.262-1 + 5.10-mapcount 7f7a4bd8046f": what was put upon the package. */
static const char *series_of(const struct run_kernel *k)
{
	const char *plus = strstr(k->package, " + ");

	return plus ? plus + 3 : "";
}

char *gate_kernel_words(const struct gate *g, enum gate_side side)
{
	const struct run_kernel *k = g->kernel[side];
	const char *release = run_kernel_release(g->run, k);
	const char *origin = run_kernel_origin(g->run, k), *series = series_of(k);
	bool both = *release && strcmp(release, origin);
	bool more = *series && !strstr(origin, series);

	/* A name that says only what its label does is not said twice. */
	bool named = strcmp(k->name, side_names[side]);

	return xasprintf("%s%s%s%s%s%s%s", named ? k->name : "", named ? ": " : "",
			 both ? release : "", both ? ", " : "", origin, more ? ", " : "",
			 more ? series : "");
}

char *gate_size_words(const struct gate *g)
{
	unsigned int n = g->run->info.repeat;
	char *times = n > 1 ? xasprintf("%u times", n) : xstrdup("once");
	char *s = xasprintf("%zu test%s, %s on either kernel", g->ntests, g->ntests == 1 ? "" : "s",
			    times);

	free(times);
	return s;
}

/* --- what makes the two unlike --------------------------------------------------------- */

/* But for the series that were put upon it. */
static bool same_package(const struct run_kernel *a, const struct run_kernel *b)
{
	size_t na = strlen(a->package), nb = strlen(b->package);

	na -= *series_of(a) ? strlen(series_of(a)) + 3 : 0;
	nb -= *series_of(b) ? strlen(series_of(b)) + 3 : 0;
	return na == nb && !strncmp(a->package, b->package, na);
}

static void warn_kernels(struct gate *g)
{
	const struct run_kernel *a = g->kernel[BASE], *b = g->kernel[PATCHED];
	const char *config = config_note(a, b);

	if (*a->kernel_sha256 && !strcmp(a->kernel_sha256, b->kernel_sha256))
		add_line(&g->warnings, "base and patched are the same kernel image: the patch "
				       "changes nothing that is built");
	/* Under a name of the caller's it may be that very kernel. */
	if (*b->base && strcmp(b->base, a->name) && strcmp(b->base, a->base) &&
	    (strcmp(a->source, "path") || !same_package(a, b)))
		add_line(&g->warnings, "%s is made from %s, and not from %s", b->name, b->base,
			 a->name);
	if (*config)
		add_line(&g->warnings, "%s", config);
	if (*a->package && *b->package && !same_package(a, b))
		add_line(&g->warnings, "the packages differ: %s and %s", a->package, b->package);
	if (strcmp(a->modules_sha256, b->modules_sha256))
		add_line(&g->warnings, "the modules differ");
}

static void warn_machines(struct gate *g)
{
	const char *names[] = { g->col[BASE].kernel, g->col[PATCHED].kernel };
	char *which;

	if (same_machine(g->run, names, 2, &which))
		return;
	add_line(&g->warnings, "they did not run on the same machine: %s", which);
	free(which);
}

/* The same test is the same program with the same seed, and a kernel is the same all along. */
static void warn_records(struct gate *g)
{
	size_t seeds = 0, programs = 0, reused = 0, images[2] = { 0 };

	for (size_t i = 0; i < g->run->nrec; i++) {
		const struct record *a = &g->run->rec[i], *b;

		for (enum gate_side s = BASE; s <= PATCHED; s++) {
			const char *sha = g->kernel[s]->kernel_sha256;

			images[s] += !strcmp(a->kernel, g->col[s].kernel) && *sha &&
				     *a->kernel_sha256 && strcmp(a->kernel_sha256, sha);
		}
		if (strcmp(a->kernel, g->col[BASE].kernel))
			continue;
		b = run_find(g->run, g->col[PATCHED].kernel, a->test, a->repeat);
		/* Of another run, that has a seed of its own; all that differed was run again. */
		reused += !!*a->reused;
		seeds += b && !*a->reused && a->seed != b->seed;
		programs += b && strcmp(a->exe_sha256, b->exe_sha256);
	}
	if (reused)
		add_line(
			&g->header,
			"%zu results of the base were there already; what differed from them was run again",
			reused);
	if (seeds)
		add_line(&g->warnings, "%zu results have another seed on base than on patched",
			 seeds);
	if (programs)
		add_line(&g->warnings,
			 "%zu results are of tests that were built anew between base and patched",
			 programs);
	for (enum gate_side s = BASE; s <= PATCHED; s++) {
		if (images[s])
			add_line(&g->warnings,
				 "%zu results of %s are of another kernel image than the run began "
				 "with",
				 images[s], side_names[s]);
	}
}

/* --- what is missing ------------------------------------------------------------------- */

/* The first record of that status there. */
static const struct record *first_of(const struct gate *g, enum gate_side side, enum status status)
{
	for (size_t i = 0; i < g->run->nrec; i++) {
		const struct record *r = &g->run->rec[i];

		if (r->status == status && !strcmp(r->kernel, g->col[side].kernel))
			return r;
	}
	return NULL;
}

/* A kernel of which nothing is known, and why. */
static void judge_side(struct gate *g, enum gate_side side)
{
	static const char no_boot[] = "kernel did not boot: ";
	const struct record *error = first_of(g, side, ST_ERROR);
	struct cell all = { 0 };
	const char *why;

	for (size_t i = 0; i < g->table.nrow; i++) {
		const struct cell *c = &g->table.row[i].cell[side];

		all.n += c->n;
		for (unsigned int s = 0; s < NR_STATUS; s++)
			all.s[s] += c->s[s];
	}
	if (cell_judged(&all) || !all.n)
		return;
	if (!error) {
		/* What the base lacks, the patch may bring; the other way it is a matter of nothing. */
		if (side == PATCHED)
			add_line(&g->missing, "every test is skipped on patched: %s",
				 first_of(g, side, ST_SKIP)->reason);
		return;
	}
	g->dead[side] = true;
	why = error->reason;
	if (!strncmp(why, no_boot, strlen(no_boot)))
		add_line(&g->missing, "%s did not boot: %s", side_names[side],
			 why + strlen(no_boot));
	else
		add_line(&g->missing, "no test could be judged on %s: %s", side_names[side], why);
}

static void judge_missing(struct gate *g)
{
	size_t want = g->run->info.ntests * g->run->info.repeat, n[2];

	for (enum gate_side s = BASE; s <= PATCHED; s++) {
		judge_side(g, s);
		n[s] = missing_results(g->run, g->col[s].kernel);
	}
	if (!g->ntests)
		add_line(&g->missing, "no test was run");
	if (n[BASE] || n[PATCHED])
		add_line(&g->missing,
			 "of %zu results %zu are missing on base, %zu on patched; the run was cut "
			 "short",
			 want, n[BASE], n[PATCHED]);
}

/* Tests that could not be judged, though they would have to be. */
static void judge_blind(struct gate *g)
{
	const struct record *r, *first = NULL;
	size_t n = 0;

	if (g->dead[BASE] || g->dead[PATCHED])
		return;
	for (size_t i = 0; i < g->table.nrow; i++) {
		const struct table_row *row = &g->table.row[i];
		struct cell a = row_cell(row, BASE), b = row_cell(row, PATCHED);

		if (!is_blind(&a, &b))
			continue;
		n += row->ntests;
		r = gate_witness(g, i, row->tests[0]);
		if (!first)
			first = r;
	}
	if (n)
		add_line(&g->missing, "%zu test%s could not be judged; %s on %s: %s", n,
			 n == 1 ? "" : "s", first->test, first->kernel, first->reason);
}

/* --- claims ---------------------------------------------------------------------------- */

/* As --cases has it: the test, its case, or its area. */
static bool glob_match(const char *glob, const char *test)
{
	char *part = xstrdup(test), *slash;
	bool match = false;

	while (!match) {
		match = !fnmatch(glob, part, 0);
		slash = strrchr(part, '/');
		if (!slash)
			break;
		*slash = '\0';
	}
	free(part);
	return match;
}

bool gate_accepts(const char *accept, const char *test)
{
	char *globs = xstrdup(accept ? accept : ""), *save = NULL;
	bool match = false;

	for (char *w = strtok_r(globs, BLANK, &save); w && !match; w = strtok_r(NULL, BLANK, &save))
		match = glob_match(w, test);
	free(globs);
	return match;
}

static void claim_count(const struct gate *g, struct gate_claim *c, size_t row, const char *test)
{
	struct cell a = row_cell(&g->table.row[row], BASE);

	if (!glob_match(c->glob, test))
		return;
	if (g->change[row] == G_FIXED)
		c->fixed++;
	else if (g->change[row] == G_CANNOT_TELL)
		c->unclear++;
	else if (cell_bad(&a))
		c->failing++;
	else
		c->never++;
}

static void claim_judge(const struct gate *g, struct gate_claim *c)
{
	for (size_t i = 0; i < g->table.nrow; i++) {
		for (size_t k = 0; k < g->table.row[i].ntests; k++)
			claim_count(g, c, i, g->table.row[i].tests[k]);
	}
	c->verdict = c->fixed	? c->failing ? "fixed in part" : "demonstrated" :
		     c->failing ? "not fixed" :
				  "not demonstrated";
}

static void judge_claims(struct gate *g, const char *claims)
{
	size_t len;

	for (; *(claims += strspn(claims, BLANK)); claims += len) {
		struct gate_claim *c;

		len = strcspn(claims, BLANK);
		g->claim = xrealloc(g->claim, (g->nclaims + 1) * sizeof(*c));
		c = &g->claim[g->nclaims++];
		memset(c, 0, sizeof(*c));
		c->glob = xasprintf("%.*s", (int)len, claims);
		for (size_t n = len; n > 1 && c->glob[n - 1] == '/';)
			c->glob[--n] = '\0';
		claim_judge(g, c);
	}
}

/* --- the last line --------------------------------------------------------------------- */

#define LINE 72

/* The cases of a kind of rows, as many as the line holds. */
static void add_cases(const struct gate *g, struct buf *b)
{
	const struct table_row *before = NULL;
	size_t more = 0;

	for (size_t i = 0; i < g->table.nrow; i++) {
		const struct table_row *r = &g->table.row[i];

		if (!gate_is_worse(g->change[i]) ||
		    (before && before->len == r->len &&
		     !strncmp(before->area_case, r->area_case, r->len)))
			continue;
		if (before && (more || b->len + r->len + strlen(", and 99 more cases") > LINE))
			more++;
		else
			buf_printf(b, "%s%.*s", before ? ", " : " of ", r->len, r->area_case);
		before = r;
	}
	if (more)
		buf_printf(b, " and %zu more case%s", more, more == 1 ? "" : "s");
}

/* A count that is not 0, if the line still holds it and what is to come. */
static void add_count(const struct gate *g, struct buf *b, enum gate_change c)
{
	char *s = xasprintf(", %zu %s", g->n[c], gate_change_name(c));

	if (g->n[c] && b->len + strlen(s) + strlen(", 9999 the same") <= LINE)
		buf_printf(b, "%s", s);
	free(s);
}

/* A claim that does not hold, or the lack of anything to be seen; "" if neither. */
static char *doubt(const struct gate *g)
{
	for (size_t i = 0; i < g->nclaims; i++) {
		if (!g->claim[i].fixed)
			return xstrdup(g->claim[i].failing ? "what is claimed to be fixed still "
							     "fails" :
							     "the claimed fix is not demonstrated");
	}
	return xstrdup(g->nclaims || g->n[G_FIXED] ? "" :
						     "a fix, if it is one, is not demonstrated by "
						     "these cases");
}

static char *words_ok(const struct gate *g)
{
	bool changed = g->n[G_SAME] + g->n[G_STILL] + g->n[G_FLAKY] != g->ntests;
	char *but = doubt(g);
	struct buf b = { 0 };

	if (*but) {
		buf_printf(&b, "nothing %s: %s", changed ? "worse" : "changed", but);
	} else {
		buf_printf(&b, "nothing worse: %zu fixed%s", g->n[G_FIXED],
			   g->n[G_GIVEN_UP] ? "" : ", 0 broken");
		add_count(g, &b, G_GIVEN_UP);
		add_count(g, &b, G_STILL);
		add_count(g, &b, G_UNKNOWN);
		add_count(g, &b, G_CANNOT_TELL);
		add_count(g, &b, G_FLAKY);
		add_count(g, &b, G_NEW_PASS);
		buf_printf(&b, ", %zu the same", g->n[G_SAME]);
	}
	free(but);
	return b.data;
}

static char *words_broken(const struct gate *g)
{
	struct buf b = { 0 };
	size_t n = 0;

	for (enum gate_change c = 0; c < NR_GATE_CHANGE; c++)
		n += gate_is_worse(c) ? g->n[c] : 0;
	buf_printf(&b, "broken: %zu test%s", n, n == 1 ? "" : "s");
	add_cases(g, &b);
	if (g->missing.n)
		buf_printf(&b, "; and the gate is incomplete");
	return b.data;
}

static void decide(struct gate *g)
{
	bool worse = false;

	for (enum gate_change c = 0; c < NR_GATE_CHANGE; c++)
		worse |= gate_is_worse(c) && g->n[c];
	g->verdict = worse ? GATE_BROKEN : g->missing.n ? GATE_INCOMPLETE : GATE_OK;
	free(g->words);
	if (g->verdict == GATE_BROKEN)
		g->words = words_broken(g);
	else if (g->verdict == GATE_OK)
		g->words = words_ok(g);
	else
		g->words = xasprintf("incomplete: %s", g->missing.s[0]);
	if (g->part || g->untouched) {
		char *words = g->part ? xasprintf("%s; QUICK: %s were run", g->words, g->part) :
					xasprintf("%s; nothing of it runs in %s, left out",
						  g->words, g->untouched);

		free(g->words);
		g->words = words;
	}
	/* One line, whatever is in it. */
	for (char *nl = g->words; (nl = strchr(nl, '\n'));)
		*nl = ' ';
}

int gate_exit_code(const struct gate *g)
{
	return g->verdict == GATE_BROKEN ? 1 : g->verdict == GATE_INCOMPLETE ? 2 : 0;
}

/* --- all of it ------------------------------------------------------------------------- */

static int find_kernel(const struct run *run, const char *name, const struct run_kernel **k)
{
	struct buf b = { 0 };
	int ret;

	*k = run_kernel_find(run, name);
	if (*k)
		return 0;
	for (size_t i = 0; i < run->info.nkernels; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", run->info.kernels[i].name);
	ret = err_set(-EINVAL, "run %s has no kernel \"%s\"; it has %s", run->id, name,
		      b.len ? b.data : "none");
	buf_free(&b);
	return ret;
}

struct judging {
	const struct gate *g;
	const char *accept;
};

/* What became of a test, as a number; tests of one row are alike in it. */
static int judge_test(const char *test, const struct cell *cell, const void *arg, char **note)
{
	const struct judging *j = arg;
	enum gate_change c = gate_change_of(&cell[BASE], &cell[PATCHED]);

	if (c == G_STILL || c == G_FLAKY || c == G_UNKNOWN) {
		*note = fails_otherwise(j->g->col, side_names[BASE], side_names[PATCHED], test,
					more_often);
		if (*note)
			c = G_OTHERWISE;
	}
	return gate_is_worse(c) && gate_accepts(j->accept, test) ? G_GIVEN_UP : c;
}

static void judge_rows(struct gate *g, const char *accept)
{
	struct judging j = { .g = g, .accept = accept };

	table_build_apart(&g->table, g->col, 2, BY_COUNT, judge_test, &j);
	g->change = xcalloc(g->table.nrow + 1, sizeof(*g->change));
	for (size_t i = 0; i < g->table.nrow; i++) {
		g->change[i] = g->table.row[i].apart;
		g->n[g->change[i]] += g->table.row[i].ntests;
		g->ntests += g->table.row[i].ntests;
	}
	seen_changes_find(&g->table, &g->seen);
}

int gate_judge(const struct run *run, const char *base, const char *patched, const char *claims,
	       const char *accept, const char *header, struct gate *g)
{
	int ret;

	memset(g, 0, sizeof(*g));
	g->run = run;
	ret = find_kernel(run, base, &g->kernel[BASE]);
	if (!ret)
		ret = find_kernel(run, patched, &g->kernel[PATCHED]);
	if (!ret && g->kernel[BASE] == g->kernel[PATCHED])
		ret = err_set(-EINVAL, "base and patched are both %s; say two kernels", base);
	if (ret)
		return ret;
	for (enum gate_side s = BASE; s <= PATCHED; s++)
		g->col[s] = (struct table_col){ .run = run, .kernel = g->kernel[s]->name };
	judge_rows(g, accept ? accept : "");
	judge_claims(g, claims ? claims : "");
	add_header(g, header ? header : "");
	warn_kernels(g);
	warn_machines(g);
	warn_records(g);
	judge_missing(g);
	judge_blind(g);
	decide(g);
	return 0;
}

void gate_partly(struct gate *g, const char *part)
{
	free(g->part);
	g->part = xstrdup(part);
	decide(g);
}

void gate_left_out(struct gate *g, const char *untouched)
{
	free(g->untouched);
	g->untouched = xstrdup(untouched);
	decide(g);
}

void gate_fail(struct gate *g, const char *why)
{
	add_line(&g->missing, "%s", why);
	decide(g);
}

void gate_give_up(struct gate *g, const char *why)
{
	/* What there is to say of the kernels is not known as yet. */
	lines_free(&g->warnings);
	lines_free(&g->missing);
	gate_fail(g, why);
}

void gate_free(struct gate *g)
{
	free(g->untouched);
	for (size_t i = 0; i < g->nclaims; i++)
		free(g->claim[i].glob);
	free(g->claim);
	free(g->bug);
	lines_free(&g->header);
	lines_free(&g->warnings);
	lines_free(&g->missing);
	table_free(&g->table);
	seen_changes_free(&g->seen);
	free(g->change);
	free(g->words);
	free(g->part);
	memset(g, 0, sizeof(*g));
}
