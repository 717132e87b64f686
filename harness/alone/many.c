// SPDX-License-Identifier: GPL-2.0-only

static int many, many_go[2];

/* Children that look at what they inherited when they are told to. */
static void fork_many(int n)
{
	char byte;

	need(!pipe(many_go));
	for (many = 0; many < n; many++)
		if (!fork()) {
			close(many_go[1]);
			read(many_go[0], &byte, 1);
			for (int p = 0; p < PAGES; p++)
				if (WORD(p) != VALUE(PARENT, 0, p))
					_exit(1);
			_exit(0);
		}
}

static void many_look(void)
{
	int status, wrong = 0;

	for (close(many_go[1]); many; many--)
		wrong += wait(&status) > 0 && status;
	must(!wrong, "C2", "each child sees what was there when it was forked");
}
