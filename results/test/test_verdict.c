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
				      const char *variant, const char *clause)
{
	return expectation_find(x, "some", version, variant, clause);
}

static void versions(void **state)
{
	static const char *const order[] = {
		"",	"0.1", "4.19.300", "5.9",  "5.10", "5.10.1", "5.10.262",
		"5.19", "6.1", "6.1.192",  "6.12", "7.0",  "10.0",
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

	parse("[{\"from\":\"5.9\",\"to\":\"5.19\",\"clauses\":[\"C1\"],\"fix\":\"6c287605fd56\","
	      "\"reason\":\"why\","
	      "\"variants\":\"anon-* thp_pte-*\"},"
	      "{\"from\":\"6.1\",\"to\":\"6.2\",\"clauses\":[\"C1\"],\"reason\":\"stable branch "
	      "only\"},"
	      "{\"from\":\"7.1\",\"to\":\"\",\"clauses\":[\"C1\"],\"variants\":\"zero-rdma\"}]",
	      &x);
	assert_int_equal(x.n, 3);
	assert_null(find(&x, "5.8.18", "anon-rdma", "C1"));
	assert_ptr_equal(find(&x, "5.9", "anon-rdma", "C1"), &x.e[0]);
	assert_ptr_equal(find(&x, "5.10.262", "thp_pte-io_uring", ""), &x.e[0]);
	assert_null(find(&x, "5.10.262", "thp-io_uring", "C1"));
	assert_ptr_equal(find(&x, "5.18.999", "anon-rdma", "C1"), &x.e[0]);
	assert_null(find(&x, "5.19", "anon-rdma", "C1"));
	assert_null(find(&x, "6.0.9", "anon-rdma", "C1"));
	assert_ptr_equal(find(&x, "6.1.192", "whatever", "C1"), &x.e[1]);
	assert_null(find(&x, "6.2", "whatever", "C1"));
	assert_ptr_equal(find(&x, "7.1", "zero-rdma", "C1"), &x.e[2]);
	assert_ptr_equal(find(&x, "99.0", "zero-rdma", "C1"), &x.e[2]);
	/* Not known which kernel it is: nothing is expected of it. */
	assert_null(find(&x, "", "anon-rdma", "C1"));
	assert_null(find(&x, "next", "anon-rdma", "C1"));
	expectations_free(&x);
	assert_int_equal(expectations_parse(NULL, NULL, &x), 0);
	assert_null(find(&x, "5.10", "anon-rdma", "C1"));
	expectations_free(&x);
}

/* What a status by a clause is where C1, or C3 or C8, is known, and where nothing is. */
static void verdicts(void **state)
{
	static const struct {
		enum status s;
		const char *clause;
		enum verdict none, one, two;
	} want[] = {
		{ ST_PASS, "C1 C3", V_PASS, V_XPASS, V_XPASS },
		{ ST_FAIL, "C1", V_FAIL, V_XFAIL, V_FAIL },
		{ ST_FAIL, "C2", V_FAIL, V_FAIL, V_FAIL },
		{ ST_FAIL, "C3", V_FAIL, V_FAIL, V_XFAIL },
		{ ST_FAIL, "C8", V_FAIL, V_FAIL, V_XFAIL },
		{ ST_FAIL, "lost", V_FAIL, V_FAIL, V_FAIL },
		/* An assertion of the case's own: which clause that is nobody said. */
		{ ST_FAIL, "C1 C3", V_FAIL, V_FAIL, V_FAIL },
		{ ST_FAIL, "", V_FAIL, V_FAIL, V_FAIL },
		/* Whatever it was in the middle of. */
		{ ST_CRASH, "C1", V_FAIL, V_FAIL, V_XFAIL },
		{ ST_TIMEOUT, "C1 C3", V_FAIL, V_FAIL, V_XFAIL },
		{ ST_SKIP, "C1", V_SKIP, V_SKIP, V_SKIP },
		{ ST_INCONCLUSIVE, "C1", V_INCONCLUSIVE, V_INCONCLUSIVE, V_INCONCLUSIVE },
		{ ST_ERROR, "C1", V_ERROR, V_ERROR, V_ERROR },
	};
	struct expectations x;

	parse("[{\"from\":\"5.9\",\"to\":\"\",\"clauses\":[\"C1\"]},"
	      "{\"from\":\"5.9\",\"to\":\"\",\"clauses\":[\"C3\",\"C8\"]}]",
	      &x);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_int_equal(verdict_of(want[i].s, want[i].clause, NULL), want[i].none);
		assert_int_equal(verdict_of(want[i].s, want[i].clause, &x.e[0]), want[i].one);
		assert_int_equal(verdict_of(want[i].s, want[i].clause, &x.e[1]), want[i].two);
	}
	assert_true(verdict_is_unexpected(V_XPASS));
	assert_true(verdict_is_unexpected(V_BROKEN));
	assert_false(verdict_is_unexpected(V_XFAIL));
	assert_false(verdict_is_unexpected(V_SKIP));
	assert_false(verdict_is_unexpected(V_FIXED));
	assert_false(verdict_is_unexpected(V_INCONCLUSIVE));
	expectations_free(&x);
}

