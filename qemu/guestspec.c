// SPDX-License-Identifier: GPL-2.0-only
/* Guests that lack something, by the words of GUEST=. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "guestspec.h"
#include "util.h"

/* Below 512 MiB the kernel turns transparent huge pages off by itself. */
#define MEM_DEFAULT 1024
#define MEM_MIN	    192
#define MEM_MAX	    65536

void guest_default(struct guest_spec *g)
{
	*g = (struct guest_spec){ .mem_mib = MEM_DEFAULT, .smp = 1 };
}

static int number_parse(const char *word, const char *value, unsigned long min, unsigned long max,
			unsigned int *out)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(value, &end, 10);
	if (errno || *end || end == value || *value == '-' || n < min || n > max)
		return err_set(-EINVAL, "guest: %s is a number from %lu to %lu, not \"%s\"", word,
			       min, max, value);
	*out = n;
	return 0;
}

static int word_parse(const char *word, struct guest_spec *g)
{
	const struct {
		const char *word;
		bool *is;
	} words[] = {
		{ "huge=off", &g->no_huge },	 { "thp=never", &g->no_thp },
		{ "ksm=off", &g->no_ksm },	 { "movable=on", &g->movable },
		{ "coherent=on", &g->coherent }, { "zswap=on", &g->zswap },
	};

	if (!strncmp(word, "mem=", 4))
		return number_parse("mem", word + 4, MEM_MIN, MEM_MAX, &g->mem_mib);
	if (!strncmp(word, "smp=", 4))
		return number_parse("smp", word + 4, 1, GUEST_SMP_MAX, &g->smp);
	if (!strcmp(word, "devices=on") || !strcmp(word, "devices=off")) {
		g->devices = strcmp(word, "devices=on") ? DEVICES_OFF : DEVICES_ON;
		return 0;
	}
	if (!strcmp(word, "stub=on") || !strcmp(word, "stub=off")) {
		g->stub = strcmp(word, "stub=on") ? STUB_OFF : STUB_ON;
		if (g->stub == STUB_ON)
			g->smp = 2;
		return 0;
	}
	if (!strcmp(word, "swap=off") || !strcmp(word, "swap=queued")) {
		g->swap = strcmp(word, "swap=off") ? SWAP_QUEUED : SWAP_OFF;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(word, words[i].word)) {
			*words[i].is = true;
			return 0;
		}
	}
	return err_set(
		-EINVAL,
		"guest: \"%s\" is none of mem=MIB, smp=N, swap=off, swap=queued, huge=off, "
		"thp=never, ksm=off, zswap=on, movable=on, coherent=on, devices=on, devices=off, stub=on, stub=off",
		word);
}

int guest_parse(const char *words, struct guest_spec *g)
{
	char *copy = xstrdup(words), *save = NULL;
	int ret = 0;

	for (char *w = strtok_r(copy, " \t\n", &save); w && !ret;
	     w = strtok_r(NULL, " \t\n", &save))
		ret = word_parse(w, g);
	if (!ret && g->stub == STUB_ON && g->smp != 2)
		ret = err_set(-EINVAL, "guest: with stub=on it has two processors, not %u", g->smp);
	free(copy);
	return ret;
}

char *guest_text(const struct guest_spec *g)
{
	struct buf b = { 0 };

	if (g->mem_mib != MEM_DEFAULT)
		buf_printf(&b, " mem=%u", g->mem_mib);
	if (g->smp != 1)
		buf_printf(&b, " smp=%u", g->smp);
	if (g->swap != SWAP_ZRAM)
		buf_printf(&b, " swap=%s", g->swap == SWAP_OFF ? "off" : "queued");
	buf_printf(&b, "%s%s%s%s%s%s", g->no_huge ? " huge=off" : "", g->no_thp ? " thp=never" : "",
		   g->no_ksm ? " ksm=off" : "", g->zswap ? " zswap=on" : "",
		   g->movable ? " movable=on" : "", g->coherent ? " coherent=on" : "");
	if (g->devices != DEVICES_ASKED)
		buf_printf(&b, " devices=%s", g->devices == DEVICES_ON ? "on" : "off");
	if (g->stub != STUB_ASKED)
		buf_printf(&b, " stub=%s", g->stub == STUB_ON ? "on" : "off");
	if (b.len)
		memmove(b.data, b.data + 1, b.len--);
	return b.data;
}

/* Two devices of test_hmm, which have as much each as it takes at once. */
unsigned int guest_coherent_mib(const struct guest_spec *g)
{
	return g->coherent ? 2 * 256 : 0;
}

unsigned int guest_all_mib(const struct guest_spec *g)
{
	return g->mem_mib + guest_coherent_mib(g);
}

/*
 * The kernel gives each node its share. What it needs for itself, and what pins are moved to, are
 * not in it: two thirds are more than that.
 */
unsigned int guest_movable_mib(const struct guest_spec *g)
{
	return g->movable ? g->mem_mib / 3 : 0;
}

/*
 * Most that a case needs of them is 6. In a small guest the usual pool would take a
 * fifth of the memory; there are some more than that for what the fake nodes' rounding
 * takes, and no spare ones.
 */
unsigned int guest_huge_pages(const struct guest_spec *g)
{
	if (g->no_huge)
		return 0;
	return g->mem_mib < 512 ? 8 : 24;
}
