// SPDX-License-Identifier: GPL-2.0-only
/*
 * Differences, for people: only what changed, worst first, in 72 columns of
 * plain text, because it ends up in mails.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "err.h"
#include "how.h"
#include "util.h"

static const char *const change_names[] = {
	"broken",  "worse",   "unknown", "gone", "fixed",
	"newskip", "unclear", "changed", "new",	 "same",
};

const char *change_name(enum change c)
{
	return (unsigned int)c < ARRAY_SIZE(change_names) ? change_names[c] : "?";
}

/* Compares k/n with k/n without dividing. */
static int rate_cmp(unsigned int ka, const struct cell *a, unsigned int kb, const struct cell *b)
{
	unsigned long x = (unsigned long)ka * cell_tried(b), y = (unsigned long)kb * cell_tried(a);

	return x < y ? -1 : x > y;
}

enum change change_of(const struct cell *a, const struct cell *b)
{
	int more;

	if (!b->n)
		return a->n ? CH_GONE : CH_SAME;
	if (a->n && (!cell_tried(a) || !cell_tried(b)))
		return b->s[ST_ERROR]			? CH_UNKNOWN :
		       cell_tried(b) && !cell_judged(b) ? CH_NEW_SKIP :
							  CH_UNCLEAR;
	if (!cell_judged(a))
		return cell_judged(b) ? CH_NEW :
		       !a->n || (!a->s[ST_SKIP] != !b->s[ST_SKIP]) ||
				       (!a->s[ST_ERROR] != !b->s[ST_ERROR]) ?
					CH_OTHER :
					CH_SAME;
	if (!cell_judged(b))
		return b->s[ST_ERROR] ? CH_UNKNOWN : CH_NEW_SKIP;
	if (!cell_bad(a) && cell_bad(b))
		return CH_BROKEN;
	if (cell_bad(a) && !cell_bad(b))
		return CH_FIXED;
	more = rate_cmp(b->s[ST_CRASH] + b->s[ST_TIMEOUT], b, a->s[ST_CRASH] + a->s[ST_TIMEOUT], a);
	if (!more)
		more = rate_cmp(cell_bad(b), b, cell_bad(a), a);
	if (more > 0)
		return CH_WORSE;
	if (more < 0)
		return CH_OTHER;
	for (unsigned int s = 0; s < NR_STATUS; s++) {
		if (s != ST_INCONCLUSIVE && rate_cmp(a->s[s], a, b->s[s], b))
			return CH_OTHER;
	}
	return CH_SAME;
}

static bool gets_worse(enum change c)
{
	return c == CH_BROKEN || c == CH_WORSE || c == CH_UNKNOWN || c == CH_GONE;
}

/* --- printing -------------------------------------------------------------------- */

static const char *change_color(enum change c)
{
	return gets_worse(c) ? "1;31" : c == CH_FIXED ? "32" : c == CH_NEW_SKIP ? "33" : NULL;
}

#define INDENT 9 /* behind the word for the change */

char *row_steps(const struct table *t, const struct table_row *row, bool *whole)
{
	const struct cell *known = NULL;
	size_t last = 0, steps = 0;
	struct buf b = { 0 };

	buf_add(&b, "", 0);
	*whole = true;
	for (size_t k = 0; k < t->ncol; k++) {
		const struct cell *c = &row->cell[k];
		bool step = known && !cell_bad(known) != !cell_bad(c);
		const char *fix;

		*whole &= cell_judged(c) && (!k || step || !strcmp(row->word[k - 1], row->word[k]));
		if (!cell_judged(c))
			continue;
		if (step) {
			fix = cell_bad(c) ? "" : row_col_fix(t, row, last);
			buf_printf(&b, "%s%s between %s and %s", b.len ? "; " : "",
				   cell_bad(c) ? "broken" : "fixed", t->col[last].kernel,
				   t->col[k].kernel);
			if (*fix)
				buf_printf(&b, ": %s says the case", fix);
			steps++;
		}
		known = c;
		last = k;
	}
	*whole &= steps == 1;
	return b.data;
}

static void print_indented(FILE *out, const char *s, struct style st)
{
	fprintf(out, "%*s", INDENT + 2, "");
	print_wrapped(out, s, INDENT + 2, INDENT + 2, st.width);
}

/* Two columns are before and after; an axis has steps, and if they do not say all, a history. */
static void print_words(FILE *out, const struct table *t, const struct table_row *row, bool axis,
			struct style st)
{
	const char *fix = row_fix(t, row);
	char *steps, *hist, *line;
	bool whole;

