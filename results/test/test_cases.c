// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cases.h"
#include "err.h"
#include "util.h"

static char dir[] = "/tmp/cowpen-test-XXXXXX";

/* A case is what answers --describe; a shell script will do. */
static void put(const char *name, const char *script)
{
	char *path = xasprintf("%s/cases/%s", dir, name), *slash, *tmp;

	slash = strrchr(path, '/');
	*slash = '\0';
	assert_int_equal(mkdir_p(path), 0);
	*slash = '/';
	tmp = xasprintf("#!/bin/sh\necho x >>%s/asked\n%s\n", dir, script);
	assert_int_equal(write_file(path, tmp, strlen(tmp)), 0);
	assert_int_equal(chmod(path, 0755), 0);
	free(tmp);
	free(path);
}

#define DESCRIBE(id, more)                                                                       \
	"echo '{\"case\":\"" id "\",\"purpose\":\"what it is for\",\"clauses\":[\"C1\",\"C3\"]," \
	"\"class\":\"contract\",\"test\":\"t\",\"variants\":["                                   \
	"{\"name\":\"anon-io_uring\",\"memory\":\"anon\",\"pin\":\"io_uring\"},"                 \
	"{\"name\":\"thp-none\",\"memory\":\"thp\",\"pin\":null}]" more "}'"

static size_t asked(void)
{
	char *path = xasprintf("%s/asked", dir);
	struct stat st;
	size_t n = stat(path, &st) ? 0 : st.st_size / 2;

	unlink(path);
	free(path);
	return n;
}

static int setup(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	put("uffd_wp/roundtrip", DESCRIBE("uffd_wp/roundtrip", ",\"known_broken\":[{\"from\":\"5."
							       "9\",\"to\":\"5.19\",\"clauses\":["
							       "\"C1\"],\"fix\":\"6c287605fd56\"}"
							       "]"));
	put("uffd_wp/roundtrip_twice", DESCRIBE("uffd_wp/roundtrip_twice", ""));
	put("fork/pin", DESCRIBE("fork/pin", ""));
	/* What a build leaves there besides. */
	put("fork/pin.d", "exit 1");
	put("fork/UPPER", "exit 1");
	return 0;
}

static int teardown(void **state)
{
	return remove_tree(dir);
}

static void discover(struct case_list *l)
{
	if (cases_discover(dir, l))
		fail_msg("%s", err_msg());
}

static void described(void **state)
{
	struct case_list l;
	const struct tcase *c;

	discover(&l);
	assert_int_equal(l.n, 3);
	assert_string_equal(l.c[0].id, "fork/pin");
	c = &l.c[1];
	assert_string_equal(c->id, "uffd_wp/roundtrip");
	assert_string_equal(c->area, "uffd_wp");
	assert_string_equal(c->clauses, "C1 C3");
	assert_string_equal(c->test, "t");
	assert_int_equal(c->nv, 2);
	assert_string_equal(c->v[0].pin, "io_uring");
	assert_string_equal(c->v[1].pin, "");
	assert_int_equal(c->known.n, 1);
	assert_int_equal(strlen(c->exe_sha256), 64);
	assert_null(c->broken);
	cases_free(&l);
	assert_int_equal(asked(), 3);

	/* The second time nothing is asked, until a file changes. */
	discover(&l);
	cases_free(&l);
	assert_int_equal(asked(), 0);
	put("fork/pin", DESCRIBE("fork/pin", ",\"seen_to_fail\":[{\"kernel\":\"5.10\","
					     "\"clause\":\"C1\",\"variants\":\"thp-*\"}]"));
	discover(&l);
	assert_int_equal(l.c[0].claims.nseen, 1);
	assert_string_equal(l.c[0].claims.seen[0].kernel, "5.10");
	cases_free(&l);
	assert_int_equal(asked(), 1);
}

