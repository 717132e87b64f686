// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <jansson.h>

#include "classify.h"
#include "err.h"
#include "ktap.h"
#include "splat.h"

/* --- what the kernel said --------------------------------------------------- */

static char *taint_text(unsigned long bits)
{
	static const char letters[] = "PFSRMBUDAWCIOELKXTNJ";
	char names[sizeof(letters)], *p = names;

	for (unsigned int i = 0; i < sizeof(letters) - 1; i++) {
		if (bits & (1UL << i))
			*p++ = letters[i];
	}
	*p = '\0';
	return xasprintf("new taint 0x%lx (%s)", bits, names);
}

/* From @from on, at most @max bytes, whole lines. */
static char *slice(const char *from, size_t max)
{
	size_t len = strnlen(from, max + 1);
	char *out;

	if (len > max) {
		len = max;
		while (len && from[len - 1] != '\n')
			len--;
		if (!len)
			len = max;
	}
	out = xcalloc(1, len + 1);
	memcpy(out, from, len);
	return out;
}

#define KMSG_KEEP 4096

/* The last line of the marks that is whole: the step that was in hand. */
static void step_from_marks(const struct vm_result *vm, struct record *r)
{
	const char *d = vm->marks.data;
	size_t end = d ? vm->marks.len : 0, start;
	char *step;

	while (end && d[end - 1] != '\n')
		end--;
	while (end && (d[end - 1] == '\n' || d[end - 1] == '\r'))
		end--;
	for (start = end; start && d[start - 1] != '\n'; start--)
		;
	if (end == start)
		return;
	/* "step 4 cpu_write parent" */
	if (end - start > 5 && !strncmp(d + start, "step ", 5))
		start += 5;
	step = xcalloc(1, end - start + 1);
	memcpy(step, d + start, end - start);
	record_set(&r->step, step);
	free(step);
}

/* --- what the executable said ------------------------------------------------ */

struct claim {
	json_t *keys;	  /* of all its "# cowpen" lines, the last one wins */
	unsigned int bad; /* lines that were none */
};

static void take_claim(void *arg, const char *json)
{
	struct claim *c = arg;
	json_t *o = json_loads(json, 0, NULL);

	if (json_is_object(o))
		json_object_update(c->keys, o);
	else
		c->bad++;
	json_decref(o);
}

static void claim_text(const struct claim *c, const char *key, char **field)
{
	const json_t *j = json_object_get(c->keys, key);
	char *text;

	if (json_is_string(j)) {
		record_set(field, json_string_value(j));
	} else if (j && !json_is_null(j)) {
		text = json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY);
		record_set(field, text);
		free(text);
	}
}

static void claim_uint(const struct claim *c, const char *key, unsigned int *field)
{
	const json_t *j = json_object_get(c->keys, key);
	json_int_t v = json_integer_value(j);

	if (json_is_integer(j) && v >= 0 && v <= 1000000000)
		*field = v;
}

static void claim_fill(const struct claim *c, struct record *r)
{
	claim_text(c, "step", &r->step);
	claim_text(c, "clause", &r->clause);
	claim_text(c, "check", &r->check);
	claim_text(c, "wanted", &r->wanted);
	claim_text(c, "seen", &r->seen);
	claim_text(c, "reason", &r->reason);
	claim_text(c, "fix", &r->fix);
	claim_text(c, "observations", &r->observations);
	claim_uint(c, "attempts", &r->attempts);
	claim_uint(c, "hits", &r->hits);
}

static int __attribute__((format(printf, 2, 3))) disagree(struct record *r, const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	record_set(&r->reason, text);
	r->status = ST_ERROR;
	return -1;
}

/* What kselftest prints of a failed ASSERT_*(): "# file.c:12:name:Expected ..." */
static void reason_from_assert(const char *out, struct record *r)
{
	const char *p = strstr(out, ":Expected "), *start = p;
	char *text;

	if (!p)
		return;
	while (start > out && start[-1] != '\n')
		start--;
	if (start[0] == '#' && start[1] == ' ')
		start += 2;
	text = slice(start, strchrnul(p, '\n') - start);
	record_set(&r->reason, text);
	free(text);
}

static const char *exit_text(int wait_status, char *b, size_t len)
{
	if (WIFEXITED(wait_status))
		snprintf(b, len, "it exited with %d", WEXITSTATUS(wait_status));
	else if (WIFSIGNALED(wait_status))
		snprintf(b, len, "it was killed by signal %d (%s)", WTERMSIG(wait_status),
			 strsignal(WTERMSIG(wait_status)));
	else
		snprintf(b, len, "its wait status is 0x%x", wait_status);
	return b;
}

