// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keep.h"

static const char stream[] = "[  1.0] one says\n[  1.1] and more\n[  1.2] cowpen agent: test 1\n[  "
			     "1.3] two says\n"
			     "half a li\n[  1.4] cowpen agent: test 2\n[  1.5] three says";

static void assert_part(const struct split *s, size_t nr, const char *want)
{
	struct buf b = { 0 };

	split_text(s, nr, &b);
	assert_string_equal(b.data, want);
	buf_free(&b);
}

/* To whom a line belongs does not depend on how it came. */
static void cut_anywhere(void **state)
{
	for (size_t piece = 1; piece <= sizeof(stream); piece++) {
		struct split s;

		split_init(&s, "cowpen agent: test ", 3, 1000, 1000);
		for (size_t at = 0; at < strlen(stream); at += piece) {
			size_t left = strlen(stream) - at;

			split_add(&s, stream + at, left < piece ? left : piece);
		}
		split_end(&s);
		assert_part(&s, 0, "[  1.0] one says\n[  1.1] and more\n");
		assert_part(&s, 1, "[  1.3] two says\nhalf a li\n");
		assert_part(&s, 2, "[  1.5] three says");
		split_free(&s);
	}
}

/* A test can write what it likes; it comes into nobody's part that is past, or not planned. */
static void foreign_cuts(void **state)
{
	static const char text[] = "a\n#cut 2\nb\n#cut 1\nc\n#cut 7\nd\n#cut\n#cut x\n";
	struct split s;

	split_init(&s, "#cut", 3, 1000, 1000);
	split_add(&s, text, strlen(text));
	assert_part(&s, 0, "a\n");
	assert_part(&s, 1, "");
	assert_part(&s, 2, "b\n#cut 1\nc\n#cut 7\nd\n#cut\n#cut x\n");
	split_free(&s);
}

static void one_test_is_not_cut(void **state)
{
	static const char text[] = "a\n\n#cut 1\nb";
	struct split s;

	split_init(&s, "#cut", 0, 1000, 1000);
	split_add(&s, text, strlen(text));
	assert_part(&s, 0, text);
	split_free(&s);
}

/* Each has its own room, and a line without an end does not fill the memory. */
static void endless(void **state)
{
	char block[1000];
	struct split s;
	struct buf b = { 0 };

	memset(block, 'x', sizeof(block));
	split_init(&s, "#cut", 2, 100, 100);
	for (int i = 0; i < 1000; i++)
		split_add(&s, block, sizeof(block));
	assert_true(s.line.len <= 8192);
	split_add(&s, "\n#cut 1\nother\n", 14);
	assert_part(&s, 1, "other\n");
	split_text(&s, 0, &b);
	assert_true(b.len < 400 && strstr(b.data, "bytes left out"));
	buf_free(&b);
	split_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(foreign_cuts),
		cmocka_unit_test(one_test_is_not_cut),
		cmocka_unit_test(endless),
	};

	return cmocka_run_group_tests_name("keep", tests, NULL, NULL);
}
