// SPDX-License-Identifier: GPL-2.0-only

/* In one number: pins that were not given back, huge pages that are free and set aside. */
static long pins_and_hugepages(void)
{
	return (number_in("/proc/vmstat", "nr_foll_pin_acquired") -
		number_in("/proc/vmstat", "nr_foll_pin_released")) ^
	       number_in("/proc/meminfo", "HugePages_Free:") << 40 ^
	       number_in("/proc/meminfo", "HugePages_Rsvd:") << 50;
}

/* A child does the test. When it is gone all must be as before. */
static void leaves_nothing(void)
{
	long before = pins_and_hugepages();
	int status;

	if (!fork()) {
		alarm(20);
		return;
	}
	step = "C8 nothing is left behind";
	alarm(30);
	if (wait(&status) < 0 || status)
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 99);
	for (int i = 0; pins_and_hugepages() != before; i++, usleep(10000))
		must(i != 500, step, "pins and free huge pages as before");
	printf("ok 1 %s\n", NAME);
	_exit(0);
}
