// SPDX-License-Identifier: GPL-2.0-only
/* What exploration finds: read, made smaller, recognised. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cross.h"
#include "err.h"
#include "exploration.h"
#include "explore.h"

static const char output[] =
	"# step   4 cpu_write parent\n"
	"# cowpen {\"status\": \"fail\", \"clause\": \"C1\", \"check\": \"view-pin\"}\n"
	"# sequence anon-io_uring small | pin wp unwp:1 cpu_write\n"
	"# cowpen {\"status\": \"skip\"}\n"
	"# sequence thp-none huge | thp_collapse\n"
	"# cowpen {\"status\": \"error\", \"reason\": \"no\"}\n"
	"# sequence shmem_private-rdma file |\n"
	"# explored {\"sequences\": 10, \"steps\": 50, \"failed\": 1, \"ms\": 100, \"one\": 1, "
	"\"two\": 2, \"three\": 3, \"at\": \"1.0.2.0.0.0\"}\n"
	"# pairs 0 ff ffff\n# cells 1 2\n# twos\n# threes 1fffff 200000\n";

static void reads(void **state)
{
	struct finds f = { 0 }, sum = { 0 };

	finds_read(&f, output);
	assert_int_equal(f.n, 2);
	assert_string_equal(f.f[0].e.memory, "anon");
	assert_string_equal(f.f[0].e.pin, "io_uring");
	assert_string_equal(f.f[0].e.steps, "pin wp unwp:1 cpu_write");
	assert_string_equal(f.f[0].class, "small");
	assert_string_equal(f.f[0].clause, "C1");
	assert_string_equal(f.f[1].status, "error");
	assert_string_equal(f.f[1].e.steps, "");
	assert_string_equal(f.at, "1.0.2.0.0.0");
	assert_int_equal(f.sequences, 10);
	assert_int_equal(f.by_depth[2], 3);
	assert_int_equal(finds_covered(&f, STATES), 3);
	assert_int_equal(finds_covered(&f, CELLS), 2);
	assert_int_equal(finds_covered(&f, TWOS), 0);
	/* One that is too large is nothing. */
	assert_int_equal(finds_covered(&f, THREES), 1);
	finds_count(&sum, &f);
	finds_count(&sum, &f);
	assert_int_equal(sum.sequences, 20);
	assert_int_equal(finds_covered(&sum, STATES), 3);
	finds_clear(&sum);
	finds_clear(&f);
	assert_int_equal(f.sequences, 0);
	/* One that ended in the middle of a line. */
	finds_read(&f, "# cowpen {\"status\": \"fail\"}\n# sequence anon");
	finds_read(&f, "# sequence anon-none small | pin");
	assert_int_equal(f.n, 0);
	assert_null(f.at);
	assert_true(finds_died(&f, "\n@ anon-none small | wp\n@ thp-rdma huge | pin fork_chi",
			       "crash"));
	assert_int_equal(f.n, 1);
	assert_string_equal(f.f[0].e.pin, "rdma");
	assert_string_equal(f.f[0].e.steps, "pin fork_chi");
	assert_string_equal(f.f[0].clause, "C8");
	assert_false(finds_died(&f, "nothing", "crash"));
	finds_clear(&f);
}

/* Fails if these words are there, in order, and the memory is one of those. */
struct bug {
	const char *pattern, *memory, *pin;
	unsigned int asked;
};

static size_t has_bug(void *arg, const struct explored *t, size_t n)
{
	struct bug *b = arg;

	for (size_t i = 0; i < n; i++) {
		b->asked++;
		if (explored_matches(b->pattern, "x", t[i].steps) &&
		    strstr(b->memory, t[i].memory) && strstr(b->pin, t[i].pin))
			return i;
	}
	return n;
}

static void shrinks_to(struct bug *b, const char *memory, const char *pin, const char *from,
		       const char *to_memory, const char *to_pin, const char *to)
{
	struct explored e = { 0 };

	explored_set(&e, memory, pin, from);
	explored_shrink(&e, has_bug, b);
	assert_string_equal(e.steps, to);
	assert_string_equal(e.memory, to_memory);
	assert_string_equal(e.pin, to_pin);
	explored_free(&e);
}

