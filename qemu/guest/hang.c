// SPDX-License-Identifier: GPL-2.0-only
/* What is everybody doing? */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "agent.h"

static void hang_thread(const char *pid, const char *tid)
{
	static struct text t;
	static char buf[8192];
	static const char *const files[] = { "comm", "wchan", "syscall", "stack" };
	char path[600], *p;

	t.len = 0;
	add(&t, "pid %s tid %s\n", pid, tid);
	snprintf(path, sizeof(path), "/proc/%s/task/%s/stat", pid, tid);
	p = strrchr(slurp(path, buf, sizeof(buf)), ')');
	add(&t, "state %c\n", p && p[1] && p[2] ? p[2] : '?');
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "/proc/%s/task/%s/%s", pid, tid, files[i]);
		slurp(path, buf, sizeof(buf));
		add(&t, "%s%c%s\n", files[i], strchr(buf, '\n') ? '\n' : ' ', buf);
	}
	add(&t, "\n");
	frame(FRAME_HANG, t.s, t.len);
}

void hang_send(void)
{
	DIR *d = opendir("/proc"), *dt;
	struct dirent *e, *et;

	while (d && (e = readdir(d))) {
		char path[300], buf[1024], *p;
		unsigned long flags = 0;

		if (!isdigit((unsigned char)*e->d_name) || !strcmp(e->d_name, "1"))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/stat", e->d_name);
		/* after "(comm) ": state ppid pgrp session tty tpgid flags */
		p = strrchr(slurp(path, buf, sizeof(buf)), ')');
		if (!p || sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %lu", &flags) != 1)
			continue;
		if (flags & 0x00200000) /* PF_KTHREAD */
			continue;
		snprintf(path, sizeof(path), "/proc/%s/task", e->d_name);
		dt = opendir(path);
		while (dt && (et = readdir(dt)))
			if (isdigit((unsigned char)*et->d_name))
				hang_thread(e->d_name, et->d_name);
		if (dt)
			closedir(dt);
	}
	if (d)
		closedir(d);
	/* every CPU's stack, and every task that waits uninterruptibly */
	spit("/proc/sysrq-trigger", "l");
	spit("/proc/sysrq-trigger", "w");
	kmsg_send();
	frame(FRAME_HUNG, NULL, 0);
}
