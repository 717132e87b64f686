// SPDX-License-Identifier: GPL-2.0-only
/* The steps as data: what is typed, and that no step of scene.h is forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scene.h"
#include "vocabulary.h"

/* What steps do is asked in a guest. */
#define LEFT_OUT(function, because)
#define STEP(name, pages, what, does, when, statement)                        \
	void do_##name(struct scene *self, int pages_, int what_)             \
	{                                                                     \
	}                                                                     \
	const char *when_##name(const struct scene *s, int pages_, int what_) \
	{                                                                     \
		return NULL;                                                  \
	}
#include "vocabulary.def"

static void parses(void **state)
{
	struct said s[SEQUENCE_MAX];
	char why[256] = "", text[80];

	assert_int_equal(sequence_parse("pin wp:1 child_write:0 write_under_wp:2:emulate", 4, s,
					why, sizeof(why)),
			 4);
	assert_string_equal(s[0].word->name, "pin");
	assert_int_equal(s[0].pages, EVERY_PAGE);
	assert_int_equal(s[1].pages, SOME_PAGES(1, 1));
	assert_int_equal(s[3].pages, 2);
	assert_int_equal(s[3].what, EMULATE);
	assert_string_equal(said_text(&s[3], text, sizeof(text)), "write_under_wp:2:emulate");
	assert_int_equal(sequence_parse("wp:1+2,unwp", 4, s, why, sizeof(why)), 2);
	assert_string_equal(said_text(&s[0], text, sizeof(text)), "wp:1+2");
	assert_int_equal(sequence_parse("", 4, s, why, sizeof(why)), 0);
}

static void refuses(const char *text, unsigned int npages, const char *words)
{
	struct said s[SEQUENCE_MAX];
	char why[256] = "";

	assert_int_equal(sequence_parse(text, npages, s, why, sizeof(why)), -1);
	if (!strstr(why, words))
		fail_msg("\"%s\": wanted \"%s\" in \"%s\"", text, words, why);
}

static void refuses_what_is_wrong(void **state)
{
	char many[2048] = "";

	refuses("pin unwpp", 4, "no step \"unwpp\"; the nearest is \"unwp\"");
	refuses("wp:4", 4, "wp:4: this memory has pages 0 to 3");
	refuses("wp:3+2", 4, "pages 0 to 3");
	refuses("wp:1+0", 4, "pages 0 to 3");
	refuses("wp:one", 4, "\"one\" is no page");
	refuses("wp:-1", 4, "\"-1\" is no page");
	refuses("wp:", 4, "\"\" is no page");
	refuses("write_under_wp:1+2", 4, "is no page");
	refuses("write_under_wp:1:emulat", 4, "nearest is \"emulate\"");
	refuses("unpin:1", 4, "unpin takes no \"1\"");
	refuses("remap:away:1", 4, "takes no");
	refuses("numa_hint", 4, "in a case only: needs luck");
	for (int i = 0; i <= SEQUENCE_MAX; i++)
		strcat(many, "pin ");
	refuses(many, 4, "more than");
}

static void is_c(const char *typed, const char *c)
{
	struct said s[SEQUENCE_MAX];
	char why[256] = "", text[160];

	assert_int_equal(sequence_parse(typed, 4, s, why, sizeof(why)), 1);
	assert_string_equal(said_statement(&s[0], text, sizeof(text)), c);
}

static void becomes_c(void **state)
{
	is_c("wp", "wp(self);");
	is_c("wp:1", "wp_pages(self, PAGE(1));");
	is_c("wp:1+2", "wp_pages(self, 1, 2);");
	is_c("child_write", "cpu_write(self, CHILD);");
	is_c("child_write:0", "cpu_write_pages(self, CHILD, PAGE(0));");
	is_c("ledger_clear", "ledger_clear(self);");
	is_c("ledger_clear:blind", "ledger_clear_by(self, SCAN_BLIND);");
	is_c("drop", "drop_pages(self, ALL_PAGES);");
	is_c("write_under_wp:2:copy", "write_under_wp(self, 2, COPY_THEN_UNPROTECT);");
	is_c("cpu_write_by:mem", "cpu_write_by(self, PROC_MEM, PARENT, ALL_PAGES);");
	is_c("uffd_open:rwp_event_fork", "uffd_open(self, FOR_RWP | WP_EVENT_FORK);");
	is_c("fill:1:zeropage", "fill(self, PAGE(1), FILL_ZEROPAGE);");
	is_c("remap:dontunmap", "remap(self, REMAP_DONTUNMAP);");
}

/* What is typed is what is read: for each word and each value. */
static void says_itself(void **state)
{
	for (size_t i = 0; i < nwords; i++) {
		size_t n = words[i].what ? domain_size(words[i].what) : 1;

		for (size_t k = 0; k < n; k++) {
			struct said st = { .word = &words[i] }, s[SEQUENCE_MAX];
			char text[80], why[256] = "";

			st.pages = words[i].pages == PAGES ? SOME_PAGES(1, 2) :
				   words[i].pages == PAGE  ? 1 :
							     0;
			st.what = words[i].what ? domain_value(words[i].what, k) : 0;
			said_text(&st, text, sizeof(text));
			if (sequence_parse(text, 4, s, why, sizeof(why)) != 1)
				fail_msg("%s: %s", text, why);
			assert_ptr_equal(s[0].word, st.word);
			assert_int_equal(s[0].pages, st.pages);
			assert_int_equal(s[0].what, st.what);
		}
	}
}

/* Is @name called by a statement of the table, or left out for a reason? */
static bool is_there(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < nleft_out; i++)
		if (!strcmp(left_out[i].function, name))
			return true;
	for (size_t i = 0; i < nwords; i++) {
		struct said st = { .word = &words[i], .pages = EVERY_PAGE };
		char text[160];

		if (!strncmp(words[i].statement, name, len) && words[i].statement[len] == '(')
			return true;
		said_statement(&st, text, sizeof(text));
		if (!strncmp(text, name, len) && text[len] == '(')
			return true;
	}
	return false;
}

static void has_all_steps(void **state)
{
	FILE *f = fopen("harness/scene.h", "r");
	unsigned int n = 0;
	char line[256];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		char name[64];

		if (sscanf(line, "void %63[a-z_0-9](struct scene", name) != 1 &&
		    sscanf(line, "bool %63[a-z_0-9](struct scene", name) != 1 &&
		    sscanf(line, "int %63[a-z_0-9](struct scene", name) != 1)
			continue;
		if (!strstr(line, "(struct scene"))
			continue;
		n++;
		if (!is_there(name))
			fail_msg("%s() of scene.h is no STEP() of vocabulary.def, and no "
				 "LEFT_OUT() says why",
				 name);
	}
	fclose(f);
	assert_true(n > 80 && nleft_out + nwords > 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),	 cmocka_unit_test(refuses_what_is_wrong),
		cmocka_unit_test(becomes_c),	 cmocka_unit_test(says_itself),
		cmocka_unit_test(has_all_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
