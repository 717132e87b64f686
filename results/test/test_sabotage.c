// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "err.h"
#include "sabotage.h"

static const char said[] = "{\"lies\":[{\"name\":\"mark-vanishes\",\"what\":\"it "
			   "goes\",\"tests\":\"a/*\",\"checks\":\"\"},"
			   "{\"name\":\"odd-mark\",\"what\":\"small\",\"tests\":\"a/"
			   "*\",\"checks\":\"mark-lost\"}],"
			   "\"checks\":[{\"name\":\"view-pin\",\"file\":\"harness/"
			   "views.c\",\"line\":7},"
			   "{\"name\":\"mark-lost\",\"file\":\"harness/views.c\",\"line\":9}]}";

static void learned_once_and_sorted(void **state)
{
	struct sabotage s = { 0 };

	assert_int_equal(sabotage_learn(&s, said), 0);
	assert_int_equal(sabotage_learn(&s, said), 0);
	sabotage_sort(&s);
	assert_int_equal(s.nlies, 2);
	assert_int_equal(s.nchecks, 2);
	assert_string_equal(s.check[0].name, "mark-lost");
	assert_string_equal(s.check[1].where, "harness/views.c:7");
	assert_int_equal(sabotage_learn(&s, "TAP version 13"), -EINVAL);
	sabotage_free(&s);
}

static void unknown_names(void **state)
{
	struct sabotage s = { 0 };

	sabotage_learn(&s, said);
	assert_int_equal(sabotage_want_lies(&s, NULL), 0);
	assert_true(s.lie[0].wanted);
	/* What proves a check is none for the table. */
	assert_false(s.lie[1].wanted);
	assert_int_equal(sabotage_want_lies(&s, "mark-vanishs"), -EINVAL);
	assert_non_null(strstr(err_msg(), "no lie \"mark-vanishs\"; nearest: mark-vanishes"));
	assert_int_equal(sabotage_want_lies(&s, "odd-*"), -EINVAL);
	assert_non_null(strstr(err_msg(), "make sabotage CHECKS=mark-lost"));
	assert_int_equal(sabotage_want_checks(&s, "view-* mark-lots"), -EINVAL);
	assert_non_null(strstr(err_msg(), "no check \"mark-lots\"; nearest: mark-lost"));
	sabotage_free(&s);
}

static enum lie_outcome outcome(enum status st, const char *clause, const char *observations)
{
	enum lie_outcome o;
	struct record r;

	record_init(&r);
	r.status = st;
	record_set(&r.clause, clause);
	record_set(&r.observations, observations);
	o = lie_outcome(&r);
	record_free(&r);
	return o;
}

static void a_lie_counts_where_it_was_told(void **state)
{
	assert_int_equal(outcome(ST_PASS, "", "{\"lie_told\":\"0\"}"), LIE_UNTOLD);
	assert_int_equal(outcome(ST_FAIL, "C1", "{\"lie_told\":\"0\"}"), LIE_ODD);
	assert_int_equal(outcome(ST_PASS, "", "{\"lie_told\":\"2\"}"), LIE_PASSED);
	assert_int_equal(outcome(ST_SKIP, "", "{\"lie_told\":\"1\"}"), LIE_PASSED);
	assert_int_equal(outcome(ST_FAIL, "C1", "{\"lie_told\":\"1\"}"), LIE_FAIL);
	assert_int_equal(outcome(ST_FAIL, "lost", "{\"lie_told\":\"1\"}"), LIE_LOST);
	assert_int_equal(outcome(ST_ERROR, "", "{\"lie_told\":\"1\"}"), LIE_ERROR);
	assert_int_equal(outcome(ST_INCONCLUSIVE, "", "{\"lie_told\":\"1\"}"), LIE_ERROR);
	/* One that died tells nothing. */
	assert_int_equal(outcome(ST_TIMEOUT, "", ""), LIE_FAIL);
	assert_int_equal(outcome(ST_SKIP, "", ""), LIE_ODD);
}

