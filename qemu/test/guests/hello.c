// SPDX-License-Identifier: GPL-2.0-only
/* Tells what it was given. */
#include "port.h"

int main(int argc, char **argv)
{
	const char *const names[] = { "COWPEN_SEED", "COWPEN_MARK_PORT", "VMTEST" };

	mark("hello\n");
	printf("name %s\n", strrchr(argv[0], '/') + 1);
	for (int i = 1; i < argc; i++)
		printf("arg %s\n", argv[i]);
	for (int i = 0; i < 3; i++)
		printf("%s=%s\n", names[i], getenv(names[i]) ? getenv(names[i]) : "(none)");
	printf("pid %d stdin %d\n", (int)getpid(), (int)getchar());
	return 0;
}
