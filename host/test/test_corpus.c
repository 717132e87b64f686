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
#include <jansson.h>

#include "cmd.h"
#include "corpus.h"
#include "err.h"
#include "expect.h"
#include "fake_run.h"
#include "rows.h"

/* --- cases in memory -------------------------------------------------------------------- */

static int parse(const char *json, struct claims *c)
{
	json_t *o = json_loads(json, 0, NULL);
	int ret;

	assert_non_null(o);
	ret = claims_parse(o, c);
	json_decref(o);
	return ret;
}

/* @claims: the JSON object of which only the claims are looked at. */
static void add_case(struct case_list *l, const char *area, const char *name, const char *class,
		     const char *variants, const char *claims)
{
	char *copy = xstrdup(variants), *save = NULL;
	struct tcase *c;

	l->c = xrealloc(l->c, (l->n + 1) * sizeof(*c));
	c = &l->c[l->n++];
	memset(c, 0, sizeof(*c));
	c->area = xstrdup(area);
	c->name = xstrdup(name);
	c->id = xasprintf("%s/%s", area, name);
	c->purpose = xasprintf("what %s_it is for", name);
	c->clauses = xstrdup("C1 C3");
	c->class = xstrdup(class);
	for (char *v = strtok_r(copy, " ", &save); v; v = strtok_r(NULL, " ", &save)) {
		c->v = xrealloc(c->v, (c->nv + 1) * sizeof(*c->v));
		c->v[c->nv++] = (struct variant){ .name = xstrdup(v) };
	}
	free(copy);
	if (parse(claims, &c->claims))
		fail_msg("%s", err_msg());
}

#define SEEN(kernel, clause, variants) \
	"{\"kernel\":\"" kernel "\",\"clause\":\"" clause "\",\"variants\":\"" variants "\"}"

static struct case_list some_cases(void)
{
	struct case_list l = { 0 };

	add_case(&l, "a", "both", "contract", "anon-x anon-y thp-x thp-y zero-none",
		 "{\"seen_to_fail\":[" SEEN("5.10", "C1", "anon-*") "," SEEN(
			 "7.3-bad", "C2", "thp-x") "," SEEN("5.10", "C8", "thp-x") "],"
										   "\"not_seen_to_"
										   "fail\":[{"
										   "\"reason\":"
										   "\"no | "
										   "kernel\","
										   "\"variants\":"
										   "\"thp-*\"}]}");
	add_case(&l, "b", "none", "observation", "anon-x",
		 "{\"not_seen_to_fail\":[{\"reason\":\"it is promised by "
		 "none\",\"variants\":\"*\"}]}");
	add_case(&l, "b", "sees", "contract", "anon-x thp-x",
		 "{\"observes\":[{\"key\":\"how_many\",\"meaning\":\"pages <4k>\"}]}");
	return l;
}

static struct test_list tests_of(const struct case_list *l, const char *globs)
{
	struct test_list t;

	if (cases_select(l, globs, &t))
		fail_msg("%s", err_msg());
	return t;
}

/* --- what cases say ------------------------------------------------------------------------ */

