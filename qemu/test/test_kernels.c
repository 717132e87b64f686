// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <setjmp.h>
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
#include "kernels.h"
#include "util.h"

/*
 * A folder with a kernels.conf, a cache, and a fetch that only notes that it
 * was called and does what the test tells it to.
 */
static char *tmp, *conf, *cache, *kdir, *json;

static void put(const char *path, const char *text)
{
	if (write_file(path, text, strlen(text)))
		fail_msg("%s", err_msg());
}

static void put_fetch(const char *body)
{
	char *path = xasprintf("%s/fetch", tmp);
	char *text = xasprintf("#!/bin/sh\necho \"$@\" >>\"%s/called\"\n%s\n", tmp, body);

	put(path, text);
	free(text);
	free(path);
}

static bool fetch_called(void)
{
	char *path = xasprintf("%s/called", tmp);
	bool called = !access(path, F_OK);

	free(path);
	return called;
}

static const char good_conf[] = "# a comment\n"
				"\n"
				"5.10 stock bullseye-security 5.10.0-%-amd64 linux-image default # "
				"and one here\n"
				"6.1\tstock  bookworm-security 6.1.0-%-amd64 linux-image\n"
				"7.3 stock trixie-backports 7.3.%-amd64 linux-binary linux-modules "
				"default\n";

static int setup(void **state)
{
	tmp = xstrdup("/tmp/cowpen-test.XXXXXX");
	if (!mkdtemp(tmp))
		return -1;
	conf = xasprintf("%s/kernels.conf", tmp);
	cache = xasprintf("%s/cache", tmp);
	kdir = xasprintf("%s/kernels/6.1/p_1", cache);
	json = xasprintf("%s/kernel.json", kdir);
	setenv("COWPEN_CACHE", cache, 1);
	put(conf, good_conf);
	put_fetch("exit 9");
	return 0;
}

static int teardown(void **state)
{
	int err = remove_tree(tmp);

	free(json);
	free(kdir);
	free(cache);
	free(conf);
	free(tmp);
	return err;
}

/* A kernel 6.1 in the cache: image "kernel", config "conf", modules "b", "a". */
static void put_kernel(void)
{
	static const char *const files[][2] = {
		{ "vmlinuz", "kernel" },
		{ "config", "conf" },
		{ "modules/a.ko", "a" },
		{ "modules/b.ko", "b" },
	};
	char *path, hex[4][65], *text;

	path = xasprintf("%s/modules", kdir);
	assert_int_equal(mkdir_p(path), 0);
	free(path);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		path = xasprintf("%s/%s", kdir, files[i][0]);
		put(path, files[i][1]);
		sha256_data(files[i][1], strlen(files[i][1]), hex[i]);
		free(path);
	}
	text = xasprintf("{ \"schema\": 1, \"name\": \"6.1\", \"release\": \"6.1.0-56-amd64\","
			 "\"package\": \"linux-image-6.1.0-56-amd64 6.1.192-2\", \"version\": "
			 "\"6.1.192\","
			 "\"sha256\": \"%s\", \"size\": 6, \"config_sha256\": \"%s\", "
			 "\"config_size\": 4,"
			 "\"modules_sha256\": \"%s\", \"modules\": ["
			 "{ \"file\": \"b.ko\", \"size\": 1, \"sha256\": \"%s\" },"
			 "{ \"file\": \"a.ko\", \"size\": 1, \"sha256\": \"%s\" } ] }",
			 hex[0], hex[1], hex[0], hex[3], hex[2]);
	put(json, text);
	free(text);
	path = xasprintf("%s/kernels/6.1/current", cache);
	assert_int_equal(symlink("p_1", path), 0);
	free(path);
}

static void damage(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", kdir, name);

	if (text)
		put(path, text);
	else
		assert_int_equal(unlink(path), 0);
	free(path);
}

static void says(const char *s)
{
	if (!strstr(err_msg(), s))
		fail_msg("\"%s\" is not in \"%s\"", s, err_msg());
}

/* --- kernels.conf -------------------------------------------------------- */

static void test_read(void **state)
{
	struct kernel_list l;

	assert_int_equal(kernels_read(conf, &l), 0);
	assert_int_equal(l.n, 3);
	assert_string_equal(l.k[0].name, "5.10");
	assert_string_equal(l.k[0].source, "stock");
	assert_string_equal(l.k[0].origin, "bullseye-security linux-image-5.10.0-%-amd64");
	assert_true(l.k[0].is_default);
	assert_false(l.k[1].is_default);
	assert_true(l.k[2].is_default);
	assert_false(l.k[0].cached);
	kernels_free(&l);
	assert_int_equal(l.n, 0);
	/* Looking at the list fetches nothing. */
	assert_false(fetch_called());
}

