// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "cases.h"
#include "err.h"
#include "util.h"

#define DESCRIBE_SECONDS "10"

/* --- one case ---------------------------------------------------------------- */

static void tcase_forget(struct tcase *c)
{
	for (size_t i = 0; i < c->nv; i++) {
		free(c->v[i].name);
		free(c->v[i].memory);
		free(c->v[i].pin);
		free(c->v[i].guest);
	}
	free(c->v);
	c->v = NULL;
	c->nv = 0;
	expectations_free(&c->known);
	free(c->purpose);
	free(c->clauses);
	free(c->class);
	claims_free(&c->claims);
	free(c->test);
	c->purpose = c->clauses = c->class = c->test = NULL;
}

static void tcase_free(struct tcase *c)
{
	tcase_forget(c);
	free(c->area);
	free(c->name);
	free(c->id);
	free(c->exe);
	free(c->shared);
	free(c->exe_sha256);
	free(c->broken);
}

static bool name_ok(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++) {
		if (!islower((unsigned char)*s) && !isdigit((unsigned char)*s) && *s != '_' &&
		    *s != '-')
			return false;
	}
	return true;
}

static int want_text(const json_t *o, const char *key, bool must, char **out)
{
	const json_t *j = json_object_get(o, key);

	if (!j || json_is_null(j)) {
		if (must)
			return err_set(-EINVAL, "\"%s\" is missing", key);
		*out = xstrdup("");
		return 0;
	}
	if (!json_is_string(j))
		return err_set(-EINVAL, "\"%s\" is not a string", key);
	*out = xstrdup(json_string_value(j));
	return 0;
}

static int parse_clauses(const json_t *o, struct tcase *c)
{
	const json_t *list = json_object_get(o, "clauses");
	struct buf b = { 0 };
	size_t n;
	json_t *j;

	if (json_is_string(list)) {
		c->clauses = xstrdup(json_string_value(list));
		return 0;
	}
	buf_add(&b, "", 0);
	json_array_foreach(list, n, j) {
		if (!json_is_string(j)) {
			buf_free(&b);
			return err_set(-EINVAL, "\"clauses\" holds something that is no string");
		}
		buf_printf(&b, "%s%s", b.len ? " " : "", json_string_value(j));
	}
	c->clauses = xstrdup(b.data ? b.data : "");
	buf_free(&b);
	return 0;
}

static int parse_variants(const json_t *o, struct tcase *c)
{
	const json_t *list = json_object_get(o, "variants");
	struct variant *v;
	size_t n;
	json_t *j;
	int ret = 0;

	if (!json_is_array(list) || !json_array_size(list))
		return err_set(-EINVAL, "it has no variants");
	c->v = xcalloc(json_array_size(list), sizeof(*c->v));
	json_array_foreach(list, n, j) {
		v = &c->v[c->nv++];
		ret = want_text(j, "name", true, &v->name);
		if (!ret)
			ret = want_text(j, "memory", false, &v->memory);
		if (!ret)
			ret = want_text(j, "pin", false, &v->pin);
		if (!ret)
			ret = want_text(j, "guest", false, &v->guest);
		if (!ret && !name_ok(v->name))
			ret = err_set(-EINVAL, "\"%s\" is no name for a variant ([a-z0-9_-])",
				      v->name);
		for (size_t i = 0; !ret && i < n; i++) {
			if (!strcmp(c->v[i].name, v->name))
				ret = err_set(-EINVAL, "variant %s is there twice", v->name);
		}
		if (ret)
			return ret;
	}
	return 0;
}

static int parse_claims(const json_t *o, struct tcase *c)
{
	const char **names = xcalloc(c->nv, sizeof(*names));
	int ret = claims_parse(o, &c->claims);

	for (size_t i = 0; i < c->nv; i++)
		names[i] = c->v[i].name;
	if (!ret)
		ret = claims_check(&c->claims, names, c->nv);
	free(names);
	return ret;
}