static void claims(void **state)
{
	static const struct {
		const char *json, *says;
	} bad[] = {
		{ "{\"seen_to_fail\":\"5.10\"}", "\"seen_to_fail\" is not an array" },
		{ "{\"seen_to_fail\":[1]}", "seen_to_fail[0].kernel says nothing" },
		{ "{\"seen_to_fail\":[" SEEN("5.10", "C1", "*") "," SEEN("5.10", "C1", "") "]}",
		  "seen_to_fail[1].variants says nothing" },
		{ "{\"seen_to_fail\":[" SEEN("5.10", "C10", "*") "]}", "\"C10\" is no clause" },
		{ "{\"seen_to_fail\":[" SEEN("5.10", "C1 C2", "*") "]}", "\"C1 C2\" is no clause" },
		{ "{\"not_seen_to_fail\":[{\"variants\":\"*\"}]}", "not_seen_to_fail[0].reason" },
		{ "{\"observes\":[{\"key\":\"x\",\"meaning\":3}]}", "observes[0].meaning" },
	};
	static const char *const variants[] = { "anon-x", "thp-x" };
	struct claims c;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(parse(bad[i].json, &c), -EINVAL);
		has(err_msg(), bad[i].says);
		assert_int_equal(c.nseen + c.nnot_seen + c.nobserved, 0);
	}
	assert_int_equal(parse("{}", &c), 0);
	assert_int_equal(claims_check(&c, variants, 2), 0);
	assert_false(claims_cover(&c, "anon-x"));
	assert_string_equal(claims_why_not(&c, "anon-x"), "");
	claims_free(&c);

	assert_int_equal(parse("{\"seen_to_fail\":[" SEEN("5.10", "C9", "anon-*  *-x") "],"
										       "\"not_seen_"
										       "to_fail\":["
										       "{\"reason\""
										       ":\"so\","
										       "\"variants"
										       "\":\"*-y\"}"
										       "]}",
			       &c),
			 0);
	assert_int_equal(claims_check(&c, variants, 2), -EINVAL);
	assert_string_equal(err_msg(), "NOT_SEEN_TO_FAIL names \"*-y\", and no variant is called "
				       "so");
	assert_true(claims_cover(&c, "thp-x"));
	assert_false(claims_cover(&c, "thp-y"));
	assert_string_equal(claims_why_not(&c, "thp-y"), "so");
	claims_free(&c);
}

static void folded(void **state)
{
	static const char *const all[] = { "a-x", "a-y", "b-x", "b-y", "c-none" };
	static const struct {
		bool in[5], stars;
		const char *want;
	} want[] = {
		{ { 1, 1, 1, 1, 1 }, false, "{a,b}-{x,y} c-none" },
		{ { 1, 1, 1, 1, 0 }, true, "{a,b}-*" },
		{ { 1, 1, 0, 0, 0 }, true, "a-*" },
		{ { 1, 1, 0, 0, 0 }, false, "a-{x,y}" },
		{ { 1, 0, 1, 0, 1 }, true, "*-x c-none" },
		{ { 0, 0, 0, 0, 1 }, true, "c-none" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		char *s = fold_variants(all, 5, want[i].in, want[i].stars);

		assert_string_equal(s, want[i].want);
		free(s);
	}
}

/* --- prove ------------------------------------------------------------------------------- */

static void plan(void **state)
{
	struct case_list l = some_cases();
	struct test_list t = tests_of(&l, NULL);
	const char **kernel;
	char *s;
	size_t n;

	kernel = prove_kernels(&t, &n);
	assert_int_equal(n, 2);
	assert_string_equal(kernel[0], "5.10");
	assert_string_equal(kernel[1], "7.3-bad");
	free(kernel);
	/* One that several claims name is run once. */
	s = prove_tests(&t, "5.10");
	assert_string_equal(s, "a/both/anon-x a/both/anon-y a/both/thp-x");
	free(s);
	s = prove_tests(&t, "6.1");
	assert_string_equal(s, "");
	free(s);
	tests_free(&t);

	t = tests_of(&l, "*/anon-x");
	kernel = prove_kernels(&t, &n);
	assert_int_equal(n, 1);
	free(kernel);
	s = prove_tests(&t, "5.10");
	assert_string_equal(s, "a/both/anon-x");
	free(s);
	tests_free(&t);
	cases_free(&l);
}

static struct record *add(struct run *run, const char *kernel, const char *test, const char *what,
			  const char *clause)
{
	struct record *r = fake_add(run, kernel, test, what);

	record_set(&r->clause, clause);
	return r;
}

/* All that some_cases() says, as it says it. */
static struct run *as_said(void)
{
	struct run *run = fake_run("r1", "5.10 7.3-bad");

	add(run, "5.10", "a/both/anon-x", "fail", "C1");
	add(run, "5.10", "a/both/anon-y", "xfail", "C1");
	add(run, "5.10", "a/both/thp-x", "crash", "C8");
	add(run, "7.3-bad", "a/both/thp-x", "fail", "C2");
	return run;
}

static void checked(void **state)
{
	static const struct {
		const char *status, *clause, *says;
		size_t proven, wrong, missing;
	} want[] = {
		{ "fail", "C1", "", 4, 0, 0 },
		{ "fail", "C2",
		  "a/both/anon-x on 5.10 was to fail by C1, and is: fail by C2 in step 4 x\n", 3, 1,
		  0 },
		{ "pass", "C1 C3", "was to fail by C1, and is: pass, why\n", 3, 1, 0 },
		{ "skip", "", "is: skip, why\n", 3, 1, 0 },
		{ "crash", "C8", "was to fail by C1, and is: crash by C8 in step 4 x\n", 3, 1, 0 },
		{ "error", "", "not run: a/both/anon-x on 5.10: why\n", 3, 0, 1 },
		{ NULL, "", "not run: a/both/anon-x on 5.10\n", 3, 0, 1 },
	};
	struct case_list l = some_cases();
	struct test_list t = tests_of(&l, NULL);

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		struct run *run = as_said();
		struct buf lines = { 0 };
		struct proofs p;

		buf_add(&lines, "", 0);
		record_set(&run->rec[0].clause, want[i].clause);
		record_set(&run->rec[0].step, "4 x");
		record_set(&run->rec[0].reason, "why");
		if (want[i].status)
			assert_int_equal(status_parse(want[i].status, &run->rec[0].status), 0);
		else
			record_set(&run->rec[0].kernel, "6.1");
		p = prove_check(&t, &run, 1, &lines);
		has(lines.data, want[i].says);
		assert_int_equal(!lines.len, !*want[i].says);
		assert_int_equal(p.proven, want[i].proven);
		assert_int_equal(p.wrong, want[i].wrong);
		assert_int_equal(p.missing, want[i].missing);
		buf_free(&lines);
		run_free(run);
	}
	tests_free(&t);
	cases_free(&l);
}

