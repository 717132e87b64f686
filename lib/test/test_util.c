// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "err.h"
#include "util.h"

static char *tmp;

static char *in_tmp(const char *name)
{
	return xasprintf("%s/%s", tmp, name);
}

static int setup(void **state)
{
	const char *dir = getenv("TMPDIR");

	tmp = xasprintf("%s/cowpen-test.XXXXXX", dir && *dir ? dir : "/tmp");
	return mkdtemp(tmp) ? 0 : -1;
}

static int teardown(void **state)
{
	int err = remove_tree(tmp);

	free(tmp);
	return err;
}

static void test_buf(void **state)
{
	struct buf b = { 0 };

	buf_add(&b, "ab", 2);
	assert_string_equal(b.data, "ab");
	buf_add(&b, "", 0);
	buf_printf(&b, "%d-%s", 7, "x");
	assert_string_equal(b.data, "ab7-x");
	assert_int_equal(b.len, 5);
	/* Across several doublings, one byte at a time and in one go. */
	for (int i = 0; i < 5000; i++)
		buf_add(&b, "z", 1);
	buf_printf(&b, "%5000s", "end");
	assert_int_equal(b.len, 5 + 5000 + 5000);
	assert_int_equal(strlen(b.data), b.len);
	assert_string_equal(b.data + b.len - 3, "end");
	buf_free(&b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
}

static void test_sha256(void **state)
{
	static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a"
				  "d";
	static const char none[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85"
				   "5";
	char hex[65], *path = in_tmp("abc");

	sha256_data("abc", 3, hex);
	assert_string_equal(hex, abc);
	sha256_data(NULL, 0, hex);
	assert_string_equal(hex, none);
	assert_int_equal(write_file(path, "abc", 3), 0);
	assert_int_equal(sha256_file(path, hex), 0);
	assert_string_equal(hex, abc);
	assert_int_equal(sha256_file("/nonexistent/x", hex), -ENOENT);
	assert_non_null(strstr(err_msg(), "/nonexistent/x"));
	free(path);
}

static void test_sha256_large(void **state)
{
	const size_t len = 300001;
	char *path = in_tmp("large"), *data = xcalloc(1, len), a[65], b[65];

	for (size_t i = 0; i < len; i++)
		data[i] = i * 31 >> 3;
	assert_int_equal(write_file(path, data, len), 0);
	sha256_data(data, len, a);
	assert_int_equal(sha256_file(path, b), 0);
	assert_string_equal(a, b);
	free(data);
	free(path);
}

static void test_files(void **state)
{
	char *dir = in_tmp("a/b//c/"), *path = in_tmp("a/b/c/f"), *bad = in_tmp("a/b/c/f/g");
	struct buf b = { 0 };
	struct stat st;

	assert_int_equal(mkdir_p(dir), 0);
	assert_int_equal(mkdir_p(dir), 0);
	assert_int_equal(write_file(path, "one", 3), 0);
	assert_int_equal(write_file(path, "two2", 4), 0);
	buf_add(&b, "<", 1);
	assert_int_equal(read_file(path, &b), 0);
	assert_string_equal(b.data, "<two2");
	assert_int_equal(mkdir_p(path), -ENOTDIR);
	assert_int_equal(mkdir_p(bad), -ENOTDIR);
	assert_int_equal(write_file(bad, "x", 1), -ENOTDIR);
	assert_int_equal(read_file(bad, &b), -ENOTDIR);
	/* A folder can be opened, but not read. */
	assert_int_equal(read_file(tmp, &b), -EISDIR);
	assert_string_equal(b.data, "<two2");
	free(bad);
	bad = in_tmp("a/b");
	assert_int_equal(remove_tree(bad), 0);
	assert_int_equal(stat(bad, &st), -1);
	/* What is not there is as good as removed. */
	assert_int_equal(remove_tree(bad), 0);
	buf_free(&b);
	free(bad);
	free(path);
	free(dir);
}

static void test_read_file_without_size(void **state)
{
	struct buf b = { 0 };

	assert_int_equal(read_file("/proc/self/status", &b), 0);
	assert_non_null(strstr(b.data, "VmPin:"));
	buf_free(&b);
}

static void test_remove_tree_keeps_targets(void **state)
{
	char *kept = in_tmp("kept"), *dir = in_tmp("d"), *link = in_tmp("d/link");

	assert_int_equal(mkdir_p(dir), 0);
	assert_int_equal(write_file(kept, "x", 1), 0);
	assert_int_equal(symlink(kept, link), 0);
	assert_int_equal(remove_tree(dir), 0);
	assert_int_equal(access(kept, F_OK), 0);
	free(link);
	free(dir);
	free(kept);
}

static int sh(const char *script, char *const env[], struct buf *out)
{
	return run_command((char *[]){ "sh", "-c", (char *)script, NULL }, env, out);
}

static void test_run_status(void **state)
{
	assert_int_equal(sh("exit 0", NULL, NULL), 0);
	assert_int_equal(sh("exit 3", NULL, NULL), 3);
	assert_int_equal(sh("kill -9 $$", NULL, NULL), 128 + SIGKILL);
	assert_int_equal(run_command((char *[]){ "cowpen-no-such", NULL }, NULL, NULL), -ENOENT);
	assert_non_null(strstr(err_msg(), "cowpen-no-such"));
	assert_int_equal(run_command((char *[]){ tmp, NULL }, NULL, NULL), -EACCES);
}

static void test_run_output(void **state)
{
	struct buf b = { 0 };

	assert_int_equal(sh("echo $COWPEN_T $COWPEN_U; cat",
			    (char *[]){ "COWPEN_T=1", "COWPEN_U=2", NULL }, &b),
			 0);
	assert_string_equal(b.data, "1 2\n");
	/* Replaced, not only added. */
	setenv("COWPEN_T", "old", 1);
	assert_int_equal(sh("env | grep ^COWPEN_T", (char *[]){ "COWPEN_T=new", NULL }, &b), 0);
	unsetenv("COWPEN_T");
	assert_string_equal(b.data, "1 2\nCOWPEN_T=new\n");
	b.len = 0;
	/* More than a pipe holds. */
	assert_int_equal(sh("head -c 300000 /dev/zero", NULL, &b), 0);
	assert_int_equal(b.len, 300000);
	buf_free(&b);
}

static void test_run_is_clean(void **state)
{
	unsigned long long blocked, ignored;
	struct buf b = { 0 };
	sigset_t set, old;

	/* Nothing but 0, 1, 2 and what ls opens to list them. */
	assert_int_equal(run_command((char *[]){ "ls", "/proc/self/fd", NULL }, NULL, &b), 0);
	assert_string_equal(b.data, "0\n1\n2\n3\n");
	b.len = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &old);
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(sh("grep -E '^Sig(Blk|Ign)' /proc/self/status", NULL, &b), 0);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &old, NULL);
	assert_int_equal(sscanf(b.data, "SigBlk: %llx SigIgn: %llx", &blocked, &ignored), 2);
	assert_true(blocked == 0);
	/* 32 and 33 are the C library's own: it lets nobody change them, so they are inherited. */
	assert_true((ignored & ~(3ULL << 31)) == 0);
	buf_free(&b);
}

