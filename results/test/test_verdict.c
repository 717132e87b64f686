// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "err.h"
#include "util.h"
#include "verdict.h"

static void parse_both(const char *known_broken, const char *patched, struct expectations *x)
{
	json_t *k = json_loads(known_broken, 0, NULL), *p = json_loads(patched, 0, NULL);

	assert_non_null(k);
	assert_non_null(p);
	if (expectations_parse(k, p, x))
		fail_msg("%s", err_msg());
	json_decref(k);
	json_decref(p);
}

static void parse(const char *known_broken, struct expectations *x)
{
	parse_both(known_broken, "[]", x);
}

/* On a kernel that no entry names. */
static const struct expectation *find(const struct expectations *x, const char *version,
				      const char *variant, enum status status)
{
	return expectation_find(x, "some", version, variant, status);
}

static void versions(void **state)
{
	static const char *const order[] = {
		"", "0.1", "4.19.300", "5.9", "5.10", "5.10.1", "5.10.262", "5.19", "6.1", "6.1.192",
		"6.12", "7.0", "10.0",
	};

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(order); k++) {
			int want = i < k ? -1 : i > k;

			assert_int_equal(version_cmp(order[i], order[k]), want);
		}
	}
	assert_int_equal(version_cmp("6.1", "6.1.0"), 0);
	assert_int_equal(version_cmp("6.2-rc3", "6.2"), 0);
	assert_int_equal(version_cmp("5.10.262-1", "5.10.262"), 0);
	assert_int_equal(version_cmp("6.12.117+deb13", "6.12.117"), 0);
}

static void ranges(void **state)
{
	struct expectations x;

	parse("[{\"from\":\"5.9\",\"to\":\"5.19\",\"fix\":\"6c287605fd56\",\"reason\":\"why\","
	      "\"variants\":\"anon-* thp_pte-*\"},"
	      "{\"from\":\"6.1\",\"to\":\"6.2\",\"reason\":\"stable branch only\"},"
	      "{\"from\":\"7.1\",\"to\":\"\",\"variants\":\"zero-rdma\"}]", &x);
	assert_int_equal(x.n, 3);
	assert_null(find(&x, "5.8.18", "anon-rdma", ST_FAIL));
	assert_ptr_equal(find(&x, "5.9", "anon-rdma", ST_FAIL), &x.e[0]);
	assert_ptr_equal(find(&x, "5.10.262", "thp_pte-io_uring", ST_PASS), &x.e[0]);
	assert_null(find(&x, "5.10.262", "thp-io_uring", ST_FAIL));
	assert_ptr_equal(find(&x, "5.18.999", "anon-rdma", ST_FAIL), &x.e[0]);
	assert_null(find(&x, "5.19", "anon-rdma", ST_FAIL));
	assert_null(find(&x, "6.0.9", "anon-rdma", ST_FAIL));
	assert_ptr_equal(find(&x, "6.1.192", "whatever", ST_FAIL), &x.e[1]);
	assert_null(find(&x, "6.2", "whatever", ST_FAIL));
	assert_ptr_equal(find(&x, "7.1", "zero-rdma", ST_FAIL), &x.e[2]);
	assert_ptr_equal(find(&x, "99.0", "zero-rdma", ST_FAIL), &x.e[2]);
	/* Not known which kernel it is: nothing is expected of it. */
	assert_null(find(&x, "", "anon-rdma", ST_FAIL));
	assert_null(find(&x, "next", "anon-rdma", ST_FAIL));
	expectations_free(&x);
	assert_int_equal(expectations_parse(NULL, NULL, &x), 0);
	assert_null(find(&x, "5.10", "anon-rdma", ST_FAIL));
	expectations_free(&x);
}

