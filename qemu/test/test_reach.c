// SPDX-License-Identifier: GPL-2.0-only
/* What the plugin wrote, by functions and steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "err.h"
#include "plugin/reach.h"
#include "reach.h"

static struct symbol functions[] = { { 0x1000, (char *)"first" },
				     { 0x1100, (char *)"second" },
				     { 0x2000, (char *)"third" } };
static const struct symbols symbols = { functions, 3 };
/* 14 bytes, 11 and 10. */
static const char marks[] = "step 0 set-up\nstep 1 pin\nstep 2 wp\n";

static struct reach_file *file;
static int fd;

static int setup(void **state)
{
	fd = reach_file_make();
	if (fd < 0)
		return fd;
	file = mmap(NULL, sizeof(*file), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return file == MAP_FAILED;
}

static int teardown(void **state)
{
	munmap(file, sizeof(*file));
	close(fd);
	return 0;
}

static void ran(uint64_t at, uint32_t when)
{
	file->block[file->nblocks].at = at;
	file->run[file->nruns++] = (struct reach_run){ when, file->nblocks++ };
}

static void steps_are_told_apart(void **state)
{
	struct buf out = { 0 };

	ran(0x1008, 3);	 /* nobody's: the first mark is not written yet */
	ran(0x1010, 14); /* the set-up */
	ran(0x10ff, 25); /* step 1, to the last byte of a function */
	ran(0x1100, 24); /* the set-up still: the mark is on its way */
	ran(0x2345, 35);
	file->marks = strlen(marks);
	assert_int_equal(reach_digest(fd, marks, &symbols, &out), 0);
	assert_string_equal(out.data, "first 0 1\nsecond 0\nthird 2\n@first 255+0\n@third 837+0\n");
	buf_free(&out);
}

static void blocks_are_told_once(void **state)
{
	struct buf out = { 0 };

	ran(0x1010, 14); /* the set-up */
	ran(0x1020, 25);
	ran(0x2345, 35);
	ran(0x1004, 35);
	ran(0x1020, 35); /* translated again */
	for (uint32_t i = 0; i < file->nblocks; i++)
		file->block[i].len = 7;
	file->marks = strlen(marks);
	assert_int_equal(reach_digest(fd, marks, &symbols, &out), 0);
	assert_string_equal(out.data, "first 0 1 2\nthird 2\n@first 4+7 32+7\n@third 837+7\n");
	buf_free(&out);
}

static void marks_must_fit(void **state)
{
	struct buf out = { 0 };

	file->marks = strlen(marks) - 1;
	assert_int_equal(reach_digest(fd, marks, &symbols, &out), -5);
	assert_non_null(strstr(err_msg(), "34 bytes of step marks of 35"));
	buf_free(&out);
}

static void too_much_is_said(void **state)
{
	struct buf out = { 0 };

	file->marks = strlen(marks);
	file->nruns = REACH_RUNS + 1;
	assert_int_equal(reach_digest(fd, marks, &symbols, &out), -5);
	assert_non_null(strstr(err_msg(), "no room"));
	buf_free(&out);
}

static void functions_are_found(void **state)
{
	assert_null(symbol_at(&symbols, 0xfff));
	assert_string_equal(symbol_at(&symbols, 0x1000)->name, "first");
	assert_string_equal(symbol_at(&symbols, 0x1fff)->name, "second");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(steps_are_told_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(blocks_are_told_once, setup, teardown),
		cmocka_unit_test_setup_teardown(marks_must_fit, setup, teardown),
		cmocka_unit_test_setup_teardown(too_much_is_said, setup, teardown),
		cmocka_unit_test(functions_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
