// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "batch.h"
#include "err.h"
#include "util.h"

#define NCASES	 3
#define VARIANTS 20
#define KERNELS	 2

static struct tcase cases[NCASES];
static struct test tests_[NCASES * VARIANTS];
static size_t ntests;

static char *const ids[NCASES] = { "a/c0", "a/c1", "b/c2" };
static int setup(void **state)
{
	for (size_t c = 0; c < NCASES; c++) {
		/* 20, 7 and 1 variants */
		size_t n = c == 0 ? VARIANTS : c == 1 ? 7 : 1;

		cases[c].id = ids[c];
		for (size_t v = 0; v < n; v++) {
			tests_[ntests].c = &cases[c];
			tests_[ntests++].name = xasprintf("a/c%zu/v%zu", c, v);
		}
	}
	return 0;
}

static int teardown(void **state)
{
	for (size_t i = 0; i < ntests; i++)
		free(tests_[i].name);
	return 0;
}

/* All tests on all kernels, @repeat times. */
static void fill(struct batches *q, unsigned int repeat)
{
	memset(q, 0, sizeof(*q));
	q->job = xcalloc(ntests * KERNELS * repeat, sizeof(*q->job));
	for (unsigned int r = 1; r <= repeat; r++)
		for (size_t t = 0; t < ntests; t++)
			for (size_t k = 0; k < KERNELS; k++)
				q->job[q->njobs++] = (struct job){
					.t = &tests_[t], .kernel = k, .repeat = r, .known_ms = 1
				};
}

/* Every job is in exactly one batch. */
static void assert_partition(const struct batches *q)
{
	unsigned int *in = calloc(q->njobs, sizeof(*in));

	for (size_t b = 0; b < q->n; b++)
		for (size_t i = 0; i < q->b[b].n; i++)
			in[q->b[b].first + i]++;
	for (size_t i = 0; i < q->njobs; i++)
		assert_int_equal(in[i], 1);
	free(in);
}

static void alone(void **state)
{
	struct batches q;

	fill(&q, 2);
	for (size_t i = 0; i < q.njobs; i++)
		q.job[i].known_ms = q.job[i].t == &tests_[5] ? 90 :
				    q.job[i].t == &tests_[9] ? ~0U :
							       1;
	batches_plan(&q, ISO_TEST, NULL, false);
	assert_partition(&q);
	assert_int_equal(q.n, q.njobs);
	/* what is new, then what takes long, then by repetition and test */
	assert_ptr_equal(q.job[q.b[0].first].t, &tests_[9]);
	assert_ptr_equal(q.job[q.b[4].first].t, &tests_[5]);
	assert_ptr_equal(q.job[q.b[8].first].t, &tests_[0]);
	assert_int_equal(q.job[q.b[8].first].repeat, 1);
	batches_free(&q);

	fill(&q, 1);
	q.job[0].known_ms = 5000;
	batches_plan(&q, ISO_TEST, NULL, true);
	for (size_t i = 0; i < q.n; i++) {
		assert_ptr_equal(q.job[q.b[i].first].t, &tests_[i / KERNELS]);
		assert_int_equal(q.job[q.b[i].first].kernel, i % KERNELS);
	}
	batches_free(&q);
}

static void variants_of_a_case(void **state)
{
	struct batches q;
	size_t shared = 0;

	fill(&q, 2);
	for (size_t i = 0; i < q.njobs; i++)
		q.job[i].to_fail = q.job[i].t == &tests_[3] && q.job[i].kernel == 1;
	batches_plan(&q, ISO_CASE, NULL, false);
	assert_partition(&q);
	for (size_t b = 0; b < q.n; b++) {
		const struct job *j = &q.job[q.b[b].first];

		assert_true(q.b[b].n <= COMPANY_MAX);
		for (size_t i = 0; i < q.b[b].n; i++) {
			assert_ptr_equal(j[i].t->c, j->t->c);
			assert_int_equal(j[i].kernel, j->kernel);
			assert_int_equal(j[i].repeat, j->repeat);
			/* who is to fail comes last */
			assert_true(!j[i].to_fail || i == q.b[b].n - 1);
			shared += q.b[b].n > 1;
		}
		/* 20 are two times ten and not sixteen and four */
		assert_true(q.b[b].n == 10 || q.b[b].n == 7 || q.b[b].n == 1);
	}
	assert_int_equal(shared, 2 * (20 + 20 + 7 + 7));
	batches_free(&q);
}

static void tests_of_an_area(void **state)
{
	struct batches q;

	fill(&q, 1);
	for (size_t i = 0; i < q.njobs; i++)
		q.job[i].to_fail = q.job[i].t == &tests_[3];
	batches_plan(&q, ISO_AREA, NULL, false);
	assert_partition(&q);
	/* 27 of a/, and the one of b/, which shares with nobody */
	assert_int_equal(q.n, KERNELS * (2 + 1));
	for (size_t b = 0; b < q.n; b++) {
		const struct job *j = &q.job[q.b[b].first];

		assert_true(q.b[b].n == 13 || q.b[b].n == 14 || q.b[b].n == 1);
		for (size_t i = 0; i < q.b[b].n; i++) {
			assert_int_equal(j[i].t->c->id[0], j->t->c->id[0]);
			assert_true(!j[i].to_fail || i == q.b[b].n - 1);
		}
	}
	batches_free(&q);
}