/* C8 is a hang and a crash, too, but a clause that breaks is that clause. */
static void left_behind(void **state)
{
	static const struct {
		const char *status, *clause;
		bool holds;
	} want[] = {
		{ "fail", "C8", true },	 { "crash", "C8", true }, { "timeout", "", true },
		{ "fail", "C1", false }, { "pass", "C8", false },
	};
	struct case_list l = some_cases();
	struct test_list t = tests_of(&l, "a/both/thp-x");

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		struct run *run = as_said();
		struct buf lines = { 0 };
		struct proofs p;

		record_set(&run->rec[2].clause, want[i].clause);
		assert_int_equal(status_parse(want[i].status, &run->rec[2].status), 0);
		p = prove_check(&t, &run, 1, &lines);
		assert_int_equal(p.proven, 1 + want[i].holds);
		assert_int_equal(p.wrong, !want[i].holds);
		buf_free(&lines);
		run_free(run);
	}
	tests_free(&t);
	cases_free(&l);
}

static void several_runs(void **state)
{
	struct case_list l = some_cases();
	struct test_list t = tests_of(&l, "a/both/anon-x");
	struct run *runs[] = { fake_run("r1", "5.10"), fake_run("r2", "5.10"),
			       fake_run("r3", "6.1") };
	struct buf lines = { 0 };

	add(runs[0], "5.10", "a/both/anon-x", "pass", "");
	add(runs[1], "5.10", "a/both/anon-x", "fail", "C1");
	assert_int_equal(prove_check(&t, runs, 3, &lines).proven, 1);
	assert_int_equal(prove_check(&t, runs, 1, &lines).wrong, 1);
	assert_int_equal(prove_check(&t, NULL, 0, &lines).missing, 1);
	buf_free(&lines);
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++)
		run_free(runs[i]);
	tests_free(&t);
	cases_free(&l);
}

static void proof_table(void **state)
{
	struct case_list l = some_cases();
	struct run *runs[] = { as_said(), as_said() };
	struct buf md = { 0 };

	prove_table(&l, runs, 2, &md);
	has(md.data, "Seen to fail: 3 of 8 tests. 1 of 3 cases have such a test, 0 no other.\n");
	has(md.data, "|---|---|---|---|---|\n"
		     "| a/both | 5.10 | C1 | `anon-*` | 2 |\n"
		     "| a/both | 7.3-bad | C2 | `thp-x` | 1 |\n"
		     "| a/both | 5.10 | C8 | `thp-x` | 1 |\n");
	has(md.data, "| a/both | `thp-y` | 1 | no \\| kernel |\n"
		     "| a/both | `zero-none` | 1 | the case does not say |\n"
		     "| b/none | `anon-x` | 1 | it is promised by none |\n"
		     "| b/sees | `*-x` | 2 | the case does not say |\n");
	/* A kernel once, and nothing of the machine. */
	has(md.data, "## Kernels\n\n- 5.10: 5.10, linux-image-5.10-amd64 5.10.1-1\n"
		     "- 7.3-bad: 7.3-bad, linux-image-7.3-bad-amd64 7.3-bad.1-1\n");
	has_not(md.data, "tcg");
	buf_free(&md);
	run_free(runs[0]);
	run_free(runs[1]);
	cases_free(&l);
}