	if (!axis) {
		line = xasprintf("%s -> %s%s%s%s%s", row->word[0], row->word[1],
				 *row->note ? "; fails otherwise: " : "", row->note,
				 *fix ? "; fix " : "", fix);
		print_indented(out, line, st);
		free(line);
		return;
	}
	steps = row_steps(t, row, &whole);
	if (*steps)
		print_indented(out, steps, st);
	if (!whole) {
		hist = row_history(t, row);
		line = xasprintf("%s%s%s", hist, *fix && !strstr(steps, fix) ? "; fix " : "",
				 strstr(steps, fix) ? "" : fix);
		print_indented(out, line, st);
		free(line);
		free(hist);
	}
	free(steps);
}

static void print_change(FILE *out, enum change c, const struct table *t,
			 const struct table_row *row, bool axis, struct style st)
{
	const char *color = st.color ? change_color(c) : NULL;
	char *name = row_name(row);

	if (color)
		fprintf(out, "\033[%sm%-*s\033[0m", color, INDENT, change_name(c));
	else
		fprintf(out, "%-*s", INDENT, change_name(c));
	print_wrapped(out, name, INDENT, INDENT + 2, st.width);
	free(name);
	print_words(out, t, row, axis, st);
}

struct tally {
	size_t n[CH_SAME + 1]; /* tests */
};

/*
 * Along several kernels, the worst step from one to the next is what the row
 * is. A kernel that skips it, or where it could not be run, hides nothing: the
 * step is then from the last one that is known.
 */
static enum change row_change(const struct table_row *row, size_t ncol)
{
	enum change worst = *row->note ? CH_WORSE : CH_SAME, c;
	const struct cell *known = NULL;

	for (size_t k = 0; k < ncol; k++) {
		c = k ? change_of(&row->cell[k - 1], &row->cell[k]) : CH_SAME;
		if (c < worst)
			worst = c;
		if (!cell_judged(&row->cell[k]))
			continue;
		c = known ? change_of(known, &row->cell[k]) : CH_SAME;
		if (c < worst)
			worst = c;
		known = &row->cell[k];
	}
	return worst;
}

/* Wherever it is known, it is the same; elsewhere the kernel lacks what it needs. */
static bool only_skips(const struct table_row *row, size_t ncol)
{
	const char *word = NULL;

	for (size_t k = 0; k < ncol; k++) {
		if (!strcmp(row->word[k], "skip"))
			continue;
		if (word && strcmp(word, row->word[k]))
			return false;
		word = row->word[k];
	}
	return true;
}

/* With @axis the columns are kernels, of which older ones lack much: that is only counted. */
static void print_changes(FILE *out, const struct table *t, struct tally *tally, bool axis,
			  struct style st)
{
	size_t lacks = 0;

	for (enum change c = 0; c < CH_SAME; c++) {
		for (size_t i = 0; i < t->nrow; i++) {
			const struct table_row *row = &t->row[i];

			if (row_change(row, t->ncol) != c)
				continue;
			tally->n[c] += row->ntests;
			if (axis && only_skips(row, t->ncol))
				lacks += row->ntests;
			else
				print_change(out, c, t, row, axis, st);
		}
	}
	for (size_t i = 0; i < t->nrow; i++) {
		if (row_change(&t->row[i], t->ncol) == CH_SAME)
			tally->n[CH_SAME] += t->row[i].ntests;
	}
	if (lacks)
		fprintf(out, "%zu tests differ only in that a kernel lacks what they need (skip)\n",
			lacks);
}

static int print_tally(FILE *out, const struct tally *tally)
{
	size_t worse = 0, any = 0;
	struct buf b = { 0 };

	for (unsigned int c = 0; c < CH_SAME; c++) {
		any += tally->n[c];
		if (gets_worse(c))
			worse += tally->n[c];
		if (tally->n[c])
			buf_printf(&b, "%s%zu %s", b.len ? ", " : "", tally->n[c], change_name(c));
	}
	if (any)
		fprintf(out, "\n%s; %zu tests the same\n", b.data, tally->n[CH_SAME]);
	else
		fprintf(out, "\nno difference; %zu tests the same\n", tally->n[CH_SAME]);
	buf_free(&b);
	return worse > 1000000 ? 1000000 : (int)worse;
}

static void print_kernel(FILE *out, const char *label, unsigned int width, const struct run *run,
			 const struct run_kernel *k, struct style st)
{
	const char *origin = run_kernel_origin(run, k);

	print_labelled(out, label, width, *origin ? origin : k->name, st.width);
}

