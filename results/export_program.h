/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_EXPORT_PROGRAM_H
#define COWPEN_EXPORT_PROGRAM_H

#include <stdbool.h>

#include "ctext.h"
#include "pieces.h"

struct exported;

/* A program in the making: what export.c and its parts share. */

enum {
	CHILD = 1,
	GRANDCHILD,
	BEHIND,
	FIRST_DEVICE = 4,
	LAST_DEVICE = 7,
	FIRST_WRITER = 8,
	NACTORS = 10
};

/* Those who look, in the order of their bits; and those who only write. */
extern const char *const actors[NACTORS];

struct program {
	const struct pieces *all;
	const struct exported *x;
	unsigned int npages;
	bool shared, middle, twins;
	bool used[NACTORS], looks[NACTORS];
	char *kind[NACTORS];  /* of a device */
	char *owner[NACTORS]; /* "CHILD", or NULL: the parent */
	struct buf main;      /* the statements */
	char *memory;	      /* the kind's file of pieces comes first */
	char *why_not;
	char *step;	/* that has told nothing yet but what is to be seen */
	bool only_asks; /* it told nothing but that it asks for tracking, or a pin */
	/* What was told of views in the step before and in this one, and was left out of main(). */
	struct buf views, views_now, left_out;
	bool uffd_open;

	/* What is called, and written before what calls it. */
	struct pieces own;   /* pieces that are made for this program */
	struct piece *piece; /* of all->p, with texts of its own */
	bool *taken, *own_taken, *file_used, may_hang;
	struct piece **order;
	size_t norder;
	char *missing;
};

/* export_told.c: main()'s statements, of what a run told. */
void read_told(struct program *g, const char *told);

/* export_made.c: pieces that are made for this program, once its statements are known. */
void make_pieces(struct program *g);
void make_actors(struct program *g, struct buf *head);

/*
 * export_needed.c: what main() needs, in order, into g->order; what is called once is written out
 * there. What main() calls and no piece defines is g->missing.
 */
void find_needed(struct program *g);

#endif