/* --- observations ---------------------------------------------------------------------------- */

static void seen(struct run *run, const char *kernel, const char *test, const char *what,
		 const char *observations)
{
	record_set(&add(run, kernel, test, what, "C6")->observations, observations);
}

static struct run *observed(void)
{
	struct run *run = fake_run("r1", "5.10 7.3");

	seen(run, "5.10", "b/none/anon-x", "fail", "");
	seen(run, "7.3", "b/none/anon-x", "pass", "");
	seen(run, "5.10", "b/sees/anon-x", "pass", "{\"how_many\":\"0 of 4\",\"other\":\"9\"}");
	seen(run, "7.3", "b/sees/anon-x", "pass", "{\"how_many\":\"4_4\"}");
	seen(run, "5.10", "b/sees/thp-x", "skip", "");
	seen(run, "7.3", "b/sees/thp-x", "fail", "{\"other\":\"9\"}");
	seen(run, "5.10", "a/both/anon-x", "fail", "{\"how_many\":\"7\"}");
	seen(run, "7.3", "a/both/anon-x", "pass", "");
	return run;
}

static void observation_table(void **state)
{
	struct case_list l = some_cases();
	struct run *run = observed();
	struct buf md = { 0 };

	assert_false(observes(&l.c[0]));
	assert_true(observes(&l.c[1]));
	assert_true(observes(&l.c[2]));
	assert_int_equal(observations_table(&l, run, &md), 0);
	has(md.data, "\n## b/none\n\nwhat none\\_it is for (C1 C3)\n\n"
		     "| | | 5.10 | 7.3 |\n|---|---|---|---|\n"
		     "| does it hold? | `anon-x` | no: C6 | yes |\n");
	/* What nobody asked for, and rows without a value, are left out. */
	has(md.data, "\n## b/sees\n\nwhat sees\\_it is for (C1 C3)\n\n"
		     "- `how_many`: pages &lt;4k\\>\n\n"
		     "| | | 5.10 | 7.3 |\n|---|---|---|---|\n"
		     "| `how_many` | `anon-x` | 0 of 4 | 4\\_4 |\n");
	has_not(md.data, "thp-x");
	has_not(md.data, "a/both");
	has_not(md.data, "other |");
	has(md.data, "\n## Kernels\n\n- 5.10: 5.10, linux-image-5.10-amd64 5.10.1-1\n- 7.3: 7.3, ");
	buf_free(&md);

	/* The same everywhere is one line. */
	record_set(&run->rec[4].observations, "{\"how_many\":\"0 of 4\"}");
	record_set(&run->rec[5].observations, "{\"how_many\":\"4_4\"}");
	assert_int_equal(observations_table(&l, run, &md), 0);
	has(md.data, "| `how_many` | `all` | 0 of 4 | 4\\_4 |\n");
	buf_free(&md);
	run_free(run);

	run = fake_run("r", "5.10");
	seen(run, "5.10", "b/sees/anon-x", "skip", "");
	assert_int_equal(observations_table(&l, run, &md), 0);
	has(md.data, "None of these kernels has what it takes.\n");
	buf_free(&md);
	run_free(run);
	cases_free(&l);
}

static void nothing_observed(void **state)
{
	struct case_list l = some_cases();
	struct run *run = observed();
	struct buf md = { 0 };

	fake_plan(run, "b/sees/zero-x");
	assert_int_equal(observations_table(&l, run, &md), -ENOENT);
	has(err_msg(), "run r1 lacks 2 results");
	run_free(run);
	run = observed();
	run->rec[0].status = ST_ERROR;
	record_set(&run->rec[0].reason, "did not boot");
	assert_int_equal(observations_table(&l, run, &md), -EINVAL);
	has(err_msg(), "b/none/anon-x on 5.10 is an error and nothing observed: did not boot");
	assert_int_equal(md.len, 0);
	run_free(run);
	cases_free(&l);
}