static int tcase_parse(const json_t *o, struct tcase *c)
{
	char *id = NULL;
	int ret;

	if (!json_is_object(o))
		return err_set(-EINVAL, "not a JSON object");
	ret = want_text(o, "case", true, &id);
	if (!ret && strcmp(id, c->id))
		ret = err_set(-EINVAL, "it calls itself \"%s\"", id);
	free(id);
	if (!ret)
		ret = want_text(o, "purpose", true, &c->purpose);
	if (!ret)
		ret = want_text(o, "test", true, &c->test);
	if (!ret)
		ret = want_text(o, "class", false, &c->class);
	if (!ret)
		ret = parse_clauses(o, c);
	if (!ret)
		ret = parse_variants(o, c);
	if (!ret)
		ret = expectations_parse(json_object_get(o, "known_broken"),
					 json_object_get(o, "patched"), &c->known);
	if (!ret)
		ret = parse_claims(o, c);
	for (size_t i = 0; !ret && i < c->claims.nseen; i++)
		expectations_add_seen(&c->known, c->claims.seen[i].kernel, c->claims.seen[i].clause,
				      c->claims.seen[i].variants);
	return ret;
}

/* Ask the executable; bounded, because this runs on the host. NULL and ->broken if it fails. */
static json_t *tcase_ask(struct tcase *c)
{
	char *argv[] = { "timeout", "-k", "1", DESCRIBE_SECONDS, c->exe, "--describe", NULL };
	struct buf out = { 0 };
	json_error_t je;
	json_t *o = NULL;
	int ret;

	ret = run_command(argv, NULL, &out);
	if (ret < 0)
		c->broken = xstrdup(err_msg());
	else if (ret == 124 || ret == 137)
		c->broken = xasprintf("--describe does not end within %s s", DESCRIBE_SECONDS);
	else if (ret)
		c->broken = xasprintf("--describe exits with %d", ret);
	else {
		o = json_loadb(out.data ? out.data : "", out.len, 0, &je);
		if (!o)
			c->broken = xasprintf("--describe prints no JSON: line %d: %s", je.line,
					      je.text);
	}
	buf_free(&out);
	return o;
}

/*
 * From the cache if the file is the same, else by asking; *@cache gets what is
 * to be kept.
 */
static int tcase_describe(struct tcase *c, const json_t *old, json_t *cache, bool *changed)
{
	const json_t *e = json_object_get(old, c->id), *j;
	json_t *o, *entry;
	struct stat st;
	char sha[65];
	json_int_t mtime;
	int ret;

	if (stat(c->exe, &st) < 0)
		return err_set(-errno, "%s: %s", c->exe, strerror(errno));
	mtime = st.st_mtim.tv_sec * 1000000000LL + st.st_mtim.tv_nsec;
	j = json_object_get(e, "describe");
	if (j && json_integer_value(json_object_get(e, "mtime_ns")) == mtime &&
	    json_integer_value(json_object_get(e, "size")) == st.st_size &&
	    json_is_string(json_object_get(e, "sha256"))) {
		c->exe_sha256 = xstrdup(json_string_value(json_object_get(e, "sha256")));
		json_object_set(cache, c->id, (json_t *)e);
		if (!tcase_parse(j, c))
			return 0;
		/* Kept by another version of us: ask again. */
		tcase_forget(c);
		free(c->exe_sha256);
	}
	*changed = true;
	json_object_del(cache, c->id);
	ret = sha256_file(c->exe, sha);
	if (ret)
		return ret;
	c->exe_sha256 = xstrdup(sha);
	o = tcase_ask(c);
	if (!o)
		return 0;
	if (tcase_parse(o, c)) {
		c->broken = xasprintf("--describe: %s", err_msg());
		tcase_forget(c);
		json_decref(o);
		return 0;
	}
	entry = json_object();
	json_object_set_new(entry, "mtime_ns", json_integer(mtime));
	json_object_set_new(entry, "size", json_integer(st.st_size));
	json_object_set_new(entry, "sha256", json_string(sha));
	json_object_set_new(entry, "describe", o);
	json_object_set_new(cache, c->id, entry);
	return 0;
}

/* --- all of them ------------------------------------------------------------- */

static int not_hidden(const struct dirent *de)
{
	return name_ok(de->d_name);
}

