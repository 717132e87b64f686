// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page of a run in a browser: keys, the address, colours, a kernel's message that is HTML.
 * Chromium is driven by its debugging pipe, one JSON object a message, a NUL behind each.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "expect.h"
#include "fake_run.h"
#include "report.h"

#define PATIENCE_MS 60000

static char dir[] = "/tmp/cowpen-test-XXXXXX";
static struct case_list no_cases;
static const struct mend no_mends[] = { { 0 } };
static pid_t browser;
static int to, from;
static struct buf in;
static char *session;
static unsigned int errors; /* on the console */
static bool loaded;

/* --- the browser ---------------------------------------------------------------------------- */

static int start(void **state)
{
	char *argv[] = { (char *)"chromium",
			 (char *)"--headless",
			 (char *)"--no-sandbox",
			 (char *)"--disable-gpu",
			 (char *)"--disable-dev-shm-usage",
			 (char *)"--no-first-run",
			 (char *)"--remote-debugging-pipe",
			 NULL,
			 (char *)"about:blank",
			 NULL };
	int a[2], b[2];

	if (!mkdtemp(dir) || pipe(a) || pipe(b))
		return -1;
	signal(SIGPIPE, SIG_IGN);
	argv[7] = xasprintf("--user-data-dir=%s/profile", dir);
	browser = fork();
	if (browser < 0)
		return -1;
	if (!browser) {
		/* Out of the way of 3 and 4 first. */
		int r = fcntl(a[0], F_DUPFD, 10), w = fcntl(b[1], F_DUPFD, 10);
		int null = open("/dev/null", O_RDWR);

		setpgid(0, 0);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		dup2(r, 3);
		dup2(w, 4);
		for (int fd = 5; fd < 64; fd++)
			close(fd);
		unsetenv("LD_PRELOAD");
		execvp(argv[0], argv);
		_exit(127);
	}
	free(argv[7]);
	close(a[0]);
	close(b[1]);
	to = a[1];
	from = b[0];
	return 0;
}

static int stop(void **state)
{
	kill(-browser, SIGKILL);
	waitpid(browser, NULL, 0);
	free(session);
	buf_free(&in);
	close(to);
	close(from);
	/* Its children may still write there. */
	for (int i = 0; i < 20 && remove_tree(dir); i++)
		usleep(100000);
	return 0;
}

/* The next message; the caller drops it. */
static json_t *message(void)
{
	struct pollfd p = { .fd = from, .events = POLLIN };
	uint64_t end = now_ms() + PATIENCE_MS;
	char part[65536], *nul;
	json_t *j;
	ssize_t n;

	while (!(nul = in.len ? memchr(in.data, 0, in.len) : NULL)) {
		if (now_ms() > end || poll(&p, 1, PATIENCE_MS) <= 0)
			fail_msg("the browser says nothing any more");
		n = read(from, part, sizeof(part));
		if (n <= 0)
			fail_msg(
				"the browser is gone: is the package chromium there? ci/deps test");
		buf_add(&in, part, n);
	}
	j = json_loads(in.data, 0, NULL);
	if (!j)
		fail_msg("no JSON: %.200s", in.data);
	in.len -= nul + 1 - in.data;
	memmove(in.data, nul + 1, in.len);
	return j;
}

static void note(const json_t *j)
{
	const char *method = json_string_value(json_object_get(j, "method")), *level = "";

	if (!method)
		return;
	json_unpack((json_t *)j, "{s:{s:s}}", "params", "type", &level);
	json_unpack((json_t *)j, "{s:{s:{s:s}}}", "params", "entry", "level", &level);
	loaded |= !strcmp(method, "Page.loadEventFired");
	errors += !strcmp(method, "Runtime.exceptionThrown") ||
		  ((!strcmp(method, "Runtime.consoleAPICalled") ||
		    !strcmp(method, "Log.entryAdded")) &&
		   !strcmp(level, "error"));
}

/* What @method came to; @params is taken. */
static json_t *call(const char *method, json_t *params)
{
	static json_int_t id;
	json_t *o = json_pack("{s:I, s:s, s:o}", "id", ++id, "method", method, "params",
			      params ? params : json_object());
	json_t *result = NULL;
	char *text;
	size_t len;

	if (session)
		json_object_set_new(o, "sessionId", json_string(session));
	text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	len = strlen(text) + 1;
	for (size_t done = 0; done < len;) {
		ssize_t n = write(to, text + done, len - done);

		if (n < 0)
			fail_msg(
				"the browser is gone: is the package chromium there? ci/deps test");
		done += n;
	}
	free(text);
	while (!result) {
		o = message();
		note(o);
		if (json_integer_value(json_object_get(o, "id")) == id) {
			result = json_object_get(o, "result");
			if (!result)
				fail_msg("%s: %s", method, json_dumps(o, 0));
			json_incref(result);
		}
		json_decref(o);
	}
	return result;
}

