/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_REPORT_PARTS_H
#define COWPEN_REPORT_PARTS_H

/* What the page of a run and that of the gate have in common. */
#include "html.h"
#include "record.h"

/* So much of a log at most. */
#define LOG_BYTES 4000

/* An article is not seen before it is asked for. */
void begin_article(struct html *h, const char *id, const char *title);
void end_article(struct html *h);
/* <dt>name</dt><dd>text</dd>, nothing without text. */
void put_field(struct html *h, const char *name, const char *text);
/* All of a record but its command line, its bug and its log. */
void put_record(struct html *h, const struct record *r);
/* Where it is, and its last @max bytes from the steps on. */
void put_log(struct html *h, const char *path, size_t max);
void put_warning(struct html *h, const char *text);

#endif
