// SPDX-License-Identifier: GPL-2.0-only
/* Which source lines tests execute, and which branches none does. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "err.h"
#include "reach_lines.h"

/* clang-format off */
static const char source[] =
	"static int one(int pte)\n"			/* 1 */
	"{\n"
	"\tif (pte_uffd_wp(pte))\n"			/* 3 */
	"\t\treturn clear(pte);\n"			/* 4: not reached */
	"\tif (pte > 3)\n"
	"\t\treturn 0;\n"				/* 6: not reached, but of something else */
	"\treturn 1;\n"
	"}\n"
	"\n"
	"static int nobody(int pte)\n"			/* 10 */
	"{\n"
	"\treturn pte_swp_uffd_wp(pte);\n"
	"}\n";
/* clang-format on */
static const char lines[] = "mm/memory.c 3 one 0\nmm/memory.c 4 one 10\nmm/memory.c 4 one 14\n"
			    "mm/memory.c 5 one 20\nmm/memory.c 6 one 30\nmm/memory.c 7 one 40\n"
			    "mm/memory.c 12 nobody 0\n";

static char dir[] = "/tmp/cowpen-lines-XXXXXX";

static int setup(void **state)
{
	char *path;

	if (!mkdtemp(dir))
		return 1;
	path = xasprintf("%s/mm", dir);
	assert_int_equal(mkdir_p(path), 0);
	free(path);
	path = xasprintf("%s/mm/memory.c", dir);
	assert_int_equal(write_file(path, source, sizeof(source) - 1), 0);
	free(path);
	return 0;
}

static int teardown(void **state)
{
	return remove_tree(dir);
}

static void a_block_is_lines(void **state)
{
	struct reach_lines l;
	struct buf md = { 0 };

	assert_int_equal(reach_lines_parse("nothing\n", &l), -EINVAL);
	assert_int_equal(reach_lines_parse(lines, &l), 0);
	/* Up to the last byte before line 4; then from line 5. */
	reach_lines_ran(&l, "hash\none 1 2\n@one 0+10 20+5\n@other 0+100\n");
	reach_lines_ran(&l, "@one 40+1");
	reach_lines_table(&l, &md);
	assert_non_null(strstr(md.data, "| `mm/memory.c` | 6 | 3 (50 %) |\n"));
	assert_null(strstr(md.data, "mm/gup.c"));
	buf_free(&md);
	reach_lines_functions(&l, &md);
	assert_string_equal(md.data, "mm/memory.c nobody\nmm/memory.c one\n");
	buf_free(&md);
	reach_lines_free(&l);
}

static void a_branch_that_asks_about_marks(void **state)
{
	struct reach_lines l;
	struct buf md = { 0 };

	assert_int_equal(reach_lines_parse(lines, &l), 0);
	reach_lines_ran(&l, "@one 0+10 20+5 40+1\n");
	reach_branches_table(&l, dir, &md);
	assert_non_null(strstr(md.data, "| `mm/memory.c:4` | 1 | `one` | `pte_uffd_wp` |\n"));
	assert_non_null(strstr(md.data, "\n1 places"));
	/* Who is never called turns off nowhere. */
	assert_null(strstr(md.data, "nobody"));
	assert_null(strstr(md.data, "memory.c:6"));
	buf_free(&md);
	reach_lines_free(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_is_lines),
		cmocka_unit_test_setup_teardown(a_branch_that_asks_about_marks, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