/* The status by the executable's own account, if all parts of it agree. */
static int judge(const struct vm_result *vm, const struct ktap *k, const struct claim *c,
		 const char *variant, const char *test, struct record *r)
{
	const struct ktap_result *res = NULL;
	const char *out = vm->output.data ? vm->output.data : "";
	const char *said = json_string_value(json_object_get(c->keys, "status"));
	char exited[80], *name;
	unsigned int n = 0;
	int want_exit, ret;

	exit_text(vm->wait_status, exited, sizeof(exited));
	if (vm->output_total > vm->output.len)
		return disagree(r,
				"it wrote %llu bytes, of which %zu were kept: its result is not to "
				"be trusted",
				(unsigned long long)vm->output_total, vm->output.len);
	for (size_t i = 0; i < k->nresults; i++) {
		if (k->results[i].level == 0) {
			if (!n++)
				res = &k->results[i];
		}
	}
	if (k->bail)
		return disagree(r, "bailed out: %.200s", k->bail);
	if (!k->version && !n && k->plan < 0)
		return disagree(r, "no KTAP: %s after %zu bytes of output", exited, vm->output.len);
	if (!WIFEXITED(vm->wait_status))
		return disagree(r, "%s%s", exited, n ? ", and a result is there" : "");
	if (!n && k->plan_skip)
		return disagree(r, "it skipped everything and named no test: %.200s", k->plan_text);
	if (!n)
		return disagree(r, "no result: %s", exited);
	if (n > 1)
		return disagree(r, "%u results where one was asked for (\"%.100s\", \"%.100s\")", n,
				res->name, k->results[k->nresults - 1].name);
	if (k->plan != 1)
		return disagree(r, k->plan < 0 ? "no plan" : "the plan is 1..%ld, not 1..1",
				k->plan);
	if (k->nserious) {
		for (size_t i = 0; i < k->ncomplaints; i++) {
			if (k->complaints[i].serious)
				return disagree(r, "KTAP line %zu: %s", k->complaints[i].line,
						k->complaints[i].text);
		}
	}
	name = xasprintf("scene.%s.%s", variant, test);
	ret = strcmp(res->name, name) ?
		      disagree(r, "the result is of \"%.200s\", asked for was \"%s\"", res->name,
			       name) :
		      0;
	free(name);
	if (ret)
		return ret;
	if (c->bad)
		return disagree(r, "%u \"# cowpen\" lines are no JSON objects", c->bad);

	switch (res->directive) {
	case KTAP_NONE:
	case KTAP_TODO:
		r->status = res->ok ? ST_PASS : ST_FAIL;
		want_exit = res->ok ? 0 : 1;
		break;
	case KTAP_SKIP:
		if (!res->ok)
			return disagree(r, "not ok and SKIP at once");
		/* To kselftest, which has no word for it, a race that was not met is a skip. */
		r->status = said && !strcmp(said, status_name(ST_INCONCLUSIVE)) ? ST_INCONCLUSIVE :
										  ST_SKIP;
		want_exit = 4;
		break;
	case KTAP_ERROR:
		r->status = ST_ERROR;
		want_exit = 1;
		break;
	case KTAP_TIMEOUT:
		r->status = ST_TIMEOUT;
		want_exit = 1;
		break;
	default:
		return disagree(r, "it says %s of itself; what is expected is not for it to judge",
				ktap_directive_name(res->directive));
	}
	if (said && strcmp(said, status_name(r->status)))
		return disagree(r, "its result says %s, its \"# cowpen\" line says %.40s",
				status_name(r->status), said);
	if (WEXITSTATUS(vm->wait_status) != want_exit)
		return disagree(r, "its result says %s, but %s", status_name(r->status), exited);
	claim_fill(c, r);
	/* Behind "not ok" stands what the JSON said already, in fewer words. */
	if (!*r->reason && *res->text && !*r->seen)
		record_set(&r->reason, res->text);
	if (!*r->reason && r->status == ST_FAIL && !*r->seen)
		reason_from_assert(out, r);
	/* Nothing hit is what a passing attempt at something flaky means. */
	if (!json_object_get(c->keys, "hits"))
		r->hits = r->status == ST_FAIL;
	return 0;
}

