// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "err.h"
#include "guestspec.h"

static void all_words(void **state)
{
	struct guest_spec g;
	char *text;

	guest_default(&g);
	text = guest_text(&g);
	assert_string_equal(text, "");
	free(text);
	assert_int_equal(guest_huge_pages(&g), 24);

	assert_int_equal(guest_parse(" ksm=off thp=never  huge=off swap=off smp=2 mem=256 ", &g),
			 0);
	assert_int_equal(g.mem_mib, 256);
	assert_int_equal(g.smp, 2);
	assert_true(g.swap == SWAP_OFF && g.no_huge && g.no_thp && g.no_ksm);
	assert_int_equal(guest_huge_pages(&g), 0);

	/* one order and one spelling, whatever was typed */
	text = guest_text(&g);
	assert_string_equal(text, "mem=256 smp=2 swap=off huge=off thp=never ksm=off");
	guest_default(&g);
	assert_int_equal(guest_parse(text, &g), 0);
	assert_true(g.swap == SWAP_OFF && g.no_huge && g.no_thp && g.no_ksm && g.smp == 2);
	free(text);

	guest_default(&g);
	assert_int_equal(guest_parse("swap=queued", &g), 0);
	assert_int_equal(g.swap, SWAP_QUEUED);
	text = guest_text(&g);
	assert_string_equal(text, "swap=queued");
	free(text);
	assert_int_equal(guest_parse("swap=on", &g), -EINVAL);

	guest_default(&g);
	assert_int_equal(guest_parse("zswap=on ksm=off", &g), 0);
	assert_true(g.zswap && g.no_ksm);
	text = guest_text(&g);
	assert_string_equal(text, "ksm=off zswap=on");
	free(text);

	guest_default(&g);
	assert_int_equal(guest_movable_mib(&g), 0);
	assert_int_equal(guest_parse("movable=on mem=768", &g), 0);
	assert_int_equal(guest_movable_mib(&g), 256);
	text = guest_text(&g);
	assert_string_equal(text, "mem=768 movable=on");
	free(text);
	assert_int_equal(guest_parse("movable=off", &g), -EINVAL);

	guest_default(&g);
	assert_int_equal(guest_all_mib(&g), 1024);
	assert_int_equal(guest_parse("coherent=on mem=768", &g), 0);
	assert_int_equal(guest_coherent_mib(&g), 512);
	assert_int_equal(guest_all_mib(&g), 768 + 512);
	text = guest_text(&g);
	assert_string_equal(text, "mem=768 coherent=on");
	free(text);
	assert_int_equal(guest_parse("coherent=off", &g), -EINVAL);

	guest_default(&g);
	assert_int_equal(g.devices, DEVICES_ASKED);
	assert_int_equal(guest_parse("devices=on", &g), 0);
	assert_int_equal(g.devices, DEVICES_ON);
	text = guest_text(&g);
	assert_string_equal(text, "devices=on");
	free(text);
	assert_int_equal(guest_parse("devices=off", &g), 0);
	assert_int_equal(g.devices, DEVICES_OFF);
	text = guest_text(&g);
	assert_string_equal(text, "devices=off");
	free(text);

	/* where one is held, the other goes on */
	guest_default(&g);
	assert_int_equal(g.stub, STUB_ASKED);
	assert_int_equal(guest_parse("stub=on", &g), 0);
	assert_true(g.stub == STUB_ON && g.smp == 2);
	text = guest_text(&g);
	assert_string_equal(text, "smp=2 stub=on");
	guest_default(&g);
	assert_int_equal(guest_parse(text, &g), 0);
	assert_true(g.stub == STUB_ON && g.smp == 2);
	free(text);
	guest_default(&g);
	assert_int_equal(guest_parse("stub=off", &g), 0);
	assert_true(g.stub == STUB_OFF && g.smp == 1);
	assert_int_equal(guest_parse("stub=on smp=4", &g), -EINVAL);
	assert_string_equal(err_msg(), "guest: with stub=on it has two processors, not 4");

	/* what is the default anyway is no difference */
	guest_default(&g);
	assert_int_equal(guest_parse("mem=1024 smp=1", &g), 0);
	text = guest_text(&g);
	assert_string_equal(text, "");
	free(text);
}

static void small_guest_has_a_small_pool(void **state)
{
	struct guest_spec g;

	guest_default(&g);
	assert_int_equal(guest_parse("mem=256", &g), 0);
	assert_true(guest_huge_pages(&g) > 0 && guest_huge_pages(&g) * 2 <= 256 / 8);
}

static void wrong_words(void **state)
{
	static const char *const wrong[] = {
		"swap=on",	   "mem",   "mem=",   "mem=x",	    "mem=64", "mem=-1",
		"mem=256M",	   "smp=0", "smp=99", "thp=always", "huge",   "frobnicate=1",
		"mem=256 swp=off",
	};
	struct guest_spec g;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		guest_default(&g);
		assert_true(guest_parse(wrong[i], &g) < 0);
		assert_non_null(strstr(err_msg(), "guest: "));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_words),
		cmocka_unit_test(small_guest_has_a_small_pool),
		cmocka_unit_test(wrong_words),
	};

	return cmocka_run_group_tests_name("guestspec", tests, NULL, NULL);
}