static void shrinks(void **state)
{
	struct bug b = { "x pin wp cpu_write", "anon thp swapped", "io_uring rdma", 0 };
	struct bug none = { "x fork_child child_write", "hugetlb", "none io_uring", 0 };
	struct bug pair = { "x wp fork_child", "anon", "none", 0 };

	shrinks_to(&b, "swapped", "rdma",
		   "cpu_read pin:1 migrate wp:1 unwp cpu_write_by:mem dontfork", "anon", "io_uring",
		   "pin wp cpu_write");
	shrinks_to(&none, "hugetlb", "io_uring", "fork_child child_write:1", "hugetlb", "none",
		   "fork_child child_write");
	shrinks_to(&pair, "anon", "none", "wp fork_child", "anon", "none", "wp fork_child");
	/* What does not fail at all stays as it is. */
	b.memory = "";
	shrinks_to(&b, "thp", "rdma", "pin wp", "thp", "rdma", "pin wp");
}

static void matches(void **state)
{
	char *p = explored_pattern("small", "pin:1 wp write_under_wp:1:emulate");

	assert_string_equal(p, "small pin wp write_under_wp:emulate");
	assert_true(
		explored_matches(p, "small", "pin cpu_write wp:2 unwp write_under_wp:0:emulate"));
	assert_false(explored_matches(p, "small", "pin wp write_under_wp:1"));
	assert_false(explored_matches(p, "small", "pin wp write_under_wp:1:copy"));
	assert_false(explored_matches(p, "huge", "pin wp write_under_wp:emulate"));
	assert_false(explored_matches(p, "small", "wp pin write_under_wp:1:emulate"));
	assert_false(explored_matches(p, "small", "pin wp write_under_wp_by:1:emulate"));
	assert_true(explored_matches("small wp", "small", "wp:1+2"));
	assert_false(explored_matches("small", "small", "pin"));
	free(p);
	assert_string_equal(explored_class("anon"), "small");
	assert_string_equal(explored_class("shmem_private"), "file");
	assert_string_equal(explored_class("shmem_2m"), "shared");
	assert_string_equal(explored_class("small_2m"), "huge");
	assert_string_equal(explored_class("hugetlb_hole"), "hugetlb");
}

static void calls(void **state)
{
	static const char c[] =
		"\tledger_open(self, SOFT_DIRTY | WP_ASYNC);\n\twp_pages(self, PAGE(1));\n"
		"\tdrop_pages(self, ALL_PAGES);\n\tif (x)\n\t\tuffd_open(self, 0);\n";
	char *loose = explored_calls(c, false), *exact = explored_calls(c, true);

	assert_string_equal(loose, "ledger_open wp dontneed uffd_open");
	assert_string_equal(exact, "ledger_open,SOFT_DIRTY|WP_ASYNC wp dontneed uffd_open,0");
	assert_true(explored_contained("wp uffd_open", loose));
	assert_false(explored_contained("uffd_open wp", loose));
	assert_false(explored_contained("", loose));
	/* What a case does behind it, or between, may be what its bug takes. */
	assert_true(
		explored_explains("pin wp unwp cpu_write device_write", "pin wp unwp cpu_write"));
	assert_false(explored_explains("wp ksm_scan cpu_read", "wp"));
	assert_false(explored_explains("wp", "wp pageout"));
	free(loose);
	free(exact);
}

static const char cell_lines[] = "# cell anon-none||migrate|explored\n"
				 "# cell anon-none|wp|migrate|it is so\n"
				 "# cell shmem-none|wp|*|not such memory\n"
				 "# cell anon-none|broken\n"
				 "# cell anon-none|wp|remap|explored\n";

static char *as_c(void *arg, const char *steps)
{
	return xstrdup(strstr(steps, "remap") ? "remap(self, 0);" : "migrate(self);");
}

