// SPDX-License-Identifier: GPL-2.0-only
/* What is handed in to a restored guest: executables, and the command. See session.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "err.h"
#include "session.h"
#include "text.h"
#include "util.h"

int exes_open(const struct vm_job *job, size_t n, struct place *place)
{
	struct buf all = { 0 };
	struct stat st;
	bool one = true;
	int fd, err = 0;

	for (size_t i = 1; i < n; i++)
		one &= !strcmp(job[i].exe, job[0].exe);
	if (one) {
		fd = open(job->exe, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &st)) {
			err = err_set(-errno, "%s: %s", job->exe, strerror(errno));
			close_fd(&fd);
			return err;
		}
		for (size_t i = 0; i < n; i++)
			place[i] = (struct place){ .offset = 0, .size = st.st_size };
		return fd;
	}
	for (size_t i = 0; !err && i < n; i++) {
		size_t same = 0;

		while (same < i && strcmp(job[same].exe, job[i].exe))
			same++;
		place[i] = place[same];
		if (same < i)
			continue;
		place[i].offset = all.len;
		err = read_file(job[i].exe, &all);
		place[i].size = all.len - place[i].offset;
	}
	fd = err ? err : memory_file("cowpen-exes", all.data, all.len);
	buf_free(&all);
	return fd;
}

static void put_env(struct buf *b, const char *env)
{
	while (env && *env) {
		size_t n = strcspn(env, "\n");

		if (n)
			buf_printf(b, "env=%.*s\n", (int)n, env);
		env += n + (env[n] == '\n');
	}
}

static void put_test(struct buf *b, const struct vm_job *job, const struct place *place)
{
	const char *path = job->name ? job->name : job->exe, *base = strrchr(path, '/');
	char *name = safe_name(base ? base + 1 : path);
	char *args = xstrdup(job->args ? job->args : "");

	for (char *c = args; *c; c++)
		if (*c == '\n')
			*c = ' ';
	buf_printf(b, "test=%zu %zu %llu %s %s\n", place->offset, place->size,
		   (unsigned long long)job->seed, name, args);
	free(name);
	free(args);
}

void put_command(struct buf *b, const struct session *s, const uint8_t *token,
		 const struct place *place)
{
	char hex[33];

	token_hex(token, hex);
	buf_printf(b, "token=%s\nmode=%s\ndeadline_ms=%u\nmax_output=%zu\n", hex,
		   s->clock ? "clock" : "run", s->deadline, s->max_output);
	buf_printf(b, "together=%d\nstay=%d\nhere=%d\n", s->n > 1, s->stay, s->here);
	put_env(b, s->job->env);
	for (size_t i = 0; !s->clock && i < s->n; i++)
		put_test(b, &s->job[i], &place[i]);
}