static void do_call(const char *method, json_t *params)
{
	json_decref(call(method, params));
}

static void attach(void)
{
	json_t *r, *created;
	const char *target = "", *s = "";

	if (session)
		return;
	created = call("Target.createTarget", json_pack("{s:s}", "url", "about:blank"));
	json_unpack(created, "{s:s}", "targetId", &target);
	r = call("Target.attachToTarget",
		 json_pack("{s:s, s:b}", "targetId", target, "flatten", 1));
	json_unpack(r, "{s:s}", "sessionId", &s);
	session = xstrdup(s);
	json_decref(created);
	json_decref(r);
	do_call("Page.enable", NULL);
	do_call("Runtime.enable", NULL);
	do_call("Log.enable", NULL);
}

/* What the script @js comes to, as text; good until the next one. */
static const char *eval(const char *js)
{
	static char *last;
	json_t *r = call("Runtime.evaluate",
			 json_pack("{s:s, s:b}", "expression", js, "returnByValue", 1)),
	       *v = json_object_get(json_object_get(r, "result"), "value");

	free(last);
	last = json_is_string(v) ? xstrdup(json_string_value(v)) : json_dumps(v, JSON_ENCODE_ANY);
	json_decref(r);
	return last ? last : "undefined";
}

static void is(const char *js, const char *want)
{
	const char *got = eval(js);

	if (strcmp(got, want))
		fail_msg("%s is \"%s\" and not \"%s\"", js, got, want);
}

static void key(const char *name, int code, const char *text)
{
	json_t *p = json_pack("{s:s, s:s, s:s, s:i}", "type", "keyDown", "key", name, "code", name,
			      "windowsVirtualKeyCode", code);

	if (text)
		json_object_set_new(p, "text", json_string(text));
	do_call("Input.dispatchKeyEvent", p);
	do_call("Input.dispatchKeyEvent",
		json_pack("{s:s, s:s, s:s, s:i}", "type", "keyUp", "key", name, "code", name,
			  "windowsVirtualKeyCode", code));
}

/* Enter on a link: the address changes, and some time after that the page hears of it. */
static void enter(void)
{
	eval("window.heard = new Promise(heard => addEventListener('hashchange', () => heard(1), "
	     "{ once: true })); 1");
	key("Enter", 13, "\r");
	do_call("Runtime.evaluate",
		json_pack("{s:s, s:b}", "expression", "window.heard", "awaitPromise", 1));
}

static void visit(const char *name, const char *hash)
{
	char *url = xasprintf("file://%s/%s.html%s", dir, name, hash);

	attach();
	/* Another address of the same page would not load it. */
	loaded = false;
	do_call("Page.navigate", json_pack("{s:s}", "url", "about:blank"));
	while (!loaded) {
		json_t *j = message();

		note(j);
		json_decref(j);
	}
	loaded = false;
	do_call("Page.navigate", json_pack("{s:s}", "url", url));
	while (!loaded) {
		json_t *j = message();

		note(j);
		json_decref(j);
	}
	free(url);
}

/* --- pages --------------------------------------------------------------------------------- */

static void save(const char *name, char *text, size_t len)
{
	char *path = xasprintf("%s/%s.html", dir, name);

	if (write_file(path, text, len))
		fail_msg("%s", err_msg());
	free(path);
	free(text);
}

static struct run *usual(void)
{
	struct run *run = fake_run("r1", "5.10 6.1 7.3");

	fake_row(run, "fork/pin/anon-rdma", "xfail pass pass");
	record_set(&run->rec[0].clause, "C1");
	record_set(&run->rec[0].fix, "6c287605fd56");
	record_set(&run->rec[0].step, "4 cpu_write parent");
	fake_row(run, "fork/race/anon-rdma", "pass xfail fail");
	fake_row(run, "life/close/anon-none", "pass pass pass");
	fake_row(run, "life/close/thp-none", "skip pass pass");
	return run;
}

static void save_usual(void)
{
	struct run *run = usual();
	char *text;
	size_t len;

	text = report_html(&no_cases, &run, 1, no_mends, &len);
	save("usual", text, len);
	run_free(run);
}

