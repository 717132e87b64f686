/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_TEXT_H
#define COWPEN_TEXT_H

#include <stdbool.h>
#include <stdio.h>

/* How to print for whoever reads. */
struct style {
	bool color;
	unsigned int width; /* at least 60 */
};

/* Colour on a terminal that can do it, unless NO_COLOR is set; 72 columns, on a wide terminal 100. */
struct style style_for(FILE *out);

struct buf;
/* The words of @s from column @at on, in lines of @width; those after the first are indented. */
void buf_wrapped(struct buf *b, const char *s, unsigned int at, unsigned int indent,
		 unsigned int width);
/* @s and more words, wrapped to @width, lines after the first indented by @indent. */
void print_wrapped(FILE *out, const char *s, unsigned int at, unsigned int indent,
		   unsigned int width);
/* "  label  text", the text wrapped, in a list whose labels are @label_width wide. */
void print_labelled(FILE *out, const char *label, unsigned int label_width, const char *text,
		    unsigned int width);
/* An empty line and @s. */
void print_heading(FILE *out, const char *s, struct style st);
void print_warning(FILE *out, const char *s, struct style st);
/* "    name      text", wrapped unless it is a command or a file to copy; nothing without text. */
void print_field(FILE *out, const char *name, struct style st, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Last line of a text that says something. Caller frees. */
char *last_line(const char *text);
/* A name as part of a file name. Caller frees. */
char *safe_name(const char *name);

/* How many bytes the UTF-8 character at @p has, of @left that are there; 0: it is none. */
size_t utf8_len(const unsigned char *p, size_t left);

/* @s as Markdown that means nothing but itself, also within a table's cell. */
void md_text(struct buf *b, const char *s);

#endif