static void assert_order(const char *word, size_t *first, size_t *second)
{
	struct batches q;
	struct order o;

	assert_int_equal(order_parse(word, &o), 0);
	fill(&q, 1);
	batches_plan(&q, ISO_NONE, &o, false);
	assert_partition(&q);
	assert_int_equal(q.n, KERNELS);
	for (size_t b = 0; b < q.n; b++) {
		assert_int_equal(q.b[b].n, ntests);
		for (size_t i = 0; i < ntests; i++) {
			assert_int_equal(q.job[q.b[b].first + i].kernel,
					 q.job[q.b[b].first].kernel);
			/* the same order on every kernel */
			assert_ptr_equal(q.job[q.b[b].first + i].t, q.job[q.b[0].first + i].t);
		}
	}
	*first = q.job[q.b[0].first].t - tests_;
	*second = q.job[q.b[0].first + 1].t - tests_;
	batches_free(&q);
}

static void orders(void **state)
{
	size_t a, b, c, d;
	struct order o;

	assert_order("forward", &a, &b);
	assert_true(a == 0 && b == 1);
	assert_order("reverse", &a, &b);
	assert_true(a == ntests - 1 && b == ntests - 2);
	assert_order("17", &a, &b);
	assert_order("17", &c, &d);
	assert_true(a == c && b == d);
	assert_order("0x12", &c, &d);
	assert_true(a != c || b != d);
	assert_true(order_parse("backward", &o) < 0);
	assert_true(order_parse("", &o) < 0);
	assert_true(order_parse("-1", &o) < 0);
}

static bool second_is_ready(void *arg, size_t kernel)
{
	return kernel == 1 || *(bool *)arg;
}

static void take_and_again(void **state)
{
	bool all = false, wait;
	struct batches q;
	struct batch b;
	size_t taken = 0;

	fill(&q, 1);
	batches_plan(&q, ISO_CASE, NULL, false);
	while (batches_take(&q, second_is_ready, &all, &b, &wait)) {
		assert_int_equal(q.job[b.first].kernel, 1);
		taken += b.n;
	}
	assert_true(wait);
	assert_int_equal(taken, ntests);
	/* two of them once more, each for itself: they come last, and once */
	batches_again(&q, b.first, 1);
	assert_true(batches_take(&q, second_is_ready, &all, &b, &wait));
	assert_int_equal(b.n, 1);
	assert_false(batches_take(&q, second_is_ready, &all, &b, &wait));
	all = true;
	while (batches_take(&q, second_is_ready, &all, &b, &wait))
		taken += b.n;
	assert_false(wait);
	assert_int_equal(taken, q.njobs);
	batches_free(&q);
}

/* By the turn of the tests, whatever else; and what is urgent before all of them. */
static void turns(void **state)
{
	struct batches q;
	struct batch b;
	bool wait, all = true;
	unsigned int turn = 0;

	for (size_t i = 0; i < ntests; i++)
		tests_[i].turn = i % 3;
	fill(&q, 1);
	q.job[0].known_ms = 100000;
	batches_plan(&q, ISO_CASE, NULL, false);
	assert_partition(&q);
	for (size_t i = 0; i < q.n; i++) {
		for (size_t k = 0; k < q.b[i].n; k++)
			assert_int_equal(q.job[q.b[i].first + k].t->turn,
					 q.job[q.b[i].first].t->turn);
		assert_true(q.job[q.b[i].first].t->turn >= turn);
		turn = q.job[q.b[i].first].t->turn;
	}
	assert_int_equal(turn, 2);
	batches_urgent(&q, q.njobs - 1, 1);
	assert_true(batches_take(&q, second_is_ready, &all, &b, &wait));
	assert_int_equal(b.first, q.njobs - 1);
	assert_true(batches_take(&q, second_is_ready, &all, &b, &wait));
	assert_int_equal(q.job[b.first].t->turn, 0);
	batches_free(&q);
	for (size_t i = 0; i < ntests; i++)
		tests_[i].turn = 0;
}

static void nothing(void **state)
{
	struct batches q = { 0 };
	struct batch b;
	bool wait, all = true;

	batches_plan(&q, ISO_CASE, NULL, false);
	assert_false(batches_take(&q, second_is_ready, &all, &b, &wait));
	assert_false(wait);
	batches_free(&q);
}

static void words(void **state)
{
	enum isolation i;

	assert_int_equal(isolation_parse("case", &i), 0);
	assert_int_equal(i, ISO_CASE);
	assert_string_equal(isolation_name(ISO_NONE), "none");
	assert_true(isolation_parse("batch", &i) < 0);
	assert_non_null(strstr(err_msg(), "test, case, area, none"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alone),
		cmocka_unit_test(variants_of_a_case),
		cmocka_unit_test(tests_of_an_area),
		cmocka_unit_test(orders),
		cmocka_unit_test(take_and_again),
		cmocka_unit_test(turns),
		cmocka_unit_test(nothing),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests_name("batch", tests, setup, teardown);
}