static void crosses(void **state)
{
	struct case_list none = { 0 };
	struct cross x = { 0 };
	struct buf md = { 0 };
	const char *wp, *row;

	cross_read(&x, cell_lines);
	assert_int_equal(x.n, 4);
	cross_table(&x, &none, "nowhere", as_c, NULL, "7.3", "7.3", &md);
	assert_non_null(strstr(md.data, "\n- [Behind nothing](#behind-nothing)\n"));
	assert_non_null(strstr(md.data, "\n- [Behind wp](#behind-wp)\n"));
	wp = strstr(md.data, "\n## Behind wp\n");
	row = strstr(md.data, "\n## Behind nothing\n");
	assert_true(row && wp > row);
	row = strstr(row, "| `migrate` | + | fails |\n");
	assert_true(row && row < wp);
	assert_non_null(strstr(wp, "| `migrate` | 1 | 2 |\n"));
	assert_non_null(strstr(wp, "| `remap` | + | 2 |\n"));
	assert_non_null(strstr(md.data, "\n1. it is so\n2. not such memory\n"));
	buf_free(&md);
	cross_free(&x);
}

static void writes(void **state)
{
	struct explored e = { "anon", "io_uring", "pin wp" };
	struct buf b = { 0 };

	explored_case(&e, "found_1_wp", "pin(self);\nwp(self);\n", "C3", "7.3", "a mark", "none",
		      &b);
	assert_non_null(
		strstr(b.data, "TEST_F(scene, found_1_wp)\n{\n\tpin(self);\n\twp(self);\n}\n"));
	assert_non_null(strstr(b.data, "SEEN_TO_FAIL(\"7.3\", \"C3\", \"anon-io_uring\");"));
	buf_free(&b);
}

/* --- what is kept -------------------------------------------------------------------------- */

static char dir[] = "/tmp/cowpen-exploration.XXXXXX";

static struct group group(const char *steps)
{
	struct group g = { 0 };

	explored_set(&g.e, "anon", "none", steps);
	g.clause = xstrdup("C4");
	g.last = explored_last(steps);
	g.class = xstrdup("small");
	g.wanted = xstrdup("a mark");
	g.seen = xstrdup("none \xff");
	return g;
}

static void guest_says(const char *folder, unsigned int nr, const char *text)
{
	char *path = xasprintf("%s/guest-%u.txt", folder, nr);

	assert_int_equal(write_file(path, text, strlen(text)), 0);
	free(path);
}

static void found(struct exploration *x, const char *steps, bool wanted)
{
	struct group g = group(steps);
	bool is_new;

	assert_int_equal(exploration_has(x, &g), !wanted);
	assert_int_equal(exploration_group(x, &g, &is_new), 0);
	assert_int_equal(is_new, wanted);
	group_free(&g);
}

static void begins(struct exploration *x)
{
	struct guest_kept g = { .nr = 1, .finds = 2, .cpu_us = 1000000, .at = "2.0.0.0.0.0" };

	assert_int_equal(exploration_open(x, dir, "7.3 jobs=1", false), 0);
	guest_says(dir, 1, output);
	assert_int_equal(exploration_guest(x, &g), 0);
	assert_int_equal(exploration_looked(x, 1, false), 0);
	found(x, "wp ksm_scan", true);
	found(x, "cpu_read wp ksm_scan", false);
	found(x, "wp ksm_scan", false);
	assert_int_equal(exploration_avoid(x, "small wp ksm_scan"), 0);
	assert_int_equal(exploration_avoid(x, "small wp punch"), 0);
	assert_int_equal(exploration_company(x, "thp-none: wp"), 0);
}

