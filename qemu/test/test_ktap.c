// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every ktap/NAME.ktap is read whole and in small pieces, and what the reader
 * makes of it must be what ktap/NAME.expect says. With COWPEN_UPDATE=1 the
 * expectations are written anew: look at what git says about them then.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "err.h"
#include "ktap.h"

static void take_json(void *arg, const char *json)
{
	buf_printf(arg, "cowpen %s\n", json);
}

/* Names may hold anything; what is kept in git should be text. */
static void dump_text(struct buf *b, const char *s)
{
	size_t len = strlen(s);

	buf_printf(b, "\"");
	for (size_t i = 0; i < len && i < 80; i++) {
		unsigned char c = s[i];

		if (c < 0x20 || c > 0x7e)
			buf_printf(b, "\\x%02x", c);
		else
			buf_printf(b, "%c", c);
	}
	buf_printf(b, len > 80 ? "\"+%zu" : "\"", len - 80);
}

static void dump(const struct ktap *k, struct buf *b)
{
	if (k->plan >= 0)
		buf_printf(b, "plan %ld%s %s\n", k->plan, k->plan_skip ? " skip" : "",
			   k->plan_text);
	if (k->bail)
		buf_printf(b, "bail %s\n", k->bail);
	for (size_t i = 0; i < k->nresults; i++) {
		const struct ktap_result *r = &k->results[i];

		buf_printf(b, "%zu: level %u %s %lu ", r->line, r->level, r->ok ? "ok" : "not-ok",
			   r->number);
		dump_text(b, r->name);
		buf_printf(b, " %s ",
			   *ktap_directive_name(r->directive) ? ktap_directive_name(r->directive) :
								"-");
		dump_text(b, r->text);
		buf_printf(b, "\n");
	}
	for (size_t i = 0; i < k->ncomplaints; i++)
		buf_printf(b, "%zu: %s %s\n", k->complaints[i].line,
			   k->complaints[i].serious ? "DOUBT" : "note", k->complaints[i].text);
}

static void read_in_pieces(const struct buf *in, size_t piece, struct buf *out)
{
	struct ktap k;

	ktap_init(&k, take_json, out);
	for (size_t at = 0; at < in->len; at += piece) {
		/* A copy of its own, so that ASan sees a reader that looks too far. */
		size_t n = in->len - at < piece ? in->len - at : piece;
		char *part = malloc(n);

		memcpy(part, in->data + at, n);
		ktap_feed(&k, part, n);
		free(part);
	}
	ktap_finish(&k);
	dump(&k, out);
	ktap_free(&k);
}

static char *test_dir(void)
{
	const char *slash = strrchr(__FILE__, '/');

	return xasprintf("%.*sktap", slash ? (int)(slash + 1 - __FILE__) : 0, __FILE__);
}

static void one_fixture(void **state)
{
	static const size_t pieces[] = { 1 << 20, 1, 2, 7, 4096 };
	char *dir = test_dir(), *path = xasprintf("%s/%s.ktap", dir, (char *)*state);
	struct buf in = { 0 }, want = { 0 }, got;

	if (read_file(path, &in))
		fail_msg("%s", err_msg());
	free(path);
	path = xasprintf("%s/%s.expect", dir, (char *)*state);
	if (getenv("COWPEN_UPDATE")) {
		read_in_pieces(&in, 1 << 20, &want);
		assert_int_equal(write_file(path, want.data ? want.data : "", want.len), 0);
	} else if (read_file(path, &want)) {
		fail_msg("%s", err_msg());
	}
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		got = (struct buf){ 0 };
		buf_add(&got, "", 0);
		read_in_pieces(&in, pieces[i], &got);
		assert_string_equal(got.data, want.data);
		buf_free(&got);
	}
	buf_free(&in);
	buf_free(&want);
	free(path);
	free(dir);
}

/* No order of bytes may upset the reader: the fixtures, cut and shuffled. */
static void shuffled(void **state)
{
	char *dir = test_dir();
	struct buf all = { 0 }, out = { 0 };
	uint64_t x = 88172645463325252ULL;
	struct dirent *de;
	DIR *d = opendir(dir);

	assert_non_null(d);
	while ((de = readdir(d))) {
		char *path = xasprintf("%s/%s", dir, de->d_name);

		if (strstr(de->d_name, ".ktap"))
			assert_int_equal(read_file(path, &all), 0);
		free(path);
	}
	closedir(d);
	for (int round = 0; round < 300; round++) {
		struct ktap k;

		ktap_init(&k, take_json, &out);
		for (int n = 0; n < 40; n++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			size_t at = x % all.len, len = (x >> 32) % 200;

			ktap_feed(&k, all.data + at, len < all.len - at ? len : all.len - at);
		}
		ktap_finish(&k);
		dump(&k, &out);
		ktap_free(&k);
		out.len = 0;
	}
	buf_free(&all);
	buf_free(&out);
	free(dir);
}

static int is_ktap(const struct dirent *de)
{
	size_t len = strlen(de->d_name);

	return len > 5 && !strcmp(de->d_name + len - 5, ".ktap");
}

int main(void)
{
	struct CMUnitTest tests[100];
	struct dirent **de;
	char *dir = test_dir();
	int n = scandir(dir, &de, is_ktap, alphasort), ret;

	if (n < 20 || n >= 99) {
		fprintf(stderr, "%s: %d fixtures; run this from the top of the tree\n", dir, n);
		return 1;
	}
	free(dir);
	for (int i = 0; i < n; i++) {
		char *name = strndup(de[i]->d_name, strlen(de[i]->d_name) - 5);

		tests[i] = (struct CMUnitTest){ .name = name,
						.test_func = one_fixture,
						.initial_state = name };
		free(de[i]);
	}
	free(de);
	tests[n] = (struct CMUnitTest)cmocka_unit_test(shuffled);
	ret = _cmocka_run_group_tests("ktap", tests, n + 1, NULL, NULL);
	for (int i = 0; i < n; i++)
		free(tests[i].initial_state);
	return ret;
}