static void one_of_each_case_first(void **state)
{
	struct tcase a = { .id = "a/x" }, b = { .id = "a/y" }, c = { .id = "b/z" };
	struct test t[] = { { &a, NULL, "a/x/1", 0, false },
			    { &a, NULL, "a/x/2", 0, false },
			    { &a, NULL, "a/x/3", 0, false },
			    { &b, NULL, "a/y/1", 0, false },
			    { &c, NULL, "b/z/1", 0, false } };
	struct test_list tests = { t, 5 };
	struct lie l = { .name = "l", .tests = "a/*" };

	lie_choose(&l, &tests, NULL, 2);
	assert_int_equal(l.ntests, 2);
	assert_ptr_equal(t[l.test[0]].c, &a);
	assert_ptr_equal(t[l.test[1]].c, &b);
	free(l.test);
	l.ntests = 0;
	lie_choose(&l, &tests, NULL, 100);
	assert_int_equal(l.ntests, 4);
	free(l.test);
}

static void proofs_come_back(void **state)
{
	char path[] = "/tmp/cowpen-proofs-XXXXXX";
	int fd = mkstemp(path);
	struct sabotage s = { 0 };
	struct buf b = { 0 };

	sabotage_learn(&s, said);
	sabotage_sort(&s);
	record_set(&s.check[0].kernel, "7.3");
	record_set(&s.check[0].lie, "odd-mark");
	record_set(&s.check[0].test, "a/x/1");
	s.check[0].proven = true;
	proofs_text(&s, &b);
	assert_int_equal(write(fd, b.data, b.len), b.len);
	sabotage_free(&s);
	sabotage_learn(&s, said);
	sabotage_sort(&s);
	assert_int_equal(proofs_read(path, &s), 0);
	assert_string_equal(s.check[0].lie, "odd-mark");
	assert_string_equal(s.check[0].test, "a/x/1");
	assert_string_equal(s.check[1].test, "");
	assert_false(s.check[0].proven);
	assert_int_equal(write(fd, "half a line\n", 12), 12);
	assert_int_equal(proofs_read(path, &s), -EINVAL);
	sabotage_free(&s);
	buf_free(&b);
	close(fd);
	unlink(path);
}

/* A run that asked for some of them leaves the others as they were. */
static void the_rest_stays(void **state)
{
	char path[] = "/tmp/cowpen-lies-XXXXXX";
	int fd = mkstemp(path);
	struct sabotage s = { 0 };
	struct buf b = { 0 }, again = { 0 };

	sabotage_learn(&s, said);
	sabotage_sort(&s);
	s.check[0].wanted = true;
	record_set(&s.check[0].test, "a/x/1");
	record_set(&s.check[1].test, "a/x/2");
	proofs_keep(&s, false);
	assert_false(s.check[0].proven);
	assert_true(s.check[1].proven);
	proofs_keep(&s, true);
	assert_true(s.check[0].proven);

	sabotage_want_lies(&s, NULL);
	s.lie[0].told = 5;
	s.lie[0].fail = 3;
	s.lie[0].error = 2;
	lies_table(&s, &b);
	assert_non_null(strstr(b.data, "1 lies, told in 5 tests; 0 passed."));
	assert_int_equal(write(fd, b.data, b.len), b.len);
	/* What is told anew counts, and not what it was. */
	s.lie[0].told = s.lie[0].fail = 6;
	s.lie[0].error = 0;
	assert_int_equal(lies_read(path, &s), 0);
	assert_int_equal(s.lie[0].told, 6);
	sabotage_free(&s);
	sabotage_learn(&s, said);
	assert_int_equal(lies_read(path, &s), 0);
	lies_table(&s, &again);
	assert_string_equal(again.data, b.data);
	sabotage_free(&s);
	buf_free(&b);
	buf_free(&again);
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(learned_once_and_sorted),
		cmocka_unit_test(unknown_names),
		cmocka_unit_test(a_lie_counts_where_it_was_told),
		cmocka_unit_test(one_of_each_case_first),
		cmocka_unit_test(proofs_come_back),
		cmocka_unit_test(the_rest_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
