// SPDX-License-Identifier: GPL-2.0-only
/*
 * What lets `cowpen run` run programs that were exported: linked with those of a case, whose
 * main() was renamed, this is an executable that looks like the case. It runs the one that is
 * asked for and tells in the case's way what that said in its own.
 *
 * programs.h is written by ci/export-check: DESCRIBE, what the case says of itself; TEST, the
 * name of its test; CASE; PROGRAMS, a P(function, "variant") for each.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "json.h"
#include "programs.h"

#define P(function, variant) int function(void);
PROGRAMS
#undef P

static const struct {
	int (*main)(void);
	const char *variant;
} programs[] = {
#define P(function, variant) { function, variant },
	PROGRAMS
#undef P
};

/* What a pipe takes without a reader: more than a program has to say. */
static char said[1 << 16];

static int run(int (*program)(void))
{
	int out[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	if (pipe(out))
		exit(99);
	pid = fork();
	if (!pid) {
		if (dup2(out[1], STDOUT_FILENO) < 0 || dup2(out[1], STDERR_FILENO) < 0)
			_exit(99);
		close(out[0]);
		close(out[1]);
		setvbuf(stdout, NULL, _IOLBF, 0);
		exit(program());
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		exit(99);
	/* Not until its end: a child that it left may have it open. */
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	while (len < sizeof(said) - 1 && (n = read(out[0], said + len, sizeof(said) - 1 - len)) > 0)
		len += n;
	return status;
}

/* The rest of the first line that begins so, "" if there is none. To be freed. */
static char *after(const char *begin)
{
	size_t len = strlen(begin);

	for (const char *s = said; *s; s += strcspn(s, "\n"), s += *s == '\n')
		if (!strncmp(s, begin, len))
			return strndup(s + len, strcspn(s + len, "\n"));
	return strdup("");
}

static int result(const char *variant, const char *status, const char *word, int code,
		  const char *why)
{
	bool ok = code != 1;
	struct json j;

	js_begin(&j, false);
	js_open(&j, NULL, '{');
	js_string(&j, "status", status);
	if (!strcmp(status, "fail")) {
		js_string(&j, "step", after("# step   "));
		js_string(&j, "clause", strndup(after("# clause "), 2));
		js_string(&j, "wanted", after("# wanted "));
		js_string(&j, "seen", after("# seen   "));
	} else if (!ok) {
		js_string(&j, "reason", why);
	}
	js_close(&j, '}');
	printf("# cowpen %s\n%sok 1 scene.%s.%s%s%s\n", js_end(&j), ok ? "" : "not ", variant, TEST,
	       word, why);
	return code;
}

/* Does it say what it ended with? */
static int translate(const char *variant, int status)
{
	char name[256], not_ok[300], no[300], why[400], *last;
	const char *ok;

	snprintf(name, sizeof(name), "ok 1 " CASE "/%s", variant);
	snprintf(not_ok, sizeof(not_ok), "not %s", name);
	snprintf(no, sizeof(no), "%s # SKIP no ", name);
	ok = strstr(said, name);
	/* For whoever reads the log. */
	for (char *s = strtok_r(strdup(said), "\n", &last); s; s = strtok_r(NULL, "\n", &last))
		printf("# | %s\n", s);
	if (!WIFEXITED(status)) {
		snprintf(why, sizeof(why), "killed by signal %d", WTERMSIG(status));
		return result(variant, "error", " # ERROR ", 1, why);
	}
	if (WEXITSTATUS(status) == 4 && strstr(said, no))
		return result(variant, "skip", " # SKIP ", 4, after(no));
	if (strncmp(said, "KTAP version 1\n1..1\n", 20))
		return result(variant, "error", " # ERROR ", 1, "it does not begin as KTAP does");
	if (WEXITSTATUS(status) == 0 && ok && ok[-1] == '\n' && ok[strlen(name)] == '\n')
		return result(variant, "pass", "", 0, "");
	if (WEXITSTATUS(status) == 1 && strstr(said, not_ok) && *after("# clause "))
		return result(variant, "fail", "", 1, "");
	snprintf(why, sizeof(why), "it exited with %d, and said at last: %.300s",
		 WEXITSTATUS(status), strchr(said + 15, '\n') + 1);
	why[strcspn(why, "\n")] = '\0';
	return result(variant, "error", " # ERROR ", 1, why);
}

/* Some run sleep(1), which our guests do not have: by that name this file is it. */
#define BIN "/tmp/cowpen-bin"
static void offer_sleep(void)
{
	char self[256] = "";

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 ||
	    (mkdir(BIN, 0755) && errno != EEXIST) || (unlink(BIN "/sleep") && errno != ENOENT) ||
	    symlink(self, BIN "/sleep") || setenv("PATH", BIN ":/bin:/sbin", 1))
		exit(99);
}

int main(int argc, char **argv)
{
	if (!strcmp(argv[0], "sleep"))
		return pause();
	if (argc == 2 && !strcmp(argv[1], "--describe")) {
		puts(DESCRIBE);
		return 0;
	}
	if (argc != 3 || strcmp(argv[1], "-v"))
		return 99;
	offer_sleep();
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..1\n");
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (!strcmp(programs[i].variant, argv[2]))
			return translate(argv[2], run(programs[i].main));
	return 99;
}
