// SPDX-License-Identifier: GPL-2.0-only
/* Does the book of bugs contradict itself? */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "book.h"
#include "util.h"
#include "verdict.h"

static bool is_commit(const char *s)
{
	return !*s || (strlen(s) == 12 && strspn(s, "0123456789abcdef") == 12);
}

static void said(void **state)
{
	for (size_t i = 0; i < nbugs; i++) {
		const struct bug *b = &bugs[i];

		if (!b->clause || !clause_ok(b->clause) || (*b->as && !clause_ok(b->as)))
			fail_msg("bug %s: no clause", b->name);
		if (!b->loses || !*b->loses || !b->cause || !*b->cause)
			fail_msg("bug %s does not say what is lost, and why", b->name);
		if (strspn(b->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(b->name))
			fail_msg("bug %s: a name is a-z, 0-9 and -", b->name);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(bugs[k].name, b->name))
				fail_msg("bug %s is in the book twice", b->name);
		if (!is_commit(b->by) || !is_commit(b->fix))
			fail_msg("bug %s: a commit has 12 digits", b->name);
		assert_ptr_equal(bug_find(b->name), b);
	}
	assert_null(bug_find("copies"));
}

static void ranges(void **state)
{
	for (size_t i = 0; i < nbugs; i++) {
		const struct bug *b = &bugs[i];

		if (!b->from || !isdigit((unsigned char)*b->from))
			fail_msg("bug %s does not say since when", b->name);
		if (*b->fixed && version_cmp(b->from, b->fixed) >= 0)
			fail_msg("bug %s ends with %s before it begins with %s", b->name, b->fixed,
				 b->from);
		if (!*b->until != !*b->as)
			fail_msg("bug %s: \"until\" and \"as\" belong together", b->name);
		if (*b->until && (version_cmp(b->until, b->from) <= 0 ||
				  (*b->fixed && version_cmp(b->until, b->fixed) >= 0)))
			fail_msg("bug %s: %s is not between its versions", b->name, b->until);
		if (*b->fix && !*b->fixed)
			fail_msg("bug %s: %s mended it, and no version has that", b->name, b->fix);
	}
}

static void stable(void **state)
{
	for (size_t i = 0; i < nbugs; i++) {
		const struct bug *b = &bugs[i];
		char *copy = xstrdup(b->stable), *save = NULL;

		for (char *v = strtok_r(copy, " ", &save); v; v = strtok_r(NULL, " ", &save)) {
			char *branch = xstrdup(v), *dot = strrchr(branch, '.'), *again;

			if (!dot || strchr(branch, '.') == dot)
				fail_msg("bug %s: %s is no stable release", b->name, v);
			if (version_cmp(v, b->from) < 0)
				fail_msg("bug %s: %s is older than the bug", b->name, v);
			*dot = '\0';
			if (*b->fixed && version_cmp(branch, b->fixed) >= 0)
				fail_msg("bug %s: %s never had it: mainline was mended in %s",
					 b->name, branch, b->fixed);
			*dot = '.';
			dot[1] = '\0';
			again = strstr(b->stable, branch);
			if (strstr(again + 1, branch))
				fail_msg("bug %s: branch %s twice", b->name, branch);
			free(branch);
		}
		free(copy);
	}
}

/* Run from the top of the tree. */
static void findings(void **state)
{
	for (size_t i = 0; i < nbugs; i++) {
		char *path = xasprintf("results/findings/%s.md", bugs[i].finding);

		if (*bugs[i].finding && access(path, R_OK))
			fail_msg("bug %s: there is no %s", bugs[i].name, path);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(said),
		cmocka_unit_test(ranges),
		cmocka_unit_test(stable),
		cmocka_unit_test(findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