static int discover_area(const char *dir, const char *area, struct case_list *list)
{
	char *path = xasprintf("%s/%s", dir, area), *exe;
	struct dirent **de = NULL;
	struct tcase *c;
	struct stat st;
	int n;

	n = scandir(path, &de, not_hidden, alphasort);
	for (int i = 0; i < n; i++) {
		exe = xasprintf("%s/%s", path, de[i]->d_name);
		if (!stat(exe, &st) && S_ISREG(st.st_mode) && (st.st_mode & 0111)) {
			list->c = xrealloc(list->c, (list->n + 1) * sizeof(*c));
			c = &list->c[list->n++];
			memset(c, 0, sizeof(*c));
			c->area = xstrdup(area);
			c->name = xstrdup(de[i]->d_name);
			c->id = xasprintf("%s/%s", area, c->name);
			c->exe = exe;
		} else {
			free(exe);
		}
		free(de[i]);
	}
	free(de);
	free(path);
	return 0;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct tcase *)a)->id, ((const struct tcase *)b)->id);
}

/*
 * Those that @build/cases.list names and that were not built, as nobody asked for
 * them: known by their names, and broken for whoever chooses one.
 */
static void discover_unbuilt(const char *build, struct case_list *list)
{
	char *path = xasprintf("%s/cases.list", build), *line = NULL, *slash;
	size_t size = 0, built = list->n, i;
	FILE *f = fopen(path, "re");
	struct tcase *c;

	while (f && getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		slash = strchr(line, '/');
		for (i = 0; i < built && strcmp(list->c[i].id, line); i++)
			;
		if (!slash || i < built)
			continue;
		list->c = xrealloc(list->c, (list->n + 1) * sizeof(*c));
		c = &list->c[list->n++];
		memset(c, 0, sizeof(*c));
		c->area = xasprintf("%.*s", (int)(slash - line), line);
		c->name = xstrdup(slash + 1);
		c->id = xstrdup(line);
		c->broken = xstrdup("it is not built (`make cases` builds all)");
	}
	if (f)
		fclose(f);
	free(line);
	free(path);
	if (list->n > built)
		qsort(list->c, list->n, sizeof(*c), by_id);
}

/*
 * @build/all-cases has all of them, and its list each with the hash of the program that it
 * was when that one was made.
 */
static void discover_shared(const char *build, struct case_list *list)
{
	char *path = xasprintf("%s/all-cases", build), *names = xasprintf("%s.list", path);
	char *line = NULL;
	FILE *f = access(path, X_OK) ? NULL : fopen(names, "re");
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0) {
		char *id = line + strcspn(line, " ");
		struct tcase key = { .id = id + strspn(id, " ") }, *c;

		key.id[strcspn(key.id, "\n")] = '\0';
		c = bsearch(&key, list->c, list->n, sizeof(*c), by_id);
		if (c && !c->shared && c->exe_sha256 &&
		    !strncmp(c->exe_sha256, line, strlen(c->exe_sha256)))
			c->shared = xstrdup(path);
	}
	if (f)
		fclose(f);
	free(line);
	free(names);
	free(path);
}

int cases_discover(const char *build, struct case_list *list)
{
	char *dir = xasprintf("%s/cases", build), *kept = xasprintf("%s/describe.json", build);
	json_t *old, *cache = json_object();
	struct dirent **de = NULL;
	bool changed = false;
	char *text;
	int n, ret = 0;

	memset(list, 0, sizeof(*list));
	n = scandir(dir, &de, not_hidden, alphasort);
	for (int i = 0; i < n; i++) {
		discover_area(dir, de[i]->d_name, list);
		free(de[i]);
	}
	free(de);
	discover_unbuilt(build, list);
	old = json_load_file(kept, 0, NULL);
	if (!list->n)
		ret = err_set(-ENOENT, "no cases in %s; `make cases` builds them", dir);
	for (size_t i = 0; !ret && i < list->n; i++) {
		if (list->c[i].exe)
			ret = tcase_describe(&list->c[i], old, cache, &changed);
	}
	if (!ret)
		discover_shared(build, list);
	if (!ret && (changed || json_object_size(old) != json_object_size(cache))) {
		text = json_dumps(cache, JSON_INDENT(1));
		/* Only saves time: a build folder that cannot be written to is no reason to stop. */
		if (text)
			(void)write_file(kept, text, strlen(text));
		free(text);
	}
	json_decref(old);
	json_decref(cache);
	free(dir);
	free(kept);
	if (ret)
		cases_free(list);
	return ret;
}

