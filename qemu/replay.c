// SPDX-License-Identifier: GPL-2.0-only
/* How a test is run again as it was: its seed, its environment, the line to type. */
#include <stdlib.h>
#include <string.h>

#include "runner.h"
#include "util.h"

uint64_t runner_test_seed(const struct runner *r, const char *test, unsigned int repeat)
{
	if (r->seed_is_tests && repeat == 1)
		return r->seed;
	return text_hash(test, repeat, r->seed);
}

static void shell_word(struct buf *b, const char *s)
{
	if (!s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./"
			 "+:@%,=")]) {
		buf_printf(b, "%s", s);
		return;
	}
	buf_printf(b, "'");
	for (; *s; s++)
		buf_printf(b, *s == '\'' ? "'\\''" : "%c", *s);
	buf_printf(b, "'");
}

char *runner_env(const char *env, const char *kernel)
{
	struct buf b = { 0 };

	buf_add(&b, "", 0);
	for (const char *line = env ?: ""; *line; line = strchr(line, '\n') + 1) {
		size_t all = strcspn(line, "\n") + 1, name = strcspn(line, "=:");

		if (line[name] != ':')
			buf_add(&b, line, all);
		else if (strlen(kernel) == name && !strncmp(line, kernel, name))
			buf_add(&b, line + name + 1, all - name - 1);
	}
	return b.data;
}

char *runner_replay(const char *test, const char *kernel_spec, uint64_t seed, const struct host *h,
		    const char *env)
{
	struct buf b = { 0 };
	struct guest_spec lacks = h->guest;
	char *words;

	buf_printf(&b, "make run CASE=");
	shell_word(&b, test);
	buf_printf(&b, " KERNEL=");
	shell_word(&b, kernel_spec);
	buf_printf(&b, " SEED=0x%llx ACCEL=%s", (unsigned long long)seed, h->kvm ? "kvm" : "tcg");
	if (lacks.smp != 1)
		buf_printf(&b, " SMP=%u", lacks.smp);
	lacks.smp = 1;
	words = guest_text(&lacks);
	if (*words) {
		buf_printf(&b, " GUEST=");
		shell_word(&b, words);
	}
	free(words);
	if (env && *env) {
		words = xstrdup(env);
		words[strlen(words) - 1] = '\0';
		for (char *nl = words; (nl = strchr(nl, '\n'));)
			*nl = ' ';
		buf_printf(&b, " ENV=");
		shell_word(&b, words);
		free(words);
	}
	return b.data;
}
