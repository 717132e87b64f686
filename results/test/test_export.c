// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "expect.h"
#include "export.h"

static char dir[64];

static int make_dir(void **state)
{
	strcpy(dir, "/tmp/cowpen-export-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int drop_dir(void **state)
{
	return remove_tree(dir);
}

static void put(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);

	assert_int_equal(write_file(path, text, strlen(text)), 0);
	free(path);
}

/* What every program needs, and two kinds of memory that define the same names. */
static void usual(struct pieces *p)
{
	put("headers", "# why\nerrno.h: errno\nmalloc.h: malloc_*\nsignal.h: signal SIG*\n"
		       "stdint.h: uint64_t\nstdio.h: printf\nsys/mman.h: mmap MAP_*\n");
	put("core.c", "// SPDX-License-Identifier: GPL-2.0-only\n\n"
		      "static const char *step = \"C0 set-up\";\n\n"
		      "static void must(int holds, const char *clause, const char *wanted)\n{\n"
		      "\tif (!holds)\n\t\tprintf(\"%s %s %s\\n\", step, clause, wanted);\n\n"
		      "\tfflush(stdout);\n}\n\n"
		      "static void hangs(int sig)\n{\n\tmust(!sig, step, \"it ends\");\n}\n\n"
		      "#define VALUE(who, step, page) ((who) << 16 | (step) << 8 | (page))\n");
	put("memory_anon.c", "static char *area;\n\n"
			     "#define at(p) (area + (p))\n\n"
			     "static void map_anon(void)\n{\n\tat(0)[0] = MAP_PRIVATE;\n}\n");
	put("memory_thp.c", "static char *thp_area;\n\n"
			    "#define at(p) (thp_area + 2 * (p))\n\n"
			    "static void map_thp(void)\n{\n\tat(0)[0] = 2;\n}\n");
	put("others.c", "/* Not touch(): that is another one. */\n"
			"static int touch(int p)\n{\n\tint *count = (void *)at(p);\n\n"
			"\treturn *count;\n}\n\n"
			"#define LIMIT most\n\n"
			"static int most = 3;\n\n"
			"static void look(int p)\n{\n\tmust(touch(p) <= LIMIT || LIMIT < 2, \"C1\","
			" \"unused()\");\n}\n");
	put("unused.c", "static void unused(void)\n{\n}\n\n"
			"static long count(void)\n{\n\treturn 1;\n}\n");
	put("notes.txt", "static void no_piece(void);\n");
	assert_int_equal(pieces_read(dir, p), 0);
}

static const struct piece *piece_of(const struct pieces *p, const char *name)
{
	const struct piece *found = NULL;

	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->p[i].nnames; k++)
			if (!strcmp(p->p[i].names[k], name))
				found = &p->p[i];
	return found;
}

/* A program of it, or NULL with a line. */
static char *program(const struct pieces *p, const char *told)
{
	const struct exported x = { .test = "fork/some/anon-none",
				    .file = "some.c",
				    .clauses = "C1",
				    .comment = "What must hold.",
				    .libs = "" };
	struct buf out = { 0 };

	if (export_write(p, &x, told, &out)) {
		buf_free(&out);
		return NULL;
	}
	return out.data;
}

#define HEAD "# tell pages 2 4096\n# tell map_anon();\n# tell step C1 look page 1\n"

static void cut_and_named(void **state)
{
	struct pieces p;

	put("headers", "");
	put("a.c", "// SPDX\n"
		   "static int first, second[2];\nstatic struct thing *third;\n\n"
		   "static _Alignas(8) char fourth[8];\n\n"
		   "/* It has an empty line. */\nstatic int four(int inner)\n{\n\tint local;\n\n"
		   "\tlocal = inner;\n\treturn local;\n}\n\n"
		   "#define FIVE 5\n#define SIX(x) (x)\n\n"
		   "#ifndef SEVEN\n#define SEVEN 7\n#endif\n\n"
		   "struct thing {\n\tlong (*what)(long a);\n\tlong b;\n};\n\n"
		   "enum { EIGHT, NINE };\n\n"
		   "static const struct thing ten = { .b = FIVE };\n");
	assert_int_equal(pieces_read(dir, &p), 0);
	assert_int_equal(p.nfiles, 1);
	assert_int_equal(p.n, 8);
	assert_ptr_equal(piece_of(&p, "first"), piece_of(&p, "third"));
	assert_ptr_equal(piece_of(&p, "second"), piece_of(&p, "third"));
	has(piece_of(&p, "fourth")->text, "_Alignas(8)");
	assert_null(piece_of(&p, "_Alignas"));
	has(piece_of(&p, "four")->text, "/* It has an empty line. */\n");
	has(piece_of(&p, "four")->text, "return local;\n}\n");
	assert_null(piece_of(&p, "inner"));
	assert_null(piece_of(&p, "local"));
	assert_ptr_equal(piece_of(&p, "FIVE"), piece_of(&p, "SIX"));
	has(piece_of(&p, "SEVEN")->text, "#ifndef SEVEN\n#define SEVEN 7\n#endif\n");
	has(piece_of(&p, "thing")->text, "long b;\n};\n");
	assert_null(piece_of(&p, "b"));
	assert_ptr_equal(piece_of(&p, "EIGHT"), piece_of(&p, "NINE"));
	assert_ptr_not_equal(piece_of(&p, "ten"), piece_of(&p, "thing"));
	pieces_free(&p);
	assert_int_equal(pieces_read("/nowhere", &p), -ENOENT);
}