static void since(void **state)
{
	for (enum verdict v = 0; v < NR_VERDICT; v++) {
		enum verdict want = v == V_XPASS ? V_FIXED : v == V_FAIL ? V_BROKEN : v;

		assert_int_equal(verdict_since(v), want);
	}
}

static void clauses(void **state)
{
	struct expectation e = { .clauses = "C3 C8 lost" };

	assert_true(clause_ok("C0"));
	assert_true(clause_ok("C9"));
	assert_true(clause_ok("lost"));
	assert_false(clause_ok(""));
	assert_false(clause_ok("C"));
	assert_false(clause_ok("C10"));
	assert_false(clause_ok("C1 C2"));
	assert_false(clause_ok("Lost"));
	assert_string_equal(clause_broken(ST_FAIL, "C2"), "C2");
	assert_string_equal(clause_broken(ST_FAIL, "C1 C2"), "");
	assert_string_equal(clause_broken(ST_CRASH, "C2"), "C8");
	assert_string_equal(clause_broken(ST_TIMEOUT, ""), "C8");
	assert_string_equal(clause_broken(ST_PASS, "C2"), "");
	assert_string_equal(clause_broken(ST_INCONCLUSIVE, "C2"), "");
	assert_true(expectation_foretells(&e, "C3"));
	assert_true(expectation_foretells(&e, "lost"));
	assert_false(expectation_foretells(&e, "C"));
	assert_false(expectation_foretells(&e, "C1"));
	assert_false(expectation_foretells(&e, ""));
	assert_false(expectation_foretells(NULL, "C3"));
}

/* Of two that hold, the one that foretold what happened counts. */
static void best_entry(void **state)
{
	struct expectations x;

	parse("[{\"from\":\"5.9\",\"to\":\"\",\"clauses\":[\"C1\"],\"fix\":\"a\"},"
	      "{\"from\":\"5.9\",\"to\":\"\",\"clauses\":[\"C2\",\"C8\"],\"fix\":\"b\"}]",
	      &x);
	assert_string_equal(find(&x, "6.1", "v", "C8")->fix, "b");
	assert_string_equal(find(&x, "6.1", "v", "C1")->fix, "a");
	assert_string_equal(find(&x, "6.1", "v", "C3")->fix, "a");
	assert_string_equal(find(&x, "6.1", "v", "")->fix, "a");
	assert_int_equal(verdict_of(ST_FAIL, "C3", find(&x, "6.1", "v", "C3")), V_FAIL);
	expectations_free(&x);
}

