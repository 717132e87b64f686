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
#include "util.h"

static const char *const change_names[] = {
	"broken", "worse", "unknown", "gone", "fixed", "newskip", "changed", "new", "same",
};

const char *change_name(enum change c)
{
	return (unsigned int)c < ARRAY_SIZE(change_names) ? change_names[c] : "?";
}

static unsigned int bad(const struct cell *c)
{
	return c->s[ST_FAIL] + c->s[ST_CRASH] + c->s[ST_TIMEOUT];
}

static bool judged(const struct cell *c)
{
	return bad(c) || c->s[ST_PASS];
}

/* Compares k/n with k/n without dividing. */
static int rate_cmp(unsigned int ka, const struct cell *a, unsigned int kb, const struct cell *b)
{
	unsigned long x = (unsigned long)ka * b->n, y = (unsigned long)kb * a->n;

	return x < y ? -1 : x > y;
}

enum change change_of(const struct cell *a, const struct cell *b)
{
	int more;

	if (!b->n)
		return a->n ? CH_GONE : CH_SAME;
	if (!judged(a))
		return judged(b) ? CH_NEW :
		       !a->n || (!a->s[ST_SKIP] != !b->s[ST_SKIP]) ||
				       (!a->s[ST_ERROR] != !b->s[ST_ERROR]) ? CH_OTHER : CH_SAME;
	if (!judged(b))
		return b->s[ST_ERROR] ? CH_UNKNOWN : CH_NEW_SKIP;
	if (!bad(a) && bad(b))
		return CH_BROKEN;
	if (bad(a) && !bad(b))
		return CH_FIXED;
	more = rate_cmp(b->s[ST_CRASH] + b->s[ST_TIMEOUT], b, a->s[ST_CRASH] + a->s[ST_TIMEOUT], a);
	if (!more)
		more = rate_cmp(bad(b), b, bad(a), a);
	if (more > 0)
		return CH_WORSE;
	if (more < 0)
		return CH_OTHER;
	for (unsigned int s = 0; s < NR_STATUS; s++) {
		if (rate_cmp(a->s[s], a, b->s[s], b))
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

#define INDENT 9	/* behind the word for the change */

static void print_change(FILE *out, enum change c, const struct table *t,
			 const struct table_row *row, struct style st)
{
	const char *fix = row_fix(t, row), *color = st.color ? change_color(c) : NULL;
	char *line;

	if (color)
		fprintf(out, "\033[%sm%-*s\033[0m", color, INDENT, change_name(c));
	else
		fprintf(out, "%-*s", INDENT, change_name(c));
	line = !strcmp(row->label, "all") || !*row->label ?
	       xasprintf("%.*s", row->len, row->area_case) :
	       xasprintf("%.*s %s", row->len, row->area_case, row->label);
	print_wrapped(out, line, INDENT, INDENT + 2, st.width);
	free(line);

	fprintf(out, "%*s", INDENT + 2, "");
	if (t->ncol == 2 && t->col[0].run != t->col[1].run) {
		line = xasprintf("%s -> %s%s%s", row->word[0], row->word[1],
				 *fix ? "; fix " : "", fix);
	} else {
		char *hist = row_history(t, row);

		line = xasprintf("%s%s%s", hist, *fix ? "; fix " : "", fix);
		free(hist);
	}
	print_wrapped(out, line, INDENT + 2, INDENT + 2, st.width);
	free(line);
}

struct tally {
	size_t n[CH_SAME + 1];	/* tests */
};

/*
 * Along several kernels, the worst step from one to the next is what the row
 * is. A kernel that skips it, or where it could not be run, hides nothing: the
 * step is then from the last one that is known.
 */
static enum change row_change(const struct table_row *row, size_t ncol)
{
	enum change worst = CH_SAME, c;
	const struct cell *known = NULL;

	for (size_t k = 0; k < ncol; k++) {
		c = k ? change_of(&row->cell[k - 1], &row->cell[k]) : CH_SAME;
		if (c < worst)
			worst = c;
		if (!judged(&row->cell[k]))
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
				print_change(out, c, t, row, st);
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

static const struct run_kernel *kernel_of(const struct run *run, const char *name)
{
	for (size_t k = 0; k < run->info.nkernels; k++) {
		if (!strcmp(run->info.kernels[k].name, name))
			return &run->info.kernels[k];
	}
	return NULL;
}

static void print_kernel(FILE *out, const char *label, const struct run_kernel *k,
			 struct style st)
{
	char *s = xasprintf("%s %s", *k->package ? k->package : k->name,
			    *k->package ? "" : k->release);

	fprintf(out, "  %-*s", INDENT - 2, label);
	print_wrapped(out, s, INDENT, INDENT, st.width);
	free(s);
}

/* What a run was made with; of a resumed one, what its records say. */
static void print_run(FILE *out, const char *label, const struct run *run)
{
	fprintf(out, "%s  run %s: %s, QEMU %s\n", label, run->id, run->info.accel,
		run->info.qemu);
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

static void warn(FILE *out, struct style st, const char *text)
{
	fputs("warning: ", out);
	print_wrapped(out, text, 9, 9, st.width);
}

static void print_notes(FILE *out, const struct run *run)
{
	for (size_t i = 0; i < run->nnotes; i++)
		fprintf(out, "note: %s\n", run->notes[i]);
}

static void compare_pair(FILE *out, const struct run *a, const char *ka, const struct run *b,
			 const char *kb, struct tally *tally, struct style st)
{
	const struct run_kernel *x = kernel_of(a, ka), *y = kernel_of(b, kb);
	struct table_col col[2] = { { a, ka }, { b, kb } };
	struct table t;

	fputc('\n', out);
	if (!strcmp(ka, kb) && !strcmp(x->package, y->package) &&
	    !strcmp(x->kernel_sha256, y->kernel_sha256)) {
		print_kernel(out, ka, x, st);
	} else {
		print_kernel(out, "A", x, st);
		print_kernel(out, "B", y, st);
		if (!strcmp(x->package, y->package) && *x->package &&
		    strcmp(x->kernel_sha256, y->kernel_sha256))
			warn(out, st, "the same package, but another kernel image");
		if (strcmp(x->config_sha256, y->config_sha256))
			fprintf(out, "  the configurations differ\n");
		if (*x->modules_sha256 && *y->modules_sha256 && !strcmp(x->package, y->package) &&
		    strcmp(x->modules_sha256, y->modules_sha256))
			fprintf(out, "  the modules differ\n");
	}
	table_build(&t, col, 2, true);
	print_changes(out, &t, tally, false, st);
	table_free(&t);
}

int compare_runs(FILE *out, const struct run *a, const struct run *b, struct style st)
{
	struct tally tally = { 0 };
	size_t common = 0;

	for (size_t k = 0; k < a->info.nkernels; k++)
		common += !!kernel_of(b, a->info.kernels[k].name);
	if (!common && (a->info.nkernels != 1 || b->info.nkernels != 1))
		return err_set(-ENOENT, "runs %s and %s have no kernel in common", a->id, b->id);
	print_run(out, "A", a);
	print_run(out, "B", b);
	if (strcmp(a->info.accel, b->info.accel))
		warn(out, st, "the accelerators differ: timing, and with it races, cannot be compared");
	if (strcmp(a->info.qemu, b->info.qemu))
		warn(out, st, "the QEMUs differ: emulation bugs may look like kernel bugs");
	if (!one_word(a, a->info.accel, a->info.qemu) || !one_word(b, b->info.accel, b->info.qemu))
		warn(out, st, "a run was resumed with another accelerator or QEMU; its records say which had which");
	print_notes(out, a);
	print_notes(out, b);
	if (!common) {
		compare_pair(out, a, a->info.kernels[0].name, b, b->info.kernels[0].name, &tally,
			     st);
	}
	for (size_t k = 0; k < a->info.nkernels; k++) {
		const char *name = a->info.kernels[k].name;

		if (kernel_of(b, name))
			compare_pair(out, a, name, b, name, &tally, st);
		else
			fprintf(out, "\n  %s: only in A\n", name);
	}
	for (size_t k = 0; common && k < b->info.nkernels; k++) {
		if (!kernel_of(a, b->info.kernels[k].name))
			fprintf(out, "\n  %s: only in B\n", b->info.kernels[k].name);
	}
	return print_tally(out, &tally);
}

int compare_kernels(FILE *out, const struct run *run, struct style st)
{
	const struct run_info *in = &run->info;
	struct tally tally = { 0 };
	struct table_col *col;
	struct table t;

	if (in->nkernels < 2)
		return err_set(-ENOENT, "run %s has only one kernel; give a second run to compare it with (A= B=)",
			       run->id);
	col = xcalloc(in->nkernels, sizeof(*col));
	fprintf(out, "run %s: %s, QEMU %s\n", run->id, in->accel, in->qemu);
	if (!one_word(run, in->accel, in->qemu))
		warn(out, st, "it was resumed with another accelerator or QEMU; the records say which had which");
	for (size_t k = 0; k < in->nkernels; k++) {
		col[k] = (struct table_col){ .run = run, .kernel = in->kernels[k].name };
		print_kernel(out, in->kernels[k].name, &in->kernels[k], st);
	}
	print_notes(out, run);
	fputc('\n', out);
	table_build(&t, col, in->nkernels, true);
	print_changes(out, &t, &tally, true, st);
	table_free(&t);
	free(col);
	return print_tally(out, &tally);
}