/* Each before what needs it, once, and nothing else. */
static void what_is_needed(void **state)
{
	struct pieces p;
	char *t;

	usual(&p);
	t = program(&p, HEAD "# tell look(1);\n# tell look(0);\nlook(7);\n");
	has(t, "// SPDX-License-Identifier: GPL-2.0\n/*\n * What must hold.\n");
	has(t, " *\tgcc -o some some.c && sudo ./some\n");
	has(t, "#define NAME \"fork/some/anon-none\"\n#define PAGES 2\n");
	has(t, "\n\tat(0)[0] = MAP_PRIVATE;\n\n\tstep = \"C1 look page 1\";\n"
	       "\tlook(1);\n\tlook(0);\n\tprintf(");
	/* What takes a line stands first, macros before variables. */
	assert_true(strstr(t, "#define at(") < strstr(t, "static char *area"));
	assert_true(strstr(t, "#define at(") < strstr(t, "int touch("));
	assert_true(strstr(t, "int touch(") < strstr(t, "void look("));
	assert_true(strstr(t, "#define LIMIT") < strstr(t, "void look("));
	assert_null(strstr(strstr(t, "void look(") + 1, "void look("));
	has_not(t, "void unused(");
	/* A variable that is called as a piece is. */
	has_not(t, "long count(");
	has_not(t, "#define VALUE");
	has_not(t, "look(7)");
	free(t);
	pieces_free(&p);
}

static void the_includes_of_what_is_used(void **state)
{
	struct pieces p;
	char *t;

	usual(&p);
	t = program(&p, HEAD "# tell look(1);\n");
	has(t, "#define _GNU_SOURCE\n#include <stdio.h>\n#include <sys/mman.h>\n\n");
	free(t);
	pieces_free(&p);
}

static void memory_of_its_kind(void **state)
{
	struct pieces p;
	char *t;

	usual(&p);
	t = program(&p, HEAD "# tell look(1);\n");
	has(t, "#define at(p) (area + (p))\n");
	has_not(t, "thp_area");
	free(t);
	t = program(&p, "# tell pages 2 2097152\n# tell map_thp();\n# tell look(1);\n");
	has(t, "#define at(p) (thp_area + 2 * (p))\n");
	has_not(t, "(area + (p))");
	has_not(t, "sys/mman.h");
	has(t, "\n\tat(0)[0] = 2;\n");
	free(t);
	pieces_free(&p);
}

static void what_cannot_be(void **state)
{
	static const struct {
		const char *told, *why;
	} t[] = {
		{ HEAD "# tell look(1);\n# tell nosuch(1);\n",
		  "fork/some/anon-none: nothing in harness/alone defines nosuch()" },
		{ HEAD "# tell not pins bytes, not pages\n# tell look(1);\n# tell not ends\n",
		  "fork/some/anon-none: it pins bytes, not pages" },
		{ HEAD "# tell step C1 wait\n# tell look(1);\n",
		  "fork/some/anon-none: it has a step that tells nothing: look page 1" },
		/* What is only looked at was not done by the step. */
		{ HEAD "# tell sees(PARENT, 0, 1, PARENT, 0);\n",
		  "fork/some/anon-none: it has a step that tells nothing: look page 1" },
		{ "TAP version 13\nok 1 x\n", "fork/some/anon-none: its run told nothing" },
	};
	struct pieces p;

	usual(&p);
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		assert_null(program(&p, t[i].told));
		assert_string_equal(err_msg(), t[i].why);
	}
	pieces_free(&p);
}

/* Who looks, and who writes, has a bit, and is asked in its own way. */
static void those_that_look(void **state)
{
	struct pieces p;
	char *t;

	put("device.c",
	    "static void open_ring(void)\n{\n}\n\nstatic int read_ring(int p)\n{\n"
	    "\treturn p;\n}\n\n"
	    "static void write_ring(int p, int value)\n{\n\tread_ring(p + value);\n}\n\n"
	    "#define WORD(p) (*(uint64_t *)at(p))\n");
	usual(&p);
	t = program(&p, "# tell pages 2 4096\n# tell device DEVICE ring\n# tell map_anon();\n"
			"# tell step C1 device_write\n# tell device_write(DEVICE, 0, 2, 1);\n"
			"# tell sees(PARENT | DEVICE, 0, 2, DEVICE, 1);\n"
			"# tell step C1 cpu_write parent\n# tell cpu_write(PARENT, 1, 1, 2);\n"
			"# tell write_ring(0, 1000000001 + 1000000002 + 1000000003 + 1000000004 + "
			"1000000005 + 1000000006 + 7);\n");
	has(t, "enum { NOBODY, PARENT = 1, DEVICE = 2, ALL = 3 };");
	has(t, "\tfor (int p = 0; p < 2; p++)\n\t\twrite_ring(p, VALUE(DEVICE, 1, p));\n");
	has(t, "\tWORD(1) = VALUE(PARENT, 2, 1);\n");
	has(t, "1000000006 +\n\t\t7);\n");
	has(t, "((v) == DEVICE ? (uint64_t)read_ring(p) : WORD(p))");
	has(t, "\"C1\"");
	has_not(t, "\"C2\"");
	has_not(t, "CHILD");
	has_not(t, "open_ring");
	free(t);
	pieces_free(&p);
}