/* It was killed, in the middle of a line. */
static void goes_on(void **state)
{
	struct exploration x = { 0 }, other = { 0 };
	char *path;
	int fd;

	assert_non_null(mkdtemp(dir));
	begins(&x);
	assert_int_equal(exploration_open(&other, dir, "7.3 jobs=1", false), -EBUSY);
	exploration_free(&other);
	exploration_free(&x);
	path = xasprintf("%s/journal", dir);
	fd = open(path, O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, "{\"is\":\"gro", 10), 10);
	close(fd);
	free(path);

	assert_int_equal(exploration_open(&other, dir, "7.3 jobs=2", false), -EINVAL);
	assert_non_null(strstr(err_msg(), "ANEW=1"));
	exploration_free(&other);
	assert_int_equal(exploration_open(&x, dir, "7.3 jobs=1", false), 0);
	assert_int_equal(x.ng, 1);
	assert_string_equal(x.g[0].e.steps, "wp ksm_scan");
	assert_string_equal(x.g[0].seen, "(no text)");
	assert_null(x.g[0].known);
	assert_int_equal(x.nway, 1);
	assert_string_equal(x.way[0], "C4 anon-none: cpu_read wp ksm_scan");
	assert_string_equal(x.avoid.data, "small wp ksm_scan;small wp punch");
	assert_int_equal(x.ncompany, 1);
	assert_string_equal(x.at[0], "2.0.0.0.0.0");
	assert_int_equal(x.round[0], 1);
	assert_int_equal(x.guest[0].looked, 1);
	assert_int_equal(x.guest[0].finds, 2);
	assert_int_equal(x.sum.sequences, 10);
	assert_false(x.ended);
	assert_int_equal(exploration_looked(&x, 1, true), 0);
	assert_int_equal(exploration_end(&x), 0);
	exploration_free(&x);

	assert_int_equal(exploration_read(&x, dir), 0);
	assert_true(x.ended);
	assert_int_equal(x.guest[0].looked, 2);
	exploration_free(&x);
	assert_int_equal(exploration_open(&x, dir, "7.3 jobs=2", true), 0);
	assert_int_equal(x.ng, 0);
	exploration_free(&x);
}

static void dies_at(struct exploration *x, const char *last, const char *died)
{
	struct guest_kept g = {
		.nr = x->nguests + 1, .round = x->round[0], .last = last, .died = died
	};

	assert_int_equal(exploration_guest(x, &g), 0);
}

static void dies(void **state)
{
	struct exploration x = { 0 };
	struct guest_kept cut = { .nr = 9, .round = 7, .cut = true, .at = "3.0.0.0.0.0" };

	assert_int_equal(exploration_open(&x, dir, "7.3", true), 0);
	dies_at(&x, "punch", "crash");
	dies_at(&x, "punch", "timeout");
	dies_at(&x, "", NULL);
	dies_at(&x, "punch", "crash");
	dies_at(&x, "wp", "crash");
	dies_at(&x, "punch", "crash");
	assert_null(exploration_dying(&x));
	dies_at(&x, "punch", "crash");
	assert_string_equal(exploration_dying(&x), "punch");
	assert_int_equal(exploration_without(&x, "punch"), 0);
	assert_null(exploration_dying(&x));
	assert_int_equal(x.died, 6);
	/* One whose time was up says its part again. */
	assert_int_equal(exploration_guest(&x, &cut), 0);
	assert_int_equal(x.round[0], 7);
	assert_null(x.at[0]);
	exploration_free(&x);
}

static void merges(void **state)
{
	struct exploration x = { 0 }, shard = { 0 }, all = { 0 };
	struct buf md = { 0 };
	char *path = xasprintf("%s/journal", dir);

	assert_int_equal(unlink(path), 0);
	free(path);
	begins(&x);
	exploration_free(&x);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(exploration_read(&shard, dir), 0);
		exploration_merge(&all, &shard);
		exploration_free(&shard);
	}
	assert_int_equal(all.ng, 1);
	assert_int_equal(all.sum.sequences, 20);
	assert_int_equal(all.nguests, 2);
	assert_int_equal(all.ncompany, 2);
	exploration_table(&all, "7.3", 5, NULL, &md);
	assert_non_null(strstr(md.data, "20 sequences in 2 guests"));
	assert_non_null(strstr(md.data, "STEPS=\"wp ksm_scan\" MEMORY=anon"));
	assert_non_null(strstr(md.data, "cpu\\_read wp ksm\\_scan"));
	buf_free(&md);
	exploration_free(&all);
	assert_true(exploration_read(&x, "/nowhere") < 0);
	exploration_free(&x);
	remove_tree(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),   cmocka_unit_test(shrinks), cmocka_unit_test(matches),
		cmocka_unit_test(writes),  cmocka_unit_test(calls),   cmocka_unit_test(crosses),
		cmocka_unit_test(goes_on), cmocka_unit_test(dies),    cmocka_unit_test(merges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
