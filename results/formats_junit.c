// SPDX-License-Identifier: GPL-2.0-only
/*
 * JUnit XML, as both Jenkins and Ant describe it (ci/formats/junit.xsd): a suite is a kernel, a
 * class a case of it. libxml2 writes it, so that text cannot end what it is in.
 */
#include <stdlib.h>
#include <string.h>

#include <libxml/xmlwriter.h>

#include "formats.h"
#include "rows.h"
#include "util.h"

static const xmlChar *xs(const char *s)
{
	return (const xmlChar *)s;
}

static void attribute(xmlTextWriter *w, const char *name, const char *value)
{
	char *text = inert(value, false);

	xmlTextWriterWriteAttribute(w, xs(name), xs(text));
	free(text);
}

static void number(xmlTextWriter *w, const char *name, size_t n)
{
	xmlTextWriterWriteFormatAttribute(w, xs(name), "%zu", n);
}

static void seconds(xmlTextWriter *w, unsigned long long ms)
{
	xmlTextWriterWriteFormatAttribute(w, xs("time"), "%llu.%03llu", ms / 1000, ms % 1000);
}

static void text(xmlTextWriter *w, const char *s)
{
	char *clean = inert(s, true);

	xmlTextWriterWriteString(w, xs(clean));
	free(clean);
}

static void property(xmlTextWriter *w, const char *name, const char *value)
{
	if (!*value)
		return;
	xmlTextWriterStartElement(w, xs("property"));
	attribute(w, "name", name);
	attribute(w, "value", value);
	xmlTextWriterEndElement(w);
}

/* Dots part packages, and are part of most kernels' names. */
static char *class_name(const struct outcome *o)
{
	const char *slash = strrchr(o->test, '/');
	char *kernel = xstrdup(kernel_short_name(o->kernel)), *name;

	for (char *p = kernel; *p; p++)
		*p = *p == '.' ? '_' : *p;
	name = xasprintf("%s.%.*s", kernel, slash ? (int)(slash - o->test) : (int)strlen(o->test),
			 o->test);
	for (char *p = name; *p; p++)
		*p = *p == '/' ? '.' : *p;
	free(kernel);
	return name;
}

static void details(xmlTextWriter *w, const struct outcome *o)
{
	const char *label, *s;
	struct buf b = { 0 };

	for (unsigned int n = 0; (s = outcome_field(o, n, &label)); n++) {
		if (*s)
			buf_printf(&b, "%s: %s\n", label, s);
	}
	if (b.len)
		text(w, b.data);
	buf_free(&b);
}

static void testcase(xmlTextWriter *w, const struct run *run, const struct outcome *o)
{
	static const char *const element[] = {
		[K_KNOWN] = "skipped",
		[K_BAD] = "failure",
		[K_SKIP] = "skipped",
		[K_UNKNOWN] = "error",
	};
	char *name = outcome_name(run, o), *words = outcome_words(o), *class = class_name(o),
	     *known;
	const char *variant = o->unnamed ? name : variant_of(name);
	enum kind kind = outcome_kind(o);

	xmlTextWriterStartElement(w, xs("testcase"));
	attribute(w, "classname", class);
	attribute(w, "name", *variant ? variant : name);
	seconds(w, o->r ? o->r->duration_ms : 0);
	if (element[kind]) {
		xmlTextWriterStartElement(w, xs(element[kind]));
		/* There is no word in it for what is known to fail. */
		known = xasprintf("xfail: %s", words);
		attribute(w, "message", kind == K_KNOWN ? known : words);
		attribute(w, "type", o->r ? verdict_name(o->r->verdict) : "missing");
		if (kind == K_BAD || kind == K_UNKNOWN)
			details(w, o);
		xmlTextWriterEndElement(w);
		free(known);
	}
	xmlTextWriterEndElement(w);
	free(class);
	free(words);
	free(name);
}

/* Without a time zone, as Ant's schema wants it: it is UTC. */
static void timestamp(xmlTextWriter *w, const struct run *run)
{
	const char *start = *run->info.start ? run->info.start : "1970-01-01T00:00:00Z";
	char *s = xasprintf("%.19s", start);

	attribute(w, "timestamp", s);
	free(s);
}

/* From @first on, all of one kernel. How many there are. */
static size_t testsuite(xmlTextWriter *w, const struct run *run, const struct outcomes *all,
			size_t first, size_t id)
{
	const char *kernel = all->o[first].kernel;
	const struct run_kernel *k = run_kernel_find(run, kernel);
	size_t n = 0, kinds[K_UNKNOWN + 1] = { 0 };
	unsigned long long ms = 0;

	for (; first + n < all->n && !strcmp(all->o[first + n].kernel, kernel); n++) {
		kinds[outcome_kind(&all->o[first + n])]++;
		ms += all->o[first + n].r ? all->o[first + n].r->duration_ms : 0;
	}
	xmlTextWriterStartElement(w, xs("testsuite"));
	attribute(w, "name", kernel);
	attribute(w, "package", "cowpen");
	number(w, "id", id);
	timestamp(w, run);
	/* Nobody's name: records do not have it, and need not. */
	attribute(w, "hostname", "localhost");
	number(w, "tests", n);
	number(w, "failures", kinds[K_BAD]);
	number(w, "errors", kinds[K_UNKNOWN]);
	number(w, "skipped", kinds[K_SKIP] + kinds[K_KNOWN]);
	seconds(w, ms);
	xmlTextWriterStartElement(w, xs("properties"));
	property(w, "run", run->id);
	property(w, "accel", run->info.accel);
	property(w, "qemu", run->info.qemu);
	if (k) {
		property(w, "release", run_kernel_release(run, k));
		property(w, "package", k->package);
		property(w, "origin", k->origin);
		property(w, "kernel_sha256", k->kernel_sha256);
		property(w, "config_sha256", k->config_sha256);
	}
	xmlTextWriterEndElement(w);
	for (size_t i = 0; i < n; i++)
		testcase(w, run, &all->o[first + i]);
	xmlTextWriterWriteElement(w, xs("system-out"), xs(""));
	xmlTextWriterStartElement(w, xs("system-err"));
	for (size_t i = 0; i < run->nnotes; i++) {
		text(w, run->notes[i]);
		text(w, "\n");
	}
	xmlTextWriterEndElement(w);
	xmlTextWriterEndElement(w);
	return n;
}

/* A file without a suite is all well to some. */
static void no_suite(xmlTextWriter *w, const struct run *run)
{
	struct outcome nothing = { .kernel = "none", .test = "", .unnamed = 1 };
	struct outcomes one = { &nothing, 1 };

	testsuite(w, run, &one, 0, 0);
}

char *format_junit(const struct run *run, const struct outcomes *all)
{
	xmlBuffer *b = xmlBufferCreate();
	xmlTextWriter *w = xmlNewTextWriterMemory(b, 0);
	size_t id = 0;
	char *out;

	if (!b || !w)
		abort();
	xmlTextWriterSetIndent(w, 1);
	xmlTextWriterStartDocument(w, NULL, "UTF-8", NULL);
	xmlTextWriterStartElement(w, xs("testsuites"));
	for (size_t i = 0; i < all->n;)
		i += testsuite(w, run, all, i, id++);
	if (!all->n)
		no_suite(w, run);
	xmlTextWriterEndDocument(w);
	xmlFreeTextWriter(w);
	out = xstrdup((const char *)xmlBufferContent(b));
	xmlBufferFree(b);
	return out;
}
