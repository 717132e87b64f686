// SPDX-License-Identifier: GPL-2.0-only
/* Asks to be held from outside, in all ways that go wrong, and tells what came of it. */
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "outside.h"
#include "port.h"

static struct outside_window w;
static char text[32 << 20];
static _Atomic int quit, gone;

static long ask(enum outside_call what)
{
	return ((long (*)(long, void *))OUTSIDE_HOOK)(what, &w);
}

static void on(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/* It does its thing and says so, or never comes back: then it turns round. */
static void *b_main(void *says_so)
{
	on(1);
	while (!*(volatile uint32_t *)&w.go && !quit)
		usleep(100);
	gone = w.go;
	*(volatile uint32_t *)&w.begun = 1;
	if (w.go && says_so)
		ask(OUTSIDE_DONE);
	while (!quit)
		;
	return NULL;
}

static void try(const char *what, const char *name, unsigned int hit, int calls, bool says_so)
{
	pthread_t b;
	long ret;

	memset(&w, 0, sizeof(w));
	w.spot.how = OUTSIDE_AT;
	w.spot.hit = hit;
	strcpy(w.spot.name[0], name);
	quit = gone = 0;
	pthread_create(&b, NULL, b_main, says_so ? &w : NULL);
	ret = ask(OUTSIDE_WAIT);
	for (int i = 0; i < calls; i++)
		syscall(SYS_getppid);
	if (!ret)
		ask(OUTSIDE_END);
	quit = 1;
	pthread_join(b, NULL);
	printf("%s: %ld, hits %u, met %u, gone %d, waited %u, lost %u, in %s\n", what, ret,
	       w.told.hits, w.told.met, gone, w.told.waited, w.told.lost, w.told.stood[0]);
}

int main(void)
{
	char *at = mmap((void *)OUTSIDE_HOOK, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	int fd = open("/proc/kallsyms", O_RDONLY);
	long ret;

	/* It takes the right to read from pages for a while, and then nobody outside can write there. */
	poke("/proc/sys/kernel/numa_balancing", "0");
	memcpy(at, "\x31\xc0\xc3", 3);
	on(0);
	ret = ask(OUTSIDE_HELLO);
	if (ret == OUTSIDE_UNKNOWN) {
		w.text.at = (uintptr_t)text;
		for (ssize_t n; (n = read(fd, text + w.text.len, 65536)) > 0;)
			w.text.len += n;
		ret = ask(OUTSIDE_SYMBOLS);
	}
	printf("hello: %ld\n", ret);
	if (ret != OUTSIDE_READY)
		return 0;
	try("unknown", "no_such_function", 1, 1, true);
	try("never", "__x64_sys_getppid", 1, 0, true);
	try("seldom", "__x64_sys_getppid", 4, 3, true);
	try("third", "__x64_sys_getppid", 3, 5, true);
	try("lost", "__x64_sys_getppid", 1, 1, false);
	return 0;
}