static void verdicts(void **state)
{
	static const struct {
		enum status s;
		enum verdict none, any, hang;
	} want[] = {
		{ ST_PASS, V_PASS, V_XPASS, V_XPASS },
		{ ST_FAIL, V_FAIL, V_XFAIL, V_FAIL },
		{ ST_CRASH, V_FAIL, V_XFAIL, V_FAIL },
		{ ST_TIMEOUT, V_FAIL, V_XFAIL, V_XFAIL },
		{ ST_SKIP, V_SKIP, V_SKIP, V_SKIP },
		{ ST_ERROR, V_ERROR, V_ERROR, V_ERROR },
	};
	struct expectations x;

	parse("[{\"from\":\"5.9\",\"to\":\"\"},"
	      "{\"from\":\"5.9\",\"to\":\"\",\"status\":\"timeout\"}]", &x);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_int_equal(verdict_of(want[i].s, NULL), want[i].none);
		assert_int_equal(verdict_of(want[i].s, &x.e[0]), want[i].any);
		assert_int_equal(verdict_of(want[i].s, &x.e[1]), want[i].hang);
	}
	assert_true(verdict_is_unexpected(V_XPASS));
	assert_false(verdict_is_unexpected(V_XFAIL));
	assert_false(verdict_is_unexpected(V_SKIP));
	expectations_free(&x);
}

/* Of two that hold, the one that foretold what happened counts. */
static void best_entry(void **state)
{
	struct expectations x;

	parse("[{\"from\":\"5.9\",\"to\":\"\",\"status\":\"crash\",\"fix\":\"a\"},"
	      "{\"from\":\"5.9\",\"to\":\"\",\"status\":\"timeout\",\"fix\":\"b\"}]", &x);
	assert_string_equal(find(&x, "6.1", "v", ST_TIMEOUT)->fix, "b");
	assert_string_equal(find(&x, "6.1", "v", ST_CRASH)->fix, "a");
	assert_string_equal(find(&x, "6.1", "v", ST_FAIL)->fix, "a");
	assert_int_equal(verdict_of(ST_FAIL, find(&x, "6.1", "v", ST_FAIL)), V_FAIL);
	expectations_free(&x);
}

static void nonsense(void **state)
{
	static const char *const bad[] = {
		"{}", "[1]", "[{\"from\":5.9}]", "[{\"from\":\"v5.9\"}]", "[{\"to\":\"never\"}]",
		"[{\"from\":\"5.19\",\"to\":\"5.9\"}]", "[{\"from\":\"5.9\",\"to\":\"5.9\"}]",
		"[{\"from\":\"5.9\",\"status\":\"pass\"}]", "[{\"from\":\"5.9\",\"status\":\"odd\"}]",
		"[{\"from\":\"5.9\"},{\"from\":\"5.9\",\"variants\":[\"a\"]}]",
	};
	struct expectations x;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		json_t *j = json_loads(bad[i], 0, NULL);

		assert_non_null(j);
		assert_int_equal(expectations_parse(j, NULL, &x), -EINVAL);
		assert_non_null(strstr(err_msg(), "known_broken"));
		json_decref(j);
	}
}

