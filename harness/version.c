// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "version.h"

struct version {
	unsigned int n[3];  /* version, patchlevel, sublevel */
	unsigned int given; /* how many of them there were */
};

static struct version version_of(const char *text)
{
	struct version v = { 0 };
	int n = sscanf(text, "%u.%u.%u", &v.n[0], &v.n[1], &v.n[2]);

	v.given = n < 0 ? 0 : n;
	return v;
}

static struct version now;

void kernel_is(const char *release, const char *built)
{
	/* "#1 SMP Debian 5.10.262-1 (2026-10-01)" */
	const char *at = strstr(built, "Debian ");
	struct version v = { 0 };

	if (at)
		v = version_of(at + strlen("Debian "));
	now = v.given == 3 ? v : version_of(release);
}

static const struct version *running(void)
{
	struct utsname u;

	if (!now.given && !uname(&u))
		kernel_is(u.release, u.version);
	return &now;
}

static bool at_least(const struct version *want)
{
	const struct version *have = running();

	for (unsigned int i = 0; i < 3; i++)
		if (have->n[i] != want->n[i])
			return have->n[i] > want->n[i];
	return true;
}

bool kernel_version_at_least(const char *version)
{
	struct version want = version_of(version);

	return at_least(&want);
}

bool kernel_since(const char *versions)
{
	const struct version *have = running();
	bool mainline = true;

	for (const char *p = versions; *p; mainline = false) {
		struct version v = version_of(p);
		bool branch = have->n[0] == v.n[0] && have->n[1] == v.n[1];

		if ((mainline || branch) && at_least(&v))
			return true;
		p += strcspn(p, " ");
		p += strspn(p, " ");
	}
	return false;
}

const char *kernel_version(void)
{
	const struct version *v = running();
	static char text[40];

	snprintf(text, sizeof(text), "%u.%u.%u", v->n[0], v->n[1], v->n[2]);
	return text;
}