static void test_cache_dir(void **state)
{
	char *want = in_tmp("cache/x"), *file = in_tmp("plain"), *below = in_tmp("plain/cache");
	char *xdg = in_tmp("xdg/cowpen"), *xdghome = in_tmp("xdg");
	const char *dir, *first;

	setenv("COWPEN_CACHE", want, 1);
	assert_int_equal(cache_dir(&first), 0);
	assert_string_equal(first, want);
	assert_int_equal(access(want, W_OK), 0);

	assert_int_equal(write_file(file, "", 0), 0);
	setenv("COWPEN_CACHE", below, 1);
	assert_int_equal(cache_dir(&dir), -ENOTDIR);
	assert_non_null(strstr(err_msg(), "COWPEN_CACHE"));

	/* An empty one is as good as none. */
	setenv("COWPEN_CACHE", "", 1);
	setenv("XDG_CACHE_HOME", xdghome, 1);
	assert_int_equal(cache_dir(&dir), 0);
	assert_string_equal(dir, xdg);
	assert_string_equal(first, want);
	unsetenv("XDG_CACHE_HOME");
	unsetenv("COWPEN_CACHE");
	free(xdghome);
	free(xdg);
	free(below);
	free(file);
	free(want);
}

static void nearest(const char *wrong, const char *want)
{
	static const char *const names[] = { "5.10", "6.1", "6.12", "6.16", "7.3", "default", NULL };
	char *s = nearest_names(wrong, names);

	assert_string_equal(s, want);
	free(s);
}

static void test_nearest(void **state)
{
	char *s;

	nearest("6.2", "6.1, 6.12, 6.16");
	nearest("defualt", "default, 5.10, 6.1");
	nearest("7.33", "7.3, 5.10, 6.1");
	s = nearest_names("x", (const char *const[]){ "only", NULL });
	assert_string_equal(s, "only");
	free(s);
	s = nearest_names("x", (const char *const[]){ NULL });
	assert_string_equal(s, "");
	free(s);
}

static void test_glob_list(void **state)
{
	assert_true(glob_list_match("fork/*", "fork/child/anon-io_uring"));
	assert_true(glob_list_match("  a b/?  c*\t", "b/x"));
	assert_true(glob_list_match("a\nx*", "xyz"));
	assert_false(glob_list_match("a b", "ab"));
	assert_false(glob_list_match("", "a"));
	assert_false(glob_list_match("  ", ""));
	assert_false(glob_list_match("fork", "fork/x"));
	assert_true(glob_list_match("[0-9]*", "6.12"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf),
		cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_sha256_large),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_read_file_without_size),
		cmocka_unit_test(test_remove_tree_keeps_targets),
		cmocka_unit_test(test_run_status),
		cmocka_unit_test(test_run_output),
		cmocka_unit_test(test_run_is_clean),
		cmocka_unit_test(test_cache_dir),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_glob_list),
	};

	/* Whatever our caller left open would be taken for our leak. */
	close_range(3, ~0U, 0);
	return cmocka_run_group_tests(tests, setup, teardown);
}
