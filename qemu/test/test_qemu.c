// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "qemu.h"
#include "text.h"
#include "util.h"

/* @said by thread @tid in its schedstat; NULL: it has none. */
static void thread(const char *tasks, int tid, const char *said)
{
	char *dir = xasprintf("%s/%d", tasks, tid), *path = xasprintf("%s/schedstat", dir);

	assert_int_equal(mkdir(dir, 0700), 0);
	if (said)
		assert_int_equal(write_file(path, said, strlen(said)), 0);
	free(path);
	free(dir);
}

static void all_threads_wait(void **state)
{
	char tasks[] = "/tmp/cowpen-tasks-XXXXXX";

	assert_non_null(mkdtemp(tasks));
	assert_int_equal(threads_waited_ms(tasks), 0);
	thread(tasks, 11, "5000000000 1500000000 17\n");
	thread(tasks, 12, "1 2600000 3\n");
	thread(tasks, 13, NULL);
	thread(tasks, 14, "of another kernel\n");
	assert_int_equal(threads_waited_ms(tasks), 1502);
	remove_tree(tasks);
	assert_int_equal(threads_waited_ms(tasks), 0);
}

/* What is none has no file descriptor, not even number 0, and can be ended twice. */
static void none_is_ended(void **state)
{
	struct qemu q;

	qemu_none(&q);
	qemu_end(&q);
	qemu_end(&q);
	assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
	assert_int_equal(qemu_waited_ms(&q), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_threads_wait),
		cmocka_unit_test(none_is_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