static void bad_cache(void **state)
{
	static const char *const bad[] = {
		"", "{", "[]", "{\"fork/pin\": 1}", "{\"gone/away\": {}}",
	};
	char *path = xasprintf("%s/describe.json", dir);
	struct case_list l;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(write_file(path, bad[i], strlen(bad[i])), 0);
		discover(&l);
		assert_int_equal(l.n, 3);
		assert_null(l.c[0].broken);
		cases_free(&l);
	}
	free(path);
	asked();
}

static void chosen(const char *globs, size_t want, const char *first)
{
	struct case_list l;
	struct test_list t;

	discover(&l);
	if (cases_select(&l, globs, &t))
		fail_msg("%s: %s", globs, err_msg());
	assert_int_equal(t.n, want);
	assert_string_equal(t.t[0].name, first);
	tests_free(&t);
	cases_free(&l);
}

static void selection(void **state)
{
	chosen(NULL, 6, "fork/pin/anon-io_uring");
	chosen("", 6, "fork/pin/anon-io_uring");
	chosen("  ", 6, "fork/pin/anon-io_uring");
	chosen("*", 6, "fork/pin/anon-io_uring");
	chosen("uffd_wp", 4, "uffd_wp/roundtrip/anon-io_uring");
	chosen("uffd_wp/", 4, "uffd_wp/roundtrip/anon-io_uring");
	chosen("uffd_wp/roundtrip", 2, "uffd_wp/roundtrip/anon-io_uring");
	chosen("uffd_wp/roundtrip/thp-none", 1, "uffd_wp/roundtrip/thp-none");
	chosen("*/thp-none", 3, "fork/pin/thp-none");
	chosen("*/roundtrip*/thp-* fork/pin", 4, "uffd_wp/roundtrip/thp-none");
	/* Twice named is not twice run. */
	chosen("fork fork/pin */anon-io_uring", 4, "fork/pin/anon-io_uring");
}

static void wrong_names(void **state)
{
	struct case_list l;
	struct test_list t;

	discover(&l);
	assert_int_equal(cases_select(&l, "uffd_wp/rondtrip", &t), -EINVAL);
	assert_non_null(strstr(err_msg(), "no case \"uffd_wp/rondtrip\""));
	assert_non_null(strstr(err_msg(), "nearest: uffd_wp/roundtrip"));
	assert_int_equal(t.n, 0);
	assert_int_equal(cases_select(&l, "fork/pin uffd_wp/rondtrip", &t), -EINVAL);
	assert_int_equal(cases_select(&l, "fork/pin/anon-iouring", &t), -EINVAL);
	assert_non_null(strstr(err_msg(), "fork/pin/anon-io_uring"));
	assert_int_equal(cases_select(&l, "../../etc/passwd", &t), -EINVAL);
	cases_free(&l);
}

static void broken_cases(void **state)
{
	static const struct {
		const char *script, *says;
	} bad[] = {
		{ "exit 3", "exits with 3" },
		{ "kill -SEGV $$", "exits with 139" },
		{ "echo no json", "prints no JSON" },
		{ "true", "prints no JSON" },
		{ "echo '[]'", "not a JSON object" },
		{ DESCRIBE("fork/other", ""), "calls itself \"fork/other\"" },
		{ "echo '{\"case\":\"fork/bad\"}'", "\"purpose\" is missing" },
		{ "echo '{\"case\":\"fork/bad\",\"purpose\":1}'", "not a string" },
		{ "echo '{\"case\":\"fork/bad\",\"purpose\":\"\",\"test\":\"\",\"variants\":[]}'",
		  "no variants" },
		{ "echo '{\"case\":\"fork/bad\",\"purpose\":\"\",\"test\":\"\","
		  "\"variants\":[{\"name\":\"A b\"}]}'",
		  "no name for a variant" },
		{ "echo '{\"case\":\"fork/bad\",\"purpose\":\"\",\"test\":\"\","
		  "\"variants\":[{\"name\":\"a\"},{\"name\":\"a\"}]}'",
		  "twice" },
		{ DESCRIBE("fork/bad", ",\"known_broken\":[{\"from\":\"x\",\"clauses\":[\"C1\"]}]"),
		  "not a version" },
		{ DESCRIBE("fork/bad", ",\"seen_to_fail\":\"5.10\""), "\"seen_to_fail\" is not an "
								      "array" },
		{ DESCRIBE("fork/bad", ",\"seen_to_fail\":[{\"kernel\":\"5.10\",\"clause\":\"C1\","
				       "\"variants\":\"* anon-rdma\"}]"),
		  "\"anon-rdma\", and no variant is called so" },
	};
	char *path = xasprintf("%s/cases/fork/bad", dir);
	struct case_list l;
	struct test_list t;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		put("fork/bad", bad[i].script);
		discover(&l);
		assert_int_equal(l.n, 4);
		assert_non_null(l.c[0].broken);
		if (!strstr(l.c[0].broken, bad[i].says))
			fail_msg("\"%s\" does not say \"%s\"", l.c[0].broken, bad[i].says);
		/* It stops only those who want it. */
		assert_int_equal(cases_select(&l, "fork", &t), -EINVAL);
		assert_non_null(strstr(err_msg(), "case fork/bad: "));
		assert_int_equal(cases_select(&l, "uffd_wp fork/pin", &t), 0);
		tests_free(&t);
		cases_free(&l);
	}
	unlink(path);
	free(path);
}

