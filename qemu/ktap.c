// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"

static const char *const directive_names[] = {
	"", "SKIP", "XFAIL", "XPASS", "TODO", "ERROR", "TIMEOUT",
};

const char *ktap_directive_name(enum ktap_directive d)
{
	return (unsigned int)d < ARRAY_SIZE(directive_names) ? directive_names[d] : "?";
}

/* A guest may send rubbish for as long as it likes; nobody reads the thousandth complaint. */
#define COMPLAINTS_MAX 200

static void __attribute__((format(printf, 3, 4)))
complain(struct ktap *k, bool serious, const char *fmt, ...)
{
	struct ktap_complaint *c;
	char text[512];
	va_list ap;

	k->nserious += serious;
	if (k->ncomplaints >= COMPLAINTS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	k->complaints = xrealloc(k->complaints, (k->ncomplaints + 1) * sizeof(*c));
	c = &k->complaints[k->ncomplaints++];
	c->line = k->lineno;
	c->serious = serious;
	c->text = xstrdup(text);
}

/* Noise of one kind is said once. */
enum noise { NOISE_NUL, NOISE_ESC, NOISE_LONG, NOISE_BINARY };

static void complain_noise(struct ktap *k, enum noise kind, const char *text)
{
	if (k->noise_said[kind])
		return;
	k->noise_said[kind] = true;
	complain(k, false, "%s", text);
}

void ktap_init(struct ktap *k, void (*on_cowpen)(void *arg, const char *json), void *arg)
{
	memset(k, 0, sizeof(*k));
	k->on_cowpen = on_cowpen;
	k->arg = arg;
	k->plan = -1;
	k->plan_text = xstrdup("");
	k->depth = 1;
	k->level[0].plan = -1;
}

void ktap_free(struct ktap *k)
{
	for (size_t i = 0; i < k->nresults; i++) {
		free(k->results[i].name);
		free(k->results[i].text);
	}
	for (size_t i = 0; i < k->ncomplaints; i++)
		free(k->complaints[i].text);
	free(k->results);
	free(k->complaints);
	free(k->plan_text);
	free(k->bail);
	buf_free(&k->line);
	memset(k, 0, sizeof(*k));
}

/* --- levels ---------------------------------------------------------------- */

/* What can be said about a level only when nothing more comes on it. */
static void level_end(struct ktap *k)
{
	struct ktap_level *l = &k->level[k->depth - 1];
	const char *where = k->depth > 1 ? "nested: " : "";

	if (l->plan >= 0 && (unsigned long)l->plan != l->seen)
		complain(k, true, "%sthe plan says %ld, there %s %lu", where, l->plan,
			 l->seen == 1 ? "is" : "are", l->seen);
	else if (l->plan < 0 && l->seen)
		complain(k, true, "%sno plan", where);
	else if (!l->plan && !l->plan_skip)
		complain(k, true, "%sthe plan is 1..0 and no SKIP", where);
}

static struct ktap_level *level_at(struct ktap *k, unsigned int indent)
{
	while (k->depth > 1 && k->level[k->depth - 1].indent > indent) {
		level_end(k);
		k->depth--;
	}
	if (k->level[k->depth - 1].indent < indent && k->depth < KTAP_LEVELS) {
		k->level[k->depth] = (struct ktap_level){ .indent = indent, .plan = -1 };
		k->depth++;
	}
	return &k->level[k->depth - 1];
}

/* --- lines ----------------------------------------------------------------- */

static const char *skip_blanks(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

static char *trimmed(const char *s, size_t len)
{
	char *out;

	while (len && isspace((unsigned char)*s)) {
		s++;
		len--;
	}
	while (len && isspace((unsigned char)s[len - 1]))
		len--;
	out = xcalloc(1, len + 1);
	memcpy(out, s, len);
	return out;
}

/* "[   12.345678] " and "[   12.345678][  T123] ": how long it is, 0 if it is none. */
static size_t stamp_len(const char *s)
{
	const char *p = s;

	if (*p == '<' && isdigit((unsigned char)p[1])) {
		p++;
		while (isdigit((unsigned char)*p))
			p++;
		if (*p++ != '>')
			return 0;
	}
	if (*p++ != '[')
		return 0;
	p = skip_blanks(p);
	if (!isdigit((unsigned char)*p))
		return 0;
	while (isdigit((unsigned char)*p))
		p++;
	if (*p++ != '.')
		return 0;
	while (isdigit((unsigned char)*p))
		p++;
	if (*p++ != ']')
		return 0;
	if (*p == '[') {
		const char *q = skip_blanks(p + 1);

		if (*q == 'T' || *q == 'C') {
			q++;
			while (isdigit((unsigned char)*q))
				q++;
			if (*q == ']')
				p = q + 1;
		}
	}
	if (*p == ' ')
		p++;
	return p - s;
}

/* "KTAP version 1", "TAP version 13" */
static bool is_version(const char *s)
{
	const char *p = s;

	if (*p == 'K')
		p++;
	if (strncmp(p, "TAP version ", 12) || !isdigit((unsigned char)p[12]))
		return false;
	p += 12;
	while (isdigit((unsigned char)*p))
		p++;
	return !*skip_blanks(p);
}

static const char *directive_at(const char *s, enum ktap_directive *d)
{
	for (unsigned int i = KTAP_SKIP; i < ARRAY_SIZE(directive_names); i++) {
		size_t n = strlen(directive_names[i]);

		if (strncasecmp(s, directive_names[i], n))
			continue;
		/* "# SKIPPED" and "# skip: why" have been seen; "# TIMEOUTS" is prose. */
		if (i == KTAP_SKIP && !strncasecmp(s + n, "ped", 3))
			n += 3;
		if (s[n] && !isspace((unsigned char)s[n]) && s[n] != ':' && s[n] != ',')
			continue;
		*d = i;
		s += n;
		if (*s == ':' || *s == ',')
			s++;
		return s;
	}
	return NULL;
}

/*
 * Split "name # DIRECTIVE text". The first '#' that a directive follows ends
 * the name; without a directive, the first that stands between blanks does. A
 * '#' within a word is part of it, as is "\#".
 */
static void split_description(const char *s, struct ktap_result *r)
{
	const char *name_end = NULL, *text = NULL, *p, *q;
	char *w;

	for (p = s; (p = strchr(p, '#')); p++) {
		bool starts_word = p == s || isspace((unsigned char)p[-1]);

		if (p > s && p[-1] == '\\')
			continue;
		q = directive_at(skip_blanks(p + 1), &r->directive);
		if (q && starts_word) {
			name_end = p;
			text = q;
			break;
		}
		r->directive = KTAP_NONE;
		if (!text && starts_word && (!p[1] || isspace((unsigned char)p[1]))) {
			name_end = p;
			text = p + 1;
		}
	}
	if (!name_end)
		name_end = s + strlen(s);
	r->name = trimmed(s, name_end - s);
	for (p = w = r->name; *p; p++) {
		if (p[0] == '\\' && (p[1] == '#' || p[1] == '\\'))
			p++;
		*w++ = *p;
	}
	*w = '\0';
	r->text = text ? trimmed(text, strlen(text)) : xstrdup("");
	/* kselftest.h prints "ok 7 # SKIP name" */
	if (!*r->name && r->directive != KTAP_NONE) {
		free(r->name);
		r->name = r->text;
		r->text = xstrdup("");
	}
}

static void take_result(struct ktap *k, const char *s, bool ok, unsigned int indent)
{
	struct ktap_level *l = level_at(k, indent);
	struct ktap_result *r;
	unsigned long number = 0;
	char *end;

	if (isdigit((unsigned char)*s)) {
		errno = 0;
		number = strtoul(s, &end, 10);
		if (errno || number > INT_MAX) {
			complain(k, true, "result number %.20s is beyond reason", s);
			number = 0;
		} else if (!number) {
			complain(k, true, "result number 0");
		} else if (number <= l->last) {
			complain(k, true, "result %lu comes again or too late", number);
		} else if (number != l->last + 1) {
			complain(k, true, "result %lu follows %lu", number, l->last);
		}
		s = end;
	} else {
		complain(k, true, "a result without a number");
		number = 0;
	}
	if (number > l->last)
		l->last = number;
	l->seen++;
	s = skip_blanks(s);
	if (s[0] == '-' && (!s[1] || isspace((unsigned char)s[1])))
		s = skip_blanks(s + 1);

	k->results = xrealloc(k->results, (k->nresults + 1) * sizeof(*r));
	r = &k->results[k->nresults++];
	*r = (struct ktap_result){
		.line = k->lineno, .level = k->depth - 1, .number = number, .ok = ok
	};
	split_description(s, r);
	if (ok && (r->directive == KTAP_ERROR || r->directive == KTAP_TIMEOUT))
		complain(k, true, "result %lu is ok and %s at once", number,
			 ktap_directive_name(r->directive));
}

/* "1..N" and "1..0 # SKIP why"; @s is behind the "1..". */
static void take_plan(struct ktap *k, const char *s, unsigned int indent)
{
	struct ktap_level *l = level_at(k, indent);
	enum ktap_directive d = KTAP_NONE;
	unsigned long n;
	const char *p;
	char *end;

	errno = 0;
	n = strtoul(s, &end, 10);
	if (errno || n > INT_MAX) {
		complain(k, true, "plan 1..%.20s is beyond reason", s);
		n = INT_MAX;
	}
	if (l->plan >= 0) {
		complain(k, true, "a second plan, 1..%lu after 1..%ld", n, l->plan);
		return;
	}
	l->plan = n;
	p = skip_blanks(end);
	if (*p == '#') {
		p = directive_at(skip_blanks(p + 1), &d);
		if (p && d == KTAP_SKIP) {
			l->plan_skip = true;
			if (k->depth == 1) {
				free(k->plan_text);
				k->plan_text = trimmed(p, strlen(p));
			}
		}
	} else if (*p) {
		complain(k, true, "rubbish behind the plan: %.40s", p);
	}
	if (k->depth == 1) {
		k->plan = l->plan;
		k->plan_skip = l->plan_skip;
	}
}

/* True if @s is "ok" or "not ok" as a word; @rest then points behind it. */
static bool is_result(const char *s, bool *ok, const char **rest)
{
	*ok = strncmp(s, "not ", 4) != 0;
	if (!*ok)
		s = skip_blanks(s + 4);
	if (strncmp(s, "ok", 2) || (s[2] && s[2] != ' ' && s[2] != '\t'))
		return false;
	*rest = skip_blanks(s + 2);
	return true;
}

static bool is_plan(const char *s, const char **rest)
{
	if (strncmp(s, "1..", 3) || !isdigit((unsigned char)s[3]))
		return false;
	*rest = s + 3;
	return true;
}

static void take_version(struct ktap *k, unsigned int indent)
{
	struct ktap_level *l;

	if (!indent) {
		if (k->version)
			complain(k, true,
				 "a second version line: it began anew, or two write at once");
		else if (k->nresults || k->plan >= 0)
			complain(k, true, "the version line comes late");
		k->version = true;
	}
	/* A new nested list; one at the same level before it is over. */
	l = level_at(k, indent);
	if (indent && (l->seen || l->plan >= 0)) {
		level_end(k);
		l->plan = -1;
		l->plan_skip = false;
		l->seen = l->last = 0;
	}
}

/* A whole line without its end, cleaned of what a terminal would swallow. */
static void take_line(struct ktap *k, const char *line, bool torn)
{
	const char *s = line, *rest;
	unsigned int indent = 0;
	size_t stamp = stamp_len(line);
	bool ok, deep;

	if (stamp && !k->version && is_version(line + stamp))
		k->stamped = true;
	if (stamp && !k->stamped)
		return;
	if (stamp)
		s += stamp;
	if (!torn && !strncmp(s, "# cowpen {", 10)) {
		if (k->on_cowpen)
			k->on_cowpen(k->arg, s + 9);
		return;
	}
	for (;; s += 2, indent += 2) {
		if (strncmp(s, "  ", 2) && strncmp(s, "# ", 2))
			break;
	}
	deep = indent > 0;
	if (is_version(s)) {
		if (torn)
			complain(k, false, "the last line is torn");
		take_version(k, indent);
	} else if (is_plan(s, &rest)) {
		/* A torn plan could have been any longer number. */
		if (torn)
			complain(k, true, "the last line is torn: %.60s", s);
		else
			take_plan(k, rest, indent);
	} else if (is_result(s, &ok, &rest) && (!deep || isdigit((unsigned char)*rest))) {
		if (torn)
			complain(k, true, "the last line is torn: %.60s", s);
		else if (k->cut)
			complain(k, true, "a result line is longer than %d bytes", KTAP_LINE_MAX);
		else
			take_result(k, rest, ok, indent);
	} else if (!deep && !strncmp(s, "Bail out!", 9)) {
		complain(k, true, "bailed out: %.200s", skip_blanks(s + 9));
		if (!k->bail)
			k->bail = trimmed(s + 9, strlen(s + 9));
	} else if (torn && *s) {
		complain(k, false, "the last line is torn");
	}
}

/* Take NULs, escape sequences and line ends out of the line in hand. */
static void clean_line(struct ktap *k)
{
	char *r = k->line.data, *w = r, *end = r + k->line.len;

	while (r < end) {
		unsigned char c = *r++;

		if (!c) {
			complain_noise(k, NOISE_NUL, "NUL bytes in the text");
		} else if (c == 0x1b) {
			complain_noise(k, NOISE_ESC, "escape sequences in the text");
			if (r < end && *r == '[') {
				r++;
				while (r < end && (unsigned char)*r >= 0x20 &&
				       (unsigned char)*r < 0x40)
					r++;
				if (r < end)
					r++;
			} else if (r < end && *r == ']') {
				while (r < end && *r != 7 && *r != 0x1b)
					r++;
				if (r < end && *r == 0x1b)
					r++;
				if (r < end)
					r++;
			} else if (r < end) {
				r++;
			}
		} else {
			if (c < 0x20 && c != '\t' && c != '\r')
				complain_noise(k, NOISE_BINARY, "control characters in the text");
			*w++ = c;
		}
	}
	while (w > k->line.data && w[-1] == '\r')
		w--;
	*w = '\0';
	k->line.len = w - k->line.data;
}

static void end_line(struct ktap *k, bool torn)
{
	k->lineno++;
	if (!k->line.data)
		return;
	clean_line(k);
	if (k->cut)
		complain_noise(k, NOISE_LONG, "a line is absurdly long; its rest is not looked at");
	take_line(k, k->line.data, torn);
	k->line.len = 0;
	k->line.data[0] = '\0';
	k->cut = false;
}

void ktap_feed(struct ktap *k, const void *data, size_t len)
{
	const char *p = data, *nl;
	size_t n, room;

	while (len) {
		nl = memchr(p, '\n', len);
		n = nl ? (size_t)(nl - p) : len;
		room = KTAP_LINE_MAX - k->line.len;
		if (n > room)
			k->cut = true;
		buf_add(&k->line, p, n < room ? n : room);
		if (!nl)
			return;
		end_line(k, false);
		len -= n + 1;
		p += n + 1;
	}
}

void ktap_finish(struct ktap *k)
{
	if (k->line.len)
		end_line(k, true);
	while (k->depth > 1) {
		level_end(k);
		k->depth--;
	}
	if (!k->version && (k->nresults || k->plan >= 0))
		complain(k, true, "no version line");
	else if (!k->version)
		complain(k, true, "no KTAP");
	else if (!k->nresults && k->plan < 0)
		complain(k, true, "a version line and nothing after it");
	level_end(k);
}
