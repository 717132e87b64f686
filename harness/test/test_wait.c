// SPDX-License-Identifier: GPL-2.0-only
/* Whose fault is it that a thread does not end? */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "../sys.c"
#include "../wait.c"

const char *const who[MODEL_PROCS] = { "parent", "child", "grandchild", "other" };

static enum { NOTHING, FAIL, ERROR } said;
static char text[512];
static jmp_buf back;

void scene_fail(struct scene *s, const struct check *check, const char *clause, const char *wanted,
		const char *seen_fmt, ...)
{
	va_list ap;

	(void)s, (void)check, (void)clause, (void)wanted;
	va_start(ap, seen_fmt);
	vsnprintf(text, sizeof(text), seen_fmt, ap);
	va_end(ap);
	said = FAIL;
}

void scene_error(struct scene *s, const char *fmt, ...)
{
	va_list ap;

	(void)s;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	said = ERROR;
	longjmp(back, 1);
}

bool telling(void)
{
	return false;
}

/* Processor 1 was busy, and had 400 ms of 2000. */
static void the_machine_stands(void **state)
{
	static const char before[] = "cpu  300 0 100 1600 0 0 0 0 0 0\n"
				     "cpu0 100 0 0 900 0 0 0 0 0 0\n"
				     "cpu1 200 0 100 700 0 0 0 0 0 0\n"
				     "intr 7 0 0\n",
			  after[] = "cpu  300 0 140 1800 0 0 0 0 0 0\n"
				    "cpu0 100 0 0 1100 0 0 0 0 0 0\n"
				    "cpu1 200 0 140 700 0 0 0 0 0 0\n"
				    "intr 9 0 0\n";
	struct machine from, to;
	char how[160] = "";

	(void)state;
	machine_read(&from, before, 1000);
	machine_read(&to, after, 3000);
	assert_int_equal(from.ncpus, 2);
	assert_true(machine_stood(&from, &to, how, sizeof(how)));
	assert_string_equal(how, "the machine hardly runs: processor 1 had ticks for 400 of 2000 "
				 "ms");
	to.at_ms = 2500;
	assert_false(machine_stood(&from, &to, how, sizeof(how)));
	/* Where there is nothing to be read, nothing is said. */
	machine_read(&to, "", 3000);
	assert_false(machine_stood(&from, &to, how, sizeof(how)));
}

static _Atomic bool stop;
static int fd[2], lock_fd;

static void spins(void *arg)
{
	(void)arg;
	while (!stop)
		;
}

static void waits_for_a_word(void *arg)
{
	char c;

	assert_int_equal(read(fd[0], &c, 1), *(int *)arg);
}

/* What is locked by another description of the file is waited for in the kernel. */
static void waits_for_the_kernel(void *arg)
{
	struct flock lock = { .l_type = F_WRLCK };

	(void)arg;
	fcntl(lock_fd, F_OFD_SETLKW, &lock);
}

/* Takes its time in the kernel, over and over. */
static void works_in_the_kernel(void *arg)
{
	static char zeros[1 << 20];
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	(void)arg;
	while (!stop)
		if (read(zero, zeros, sizeof(zeros)) < 0)
			break;
	close(zero);
}

static void judge(struct awaited awaited)
{
	static struct scene s;

	said = NOTHING;
	if (!setjmp(back))
		wait_failed(&s, NULL, "C8", awaited, "it ends", "it does not");
}

/* The stack of a thread is for those who may see it. */
static void need_stack(void)
{
	char line[64];

	if (!file_get("/proc/thread-self/stack", line, sizeof(line)) || !*line)
		skip();
}

static void begin(struct helper_thread *t, void (*run)(void *), void *arg)
{
	stop = false;
	helper_start(NULL, t, run, arg);
	while (!helper_begun(t))
		ms_sleep(1);
	ms_sleep(50);
}

static void one_of_ours_that_runs_is_an_error(void **state)
{
	struct helper_thread t;

	(void)state;
	begin(&t, spins, NULL);
	judge(by_thread(&t));
	assert_int_equal(said, ERROR);
	assert_non_null(strstr(text, "in user space"));
	stop = true;
	assert_true(helper_wait(&t));
}

static void one_that_waits_for_us_is_an_error(void **state)
{
	struct helper_thread t;
	int one = 1;

	(void)state;
	need_stack();
	assert_int_equal(pipe(fd), 0);
	begin(&t, waits_for_a_word, &one);
	judge(by_thread(&t));
	assert_int_equal(said, ERROR);
	assert_non_null(strstr(text, "waits for us"));
	assert_int_equal(write(fd[1], "", 1), 1);
	assert_true(helper_wait(&t));
}

static void one_that_sleeps_in_the_kernel_is_a_failure(void **state)
{
	char path[] = "/tmp/cowpen-wait-XXXXXX";
	struct flock lock = { .l_type = F_WRLCK };
	struct helper_thread t;
	int mine = mkstemp(path);

	(void)state;
	need_stack();
	lock_fd = open(path, O_RDWR | O_CLOEXEC);
	unlink(path);
	assert_int_equal(fcntl(mine, F_OFD_SETLK, &lock), 0);
	begin(&t, waits_for_the_kernel, NULL);
	judge(by_thread(&t));
	assert_int_equal(said, FAIL);
	assert_non_null(strstr(text, "it sleeps in "));
	close(mine);
	assert_true(helper_wait(&t));
	close(lock_fd);
}

static void one_that_works_in_the_kernel_is_a_failure(void **state)
{
	struct helper_thread t;

	(void)state;
	begin(&t, works_in_the_kernel, NULL);
	judge(by_thread(&t));
	assert_int_equal(said, FAIL);
	assert_non_null(strstr(text, "in the kernel"));
	stop = true;
	assert_true(helper_wait(&t));
}

static void one_that_is_gone_is_an_error(void **state)
{
	pid_t pid = fork();

	(void)state;
	if (!pid)
		_exit(0);
	while (!process_gone(pid))
		ms_sleep(1);
	judge(by_process(pid));
	assert_int_equal(said, ERROR);
	assert_non_null(strstr(text, "gone"));
	waitpid(pid, NULL, 0);
}

static void what_is_nobodys_is_the_kernels(void **state)
{
	(void)state;
	judge(by_kernel(NULL));
	assert_int_equal(said, FAIL);
	assert_string_equal(text, "it does not");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_machine_stands),
		cmocka_unit_test(one_of_ours_that_runs_is_an_error),
		cmocka_unit_test(one_that_waits_for_us_is_an_error),
		cmocka_unit_test(one_that_sleeps_in_the_kernel_is_a_failure),
		cmocka_unit_test(one_that_works_in_the_kernel_is_a_failure),
		cmocka_unit_test(one_that_is_gone_is_an_error),
		cmocka_unit_test(what_is_nobodys_is_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
