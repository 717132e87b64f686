// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "err.h"
#include "measured.h"
#include "rows.h"
#include "util.h"

/* --- versions of packages ---------------------------------------------------------------- */

/* "~" sorts before everything, the end too; letters before what is none. */
static int weight(char c)
{
	if (c == '~')
		return -1;
	if (!c || isdigit((unsigned char)c))
		return 0;
	return isalpha((unsigned char)c) ? c : c + 256;
}

/*
 * Debian Policy, 5.6.12: what is no number by weight, what is one by value, in turns.
 * @na, @nb: how much of each there is.
 */
static int part_cmp(const char *a, size_t na, const char *b, size_t nb)
{
	const char *enda = a + na, *endb = b + nb;

	while (a < enda || b < endb) {
		const char *da, *db;

		while ((a < enda && !isdigit((unsigned char)*a)) ||
		       (b < endb && !isdigit((unsigned char)*b))) {
			int wa = weight(a < enda ? *a : '\0'), wb = weight(b < endb ? *b : '\0');

			if (wa != wb)
				return wa < wb ? -1 : 1;
			a += a < enda;
			b += b < endb;
		}
		while (a < enda && *a == '0')
			a++;
		while (b < endb && *b == '0')
			b++;
		for (da = a; a < enda && isdigit((unsigned char)*a); a++)
			;
		for (db = b; b < endb && isdigit((unsigned char)*b); b++)
			;
		if (a - da != b - db)
			return a - da < b - db ? -1 : 1;
		for (; da < a; da++, db++) {
			if (*da != *db)
				return *da < *db ? -1 : 1;
		}
	}
	return 0;
}

static unsigned long epoch(const char **s)
{
	const char *colon = strchr(*s, ':');
	unsigned long n = colon ? strtoul(*s, NULL, 10) : 0;

	if (colon)
		*s = colon + 1;
	return n;
}

int package_version_cmp(const char *a, const char *b)
{
	unsigned long ea = epoch(&a), eb = epoch(&b);
	const char *ra = strrchr(a, '-'), *rb = strrchr(b, '-');
	size_t na = ra ? (size_t)(ra - a) : strlen(a), nb = rb ? (size_t)(rb - b) : strlen(b);
	int c;

	if (ea != eb)
		return ea < eb ? -1 : 1;
	c = part_cmp(a, na, b, nb);
	ra = ra ? ra + 1 : "";
	rb = rb ? rb + 1 : "";
	return c ? c : part_cmp(ra, strlen(ra), rb, strlen(rb));
}

char *package_version(const char *package)
{
	const char *s = strchr(package, ' ');

	return s ? xasprintf("%.*s", (int)strcspn(s + 1, " "), s + 1) : xstrdup("");
}

/* --- the file ------------------------------------------------------------------------------ */

static struct measured_kernel *add(struct measured *m, const char *name)
{
	struct measured_kernel *k;

	m->k = xrealloc(m->k, (m->n + 1) * sizeof(*m->k));
	k = &m->k[m->n++];
	memset(k, 0, sizeof(*k));
	k->name = xstrdup(name);
	return k;
}

static void forget(struct measured_kernel *k)
{
	free(k->name);
	free(k->package);
	free(k->version);
	free(k->release);
	free(k->date);
}

void measured_free(struct measured *m)
{
	for (size_t i = 0; i < m->n; i++)
		forget(&m->k[i]);
	free(m->k);
	memset(m, 0, sizeof(*m));
}

static int parse(const json_t *root, const char *path, struct measured *m)
{
	const json_t *kernels;
	json_t *o;
	const char *name;
	int schema;

	if (json_unpack((json_t *)root, "{s:i}", "schema", &schema))
		return err_set(-EBADMSG, "%s is damaged: it has no schema", path);
	if (schema != MEASURED_SCHEMA)
		return err_set(-EBADMSG, "%s is of another version of cowpen: schema %d, not %d",
			       path, schema, MEASURED_SCHEMA);
	kernels = json_object_get(root, "kernels");
	if (!json_is_object(kernels))
		return err_set(-EBADMSG, "%s is damaged: it has no kernels", path);
	json_object_foreach((json_t *)kernels, name, o) {
		const char *package, *version, *release = "", *date = "";
		struct measured_kernel *k;

		if (json_unpack(o, "{s:s, s:s, s?s, s?s}", "package", &package, "version", &version,
				"release", &release, "date", &date) ||
		    !isdigit((unsigned char)*version))
			return err_set(-EBADMSG, "%s is damaged: kernel %s is not understood", path,
				       name);
		k = add(m, name);
		k->package = xstrdup(package);
		k->version = xstrdup(version);
		k->release = xstrdup(release);
		k->date = xstrdup(date);
	}
	return 0;
}