/* --- the catalogue ------------------------------------------------------------------------------ */

static void the_catalogue(void **state)
{
	struct case_list l = some_cases();
	struct buf md = { 0 };

	catalogue(&l, &md);
	has(md.data, "\n3 cases, 8 tests.\n\n## a\n\n| case |");
	has(md.data, "| [both](a/both.c) | what both\\_it is for | C1 C3 | `{anon,thp}-{x,y} "
		     "zero-none` | "
		     "5.10 C1 C8, 7.3-bad C2 (3 of 5) |\n\n## b\n\n");
	has(md.data, "| [none](b/none.c) | what none\\_it is for *(observation)* | C1 C3 | "
		     "`anon-x` | "
		     "no: it is promised by none |\n"
		     "| [sees](b/sees.c) | what sees\\_it is for | C1 C3 | `{anon,thp}-x` |  |\n");
	buf_free(&md);
	cases_free(&l);
}

/* --- the commands ---------------------------------------------------------------------------------- */

static char dir[] = "/tmp/cowpen-test-XXXXXX";
static char *runs_dir, *conf, *table;

/* A built case is what answers --describe. */
static void put_case(const char *name, const char *more)
{
	char *path = xasprintf("%s/cases/x", dir), *text;

	assert_int_equal(mkdir_p(path), 0);
	free(path);
	path = xasprintf("%s/cases/x/%s", dir, name);
	text = xasprintf("#!/bin/sh\necho '{\"case\":\"x/%s\",\"purpose\":\"p\",\"test\":\"t\","
			 "\"clauses\":[\"C1\"],\"class\":\"contract\",\"variants\":[{\"name\":"
			 "\"anon-x\"},"
			 "{\"name\":\"thp-x\"}]%s}'\n",
			 name, more);
	assert_int_equal(write_file(path, text, strlen(text)), 0);
	assert_int_equal(chmod(path, 0755), 0);
	free(text);
	free(path);
}

static int make_dir(void **state)
{
	static const char kernels[] = "6.1 stock bookworm 6.1.0-%-amd64 linux-image default\n"
				      "5.10 stock bullseye 5.10.0-%-amd64 linux-image default\n";

	if (!mkdtemp(dir))
		return -1;
	runs_dir = xasprintf("%s/runs", dir);
	conf = xasprintf("%s/kernels.conf", dir);
	table = xasprintf("%s/proven.md", dir);
	put_case("one",
		 ",\"seen_to_fail\":[" SEEN("5.10", "C1", "*") "," SEEN("6.1", "C1", "thp-x") "]");
	put_case("two", "");
	return write_file(conf, kernels, strlen(kernels));
}

static int drop_dir(void **state)
{
	free(runs_dir);
	free(conf);
	free(table);
	return remove_tree(dir);
}

/* Put into a run on the disk; returns its name, which the caller frees. */
static char *keep(struct run *fake)
{
	struct run *run;
	char *id;

	assert_int_equal(run_create(runs_dir, &fake->info, &run), 0);
	for (size_t i = 0; i < fake->nrec; i++) {
		struct record r = fake->rec[i];

		record_init(&fake->rec[i]);
		assert_int_equal(run_append(run, &r), 0);
	}
	id = xstrdup(run->id);
	run_free(run);
	run_free(fake);
	return id;
}

/* One of the commands with what all of them take, and what it must say. */
static void run_command_of(int (*command)(int argc, char **argv), char **args, int want,
			   const char *says)
{
	char *argv[16] = { "x", "--build", dir, "--runs", runs_dir }, *t;
	size_t n = command == catalogue_main ? 3 : 5;
	int code;

	while (*args)
		argv[n++] = *args++;
	argv[n] = NULL;
	t = output_of(command, dir, &code, argv);
	has(t ? t : "", says);
	free(t);
	assert_int_equal(code, want);
}

#define run_prove(want, says, ...) \
	run_command_of(prove_main, (char *[]){ "--conf", conf, __VA_ARGS__, NULL }, want, says)