/* What the list names and what is not there has a name, and cannot be run. */
static void unbuilt(void **state)
{
	static const char names[] = "fork/pin\nfork/later\nno slash\n";
	char *path = xasprintf("%s/cases.list", dir);
	struct test_list t;
	struct case_list l;

	assert_int_equal(write_file(path, names, strlen(names)), 0);
	discover(&l);
	assert_string_equal(l.c[0].id, "fork/later");
	assert_non_null(strstr(l.c[0].broken, "not built"));
	assert_string_equal(l.c[1].id, "fork/pin");
	assert_null(l.c[1].broken);
	assert_int_equal(cases_select(&l, "fork/pin", &t), 0);
	tests_free(&t);
	assert_int_equal(cases_select(&l, "fork", &t), -EINVAL);
	assert_non_null(strstr(err_msg(), "fork/later: it is not built"));
	assert_int_equal(cases_select(&l, "fork/latter", &t), -EINVAL);
	assert_non_null(strstr(err_msg(), "nearest: fork/later"));
	cases_free(&l);
	unlink(path);
	free(path);
}

/* The program of all cases stands for one as long as that is what it was made of. */
static void of_all_cases(void **state)
{
	char *all = xasprintf("%s/all-cases", dir), *names = xasprintf("%s.list", all), *list;
	struct case_list l;

	discover(&l);
	assert_null(l.c[0].shared);
	list = xasprintf("%s  fork/pin\n%064d  uffd_wp/roundtrip\n%s  gone/away\nnonsense",
			 l.c[0].exe_sha256, 0, l.c[0].exe_sha256);
	cases_free(&l);
	assert_int_equal(write_file(names, list, strlen(list)), 0);
	discover(&l);
	assert_null(l.c[0].shared);
	cases_free(&l);
	assert_int_equal(write_file(all, "", 0), 0);
	assert_int_equal(chmod(all, 0755), 0);
	discover(&l);
	assert_string_equal(l.c[0].id, "fork/pin");
	assert_string_equal(l.c[0].shared, all);
	/* Another one was linked into it. */
	assert_null(l.c[1].shared);
	assert_null(l.c[2].shared);
	cases_free(&l);
	unlink(all);
	unlink(names);
	free(list);
	free(names);
	free(all);
	asked();
}

static void none(void **state)
{
	struct case_list l;

	assert_int_equal(cases_discover("/nowhere", &l), -ENOENT);
	assert_non_null(strstr(err_msg(), "/nowhere/cases"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(described),	cmocka_unit_test(bad_cache),
		cmocka_unit_test(selection),	cmocka_unit_test(wrong_names),
		cmocka_unit_test(broken_cases), cmocka_unit_test(unbuilt),
		cmocka_unit_test(of_all_cases), cmocka_unit_test(none),
	};

	return cmocka_run_group_tests_name("cases", tests, setup, teardown);
}
