// SPDX-License-Identifier: GPL-2.0-only
/*
 * main() of every case. It stands here and not in case.h because kselftest's run of the
 * tests is most of what there is to compile in a case.
 */
#include <stdlib.h>
#include <string.h>

#include "case_info.h"
#include "feature.h"

/* What the header defines for whoever includes it, and not only for its file: ours are others. */
#define __active_test	program_active_test
#define _fixture_global program_fixture_global
#define __run_test	program_run_test
#define __wait_for_test program_wait_for_test
#include <kselftest_harness.h>

/* All tests skipped is not a pass. */
static void all_skipped(int status, void *arg)
{
	(void)arg;
	if (status == KSFT_PASS && ksft_test_num() && ksft_cnt.ksft_xskip == ksft_test_num()) {
		fflush(stdout);
		_exit(KSFT_SKIP);
	}
}

int main(int argc, char **argv)
{
	struct __fixture_metadata *f;
	struct case_variant *v;
	size_t n;

	if (argc == 3 && !strcmp(argv[1], "--tracer"))
		return tracer_main(atoi(argv[2]));

	__fixture_list = case_fixtures();
	for (f = __fixture_list; f && strcmp(f->name, "scene"); f = f->next)
		;
	v = case_variants(&n);
	for (size_t i = 0; f && i < n; i++) {
		struct __fixture_variant_metadata *m = calloc(1, sizeof(*m));

		m->name = v[i].name;
		m->data = v[i].data;
		__register_fixture_variant(f, m);
	}
	if (f && f->tests)
		case_info.test = f->tests->name;
	if (argc == 2 && !strcmp(argv[1], "--describe")) {
		case_describe(v, n);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "--features")) {
		features_print();
		return 0;
	}
	/* A child of fork() must not print the parent's lines a second time. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	on_exit(all_skipped, NULL);
	return test_harness_run(argc, argv);
}