int measured_read(const char *path, struct measured *m)
{
	json_error_t je;
	json_t *root;
	int ret;

	memset(m, 0, sizeof(*m));
	if (access(path, F_OK))
		return err_set(-ENOENT, "%s is not there", path);
	root = json_load_file(path, 0, &je);
	if (!root)
		return err_set(-EBADMSG, "%s is damaged: line %d: %s", path, je.line, je.text);
	ret = parse(root, path, m);
	if (ret)
		measured_free(m);
	json_decref(root);
	return ret;
}

int measured_write(const char *path, const struct measured *m)
{
	json_t *root = json_object(), *kernels = json_object();
	char *text, *whole;
	int ret;

	json_object_set_new(root, "schema", json_integer(MEASURED_SCHEMA));
	for (size_t i = 0; i < m->n; i++) {
		const struct measured_kernel *k = &m->k[i];

		json_object_set_new(kernels, k->name,
				    json_pack("{s:s, s:s, s:s, s:s}", "package", k->package,
					      "version", k->version, "release", k->release, "date",
					      k->date));
	}
	json_object_set_new(root, "kernels", kernels);
	text = json_dumps(root, JSON_INDENT(1));
	whole = xasprintf("%s\n", text);
	ret = write_file(path, whole, strlen(whole));
	free(whole);
	free(text);
	json_decref(root);
	return ret;
}

/* --- runs ------------------------------------------------------------------------------------ */

static const struct measured_kernel *find(const struct measured *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++) {
		if (!strcmp(m->k[i].name, name))
			return &m->k[i];
	}
	return NULL;
}

enum age measured_age(const struct measured *m, const char *name, const char *source,
		      const char *package, const struct measured_kernel **than)
{
	char *version = package_version(package);
	enum age age = AGE_UNKNOWN;
	int c;

	*than = strcmp(source, "path") ? find(m, name) : NULL;
	if (*than && *version) {
		c = package_version_cmp(version, (*than)->version);
		age = c < 0 ? AGE_OLDER : c > 0 ? AGE_NEWER : AGE_SAME;
	}
	free(version);
	return age;
}

/* What is not as expected of a kernel, or "". */
static char *not_expected(const struct run *run, const char *kernel)
{
	size_t n[NR_VERDICT] = { 0 };
	struct buf b = { 0 };

	buf_add(&b, "", 0);
	for (size_t i = 0; i < run->nrec; i++) {
		if (!strcmp(run->rec[i].kernel, kernel))
			n[run->rec[i].verdict]++;
	}
	for (unsigned int v = 0; v < NR_VERDICT; v++) {
		if (n[v] && v != V_PASS && v != V_XFAIL && v != V_SKIP && v != V_INCONCLUSIVE)
			buf_printf(&b, "%s%zu %s", b.len ? ", " : "", n[v], verdict_name(v));
	}
	return b.data;
}

static int check(const struct run *run)
{
	int ret = 0;
	char *odd;

	if (*run->info.case_globs || !run->nrec)
		return err_set(-EINVAL, "run %s is not of the whole corpus (CASES=\"%s\")", run->id,
			       run->info.case_globs);
	if (missing_results(run, NULL))
		return err_set(-EINVAL,
			       "run %s is not complete; go on with it: make run-all RESUME=1",
			       run->id);
	if (*run->info.guest)
		return err_set(-EINVAL, "the guests of run %s lack something (GUEST=\"%s\")",
			       run->id, run->info.guest);
	for (size_t i = 0; i < run->info.nkernels && !ret; i++) {
		const char *name = run->info.kernels[i].name;

		odd = not_expected(run, name);
		if (*odd)
			ret = err_set(-EINVAL,
				      "run %s is not as expected on %s (%s): bring the "
				      "expectations of the cases up to date first",
				      run->id, name, odd);
		free(odd);
	}
	return ret;
}

int measured_take(struct measured *m, const struct run *run)
{
	int ret = check(run);

	if (ret)
		return ret;
	for (size_t i = 0; i < run->info.nkernels; i++) {
		const struct run_kernel *rk = &run->info.kernels[i];
		struct measured_kernel *k = (struct measured_kernel *)find(m, rk->name);
		char *version = package_version(rk->package);

		if (!*version || !strcmp(rk->source, "path")) {
			free(version);
			continue;
		}
		if (!k) {
			k = add(m, rk->name);
		} else {
			forget(k);
			k->name = xstrdup(rk->name);
		}
		k->version = version;
		k->package = xasprintf("%.*s", (int)strcspn(rk->package, " "), rk->package);
		k->release = xstrdup(run_kernel_release(run, rk));
		k->date = xasprintf("%.10s", run->info.start);
	}
	return 0;
}