/* What is called once stands where it is called, with what it was called with. */
static void what_is_called_once(void **state)
{
	struct pieces p;
	char *t;

	put("once.c", "/* Why. */\nstatic void once(int a, int b)\n{\n\tlong sum = a + b;\n\n"
		      "\tmust(sum == a * 2, \"a, b\", ONE(sum));\n}\n\n"
		      "#define ONE(x) (1 + (x))\n\n"
		      "static void twice(int a)\n{\n\tlook(a);\n}\n\n"
		      "static void early(int a)\n{\n\tif (a)\n\t\treturn;\n\tlook(a);\n}\n\n"
		      "static void same(int a)\n{\n\tlong sum = a;\n\n\tlook(sum);\n}\n\n"
		      "static void address(int a)\n{\n\tlook(*&a);\n}\n\n"
		      "static void again(int a)\n{\n\tlook(a + a);\n}\n");
	usual(&p);
	t = program(&p, HEAD "# tell once(1 | 2, at(3));\n# tell twice(1);\n# tell twice(2);\n"
			     "# tell early(3);\n# tell same(4);\n# tell address(5);\n"
			     "# tell again(touch(6));\n");
	has(t, "\t/* Why. */\n\tlong sum = (1 | 2) + at(3);\n\n"
	       "\tmust(sum == (1 | 2) * 2, \"a, b\", (1 + (sum)));\n");
	has_not(t, "once(");
	has_not(t, "ONE");
	has(t, "\ttwice(1);\n\ttwice(2);\n\tearly(3);\n\tsame(4);\n\taddress(5);\n"
	       "\tagain(touch(6));\n");
	free(t);
	pieces_free(&p);
}

/* Not again where nothing but a mark was asked for, but at the end. */
static void what_is_as_before(void **state)
{
	static const char told[] =
		"# tell pages 1 4096\n# tell map_anon();\n# tell sees(PARENT, 0, 1, PARENT, 0);\n"
		"# tell step C1 look\n# tell look(1);\n# tell sees(PARENT, 0, 1, PARENT, 1);\n"
		"# tell step C3 wp\n# tell protect(2);\n# tell sees(PARENT, 0, 1, PARENT, 1);\n"
		"# tell step C3 write\n# tell look(3);\n# tell now sees(PARENT, 0, 1, PARENT, 1);\n"
		"# tell sees(PARENT, 0, 1, PARENT, 1);\n"
		"# tell step C1 look\n# tell look(4);\n# tell sees(PARENT, 0, 1, PARENT, 1);\n"
		"# tell step C3 unwp\n# tell protect(5);\n# tell sees(PARENT, 0, 1, PARENT, 1);\n";
	struct pieces p;
	char *t;

	put("word.c", "#define WORD(p) (*(uint64_t *)at(p))\n\n"
		      "static int protect(int p)\n{\n\treturn touch(p);\n}\n");
	usual(&p);
	t = program(&p, told);
	has(t,
	    "\tlook(1);\n\tsees(PARENT, 0, 1, PARENT, 1);\n\n\tstep = \"C3 wp\";\n\tprotect(2);\n\n");
	has(t,
	    "\tlook(3);\n\tsees(PARENT, 0, 1, PARENT, 1);\n\tsees(PARENT, 0, 1, PARENT, 1);\n\n");
	has(t, "\tlook(4);\n\tsees(PARENT, 0, 1, PARENT, 1);\n\n");
	has(t, "\tprotect(5);\n\tsees(PARENT, 0, 1, PARENT, 1);\n\tprintf(");
	/* The first look may be the first touch. */
	has(t, "\tsees(PARENT, 0, 1, PARENT, 0);\n\n\tstep");
	free(t);
	pieces_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(cut_and_named, make_dir, drop_dir),
		cmocka_unit_test_setup_teardown(what_is_needed, make_dir, drop_dir),
		cmocka_unit_test_setup_teardown(the_includes_of_what_is_used, make_dir, drop_dir),
		cmocka_unit_test_setup_teardown(memory_of_its_kind, make_dir, drop_dir),
		cmocka_unit_test_setup_teardown(what_cannot_be, make_dir, drop_dir),
		cmocka_unit_test_setup_teardown(those_that_look, make_dir, drop_dir),
		cmocka_unit_test_setup_teardown(what_is_called_once, make_dir, drop_dir),
		cmocka_unit_test_setup_teardown(what_is_as_before, make_dir, drop_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