static void test_read_nothing(void **state)
{
	struct kernel_list l;

	assert_int_equal(kernels_read("/nonexistent/kernels.conf", &l), -ENOENT);
	says("/nonexistent/kernels.conf");
	assert_int_equal(l.n, 0);
	put(conf, "");
	assert_int_equal(kernels_read(conf, &l), 0);
	assert_int_equal(l.n, 0);
	put(conf, "# no newline at the end");
	assert_int_equal(kernels_read(conf, &l), 0);
	assert_int_equal(l.n, 0);
	kernels_free(&l);
}

static void bad_conf(const char *line, const char *why)
{
	char *text = xasprintf("# one\n%s\n7.3 stock trixie 7.3.%%-amd64 linux-binary\n", line);
	struct kernel_list l;

	put(conf, text);
	assert_int_equal(kernels_read(conf, &l), -EINVAL);
	assert_int_equal(l.n, 0);
	says(why);
	says("kernels.conf:");
	free(text);
}

static void test_read_bad(void **state)
{
	bad_conf("6.1", "not complete");
	says("kernels.conf:2: ");
	bad_conf("6.1 stock bookworm 6.1.%", "not complete");
	bad_conf("6.1 stock bookworm 6.1.% default", "not complete");
	bad_conf("6.1 git bookworm 6.1.% linux-image", "\"git\"");
	bad_conf("6.1 stock bookworm 6.1.% default linux-image", "flags come last");
	bad_conf("default stock bookworm 6.1.% linux-image", "cannot be the name");
	bad_conf("a/b stock bookworm 6.1.% linux-image", "cannot be the name");
	bad_conf("7.3 stock bookworm 6.1.% linux-image", "two kernels");
	says("kernels.conf:3: ");
	bad_conf("6.1-src source bookworm linux-source-6.1", "needs name, source, suite, package "
							     "and fragments");
	bad_conf("6.1-x patched 6.1-src", "needs name, source, base and patches");
	bad_conf("6.1-x patched 6.1-src 6.1/x", "is based on \"6.1-src\", which no line before it "
						"builds");
	bad_conf("6.1-x hidden 6.1", "needs name, source, base and what of it is hidden");
	bad_conf("6.1-x hidden 5.4 lock", "no line before it is of such a stock kernel");
	bad_conf("a=b stock bookworm 6.1.% linux-image", "cannot be the name");
	bad_conf("patched stock bookworm 6.1.% linux-image", "cannot be the name");
}

/* Kernels that are built: what they are made from, and that build is asked each time. */
static void test_built(void **state)
{
	char *build = xasprintf("%s/build", tmp);
	struct kernel_list l;
	struct kernel **sel;
	size_t n;

	put(conf, "6.1-src source bookworm linux-source-6.1 base,debug\n"
		  "6.1-x patched 6.1-src 6.1/x default\n"
		  "6.1 stock bookworm 6.1.% linux-image default\n");
	assert_int_equal(kernels_read(conf, &l), 0);
	assert_int_equal(l.n, 3);
	assert_true(kernel_is_built(&l.k[0]) && kernel_is_built(&l.k[1]) &&
		    !kernel_is_built(&l.k[2]));
	assert_string_equal(l.k[0].origin, "bookworm linux-source-6.1, base,debug");
	assert_string_equal(l.k[0].base, "");
	assert_string_equal(l.k[1].base, "6.1-src");
	assert_string_equal(l.k[1].spec, "6.1-x");
	assert_int_equal(kernels_select(&l, "default", &sel, &n), 0);
	assert_int_equal(n, 2);
	free(sel);
	assert_int_equal(kernels_select(&l, "source patched", &sel, &n), 0);
	assert_int_equal(n, 2);
	put(build, "#!/bin/sh\necho \"patch 1 of 2 does not apply\"\nexit 2\n");
	assert_int_equal(kernel_fetch(sel[1]), -EIO);
	says("patch 1 of 2 does not apply");
	assert_false(fetch_called());
	free(sel);
	kernels_free(&l);
	free(build);
}