#define HOSTILE                                                         \
	"</dd></pre></details><script>document.title='bitten'</script>" \
	"<img src=x onerror=\"document.title='bitten'\">'\">&amp;\xff\x1b[31m"

static void hostile(void **state)
{
	struct run *run = fake_run("<script>document.title='bitten'</script>", "5.10 <b>7.3");
	struct record *r;
	char *text;
	size_t len;

	fake_row(run, "fork/pin/anon-rdma", "pass fail");
	r = &run->rec[1];
	record_set(&r->kmsg, HOSTILE);
	record_set(&r->seen, HOSTILE);
	record_set(&r->reason, HOSTILE);
	record_set(&r->step, HOSTILE);
	record_set(&r->clause, HOSTILE);
	record_set(&r->fix, HOSTILE);
	record_set(&r->replay, HOSTILE);
	record_set(&r->log, "hostile.log");
	record_set(&run->dir, dir);
	text = xasprintf("%s/hostile.log", dir);
	assert_int_equal(write_file(text, HOSTILE "\0" HOSTILE, 2 * sizeof(HOSTILE) - 1), 0);
	free(text);
	text = report_html(&no_cases, &run, 1, no_mends, &len);
	assert_int_equal(strlen(text), len);
	save("hostile", text, len);
	run_free(run);
	errors = 0;
	visit("hostile", "");
	is("document.title", "cowpen: results");
	is("document.scripts.length", "1");
	is("document.images.length", "0");
	is("document.querySelectorAll('article b, article dd script').length", "0");
	is("document.querySelector('article pre').textContent.includes('\\\\x00')", "true");
	is("document.querySelector('article pre').textContent.includes(\"<script>document\")",
	   "true");
	/* Nor does the address become a part of the page. */
	visit("hostile", "#<img%20src=x%20onerror=document.title=1>&q=<script>&a=__proto__&b=7.3");
	is("document.images.length", "0");
	is("document.getElementById('none').hidden", "false");
	assert_int_equal(errors, 0);
}

static void structure(void **state)
{
	save_usual();
	errors = 0;
	visit("usual", "");
	is("Array.from(document.querySelectorAll('a[href^=\"#\"]')).filter(a => "
	   "!document.getElementById(a.getAttribute('href').slice(1))).length",
	   "0");
	is("(() => { const i = Array.from(document.querySelectorAll('[id]'), e => e.id); return "
	   "i.length - new Set(i).size; })()",
	   "0");
	is("document.querySelectorAll('th:not([scope])').length > 20", "false");
	is("Array.from(document.querySelectorAll('h1, h2'), e => e.textContent).slice(1, 4).join()",
	   "Not as expected,Bugs and kernels,Cases and kernels");
	is("document.querySelectorAll('#cases > .scroll tbody tr').length", "2");
	is("document.getElementById('same').open", "false");
	assert_int_equal(errors, 0);
}

static void keys(void **state)
{
	static const char focused[] = "document.activeElement.textContent";
	static const char opened[] = "(document.querySelector('article.open') || {}).id || 'none'";

	save_usual();
	errors = 0;
	visit("usual", "");
	eval("document.querySelector('#cases tbody th a').focus()");
	is(focused, "fork/pin");
	key("ArrowRight", 39, NULL);
	is(focused, "xfail C1 6c287605fd56");
	key("ArrowDown", 40, NULL);
	is(focused, "pass");
	key("ArrowRight", 39, NULL);
	key("ArrowUp", 38, NULL);
	key("ArrowLeft", 37, NULL);
	is(focused, "xfail C1 6c287605fd56");
	is("getComputedStyle(document.activeElement).outlineStyle", "solid");
	is(opened, "none");
	enter();
	is(opened, "fork/pin/anon-rdma@5.10");
	is("location.hash", "#fork/pin/anon-rdma@5.10");
	is("document.activeElement.tagName", "H3");
	is("getComputedStyle(document.querySelector('article.open')).display", "block");
	key("Escape", 27, NULL);
	is(opened, "none");
	is("location.hash", "");
	is(focused, "xfail C1 6c287605fd56");
	assert_int_equal(errors, 0);
}