static const char accel_differs[] = "the accelerators differ: timing, and with it races, cannot be "
				    "compared";
static const char qemu_differs[] = "the QEMUs differ: emulation bugs may look like kernel bugs";

/* What a run was made with; of a resumed one, what its records say. */
static void print_run(FILE *out, const char *label, const struct run *run)
{
	fprintf(out, "%s  run %s: %s, QEMU %s\n", label, run->id, run->info.accel, run->info.qemu);
}

static bool one_word(const struct run *run, const char *accel, const char *qemu)
{
	for (size_t i = 0; i < run->nrec; i++) {
		if ((*run->rec[i].accel && strcmp(run->rec[i].accel, accel)) ||
		    (*run->rec[i].qemu && strcmp(run->rec[i].qemu, qemu)))
			return false;
	}
	return true;
}

static void print_notes(FILE *out, const struct run *run)
{
	for (size_t i = 0; i < run->nnotes; i++)
		fprintf(out, "note: %s\n", run->notes[i]);
}

static bool more_often(unsigned int ka, unsigned int na, unsigned int kb, unsigned int nb)
{
	return (unsigned long)kb * na > (unsigned long)ka * nb;
}

/* How a test fails is what tells rows apart that fail on both. */
static int how(const char *test, const struct cell *cell, const void *arg, char **note)
{
	*note = fails_otherwise(arg, "A", "B", test, more_often);
	return 0;
}

/* How it fails on a reference and on what is made of it is told by their names. */
static int how_named(const char *test, const struct cell *cell, const void *arg, char **note)
{
	const struct table_col *col = arg;

	*note = fails_otherwise(col, col[0].kernel, col[1].kernel, test, more_often);
	return 0;
}

/* Before the changes are counted up. */
static void print_seen(FILE *out, const struct table *t, struct style st)
{
	struct seen_changes seen;

	seen_changes_find(t, &seen);
	seen_changes_print(out, &seen, st);
	seen_changes_free(&seen);
}

static void compare_pair(FILE *out, const struct run *a, const char *ka, const struct run *b,
			 const char *kb, struct tally *tally, struct style st)
{
	const struct run_kernel *x = run_kernel_find(a, ka), *y = run_kernel_find(b, kb);
	struct table_col col[2] = { { a, ka, NULL }, { b, kb, NULL } };
	struct table t;

	fputc('\n', out);
	if (!strcmp(ka, kb) && !strcmp(x->package, y->package) &&
	    !strcmp(x->kernel_sha256, y->kernel_sha256)) {
		print_kernel(out, ka, INDENT - 3, a, x, st);
	} else {
		print_kernel(out, "A", INDENT - 3, a, x, st);
		print_kernel(out, "B", INDENT - 3, b, y, st);
		if (!strcmp(x->package, y->package) && *x->package &&
		    strcmp(x->kernel_sha256, y->kernel_sha256))
			print_warning(out, "the same package, but another kernel image", st);
		if (*config_note(x, y))
			fprintf(out, "  %s\n", config_note(x, y));
		if (*x->modules_sha256 && *y->modules_sha256 && !strcmp(x->package, y->package) &&
		    strcmp(x->modules_sha256, y->modules_sha256))
			fprintf(out, "  the modules differ\n");
	}
	table_build_apart(&t, col, 2, BY_STATUS, how, col);
	print_changes(out, &t, tally, false, st);
	print_seen(out, &t, st);
	table_free(&t);
}

int compare_runs(FILE *out, const struct run *a, const struct run *b, struct style st)
{
	struct tally tally = { 0 };
	size_t common = 0;

	for (size_t k = 0; k < a->info.nkernels; k++)
		common += !!run_kernel_find(b, a->info.kernels[k].name);
	if (!common && (a->info.nkernels != 1 || b->info.nkernels != 1))
		return err_set(-ENOENT, "runs %s and %s have no kernel in common", a->id, b->id);
	print_run(out, "A", a);
	print_run(out, "B", b);
	if (strcmp(a->info.accel, b->info.accel))
		print_warning(out, accel_differs, st);
	if (strcmp(a->info.qemu, b->info.qemu))
		print_warning(out, qemu_differs, st);
	if (!one_word(a, a->info.accel, a->info.qemu) || !one_word(b, b->info.accel, b->info.qemu))
		print_warning(out,
			      "a run was resumed with another accelerator or QEMU; its records say "
			      "which had which",
			      st);
	print_notes(out, a);
	print_notes(out, b);
	if (!common) {
		compare_pair(out, a, a->info.kernels[0].name, b, b->info.kernels[0].name, &tally,
			     st);
	}
	for (size_t k = 0; k < a->info.nkernels; k++) {
		const char *name = a->info.kernels[k].name;

		if (run_kernel_find(b, name))
			compare_pair(out, a, name, b, name, &tally, st);
		else
			fprintf(out, "\n  %s: only in A\n", name);
	}
	for (size_t k = 0; common && k < b->info.nkernels; k++) {
		if (!run_kernel_find(a, b->info.kernels[k].name))
			fprintf(out, "\n  %s: only in B\n", b->info.kernels[k].name);
	}
	return print_tally(out, &tally);
}