/* A kernel of which something is hidden is its base, and wrong on purpose. */
static void test_hidden(void **state)
{
	struct kernel_list l;
	struct kernel **sel;
	size_t n;

	put(conf, "7.3 stock bookworm 7.3.% linux-image\n7.3-x hidden 7.3 lock\n");
	assert_int_equal(kernels_read(conf, &l), 0);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.k[0].hides, "");
	assert_string_equal(l.k[1].hides, "lock");
	assert_string_equal(l.k[1].base, "7.3");
	assert_string_equal(l.k[1].source, "patched");
	assert_string_equal(l.k[1].origin, "7.3, lock hidden");
	assert_false(kernel_is_built(&l.k[1]));
	assert_int_equal(kernels_select(&l, "patched", &sel, &n), 0);
	assert_int_equal(n, 1);
	free(sel);
	kernels_free(&l);
}

#define SRC "6.1-src source bookworm linux-source-6.1 base\n"

static void bad_mend(const char *lines, const char *why)
{
	struct kernel_list l;
	char *text = xasprintf(SRC "%s\n", lines);

	put(conf, text);
	assert_int_equal(kernels_read(conf, &l), -EINVAL);
	says(why);
	free(text);
}

static void test_mends(void **state)
{
	struct kernel_list l;

	put(conf, SRC "6.1-a patched 6.1-src 6.1/mend-a mends ksm-lazyfree\n"
		      "6.1-b patched 6.1-src 6.1/mend-b mends ksm-forgets-wp,ksm-lazyfree default\n"
		      "6.1-x patched 6.1-src 6.1/x\n"
		      "6.1-c patched 6.1-src 6.1/other,6.1/more mends move-refuses-cached\n"
		      "6.1-d patched 6.1-src 6.1/first,6.1/mend-d mends scan-no-vector\n"
		      "6.1-all patched 6.1-src 6.1/mend-* default\n");
	if (kernels_read(conf, &l))
		fail_msg("%s", err_msg());
	assert_string_equal(l.k[1].mends, "ksm-lazyfree");
	assert_string_equal(l.k[1].patches, "6.1/mend-a");
	assert_string_equal(l.k[2].mends, "ksm-forgets-wp ksm-lazyfree");
	assert_true(l.k[2].is_default);
	assert_string_equal(l.k[3].mends, "");
	/* What those mend that have such patches, among others perhaps; each bug once. */
	assert_string_equal(l.k[6].mends, "ksm-lazyfree ksm-forgets-wp scan-no-vector");
	assert_string_equal(l.k[6].patches, "6.1/mend-*");
	assert_true(l.k[6].is_default);
	kernels_free(&l);

	bad_mend(
		"6.1-a patched 6.1-src 6.1/a mends ksm-lazyfre",
		"kernel \"6.1-a\" mends \"ksm-lazyfre\", which is not in the book of bugs: did you "
		"mean one of ksm-lazyfree");
	bad_mend("6.1-a patched 6.1-src 6.1/a mends ksm-lazyfree,nothing", "mends \"nothing\"");
	bad_mend("6.1-a patched 6.1-src 6.1/a mends", "mends which bug?");
	bad_mend("6.1-a patched 6.1-src 6.1/a mends ,", "mends which bug?");
	bad_mend("6.1-a patched 6.1-src 6.1/a mends ksm-lazyfree judged", "not both");
	bad_mend("6.1-a patched 6.1-src 6.1/a-* ", "no line before it that mends a bug");
	bad_mend("6.1-a patched 6.1-src 6.1/mend-a mends ksm-lazyfree\n"
		 "6.1-all patched 6.1-src 6.1/mend-* judged",
		 "not both");
}