void cases_free(struct case_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		tcase_free(&list->c[i]);
	free(list->c);
	memset(list, 0, sizeof(*list));
}

/* --- choosing ---------------------------------------------------------------- */

static void tests_add(struct test_list *tests, const struct tcase *c, const struct variant *v)
{
	for (size_t i = 0; i < tests->n; i++) {
		if (tests->t[i].v == v)
			return;
	}
	tests->t = xrealloc(tests->t, (tests->n + 1) * sizeof(*tests->t));
	tests->t[tests->n++] = (struct test){
		.c = c,
		.v = v,
		.name = xasprintf("%s/%s", c->id, v->name),
	};
}

void tests_free(struct test_list *tests)
{
	for (size_t i = 0; i < tests->n; i++)
		free(tests->t[i].name);
	free(tests->t);
	memset(tests, 0, sizeof(*tests));
}

/* Which valid names are near: variants if the case is right, else cases. */
static char *nearest(const struct case_list *list, const char *glob)
{
	const char *slash = strchr(glob, '/'), *last = slash ? strchr(slash + 1, '/') : NULL;
	const char **names = xcalloc(1, sizeof(*names));
	char **own = NULL, *near;
	size_t n = 0, nown = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct tcase *c = &list->c[i];

		if (last && (size_t)(last - glob) == strlen(c->id) &&
		    !strncmp(c->id, glob, last - glob)) {
			for (size_t v = 0; v < c->nv; v++) {
				own = xrealloc(own, (nown + 1) * sizeof(*own));
				own[nown] = xasprintf("%s/%s", c->id, c->v[v].name);
				names = xrealloc(names, (n + 2) * sizeof(*names));
				names[n++] = own[nown++];
			}
		}
	}
	for (size_t i = 0; !nown && i < list->n; i++) {
		names = xrealloc(names, (n + 2) * sizeof(*names));
		names[n++] = list->c[i].id;
	}
	names[n] = NULL;
	near = nearest_names(glob, names);
	for (size_t i = 0; i < nown; i++)
		free(own[i]);
	free(own);
	free(names);
	return near;
}

static int select_one(const struct case_list *list, const char *glob, struct test_list *tests)
{
	char *name, *near;
	bool hit = false;
	int ret;

	for (size_t i = 0; i < list->n; i++) {
		const struct tcase *c = &list->c[i];
		bool all = !fnmatch(glob, c->id, 0) || !fnmatch(glob, c->area, 0);

		if (all && c->broken)
			return err_set(-EINVAL,
				       "case %s: %s; mend it, or leave it out with CASES=", c->id,
				       c->broken);
		for (size_t v = 0; v < c->nv; v++) {
			name = xasprintf("%s/%s", c->id, c->v[v].name);
			if (all || !fnmatch(glob, name, 0)) {
				tests_add(tests, c, &c->v[v]);
				hit = true;
			}
			free(name);
		}
	}
	if (hit)
		return 0;
	near = nearest(list, glob);
	ret = err_set(-EINVAL, "no case \"%s\"; nearest: %s (`make list` has all)", glob, near);
	free(near);
	return ret;
}

int cases_select(const struct case_list *list, const char *globs, struct test_list *tests)
{
	char *copy = xstrdup(globs ? globs : ""), *save = NULL, *glob;
	bool any = false;
	size_t len;
	int ret = 0;

	memset(tests, 0, sizeof(*tests));
	for (glob = strtok_r(copy, " \t\n,", &save); glob && !ret;
	     glob = strtok_r(NULL, " \t\n,", &save)) {
		any = true;
		len = strlen(glob);
		while (len > 1 && glob[len - 1] == '/')
			glob[--len] = '\0';
		ret = select_one(list, glob, tests);
	}
	if (!any)
		ret = select_one(list, "*", tests);
	free(copy);
	if (ret)
		tests_free(tests);
	return ret;
}