/* --- the kernels of one run -------------------------------------------------------- */

/* Between records of one run; which kernel ran on what is what one has to know. */
static void warn_machines(FILE *out, const struct run *run, struct style st)
{
	char *which, *line;

	if (same_machine(run, NULL, 0, &which))
		return;
	line = xasprintf("not all of it ran on the same machine: %s. Timing, and with it races, "
			 "cannot be compared, and emulation bugs may look like kernel bugs",
			 which);
	print_warning(out, line, st);
	free(line);
	free(which);
}

static int print_and_tally(FILE *out, const struct table *t, bool axis, struct style st)
{
	struct tally tally = { 0 };

	print_changes(out, t, &tally, axis, st);
	return print_tally(out, &tally);
}

static int compare_axis(FILE *out, const struct run *run, struct style st)
{
	size_t n;
	const struct run_kernel **axis = run_axis(run, &n);
	struct table_col *col = xcalloc(n + 1, sizeof(*col));
	struct table t;
	int worse = 0;

	if (n > 1) {
		for (size_t k = 0; k < n; k++)
			col[k] = (struct table_col){ .run = run, .kernel = axis[k]->name };
		fputc('\n', out);
		table_build(&t, col, n, BY_STATUS);
		worse = print_and_tally(out, &t, true, st);
		table_free(&t);
	}
	free(col);
	free(axis);
	return worse;
}

/* "5.10-mapcount against 5.10 (its base 5.10-src is not in this run; ...)"; the caller frees. */
static char *pair_title(const struct run_kernel *k, const struct run_kernel *ref)
{
	bool base = !strcmp(k->base, ref->name);
	const char *config = config_note(k, ref);
	struct buf b = { 0 };

	buf_printf(&b, "%s against %s", k->name, ref->name);
	if (base)
		buf_printf(&b, ", its base%s%s", *config ? ": " : "", config);
	else if (*k->base)
		buf_printf(&b, " (its base %s is not in this run%s%s)", k->base,
			   *config ? "; " : "", config);
	else
		buf_printf(&b, ", of the same version%s%s", *config ? ": " : "", config);
	return b.data;
}

/* A kernel and what it is to be compared with. */
static int compare_with_reference(FILE *out, const struct run *run, const struct run_kernel *k,
				  struct style st)
{
	const struct run_kernel *ref = run_kernel_reference(run, k);
	struct table_col col[2] = { { .run = run }, { .run = run } };
	struct table t;
	char *title;
	int worse;

	if (!ref) {
		if (run_kernel_is_patched(k))
			fprintf(out, "\n%s: this run has nothing to compare it with\n", k->name);
		return 0;
	}
	title = pair_title(k, ref);
	fputc('\n', out);
	print_wrapped(out, title, 0, 2, st.width);
	free(title);
	col[0].kernel = ref->name;
	col[1].kernel = k->name;
	table_build_apart(&t, col, 2, BY_STATUS, how_named, col);
	print_seen(out, &t, st);
	worse = print_and_tally(out, &t, false, st);
	table_free(&t);
	return worse;
}

int compare_kernels(FILE *out, const struct run *run, struct style st)
{
	const struct run_info *in = &run->info;
	int worse;

	if (in->nkernels < 2)
		return err_set(-ENOENT,
			       "run %s has only one kernel; give a second run to compare it with "
			       "(A= B=)",
			       run->id);
	fprintf(out, "run %s: %s, QEMU %s\n", run->id, in->accel, in->qemu);
	warn_machines(out, run, st);
	for (size_t k = 0; k < in->nkernels; k++)
		print_kernel(out, in->kernels[k].name, kernel_name_width(run), run, &in->kernels[k],
			     st);
	print_notes(out, run);
	worse = compare_axis(out, run, st);
	for (size_t k = 0; k < in->nkernels; k++)
		worse += compare_with_reference(out, run, &in->kernels[k], st);
	return worse;
}