static void patched(void **state)
{
	struct expectations x;
	const struct expectation *e;

	parse_both("[{\"from\":\"5.9\",\"to\":\"5.19\",\"status\":\"fail\"}]",
		   "[{\"kernel\":\"mapcount\",\"expect\":\"pass\",\"reason\":\"one mapping\","
		   "\"variants\":\"anon-* zero-*\"},"
		   "{\"kernel\":\"mapcount\",\"expect\":\"fail\",\"reason\":\"it leaks\","
		   "\"variants\":\"*-vmsplice\"},"
		   "{\"kernel\":\"wrong\",\"expect\":\"crash\"},"
		   "{\"kernel\":\"wrong\",\"expect\":\"timeout\"}]", &x);
	assert_int_equal(x.n, 1);
	assert_int_equal(x.npatched, 4);
	/* It passes though the version says that it is broken. */
	assert_null(expectation_find(&x, "mapcount", "5.10", "anon-rdma", ST_FAIL));
	assert_null(expectation_find(&x, "mapcount", "5.10", "anon-rdma", ST_PASS));
	/* It fails though the version says nothing, or is not known. */
	e = expectation_find(&x, "mapcount", "6.1", "thp-vmsplice", ST_FAIL);
	assert_string_equal(e->reason, "it leaks");
	assert_string_equal(e->fix, "");
	assert_ptr_equal(expectation_find(&x, "mapcount", "", "thp-vmsplice", ST_PASS), e);
	assert_int_equal(verdict_of(ST_FAIL, e), V_XFAIL);
	assert_int_equal(verdict_of(ST_PASS, e), V_XPASS);
	/* Only what it says it expects. */
	assert_int_equal(verdict_of(ST_CRASH, e), V_FAIL);
	/* Of two that contradict one another, the strict one. */
	assert_null(expectation_find(&x, "mapcount", "5.10", "anon-vmsplice", ST_FAIL));
	/* Variants that it does not speak of, kernels that nobody speaks of: as the versions say. */
	assert_ptr_equal(expectation_find(&x, "mapcount", "5.10", "thp-rdma", ST_FAIL), &x.e[0]);
	assert_null(expectation_find(&x, "mapcount", "6.1", "thp-rdma", ST_FAIL));
	assert_ptr_equal(expectation_find(&x, "5.10", "5.10", "anon-rdma", ST_FAIL), &x.e[0]);
	assert_ptr_equal(expectation_find(&x, "mapcount2", "5.10", "anon-rdma", ST_FAIL), &x.e[0]);
	/* Either of two. */
	assert_int_equal(expectation_find(&x, "wrong", "7.3", "v", ST_TIMEOUT)->status, ST_TIMEOUT);
	assert_int_equal(expectation_find(&x, "wrong", "7.3", "v", ST_CRASH)->status, ST_CRASH);
	e = expectation_find(&x, "wrong", "7.3", "v", ST_FAIL);
	assert_int_equal(verdict_of(ST_FAIL, e), V_FAIL);
	expectations_free(&x);
}

static void patched_nonsense(void **state)
{
	static const char *const bad[] = {
		"{}", "[1]", "[{}]", "[{\"kernel\":\"\",\"expect\":\"pass\"}]",
		"[{\"kernel\":\"a\"}]", "[{\"kernel\":1,\"expect\":\"pass\"}]",
		"[{\"kernel\":\"a\",\"expect\":\"passes\"}]",
		"[{\"kernel\":\"a\",\"expect\":\"skip\"}]",
		"[{\"kernel\":\"a\",\"expect\":[\"pass\"]}]",
		"[{\"kernel\":\"a\",\"expect\":\"pass\",\"variants\":1}]",
		"[{\"kernel\":\"a\",\"expect\":\"pass\"},{\"kernel\":\"a\",\"expect\":\"\"}]",
	};
	struct expectations x;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		json_t *j = json_loads(bad[i], 0, NULL);

		assert_non_null(j);
		assert_int_equal(expectations_parse(NULL, j, &x), -EINVAL);
		assert_non_null(strstr(err_msg(), "patched"));
		json_decref(j);
	}
}

static void seen_to_fail_is_expected(void **state)
{
	struct expectations x;

	assert_int_equal(expectations_parse(NULL, NULL, &x), 0);
	expectations_add_seen(&x, "7.3-wrong", "C4", "anon-*");
	/* A stock kernel's failure must be explained by KNOWN_BROKEN(). */
	expectations_add_seen(&x, "5.10", "C4", "anon-*");
	assert_non_null(expectation_find(&x, "7.3-wrong", "7.3.4", "anon-none", ST_CRASH));
	assert_null(expectation_find(&x, "7.3-wrong", "7.3.4", "thp-none", ST_FAIL));
	assert_null(expectation_find(&x, "7.3", "7.3.4", "anon-none", ST_FAIL));
	assert_null(expectation_find(&x, "5.10", "5.10.262", "anon-none", ST_FAIL));
	assert_true(expectations_name(&x, "7.3-wrong", "anon-none"));
	assert_false(expectations_name(&x, "7.3-wrong", "thp-none"));
	assert_false(expectations_name(&x, "7.3-other", "anon-none"));
	expectations_free(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions), cmocka_unit_test(ranges), cmocka_unit_test(verdicts),
		cmocka_unit_test(best_entry), cmocka_unit_test(nonsense), cmocka_unit_test(patched),
		cmocka_unit_test(patched_nonsense),
		cmocka_unit_test(seen_to_fail_is_expected),
	};

	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
