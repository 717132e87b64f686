/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_CTEXT_H
#define COWPEN_CTEXT_H

#include <stdbool.h>
#include <stddef.h>

/* C as text, as far as names, brackets, strings and comments go. */

bool c_is_name(char c);
/* Behind the string or comment that begins here; @s if none does. */
const char *c_past_words(const char *s);
/* The next identifier at or behind @s that is none of a comment's or a string's; its length. */
const char *c_next_name(const char *s, size_t *len);
/* Behind the round bracket that ends what begins at @s. */
const char *c_past_brackets(const char *s);
bool c_mentions(const char *text, const char *name);
/* How often. */
size_t c_count(const char *text, const char *name);
/* Does @text declare a variable of this name? */
bool c_declares(const char *text, const char *name, size_t name_len);
bool c_is_macro(const char *text);
/* One line, and no more. */
bool c_is_line(const char *text);
size_t c_lines(const char *text);
/* Has no line of more than 100 columns. */
bool c_fits(const char *text);
/* Lines of more than 100 columns go on in the next one, behind a comma or an operator. To free. */
char *c_wrapped(const char *text);

enum { MAX_ARGS = 6 };

/* A text's parts between commas that are in no brackets; @end is behind the last one. How many. */
size_t c_split_args(const char *s, const char *end, char *arg[MAX_ARGS]);
void c_free_args(char *arg[], size_t n);
/*
 * @text with each of these names replaced by its argument, which has brackets where it is of
 * several words. To be freed.
 */
char *c_substitute(const char *text, char *const name[], char *const arg[], size_t n);

#endif