static void address(void **state)
{
	static const char seen[] =
		"Array.from(document.querySelectorAll('#cases tbody tr')).filter("
		"r => !r.hidden).map(r => r.cells[0].textContent).join()";

	save_usual();
	errors = 0;
	visit("usual", "#fork/race/anon-rdma@7.3&q=fork");
	is(seen, "fork/pin anon-rdma,fork/race anon-rdma");
	is("document.querySelector('article.open').id", "fork/race/anon-rdma@7.3");
	is("document.getElementById('q').value", "fork");
	/* What has no article of its own is told by its case. */
	visit("usual", "#fork/race/thp-rdma@7.3");
	is("document.querySelector('article.open').id", "fork/race");
	visit("usual", "#&w=skip");
	is(seen, "life/close thp-none");
	/* Two columns: what is the same in both goes, and so do the others. */
	visit("usual", "#&a=6.1&b=7.3");
	is(seen, "fork/race anon-rdma");
	is("document.getElementById('said').textContent",
	   "1 of 4 rows differ: 6.1 to 7.3, 1 changed");
	is("Array.from(document.querySelector('#cases thead tr').cells).filter(c => "
	   "!c.hidden).length",
	   "4");
	eval("document.getElementById('a').value = '5.10'; "
	     "document.getElementById('a').dispatchEvent(new Event('input'))");
	is("location.hash", "#&a=5.10&b=7.3");
	is("document.getElementById('said').textContent",
	   "3 of 4 rows differ: 5.10 to 7.3, 1 fixed, 1 broken, 1 changed");
	assert_int_equal(errors, 0);
}

/* All that can be read, each pair of colours once, by the formula of WCAG 2. */
static const char worst_contrast[] =
	"(() => {"
	"for (const d of document.querySelectorAll('details')) d.open = true;"
	"for (const a of document.querySelectorAll('article')) a.classList.add('open');"
	"const rgb = c => (c.match(/[0-9.]+/g) || []).map(Number);"
	"const light = c => { const l = c.slice(0, 3).map(v => (v /= 255) <= .03928 ? v / 12.92 : "
	"((v + .055) / 1.055) ** 2.4); return .2126 * l[0] + .7152 * l[1] + .0722 * l[2]; };"
	"let worst = 99, n = 0;"
	"for (const e of document.querySelectorAll('body *')) {"
	"if (!Array.from(e.childNodes).some(t => t.nodeType === 3 && t.data.trim()) || "
	"!e.getClientRects().length) continue;"
	"let b = e, bg;"
	"do bg = rgb(getComputedStyle(b).backgroundColor); while ((bg.length > 3 && !bg[3]) && (b = "
	"b.parentElement));"
	"const x = light(rgb(getComputedStyle(e).color)), y = light(bg);"
	"worst = Math.min(worst, (Math.max(x, y) + .05) / (Math.min(x, y) + .05)); n++;"
	"}"
	"return n > 50 ? Math.floor(worst * 100) : 0; })()";

static void colors(void **state)
{
	static const char *const schemes[] = { "light", "dark" };
	char page[2][64];

	save_usual();
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		int contrast;

		visit("usual", "");
		do_call("Emulation.setEmulatedMedia",
			json_pack("{s:[{s:s, s:s}]}", "features", "name", "prefers-color-scheme",
				  "value", schemes[i]));
		snprintf(page[i], sizeof(page[i]), "%s",
			 eval("getComputedStyle(document.body).backgroundColor"));
		contrast = atoi(eval(worst_contrast));
		if (contrast < 450)
			fail_msg("%s: a contrast of %d.%02d", schemes[i], contrast / 100,
				 contrast % 100);
	}
	assert_string_not_equal(page[0], page[1]);
}

/* Without the script, the address of a cell shows it; on a telephone the page does not scroll. */
static void plain(void **state)
{
	save_usual();
	attach();
	do_call("Emulation.setScriptExecutionDisabled", json_pack("{s:b}", "value", 1));
	visit("usual", "#fork/pin/anon-rdma@5.10");
	is("getComputedStyle(document.getElementById('fork/pin/anon-rdma@5.10')).display", "block");
	is("getComputedStyle(document.querySelector('.close')).display", "block");
	is("getComputedStyle(document.getElementById('controls')).display", "none");
	do_call("Emulation.setScriptExecutionDisabled", json_pack("{s:b}", "value", 0));
	do_call("Emulation.setDeviceMetricsOverride",
		json_pack("{s:i, s:i, s:i, s:b}", "width", 360, "height", 640, "deviceScaleFactor",
			  1, "mobile", 1));
	visit("usual", "");
	is("document.documentElement.scrollWidth <= 360", "true");
	do_call("Emulation.clearDeviceMetricsOverride", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(structure), cmocka_unit_test(keys),	cmocka_unit_test(address),
		cmocka_unit_test(colors),    cmocka_unit_test(hostile), cmocka_unit_test(plain),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
