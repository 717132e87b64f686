// SPDX-License-Identifier: GPL-2.0-only
/* By which line does a kernel complain of itself? See splat.h. */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "splat.h"
#include "util.h"

/*
 * "Call Trace:" is not here on purpose: with DEBUG_VM, userfaultfd dumps a stack
 * after "FAULT_FLAG_ALLOW_RETRY missing", which is no bug, and a failed
 * allocation does so too. A user's process that dies by a fault is announced as
 * "traps: name[pid] general protection fault", so that one counts only at the
 * beginning of a line.
 */
static const char *const splat_begins[] = {
	"WARNING:",
	"BUG:",
	"BUG ",
	"Oops",
	"general protection fault",
	"double fault:",
	"stack segment:",
	"divide error:",
	"invalid opcode:",
	"PANIC:",
	"refcount_t:",
	"DEBUG_LOCKS_WARN_ON",
	"ODEBUG:",
	"page dumped because",
	"Internal error:",
	"INFO: task ",
	"INFO: possible ",
	"INFO: inconsistent ",
	"INFO: suspicious ",
	"INFO: trying to register ",
};
static const char *const splat_has[] = {
	"BUG: ",
	"kernel BUG at ",
	"Kernel panic - not syncing",
	"KASAN: ",
	"KFENCE: ",
	"KCSAN: ",
	"KMSAN: ",
	"UBSAN: ",
	"possible circular locking",
	"possible recursive locking",
	"possible irq lock inversion",
	"inconsistent lock state",
	"suspicious RCU usage",
	"self-detected stall",
	"detected stall",
	"blocked for more than",
	"soft lockup",
	"hard LOCKUP",
	"list_add corruption",
	"list_del corruption",
	"Bad page state",
	"Bad page map",
	"Bad rss-counter",
	"bad pmd ",
	"bad pud ",
	"bad p4d ",
	"bad pgd ",
	"Bad swap ",
	"unable to handle ",
	"Unable to handle kernel",
	"new suspected memory leak",
	"Kernel memory exposure attempt",
	"Kernel memory overwrite attempt",
	"stack guard page was hit",
	"use-after-free",
	"kthread starved",
	"Kernel stack is corrupted",
};
#define CUT_HERE "------------[ cut here ]------------"

/* Behind "<4>[   12.345678] ": NULL if another facility than the kernel wrote the line. */
static const char *kernel_text(const char *s)
{
	const char *p;

	if (*s == '<' && isdigit((unsigned char)s[1])) {
		/* 8 and up: written by a process to /dev/kmsg */
		if (strtoul(s + 1, (char **)&p, 10) >= 8)
			return NULL;
		if (*p == '>')
			s = p + 1;
	}
	while (*s == '[') {
		for (p = s + 1; *p == ' ' || *p == '.' || isalnum((unsigned char)*p); p++)
			;
		if (*p != ']')
			break;
		s = p + 1;
		while (*s == ' ')
			s++;
	}
	return s;
}

static bool is_splat(const char *s)
{
	const char *p;

	for (size_t i = 0; i < ARRAY_SIZE(splat_begins); i++) {
		if (!strncmp(s, splat_begins[i], strlen(splat_begins[i])))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(splat_has); i++) {
		/* As words: "DEBUG: ..." is no "BUG: ...". */
		for (p = s; (p = strstr(p, splat_has[i])); p++) {
			if (p == s || !isalnum((unsigned char)p[-1]))
				return true;
		}
	}
	return false;
}

char *kernel_splat(const char *text, const char **at)
{
	const char *cut_at = NULL, *nl;
	char *cut = NULL, *line, *s, *found;
	size_t len;

	for (; *text; text = *nl ? nl + 1 : nl) {
		nl = strchrnul(text, '\n');
		len = nl - text;
		while (len && text[len - 1] == '\r')
			len--;
		line = xcalloc(1, len + 1);
		memcpy(line, text, len);
		s = (char *)kernel_text(line);
		if (s && is_splat(s)) {
			found = xstrdup(s);
			free(line);
			free(cut);
			if (at)
				*at = cut_at ? cut_at : text;
			return found;
		}
		/* The line that names it follows; if it does not come, this will do. */
		if (s && !cut && !strcmp(s, CUT_HERE)) {
			cut = xstrdup(s);
			cut_at = text;
		}
		free(line);
	}
	if (cut && at)
		*at = cut_at;
	return cut;
}