static void nonsense(void **state)
{
#define C1 ",\"clauses\":[\"C1\"]"
	static const char *const bad[] = {
		"{}",
		"[1]",
		"[{\"from\":5.9" C1 "}]",
		"[{\"from\":\"v5.9\"" C1 "}]",
		"[{\"to\":\"never\"" C1 "}]",
		"[{\"from\":\"5.19\",\"to\":\"5.9\"" C1 "}]",
		"[{\"from\":\"5.9\",\"to\":\"5.9\"" C1 "}]",
		"[{\"from\":\"5.9\"}]",
		"[{\"from\":\"5.9\",\"clauses\":[]}]",
		"[{\"from\":\"5.9\",\"clauses\":\"C1\"}]",
		"[{\"from\":\"5.9\",\"clauses\":[\"C1\",2]}]",
		"[{\"from\":\"5.9\",\"clauses\":[\"C1\",\"fail\"]}]",
		"[{\"from\":\"5.9\"" C1 "},{\"from\":\"5.9\"" C1 ",\"variants\":[\"a\"]}]",
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

	parse_both("[{\"from\":\"5.9\",\"to\":\"5.19\"" C1 "}]",
		   "[{\"kernel\":\"mapcount\",\"expect\":\"pass\","
		   "\"variants\":\"anon-* zero-*\"},"
		   "{\"kernel\":\"mapcount\",\"expect\":\"fail\",\"clauses\":[\"C2\"],"
		   "\"variants\":\"*-vmsplice\"},"
		   "{\"kernel\":\"wrong\",\"expect\":\"fail\",\"clauses\":[\"C8\"]},"
		   "{\"kernel\":\"wrong\",\"expect\":\"fail\"" C1 "}]",
		   &x);
	assert_int_equal(x.n, 1);
	assert_int_equal(x.npatched, 4);
	/* It passes though the version says that it is broken. */
	assert_null(expectation_find(&x, "mapcount", "5.10", "anon-rdma", "C1"));
	assert_null(expectation_find(&x, "mapcount", "5.10", "anon-rdma", ""));
	/* It fails though the version says nothing, or is not known. */
	e = expectation_find(&x, "mapcount", "6.1", "thp-vmsplice", "C2");
	assert_string_equal(e->reason, "mapcount answers so");
	assert_string_equal(e->fix, "");
	assert_ptr_equal(expectation_find(&x, "mapcount", "", "thp-vmsplice", ""), e);
	assert_int_equal(verdict_of(ST_FAIL, "C2", e), V_XFAIL);
	assert_int_equal(verdict_of(ST_PASS, "", e), V_XPASS);
	/* Only what it says it expects. */
	assert_int_equal(verdict_of(ST_FAIL, "C1", e), V_FAIL);
	assert_int_equal(verdict_of(ST_CRASH, "C2", e), V_FAIL);
	/* Of two that contradict one another, the strict one. */
	assert_null(expectation_find(&x, "mapcount", "5.10", "anon-vmsplice", "C2"));
	/* Variants that it does not speak of, kernels that nobody speaks of: as the versions say. */
	assert_ptr_equal(expectation_find(&x, "mapcount", "5.10", "thp-rdma", "C1"), &x.e[0]);
	assert_null(expectation_find(&x, "mapcount", "6.1", "thp-rdma", "C1"));
	assert_ptr_equal(expectation_find(&x, "5.10", "5.10", "anon-rdma", "C1"), &x.e[0]);
	assert_ptr_equal(expectation_find(&x, "mapcount2", "5.10", "anon-rdma", "C1"), &x.e[0]);
	/* Either of two. */
	assert_string_equal(expectation_find(&x, "wrong", "7.3", "v", "C1")->clauses, "C1");
	assert_string_equal(expectation_find(&x, "wrong", "7.3", "v", "C8")->clauses, "C8");
	e = expectation_find(&x, "wrong", "7.3", "v", "C2");
	assert_int_equal(verdict_of(ST_FAIL, "C2", e), V_FAIL);
	expectations_free(&x);
}

static void patched_nonsense(void **state)
{
	static const char *const bad[] = {
		"{}",
		"[1]",
		"[{}]",
		"[{\"kernel\":\"\",\"expect\":\"pass\"}]",
		"[{\"kernel\":\"a\"}]",
		"[{\"kernel\":1,\"expect\":\"pass\"}]",
		"[{\"kernel\":\"a\",\"expect\":\"passes\"}]",
		"[{\"kernel\":\"a\",\"expect\":\"skip\"}]",
		"[{\"kernel\":\"a\",\"expect\":\"C1\"}]",
		"[{\"kernel\":\"a\",\"expect\":\"fail\"}]",
		"[{\"kernel\":\"a\",\"expect\":\"fail\",\"clauses\":[\"C12\"]}]",
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
	const struct expectation *e;
	struct expectations x;

	assert_int_equal(expectations_parse(NULL, NULL, &x), 0);
	expectations_add_seen(&x, "7.3-wrong", "C4", "anon-*");
	/* A stock kernel's failure must be explained by the book. */
	expectations_add_seen(&x, "5.10", "C4", "anon-*");
	e = expectation_find(&x, "7.3-wrong", "7.3.4", "anon-none", "C4");
	assert_int_equal(verdict_of(ST_FAIL, "C4", e), V_XFAIL);
	/* By this clause, and by no other. */
	assert_int_equal(verdict_of(ST_FAIL, "C1", e), V_FAIL);
	assert_int_equal(verdict_of(ST_CRASH, "C4", e), V_FAIL);
	assert_null(expectation_find(&x, "7.3-wrong", "7.3.4", "thp-none", "C4"));
	assert_null(expectation_find(&x, "7.3", "7.3.4", "anon-none", "C4"));
	assert_null(expectation_find(&x, "5.10", "5.10.262", "anon-none", "C4"));
	assert_true(expectations_name(&x, "7.3-wrong", "anon-none"));
	assert_false(expectations_name(&x, "7.3-wrong", "thp-none"));
	assert_false(expectations_name(&x, "7.3-other", "anon-none"));
	expectations_free(&x);
}

/* A bug that is mended is not expected; the others of the version are, and by what they break. */
static void mended(void **state)
{
	const struct expectation *e;
	struct expectations x;

	parse("[{\"bug\":\"ksm-lazyfree\",\"from\":\"4.5\"" C1 "},"
	      "{\"bug\":\"ksm-forgets-wp\",\"from\":\"5.7\",\"clauses\":[\"C4\"]}]",
	      &x);
	expectations_add_seen(&x, "7.3-wrong", "C8", "anon-*");
	e = expectation_mended(&x, "", "k", "7.3.4", "anon-none", "C1");
	assert_string_equal(e->bug, "ksm-lazyfree");
	e = expectation_mended(&x, "ksm-lazyfree", "k", "7.3.4", "anon-none", "C1");
	assert_string_equal(e->bug, "ksm-forgets-wp");
	assert_int_equal(verdict_of(ST_FAIL, "C1", e), V_FAIL);
	assert_int_equal(verdict_of(ST_FAIL, "C4", e), V_XFAIL);
	assert_null(expectation_mended(&x, "ksm-lazyfree ksm-forgets-wp", "k", "7.3.4", "anon-none",
				       "C1"));
	/* A name that only begins alike is another bug. */
	e = expectation_mended(&x, "ksm-lazyfree-too ksm", "k", "7.3.4", "anon-none", "C1");
	assert_string_equal(e->bug, "ksm-lazyfree");
	/* What a case says of that very kernel goes first, as everywhere. */
	e = expectation_mended(&x, "ksm-lazyfree", "7.3-wrong", "7.3.4", "anon-none", "C8");
	assert_string_equal(e->clauses, "C8");
	expectations_free(&x);
}

/* What a case names must come; what else fails is told. */
static void wrong_on_purpose(void **state)
{
	const struct expectation *e;
	struct expectations x;

	parse("[{\"from\":\"5.9\",\"to\":\"5.19\"" C1 "}]", &x);
	expectations_add_seen(&x, "5.10-wrong", "C4", "anon-*");
	e = expectation_wrong(&x, "5.10-wrong", "anon-none", "");
	assert_int_equal(verdict_of(ST_PASS, "", e), V_XPASS);
	e = expectation_wrong(&x, "5.10-wrong", "anon-none", "C4");
	assert_int_equal(verdict_of(ST_FAIL, "C4", e), V_XFAIL);
	e = expectation_wrong(&x, "5.10-wrong", "anon-none", "C1");
	assert_int_equal(verdict_of(ST_FAIL, "C1", e), V_FAIL);
	/* Nobody named it: neither that it fails nor that it passes is judged. */
	e = expectation_wrong(&x, "5.10-wrong", "thp-none", "C8");
	assert_int_equal(verdict_of(ST_CRASH, "", e), V_XFAIL);
	e = expectation_wrong(&x, "5.10-wrong", "thp-none", "lost");
	assert_int_equal(verdict_of(ST_FAIL, "lost", e), V_XFAIL);
	e = expectation_wrong(&x, "5.10-wrong", "thp-none", "");
	assert_int_equal(verdict_of(ST_PASS, "", e), V_PASS);
	assert_int_equal(verdict_of(ST_ERROR, "", e), V_ERROR);
	expectations_free(&x);
}

static void branches(void **state)
{
	const struct expectation *e;
	struct expectations x;

	assert_false(branch_took("", "6.1.191"));
	assert_true(branch_took("6.1.191 6.12.11", "6.1.191"));
	assert_true(branch_took("6.1.191 6.12.11", "6.12.118"));
	assert_false(branch_took("6.1.191 6.12.11", "6.1.190"));
	assert_false(branch_took("6.1.191 6.12.11", "6.11.300"));
	assert_false(branch_took("6.1.191", "6.12"));
	assert_false(branch_took("6.1.191", "6.10.200"));
	parse("[{\"from\":\"5.7\",\"to\":\"6.13\",\"stable\":\"6.1.191 6.12.11\"" C1 "}]", &x);
	for (size_t i = 0; i < 2; i++) {
		e = find(&x, i ? "6.12.11" : "6.1.192", "v", "C1");
		assert_null(e);
	}
	assert_non_null(find(&x, "6.12.10", "v", "C1"));
	assert_non_null(find(&x, "5.10.262", "v", "C1"));
	assert_non_null(find(&x, "6.6.1", "v", "C1"));
	assert_null(find(&x, "7.0", "v", "C1"));
	expectations_free(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions),
		cmocka_unit_test(ranges),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(since),
		cmocka_unit_test(clauses),
		cmocka_unit_test(best_entry),
		cmocka_unit_test(nonsense),
		cmocka_unit_test(patched),
		cmocka_unit_test(mended),
		cmocka_unit_test(wrong_on_purpose),
		cmocka_unit_test(branches),
		cmocka_unit_test(patched_nonsense),
		cmocka_unit_test(seen_to_fail_is_expected),
	};

	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
