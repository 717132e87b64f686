// SPDX-License-Identifier: GPL-2.0-only
/* Has a processor nothing to do? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "spare.h"

static char path[] = "/tmp/cowpen-stat-XXXXXX";

/* Every processor has been idle for so long, in hundredths of a second. */
static void idle_for(unsigned int cpus, unsigned long ticks)
{
	FILE *f = fopen(path, "w");

	fprintf(f, "cpu  1 2 3 %lu 0 0 0 0 0 0\n", ticks * cpus);
	for (unsigned int i = 0; i < cpus; i++)
		fprintf(f, "cpu%u 1 2 3 %lu 0 0 0 0 0 0\n", i, ticks);
	fprintf(f, "intr 12\n");
	fclose(f);
}

static unsigned int first_cpu(void)
{
	cpu_set_t set;
	unsigned int i = 0;

	sched_getaffinity(0, sizeof(set), &set);
	while (!CPU_ISSET(i, &set))
		i++;
	return i;
}

static void a_second_tells(void **state)
{
	const unsigned int n = first_cpu() + 1, hz = sysconf(_SC_CLK_TCK);
	struct spare s = { 0 };

	idle_for(n, 5 * hz);
	assert_false(spare_processor(&s, path, 10000));
	/* Too soon, then no more than a third of it, then all of it. */
	idle_for(n, 6 * hz);
	assert_false(spare_processor(&s, path, 10900));
	idle_for(n, 5 * hz + hz / 3);
	assert_false(spare_processor(&s, path, 11000));
	idle_for(n, 6 * hz + hz / 3);
	assert_true(spare_processor(&s, path, 12000));
	/* Once: the next second is another one. */
	assert_false(spare_processor(&s, path, 12100));
	/* What was long ago says nothing of now. */
	idle_for(n, 60 * hz);
	assert_false(spare_processor(&s, path, 20000));
}

static void no_such_file(void **state)
{
	struct spare s = { 0 };

	assert_false(spare_processor(&s, "/no/such/file", 10000));
	assert_false(spare_processor(&s, "/no/such/file", 11000));
}

static int make(void **state)
{
	return mkstemp(path) < 0;
}

static int drop(void **state)
{
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_tells),
		cmocka_unit_test(no_such_file),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
