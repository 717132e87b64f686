// SPDX-License-Identifier: GPL-2.0-only
/* A finding as a mail, and the list of findings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "err.h"
#include "findings.h"
#include "mail.h"

static struct measured_kernel kernels[] = {
	{ (char *)"6.12", (char *)"", (char *)"6.12.118-1", (char *)"", (char *)"" },
	{ (char *)"7.3", (char *)"", (char *)"7.3.4-1", (char *)"", (char *)"" },
	{ (char *)"7.3-x", (char *)"", (char *)"7.3.4-1", (char *)"", (char *)"" },
};
static const struct measured measured = { kernels, 3 };

static const char finding[] =
	"# `MADV_FREE` of **merged** pages\n\n**Bug** `ksm-lazyfree` in the book.\n\n"
	"**Kernels** all.\n\n## Steps\n\n1. One thing, and then a great many words that do not fit "
	"into a line of a mail.\n2. Another; see [there](x.md).\n\n    code as it is\n\n"
	"## Cause\n\nSome cause.\n\n## Consequence\n\nLost.\n\n## Mend\n\nDone.\n";

static char *mailed(const char *program, const char *patch)
{
	struct mail m = { "ksm-lazyfree", finding, program, patch, &measured };
	struct buf out = { 0 };

	assert_int_equal(mail_write(&m, &out), 0);
	return out.data;
}

static void is_plain_and_narrow(void **state)
{
	char *text = mailed("", "");

	assert_non_null(strstr(text, "Subject: [BUG] MADV_FREE of merged pages\n"));
	assert_null(strchr(text, '`'));
	assert_non_null(strstr(text, "2. Another; see there.\n"));
	assert_non_null(strstr(text, "\n    code as it is\n"));
	for (const char *s = text; *s; s += strcspn(s, "\n") + 1)
		assert_true(strcspn(s, "\n") <= 72);
	/* What hangs on a number stands behind it. */
	assert_non_null(strstr(text, "1. One thing"));
	assert_non_null(strstr(text, "\n   "));
	free(text);
}

static void says_which_packages(void **state)
{
	char *text = mailed("", "");

	assert_non_null(strstr(text, "By these packages of Debian: 7.3.4-1\n"));
	assert_non_null(strstr(text, "Not, or not any more, by: 6.12.118-1\n"));
	free(text);
}

static void patch_is_below_the_line(void **state)
{
	char *text = mailed("int main(void);\n", "From 0\n");
	const char *program = strstr(text, "int main"), *line = strstr(text, "\n---\n");

	assert_non_null(strstr(text, "A program that shows it is at the end."));
	assert_true(program && line && program < line);
	assert_string_equal(line, "\n---\nFrom 0\n");
	assert_true(strstr(text, "Lost.") < strstr(text, "Steps"));
	free(text);
	text = mailed("", "");
	assert_null(strstr(text, "\n---\n"));
	free(text);
}

static void no_title_is_refused(void **state)
{
	struct mail m = { "x", "no title\n", "", "", &measured };
	struct buf out = { 0 };

	assert_int_equal(mail_write(&m, &out), -22);
	assert_non_null(strstr(err_msg(), "no title"));
	buf_free(&out);
}

static void list_is_worst_first(void **state)
{
	static char *const names[] = { (char *)"futex-under-wp", (char *)"ksm-lazyfree",
				       (char *)"scan-no-vector" };
	static char *const titles[] = { (char *)"A futex", (char *)"Merged | pages",
					(char *)"A scan" };
	static const struct mend mends[] = { { "scan-no-vector", "7.3/mend-scan" }, { 0 } };
	struct case_list cases = { 0 };
	struct buf md = { 0 };
	const char *ksm, *scan, *futex;

	findings_list(&cases, &measured, mends, names, titles, 3, &md);
	ksm = strstr(md.data, "Merged \\| pages");
	scan = strstr(md.data, "A scan");
	futex = strstr(md.data, "A futex");
	assert_true(ksm && scan && futex && ksm < scan && scan < futex);
	assert_non_null(strstr(scan, "`7.3/mend-scan`"));
	assert_non_null(strstr(scan, "6.12, 7.3 |"));
	buf_free(&md);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_plain_and_narrow),	   cmocka_unit_test(says_which_packages),
		cmocka_unit_test(patch_is_below_the_line), cmocka_unit_test(no_title_is_refused),
		cmocka_unit_test(list_is_worst_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