static void prove_command(void **state)
{
	struct run *fake;
	char *good, *bad;

	/* The kernels come in the order of their list. */
	run_prove(0, "6.1 x/one/thp-x\n5.10 x/one/anon-x x/one/thp-x\n", "--plan");
	run_prove(0, "5.10 x/one/anon-x\n", "--plan", "--cases", "*/anon-x");
	run_prove(3, "none of these tests was ever seen to fail", "--plan", "--cases", "x/two");
	run_prove(3, "no case \"x/three\"", "--plan", "--cases", "x/three");
	put_case("three", ",\"seen_to_fail\":[" SEEN("5.1O", "C1", "*") "]");
	run_prove(3, "a case was seen to fail on 5.1O, and ", "--plan");
	put_case("three", ",\"seen_to_fail\":[" SEEN("5.10", "C1", "shmem-*") "]");
	run_prove(3, "SEEN_TO_FAIL names \"shmem-*\", and no variant is called so", "--plan");
	put_case("three", "");

	fake = fake_run("r", "5.10 6.1");
	add(fake, "5.10", "x/one/anon-x", "fail", "C1");
	add(fake, "5.10", "x/one/thp-x", "fail", "C1");
	good = keep(fake);
	fake = fake_run("r", "6.1");
	add(fake, "6.1", "x/one/thp-x", "pass", "C1");
	bad = keep(fake);
	run_prove(2, "not run: x/one/thp-x on 6.1\n2 of 3 proofs came out\n", good);
	run_prove(1, "not proven: x/one/thp-x on 6.1 was to fail by C1, and is: pass\n", good, bad);
	run_prove(1, "is left as it is: not everything was proven\n", "--table", table, good, bad);
	run_prove(0, "1 of 1 proofs came out\n", "--cases", "*/anon-x", good);
	run_prove(0, "is left as it is: these are not all cases\n", "--cases", "*/anon-x",
		  "--table", table, good);
	assert_int_equal(access(table, F_OK), -1);
	free(bad);
	fake = fake_run("r", "6.1");
	add(fake, "6.1", "x/one/thp-x", "fail", "C1");
	bad = keep(fake);
	run_prove(0, "3 of 3 proofs came out\n", "--table", table, good, bad);
	assert_int_equal(access(table, R_OK), 0);
	run_prove(2, "no/such/folder", "--table", "/no/such/folder/x", good, bad);
	run_prove(3, "1999", "1999");
	free(good);
	free(bad);
}

static void other_commands(void **state)
{
	struct run *fake = fake_run("r", "5.10");
	char *id;

	put_case("two", "");
	run_command_of(observations_main, (char *[]){ "--tests", NULL }, 3,
		       "none of these cases is an observation");
	put_case("two", ",\"observes\":[{\"key\":\"k\",\"meaning\":\"m\"}]");
	run_command_of(observations_main, (char *[]){ "--tests", NULL }, 0,
		       "x/two/anon-x x/two/thp-x\n");
	run_command_of(observations_main, (char *[]){ "--tests", "--cases", "*/thp-x", NULL }, 0,
		       "x/two/thp-x\n");
	seen(fake, "5.10", "x/two/anon-x", "pass", "{\"k\":\"17\"}");
	id = keep(fake);
	run_command_of(observations_main, (char *[]){ id, NULL }, 0, "| `k` | `anon-x` | 17 |\n");
	run_command_of(observations_main, (char *[]){ "1999", NULL }, 3, "1999");
	free(id);
	run_command_of(catalogue_main, (char *[]){ NULL }, 0,
		       "| [one](x/one.c) | p | C1 | `{anon,thp}-x` | 5.10 C1, 6.1 C1 (2 of 2) |\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(claims),
		cmocka_unit_test(folded),
		cmocka_unit_test(plan),
		cmocka_unit_test(checked),
		cmocka_unit_test(left_behind),
		cmocka_unit_test(several_runs),
		cmocka_unit_test(proof_table),
		cmocka_unit_test(observation_table),
		cmocka_unit_test(nothing_observed),
		cmocka_unit_test(the_catalogue),
		cmocka_unit_test(prove_command),
		cmocka_unit_test(other_commands),
	};

	return cmocka_run_group_tests_name("corpus", tests, make_dir, drop_dir);
}
