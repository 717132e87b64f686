// SPDX-License-Identifier: GPL-2.0-only
/*
 * main() of every case, and the kselftest fixture that its test is in: what kselftest's
 * header makes of them is more than there is to compile in a case, and is the same in all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case_info.h"
#include "end.h"
#include "feature.h"
#include "race_calls.h"
#include "tell.h"
#include "state.h"

/* What kselftest makes of FIXTURE(scene), and so `self`, is the scene. */
#define _test_data_scene scene
#include <kselftest_harness.h>

/* A hang is the runner's to judge, with stacks; this is for who runs it by hand. */
#define PATIENCE_SECONDS 120

FIXTURE(scene);

FIXTURE_SETUP(scene)
{
	self->exit_code = &_metadata->exit_code;
	self->reason = _metadata->results->reason;
	self->reason_len = sizeof(_metadata->results->reason);
	scene_make(self, variant);
}

/* In the parent: what a test leaves behind is seen when its process is gone. */
FIXTURE_TEARDOWN_PARENT(scene)
{
	scene_end(self);
}

/* What the case does, and then a look at what its steps did not look at. */
TEST_F_TIMEOUT(scene, steps, PATIENCE_SECONDS)
{
	the_case->steps(self);
	scene_whole(self);
	/* No failure has ended it, so that it got here is no pass. */
	if (telling())
		scene_inconclusive(self, "it told what it does, and was not judged");
}

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
	struct case_variant *v;
	size_t n;

	if (argc == 3 && !strcmp(argv[1], "--tracer"))
		return tracer_main(atoi(argv[2]));

	choose_case(NULL);
	/* All cases are one program for those that share a guest. */
	if (argc > 2 && !strcmp(argv[1], "--case")) {
		if (!choose_case(argv[2])) {
			fprintf(stderr, "cowpen: this program has no case %s\n", argv[2]);
			return 3;
		}
		argv[2] = argv[0];
		argv += 2;
		argc -= 2;
	}
	v = case_variants(&n);
	if (case_main) {
		int ret = case_main(&argc, argv, v, n);

		if (ret >= 0)
			return ret;
	}
	for (size_t i = 0; i < n; i++) {
		struct __fixture_variant_metadata *m = calloc(1, sizeof(*m));

		m->name = v[i].name;
		m->data = v[i].data;
		__register_fixture_variant(&_scene_fixture_object, m);
	}
	_scene_steps_object->name = the_case->test;
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
	if (machine_ready && !(argc == 2 && (!strcmp(argv[1], "-l") || !strcmp(argv[1], "-h"))))
		machine_ready(v, n);
	calls_explore(argc, argv, test_harness_run);
	on_exit(all_skipped, NULL);
	return test_harness_run(argc, argv);
}
