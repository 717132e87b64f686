// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "err.h"
#include "gdb.h"
#include "util.h"

/* A stub that answers what it is told to, and keeps what it was asked. */
struct stub {
	int fd;
	const char *const *answers; /* in their order; "" is none, and raw if it begins with ! */
	struct buf asked;
	pthread_t thread;
};

static void *stub_main(void *arg)
{
	struct stub *s = arg;
	char c, sum[2];

	while (read(s->fd, &c, 1) == 1) {
		const char *a;

		if (c != '$') {
			buf_printf(&s->asked, "%s", c == '+' ? "" : c == '\x03' ? "^C " : "?");
			continue;
		}
		while (read(s->fd, &c, 1) == 1 && c != '#')
			buf_add(&s->asked, &c, 1);
		buf_printf(&s->asked, " ");
		if (read(s->fd, sum, 2) != 2)
			break;
		a = *s->answers ? *s->answers++ : "";
		if (*a == '!') {
			dprintf(s->fd, "+%s", a + 1);
		} else if (*a) {
			unsigned char n = 0;

			for (const char *p = a; *p; p++)
				n += *p;
			dprintf(s->fd, "+$%s#%02x", a, n);
		}
	}
	return NULL;
}

static void begin(struct stub *s, struct gdb *g, const char *const *answers)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	memset(s, 0, sizeof(*s));
	s->fd = pair[1];
	s->answers = answers;
	pthread_create(&s->thread, NULL, stub_main, s);
	assert_int_equal(gdb_start(g, pair[0]), 0);
	g->patience = 200;
}

static void end(struct stub *s, struct gdb *g, const char *asked)
{
	shutdown(g->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	buf_add(&s->asked, "", 0);
	assert_string_equal(s->asked.data, asked);
	buf_free(&s->asked);
	close(g->fd);
	close(s->fd);
}

#define XML "qXfer:features:read:target.xml:0,ffb "

static void registers(void **state)
{
	static char all[2 * 188 + 1];
	const char *const answers[] = { "l<target>", "OK", all, "OK", "OK", NULL };
	struct gdb_regs r;
	struct stub s;
	struct gdb g;

	for (int i = 0; i < 188; i++)
		sprintf(all + 2 * i, "%02x", i);
	begin(&s, &g, answers);
	assert_int_equal(gdb_regs(&g, 2, &r), 0);
	assert_true(r.gpr[GDB_RAX] == 0x0706050403020100);
	assert_true(r.gpr[GDB_RSP] == 0x3f3e3d3c3b3a3938);
	assert_true(r.rip == 0x8786858483828180);
	assert_int_equal(r.cs, 0x8f8e8d8c);
	assert_true(r.gs_base == 0xb3b2b1b0afaeadac);
	assert_true(r.k_gs_base == 0xbbbab9b8b7b6b5b4);
	assert_int_equal(gdb_set(&g, 1, GDB_RIP, 0xffffffff81000010), 0);
	end(&s, &g, XML "Hg2 g Hg1 P10=10000081ffffffff ");
}

static void memory(void **state)
{
	static char page[2 * 1024 + 1];
	const char *const answers[] = { "l", "OK", page, "6162", "OK", "OK", "OK", "OK", NULL };
	char to[1026];
	struct stub s;
	struct gdb g;

	memset(page, '3', 2 * 1024);
	begin(&s, &g, answers);
	assert_int_equal(gdb_read(&g, 1, 0x1000, to, sizeof(to)), 0);
	assert_memory_equal(to, "3333", 4);
	assert_memory_equal(to + 1023, "3ab", 3);
	assert_int_equal(gdb_write(&g, 2, 0x2000, "\x01\xff", 2), 0);
	assert_int_equal(gdb_point(&g, true, GDB_BREAK, 0x0c0de0000000, 1), 0);
	assert_int_equal(gdb_point(&g, false, GDB_WATCH_WRITE, 0xffffea0000000030, 4), 0);
	end(&s, &g,
	    XML "Hg1 m1000,400 m1400,2 Hg2 M2000,2:01ff Z0,c0de0000000,1 z2,ffffea0000000030,4 ");
}

static void stops(void **state)
{
	const char *const answers[] = { "l", "T05thread:02;watch:ffffea0000000030;",
					"T02thread:01;", "W00", NULL };
	unsigned int cpu;
	struct stub s;
	struct gdb g;

	begin(&s, &g, answers);
	assert_int_equal(gdb_poll(&g, 0, &cpu), 0);
	assert_int_equal(gdb_go(&g, 0, false), 0);
	assert_int_equal(gdb_poll(&g, 1000, &cpu), 1);
	assert_int_equal(cpu, 2);
	assert_int_equal(gdb_interrupt(&g), 0);
	assert_int_equal(gdb_go(&g, 1, true), 0);
	assert_int_equal(gdb_poll(&g, 1000, &cpu), 1);
	assert_int_equal(cpu, 1);
	/* that it leaves is no stop */
	assert_int_equal(gdb_go(&g, 2, false), 0);
	assert_int_equal(gdb_poll(&g, 1000, &cpu), 0);
	end(&s, &g, XML "vCont;c ^C vCont;s:1 vCont;c:2 ");
}

static void refused(const char *const *answers, const char *line)
{
	uint32_t word;
	struct stub s;
	struct gdb g;

	begin(&s, &g, answers);
	assert_true(gdb_read(&g, 1, 0x1000, &word, sizeof(word)) < 0);
	if (!strstr(err_msg(), line))
		fail_msg("\"%s\" is not in \"%s\"", line, err_msg());
	shutdown(g.fd, SHUT_RDWR);
	pthread_join(s.thread, NULL);
	buf_free(&s.asked);
	close(g.fd);
	close(s.fd);
}

#define REFUSED(line, ...) refused((const char *const[]){ "l", __VA_ARGS__, NULL }, line)

static void bad_stubs(void **state)
{
	REFUSED("does not answer \"Hg1\" within 200 ms", "");
	REFUSED("does not answer \"m1000,4\" within 200 ms", "OK", "");
	REFUSED("answers \"m1000,4\" with \"E14\"", "OK", "E14");
	REFUSED("answers \"Hg1\" with \"T02thread:01;\"", "T02thread:01;");
	REFUSED("a packet is damaged", "!$OK#00");
	REFUSED("within 200 ms", "!$OK");
	REFUSED("an answer is too short", "OK", "0102");
}

static void gone(void **state)
{
	struct stub s;
	struct gdb g;
	uint32_t word;

	begin(&s, &g, (const char *const[]){ "l", NULL });
	shutdown(s.fd, SHUT_RDWR);
	assert_true(gdb_read(&g, 1, 0x1000, &word, sizeof(word)) < 0);
	assert_non_null(strstr(err_msg(), "gdb stub is gone"));
	end(&s, &g, XML);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registers), cmocka_unit_test(memory), cmocka_unit_test(stops),
		cmocka_unit_test(bad_stubs), cmocka_unit_test(gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