/* The kernel's own complaints go over whatever the executable says, except its failure. */
static void judge_kernel(const struct vm_result *vm, struct record *r)
{
	unsigned long taint = vm->taint_after & ~vm->taint_before;
	const char *kmsg = vm->kmsg.data ? vm->kmsg.data : "", *at = NULL;
	char *splat = kernel_splat(kmsg, &at), *text, *all;

	if (!splat && !taint) {
		if (r->status != ST_PASS && *kmsg) {
			text = slice(kmsg, KMSG_KEEP);
			record_set(&r->kmsg, text);
			free(text);
		}
		return;
	}
	text = slice(at ? at : kmsg, KMSG_KEEP);
	record_set(&r->kmsg, text);
	free(text);
	text = splat ? xstrdup(splat) : taint_text(taint);
	if (r->status == ST_FAIL) {
		all = xasprintf("%s%sthe kernel: %s", r->reason, *r->reason ? "; " : "", text);
	} else if (r->status == ST_PASS) {
		all = xstrdup(text);
	} else {
		all = xasprintf("%s; the test: %s%s%s", text, status_name(r->status),
				*r->reason ? ", " : "", r->reason);
	}
	if (r->status != ST_FAIL) {
		r->status = ST_CRASH;
		record_set(&r->clause, "C8");
		if (!*r->step)
			step_from_marks(vm, r);
	}
	record_set(&r->reason, all);
	free(all);
	free(text);
	free(splat);
}

/*
 * What all tests draw on and this one has kept (clause C8, seen from outside).
 * The case asks the same of itself; that it did not notice, or was not there any
 * more to do so, makes its word worthless: an error, not a failure of the kernel,
 * which may or may not be to blame.
 */
static void judge_left(const struct vm_result *vm, struct record *r)
{
	char *text;

	if (!vm->left || !*vm->left)
		return;
	text = xasprintf("%s%sleft behind: %s", r->reason, *r->reason ? "; " : "", vm->left);
	record_set(&r->reason, text);
	free(text);
	if (r->status == ST_PASS || r->status == ST_SKIP || r->status == ST_INCONCLUSIVE) {
		r->status = ST_ERROR;
		record_set(&r->clause, "C8");
	}
}

static void guest_crashed(const struct vm_result *vm, struct record *r)
{
	const char *console = vm->console.data ? vm->console.data : "";
	const char *kmsg = vm->kmsg.data ? vm->kmsg.data : "", *at = NULL;
	char *splat = kernel_splat(kmsg, &at), *text;

	if (!splat)
		splat = kernel_splat(console, &at);
	r->status = ST_CRASH;
	record_set(&r->clause, "C8");
	step_from_marks(vm, r);
	if (splat)
		record_set(&r->reason, splat);
	else
		record_set(&r->reason, *vm->why ? vm->why : vm_end_name(vm->end));
	text = slice(at ? at : console, KMSG_KEEP);
	record_set(&r->kmsg, text);
	free(text);
	free(splat);
}

int classify(const struct vm_result *vm, const char *variant, const char *test, struct record *r)
{
	struct claim claim = { 0 };
	struct ktap k;
	char *text;

	r->duration_ms = vm->total_ms;
	r->hits = 0;
	switch (vm->end) {
	case VM_ENDED:
		claim.keys = json_object();
		ktap_init(&k, take_claim, &claim);
		ktap_feed(&k, vm->output.data, vm->output.len);
		ktap_finish(&k);
		if (judge(vm, &k, &claim, variant, test, r))
			step_from_marks(vm, r);
		else if (!*r->step && r->status != ST_PASS && r->status != ST_SKIP)
			step_from_marks(vm, r);
		judge_kernel(vm, r);
		judge_left(vm, r);
		ktap_free(&k);
		json_decref(claim.keys);
		break;
	case VM_PANIC:
	case VM_RESET:
	case VM_POWEROFF:
		guest_crashed(vm, r);
		break;
	case VM_TIMEOUT:
		r->status = ST_TIMEOUT;
		step_from_marks(vm, r);
		record_set(&r->reason, *vm->why ? vm->why : "the deadline passed");
		text = slice(vm->hang.len  ? vm->hang.data :
			     vm->kmsg.data ? vm->kmsg.data :
					     "",
			     KMSG_KEEP);
		record_set(&r->kmsg, text);
		free(text);
		break;
	case VM_DIED:
		/*
		 * QEMU died. If the kernel complained before, it is the guest's
		 * doing; else nothing is known of the kernel.
		 */
		text = kernel_splat(vm->console.data ? vm->console.data : "", NULL);
		if (text) {
			guest_crashed(vm, r);
		} else {
			r->status = ST_ERROR;
			step_from_marks(vm, r);
			record_set(&r->reason, *vm->why ? vm->why : "QEMU died");
		}
		free(text);
		break;
	case VM_BAD_FRAMES:
	case VM_NO_START:
		r->status = ST_ERROR;
		step_from_marks(vm, r);
		record_set(&r->reason, *vm->why ? vm->why : vm_end_name(vm->end));
		break;
	case VM_INTERRUPTED:
		return err_set(-EINTR, "interrupted");
	}
	return 0;
}