/* NAME=PATH, an image or a folder of kernel-config/build. */
static void test_named_path(void **state)
{
	char *image = xasprintf("%s/a=b", tmp),
	     *names = xasprintf("mine=%s patched=%s", image, kdir);
	char *taken = xasprintf("6.1=%s", image), *bare = xasprintf("%s", image);
	struct kernel_list l;
	struct kernel **sel;
	size_t n;

	put(image, "kernel");
	put_kernel();
	assert_int_equal(kernels_read(conf, &l), 0);
	assert_int_equal(kernels_select(&l, names, &sel, &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(sel[0]->name, "mine");
	assert_string_equal(sel[0]->path, image);
	assert_memory_equal(sel[0]->spec, "mine=/", 6);
	assert_string_equal(sel[1]->name, "patched");
	assert_string_equal(sel[1]->version, "6.1.192");
	assert_string_equal(sel[1]->source, "path");
	free(sel);
	assert_int_equal(kernels_select(&l, taken, &sel, &n), -EINVAL);
	says("\"6.1\" is the name of another kernel");
	/* Here the '=' is part of the path. */
	assert_int_equal(kernels_select(&l, bare, &sel, &n), 0);
	assert_string_equal(sel[0]->name, image);
	free(sel);
	kernels_free(&l);
	free(bare);
	free(taken);
	free(names);
	free(image);
}

static void test_real_conf(void **state)
{
	const char *real = getenv("COWPEN_TEST_CONF");
	struct kernel_list l;
	struct kernel **sel;
	size_t n;

	if (!real)
		real = "kernel-config/kernels.conf";
	if (access(real, R_OK)) {
		print_message("%s is not here, run from the top of the checkout\n", real);
		skip();
	}
	assert_int_equal(kernels_read(real, &l), 0);
	assert_int_equal(kernels_select(&l, "default", &sel, &n), 0);
	/* Stock ones first: there are results before anything is built. */
	assert_true(n > 4);
	for (size_t i = 0; i < n; i++)
		assert_true(i < 4 ? !strcmp(sel[i]->source, "stock") : kernel_is_built(sel[i]));
	free(sel);
	kernels_free(&l);
}

/* --- selecting ----------------------------------------------------------- */

static void selects(const char *names, const char *want)
{
	struct kernel_list l;
	struct kernel **sel;
	struct buf b = { 0 };
	size_t n;

	assert_int_equal(kernels_read(conf, &l), 0);
	if (kernels_select(&l, names, &sel, &n))
		fail_msg("%s", err_msg());
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i ? " " : "", sel[i]->name);
	assert_string_equal(b.data, want);
	buf_free(&b);
	free(sel);
	kernels_free(&l);
}

static void test_select(void **state)
{
	selects("7.3 5.10", "7.3 5.10");
	selects(" 6.1\t6.1\n6.1 ", "6.1");
	selects("default", "5.10 7.3");
	selects("stock", "5.10 6.1 7.3");
	selects("6.1 default 7.3", "6.1 5.10 7.3");
}

static void selects_not(const char *names, int err, const char *why)
{
	struct kernel_list l;
	struct kernel **sel;
	size_t n, before;

	assert_int_equal(kernels_read(conf, &l), 0);
	before = l.n;
	assert_int_equal(kernels_select(&l, names, &sel, &n), err);
	says(why);
	assert_null(sel);
	assert_int_equal(n, 0);
	assert_int_equal(l.n, before);
	kernels_free(&l);
}

static void test_select_bad(void **state)
{
	selects_not("6.2", -EINVAL, "no kernel \"6.2\": did you mean one of 6.1, ");
	selects_not("defualt", -EINVAL, "one of default, ");
	selects_not("5.10 5.1", -EINVAL, "5.10, 6.1");
	selects_not("", -EINVAL, "no kernel is named");
	selects_not("/nonexistent/bzImage", -ENOENT, "/nonexistent/bzImage");
	/* A folder without a kernel in it. */
	selects_not(tmp, -ENOENT, tmp);
}

static void test_select_path(void **state)
{
	char *image = xasprintf("%s/vmlinuz-6.6.1", tmp),
	     *config = xasprintf("%s/config-6.6.1", tmp);
	char *names = xasprintf("7.3 %s %s", image, image), hex[65];
	struct kernel_list l;
	struct kernel **sel;
	size_t n;

	put(image, "kernel");
	sha256_data("kernel", 6, hex);
	assert_int_equal(kernels_read(conf, &l), 0);
	assert_int_equal(kernels_select(&l, names, &sel, &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(sel[0]->name, "7.3");
	assert_string_equal(sel[1]->source, "path");
	assert_string_equal(sel[1]->name, image);
	assert_string_equal(sel[1]->image, image);
	assert_string_equal(sel[1]->sha256, hex);
	assert_string_equal(sel[1]->release, "");
	assert_string_equal(sel[1]->package, "");
	assert_string_equal(sel[1]->version, "");
	assert_null(sel[1]->config);
	assert_string_equal(sel[1]->config_sha256, "");
	assert_int_equal(sel[1]->nmodules, 0);
	assert_true(sel[1]->cached);

	/* Looked at anew: it may have been built again. */
	put(image, "other");
	put(config, "conf");
	assert_int_equal(kernel_fetch(sel[1]), 0);
	assert_string_not_equal(sel[1]->sha256, hex);
	assert_string_equal(sel[1]->config, config);
	assert_int_equal(strlen(sel[1]->config_sha256), 64);
	free(sel);

	/* "stock" does not mean it. */
	assert_int_equal(kernels_select(&l, "stock", &sel, &n), 0);
	assert_int_equal(n, 3);
	free(sel);
	kernels_free(&l);
	assert_false(fetch_called());
	free(names);
	free(config);
	free(image);
}

static void test_select_build_folder(void **state)
{
	char *boot = xasprintf("%s/build/arch/x86/boot", tmp),
	     *image = xasprintf("%s/bzImage", boot);
	char *build = xasprintf("%s/build", tmp), *config = xasprintf("%s/.config", build);
	struct kernel_list l;
	struct kernel **sel;
	size_t n;

	assert_int_equal(mkdir_p(boot), 0);
	put(image, "kernel");
	put(config, "conf");
	assert_int_equal(kernels_read(conf, &l), 0);
	assert_int_equal(kernels_select(&l, build, &sel, &n), 0);
	assert_string_equal(sel[0]->name, build);
	assert_string_equal(sel[0]->image, image);
	assert_non_null(sel[0]->config);
	assert_int_equal(strlen(sel[0]->config_sha256), 64);
	free(sel);
	kernels_free(&l);
	free(config);
	free(build);
	free(image);
	free(boot);
}

/* --- the cache ----------------------------------------------------------- */

static void test_cached(void **state)
{
	struct kernel_list l;
	struct kernel *k;

	put_kernel();
	assert_int_equal(kernels_read(conf, &l), 0);
	assert_false(l.k[0].cached);
	k = &l.k[1];
	assert_true(k->cached);
	assert_int_equal(kernel_fetch(k), 0);
	assert_false(fetch_called());
	assert_string_equal(k->dir, kdir);
	assert_string_equal(k->release, "6.1.0-56-amd64");
	assert_string_equal(k->package, "linux-image-6.1.0-56-amd64 6.1.192-2");
	assert_string_equal(k->version, "6.1.192");
	assert_int_equal(strlen(k->sha256), 64);
	assert_int_equal(strlen(k->modules_sha256), 64);
	assert_int_equal(strlen(k->config_sha256), 64);
	assert_int_equal(k->nmodules, 2);
	assert_string_equal(strrchr(k->modules[0], '/'), "/b.ko");
	assert_int_equal(access(k->modules[1], R_OK), 0);
	/* It was fetched when there were none. */
	assert_int_equal(k->ndevices, 0);
	assert_string_equal(k->devices_wanted, "");
	assert_false(kernel_has_devices(k));
	kernels_free(&l);
}

/* @why after @name was damaged: not cached, one clear line, nothing fetched. */
static void damaged(const char *why)
{
	struct kernel_list l;

	assert_int_equal(kernels_read(conf, &l), 0);
	assert_false(l.k[1].cached);
	assert_null(l.k[1].image);
	assert_int_equal(kernel_fetch(&l.k[1]), -EBADMSG);
	says("kernel 6.1 is damaged");
	says(why);
	says("remove ");
	assert_false(l.k[1].cached);
	assert_false(fetch_called());
	kernels_free(&l);
}

static void test_devices(void **state)
{
	struct kernel_list l;
	char *path, *text, hex[65];

	put_kernel();
	path = xasprintf("%s/devices", kdir);
	assert_int_equal(mkdir_p(path), 0);
	free(path);
	sha256_data("d", 1, hex);
	text = xasprintf("{ \"schema\": 1, \"modules_wanted\": \"d e\", \"modules\": ["
			 "{ \"file\": \"d.ko\", \"size\": 1, \"sha256\": \"%s\" } ] }",
			 hex);
	damage("devices.json", text);
	free(text);
	damage("devices/d.ko", "d");
	assert_int_equal(kernels_read(conf, &l), 0);
	assert_int_equal(l.k[1].ndevices, 1);
	assert_string_equal(strrchr(l.k[1].devices[0], '/'), "/d.ko");
	assert_string_equal(l.k[1].devices_wanted, "d e");
	assert_true(kernel_has_devices(&l.k[1]));
	kernels_free(&l);
	damage("devices/d.ko", "dd");
	damaged("d.ko has 2 bytes, not 1");
	damage("devices.json", "{ }");
	damaged("devices.json is not understood");
	damage("devices.json", NULL);
}

static void test_damaged_files(void **state)
{
	put_kernel();
	damage("vmlinuz", "kern");
	damaged("has 4 bytes, not 6");
	damage("vmlinuz", NULL);
	damaged("vmlinuz is missing");
	damage("vmlinuz", "kernel");
	damage("modules/a.ko", "");
	damaged("a.ko has 0 bytes, not 1");
	damage("modules/a.ko", "a");
	damage("config", NULL);
	damaged("config is missing");
}

static void test_damaged_json(void **state)
{
	struct buf b = { 0 };
	char *s;

	put_kernel();
	assert_int_equal(read_file(json, &b), 0);

	put(json, "");
	damaged("kernel.json");
	put(json, "{ \"schema\": 1 }");
	damaged("kernel.json");
	put(json, "[]");
	damaged("kernel.json");
	/* Cut off. */
	s = xstrdup(b.data);
	s[b.len / 2] = '\0';
	put(json, s);
	damaged("kernel.json");
	free(s);
	/* A path that would lead out of the folder. */
	s = xstrdup(b.data);
	memcpy(strstr(s, "b.ko"), "../x", 4);
	put(json, s);
	damaged("modules");
	free(s);
	s = xstrdup(b.data);
	memcpy(strstr(s, "\"6.1\""), "\"6.9\"", 5);
	put(json, s);
	damaged("another kernel");
	free(s);
	s = xstrdup(b.data);
	*strstr(s, "1,") = '2';
	put(json, s);
	damaged("another version");
	free(s);
	damage("kernel.json", NULL);
	damaged("missing");
	buf_free(&b);
}

/* --- fetching ------------------------------------------------------------ */

static struct kernel_list list;

static int fetch_61(const char *body)
{
	put_fetch(body);
	kernels_free(&list);
	assert_int_equal(kernels_read(conf, &list), 0);
	return kernel_fetch(&list.k[1]);
}

static void test_fetch(void **state)
{
	char *hidden = xasprintf("%s/kernels/6.1", cache), *away = xasprintf("%s/away", tmp);
	char *body = xasprintf("test \"$COWPEN_CACHE\" = %s && mv %s %s", cache, away, hidden);
	char *path = xasprintf("%s/called", tmp);
	struct buf b = { 0 };

	put_kernel();
	assert_int_equal(rename(hidden, away), 0);
	assert_int_equal(fetch_61(body), 0);
	assert_true(list.k[1].cached);
	assert_int_equal(list.k[1].nmodules, 2);
	assert_int_equal(read_file(path, &b), 0);
	assert_string_equal(b.data, "kernel 6.1\n");

	/* The full check is done then: same size, other bytes. */
	damage("modules/a.ko", "x");
	assert_int_equal(kernel_fetch(&list.k[1]), 0);
	assert_int_equal(rename(hidden, away), 0);
	assert_int_equal(fetch_61(body), -EBADMSG);
	says("a.ko is not what was unpacked");
	kernels_free(&list);
	buf_free(&b);
	free(path);
	free(body);
	free(away);
	free(hidden);
}

static void test_fetch_fails(void **state)
{
	/* The script's own line is the line, not printed a second time. */
	assert_int_equal(fetch_61("test -n \"$COWPEN_FETCH_STDOUT\" && echo 'no mirror: look for "
				  "one'; exit 1"),
			 -EIO);
	assert_string_equal(err_msg(), "no mirror: look for one");
	assert_int_equal(fetch_61("exit 3"), -EIO);
	says("status 3");
	assert_int_equal(fetch_61("kill -TERM $$"), -EINTR);
	says("interrupted");
	/* It says that all is well, and nothing is there. */
	assert_int_equal(fetch_61("exit 0"), -ENOENT);
	says("6.1");
	assert_false(list.k[1].cached);
	kernels_free(&list);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_read),	 TEST(test_read_nothing), TEST(test_read_bad),
		TEST(test_built),	 TEST(test_hidden),	  TEST(test_mends),
		TEST(test_named_path),	 TEST(test_real_conf),	  TEST(test_select),
		TEST(test_select_bad),	 TEST(test_select_path),  TEST(test_select_build_folder),
		TEST(test_cached),	 TEST(test_devices),	  TEST(test_damaged_files),
		TEST(test_damaged_json), TEST(test_fetch),	  TEST(test_fetch_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
