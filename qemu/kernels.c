// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fnmatch.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "book.h"
#include "err.h"
#include "kernels.h"
#include "util.h"

#define BLANK " \t\r\n"

/* The fetch script lies beside the conf file that was read last. */
static char *conf_dir;

static void forget_files(char ***files, size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		free((*files)[i]);
	free(*files);
	*files = NULL;
	*n = 0;
}

static void forget_found(struct kernel *k)
{
	forget_files(&k->modules, &k->nmodules);
	forget_files(&k->devices, &k->ndevices);
	free(k->dir);
	free(k->image);
	free(k->config);
	free(k->release);
	free(k->package);
	free(k->modules_wanted);
	free(k->devices_wanted);
	free(k->version);
	k->dir = k->image = k->config = k->release = k->package = k->version = NULL;
	k->modules_wanted = k->devices_wanted = NULL;
	k->sha256[0] = k->modules_sha256[0] = k->config_sha256[0] = '\0';
	k->cached = false;
}

static void forget_all(struct kernel *k)
{
	forget_found(k);
	free(k->name);
	free(k->source);
	free(k->origin);
	free(k->base);
	free(k->patches);
	free(k->mends);
	free(k->hides);
	free(k->spec);
	free(k->path);
}

void kernels_free(struct kernel_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		forget_all(&list->k[i]);
	free(list->k);
	list->k = NULL;
	list->n = 0;
}

static struct kernel *add_kernel(struct kernel_list *list, const char *name, const char *source)
{
	struct kernel *k;

	list->k = xrealloc(list->k, (list->n + 1) * sizeof(*list->k));
	k = &list->k[list->n++];
	memset(k, 0, sizeof(*k));
	k->name = xstrdup(name);
	k->source = xstrdup(source);
	k->base = xstrdup("");
	k->patches = xstrdup("");
	k->mends = xstrdup("");
	k->hides = xstrdup("");
	k->spec = xstrdup(name);
	return k;
}

bool kernel_is_built(const struct kernel *k)
{
	return !strcmp(k->source, "source") || (!strcmp(k->source, "patched") && !*k->hides);
}

/* Whose files it has. */
static const char *file_name(const struct kernel *k)
{
	return *k->hides ? k->base : k->name;
}

static struct kernel *find_kernel(struct kernel_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->k[i].name, name))
			return &list->k[i];
	return NULL;
}

/* --- kernel.json --------------------------------------------------------- */

/*
 * A file of a fetched kernel is as large as was written down. The full hash is
 * too slow for every start; kernel_fetch() takes it once, right after fetching.
 */
static int check_file(const struct kernel *k, const char *path, json_int_t size)
{
	struct stat st;

	if (stat(path, &st))
		return err_set(-EBADMSG,
			       "kernel %s is damaged: %s is missing: remove %s and run it again",
			       k->name, path, k->dir);
	if (st.st_size != size)
		return err_set(-EBADMSG,
			       "kernel %s is damaged: %s has %lld bytes, not %lld: remove %s and "
			       "run it again",
			       k->name, path, (long long)st.st_size, (long long)size, k->dir);
	return 0;
}

static int check_hash(const struct kernel *k, const char *path, const char *want)
{
	char hex[65];
	int err = sha256_file(path, hex);

	if (!err && strcmp(hex, want))
		err = err_set(-EBADMSG,
			      "kernel %s is damaged: %s is not what was unpacked: remove %s and "
			      "run it again",
			      k->name, path, k->dir);
	return err;
}

static bool is_hash(const char *s)
{
	return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

static int bad_json(const struct kernel *k, const char *why)
{
	return err_set(-EBADMSG,
		       "kernel %s is damaged: %s/kernel.json: %s: remove %s and run it again",
		       k->name, k->dir, why, k->dir);
}

/* The files of @list, which are in @folder of the kernel's, into @files. */
static int load_modules(struct kernel *k, const json_t *list, const char *folder, bool full,
			char ***files, size_t *n)
{
	const json_t *m;
	size_t i;
	int err = 0;

	*files = xcalloc(json_array_size(list) + 1, sizeof(**files));
	json_array_foreach(list, i, m) {
		const char *file, *sha;
		json_int_t size;

		if (json_unpack((json_t *)m, "{s:s, s:I, s:s}", "file", &file, "size", &size,
				"sha256", &sha) ||
		    strchr(file, '/') || !is_hash(sha)) {
			err = bad_json(k, "an entry of \"modules\" is not understood");
			break;
		}
		(*files)[(*n)++] = xasprintf("%s/%s/%s", k->dir, folder, file);
		err = check_file(k, (*files)[i], size);
		if (!err && full)
			err = check_hash(k, (*files)[i], sha);
		if (err)
			break;
	}
	return err;
}

static void replace(char **s, const char *by)
{
	free(*s);
	*s = xstrdup(by);
}

static int load_json(struct kernel *k, const json_t *root, bool full)
{
	const char *name, *release, *package, *version, *sha, *msha, *csha = NULL;
	const char *image = "vmlinuz", *base = NULL, *origin = NULL, *wanted = "";
	json_int_t size, csize = 0;
	const json_t *modules;
	json_error_t jerr;
	int schema, err;

	if (json_unpack_ex((json_t *)root, &jerr, 0,
			   "{s:i, s:s, s:s, s:s, s:s, s:s, s:I, s?s, s?I, s:s, s:o, s?s, s?s, s?s, "
			   "s?s}",
			   "schema", &schema, "name", &name, "release", &release, "package",
			   &package, "version", &version, "sha256", &sha, "size", &size,
			   "config_sha256", &csha, "config_size", &csize, "modules_sha256", &msha,
			   "modules", &modules, "modules_wanted", &wanted,
			   /* what is built has these, too */
			   "image", &image, "base", &base, "origin", &origin))
		return bad_json(k, jerr.text);
	if (schema != 1)
		return bad_json(k, "it is of another version of cowpen");
	if (!k->path && strcmp(name, file_name(k)))
		return bad_json(k, "it is of another kernel");
	if (strchr(image, '/'))
		return bad_json(k, "\"image\" is not a file's name");
	if (!is_hash(sha) || (csha && !is_hash(csha)) || (*msha && !is_hash(msha)))
		return bad_json(k, "a hash is not one");
	if (!json_is_array(modules))
		return bad_json(k, "\"modules\" is not a list");
	if (!json_array_size(modules) != !*msha)
		return bad_json(k, "\"modules\" and \"modules_sha256\" do not go together");

	k->image = xasprintf("%s/%s", k->dir, image);
	if (origin)
		replace(&k->origin, origin);
	if (base)
		replace(&k->base, base);
	k->release = xstrdup(release);
	k->package = xstrdup(package);
	k->modules_wanted = xstrdup(wanted);
	k->version = xstrdup(version);
	strcpy(k->sha256, sha);
	strcpy(k->modules_sha256, msha);
	err = check_file(k, k->image, size);
	if (!err && full)
		err = check_hash(k, k->image, sha);
	if (!err && csha) {
		strcpy(k->config_sha256, csha);
		k->config = xasprintf("%s/config", k->dir);
		err = check_file(k, k->config, csize);
		if (!err && full)
			err = check_hash(k, k->config, csha);
	}
	if (!err)
		err = load_modules(k, modules, "modules", full, &k->modules, &k->nmodules);
	return err;
}

/* Those for guests with devices have a list of their own, which may not be there. */
static int load_devices(struct kernel *k, bool full)
{
	char *path = xasprintf("%s/devices.json", k->dir);
	const char *wanted = "";
	json_t *root = json_load_file(path, 0, NULL), *list = NULL;
	int err = 0;

	if (root && (json_unpack(root, "{s:s, s:o}", "modules_wanted", &wanted, "modules", &list) ||
		     !json_is_array(list)))
		err = bad_json(k, "devices.json is not understood");
	k->devices_wanted = xstrdup(err ? "" : wanted);
	if (!err && list)
		err = load_modules(k, list, "devices", full, &k->devices, &k->ndevices);
	json_decref(root);
	free(path);
	return err;
}

/* Fill in a kernel from k->dir and its kernel.json. */
static int load_dir(struct kernel *k, bool full)
{
	json_error_t jerr;
	json_t *root;
	char *json;
	int err;

	json = xasprintf("%s/kernel.json", k->dir);
	root = json_load_file(json, 0, &jerr);
	if (!root && access(json, F_OK))
		err = bad_json(k, "it is missing");
	else if (!root)
		err = bad_json(k, jerr.text);
	else
		err = load_json(k, root, full);
	if (!err)
		err = load_devices(k, full);
	json_decref(root);
	free(json);
	if (err)
		forget_found(k);
	k->cached = !err;
	return err;
}

/*
 * Fill in a kernel of kernels.conf from the cache. -ENOENT without a line if it
 * is not there; -EBADMSG if it is there, but damaged.
 */
static int load_cached(struct kernel *k, bool full)
{
	const char *cache;
	char *link;
	int err;

	err = cache_dir(&cache);
	if (err)
		return err;
	forget_found(k);
	link = xasprintf("%s/kernels/%s/current", cache, file_name(k));
	/* What "current" means now: it may be switched while we are at work. */
	k->dir = realpath(link, NULL);
	free(link);
	if (!k->dir)
		return errno == ENOENT ? -ENOENT :
					 err_set(-errno, "cannot read the cache %s: %s", cache,
						 strerror(errno));
	return load_dir(k, full);
}

/* --- kernels.conf -------------------------------------------------------- */

/* What the words behind name and source are, for the complaint that one is missing. */
static const struct {
	const char *source, *fields;
	size_t nwords;
} sources[] = {
	{ "stock", "suite, release and package", 5 },
	{ "source", "suite, package and fragments", 5 },
	{ "patched", "base and patches", 4 },
	{ "hidden", "base and what of it is hidden", 4 },
};

static const char *const set_words[] = { "default", "stock", "source", "patched" };

static bool is_set_word(const char *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(set_words); i++)
		if (!strcmp(s, set_words[i]))
			return true;
	return false;
}

static int check_words(struct kernel_list *list, char *const *word, size_t n)
{
	size_t i;

	/* The source first: it decides what the rest has to be. */
	for (i = 0; i < ARRAY_SIZE(sources) && n > 1; i++)
		if (!strcmp(word[1], sources[i].source))
			break;
	if (n > 1 && i == ARRAY_SIZE(sources))
		return err_set(-EINVAL,
			       "unknown source \"%s\" of kernel \"%s\": it is stock, source, "
			       "patched or hidden",
			       word[1], word[0]);
	if (n < 2 || n < sources[i].nwords)
		return err_set(-EINVAL, "kernel \"%s\" is not complete: it needs name, source, %s",
			       word[0], n < 2 ? "and what belongs to it" : sources[i].fields);
	if (strpbrk(word[0], "/=") || is_set_word(word[0]))
		return err_set(-EINVAL,
			       "\"%s\" cannot be the name of a kernel: it means something else in "
			       "KERNEL=",
			       word[0]);
	if (find_kernel(list, word[0]))
		return err_set(-EINVAL, "there are two kernels of the name \"%s\"", word[0]);
	if (strcmp(word[1], "patched") && strcmp(word[1], "hidden"))
		return 0;
	for (i = 0; i < list->n; i++)
		if (!strcmp(list->k[i].name, word[2]) &&
		    !strcmp(list->k[i].source, strcmp(word[1], "hidden") ? "source" : "stock"))
			return 0;
	if (!strcmp(word[1], "hidden"))
		return err_set(
			-EINVAL,
			"kernel \"%s\" hides something of \"%s\", and no line before it is of such "
			"a stock kernel",
			word[0], word[2]);
	return err_set(-EINVAL, "kernel \"%s\" is based on \"%s\", which no line before it builds",
		       word[0], word[2]);
}

static int unknown_bug(const char *kernel, const char *name)
{
	const char **names = xcalloc(nbugs + 1, sizeof(*names));
	char *near;

	for (size_t i = 0; i < nbugs; i++)
		names[i] = bugs[i].name;
	near = nearest_names(name, names);
	err_set(-EINVAL,
		"kernel \"%s\" mends \"%s\", which is not in the book of bugs: did you mean one of "
		"%s?",
		kernel, name, near);
	free(near);
	free(names);
	return -EINVAL;
}

/* Add those of @names, separated by commas or blanks, that are not in @mends yet. */
static int add_mends(const char *kernel, const char *names, struct buf *mends)
{
	char *copy = xstrdup(names), *save = NULL;
	int err = 0;

	for (char *w = strtok_r(copy, ", ", &save); w && !err; w = strtok_r(NULL, ", ", &save)) {
		if (!bug_find(w))
			err = unknown_bug(kernel, w);
		else if (!mends->len || !glob_list_match(mends->data, w))
			buf_printf(mends, "%s%s", mends->len ? " " : "", w);
	}
	free(copy);
	return err;
}

/* Of several folders, with commas between them, one is enough. */
static bool any_matches(const char *glob, const char *folders)
{
	char *copy = xstrdup(folders), *save;
	bool any = false;

	for (char *f = strtok_r(copy, ",", &save); f && !any; f = strtok_r(NULL, ",", &save))
		any = !fnmatch(glob, f, FNM_PATHNAME);
	free(copy);
	return any;
}

/*
 * What @word, a patched kernel, mends: what its line says (@names, may be NULL), or, where it
 * has the patches of several lines before it, what those mend.
 */
static int find_mends(const struct kernel_list *list, char *const *word, const char *names,
		      bool judged, char **mends)
{
	bool several = strpbrk(word[3], "*?[");
	struct buf b = { 0 };
	int err = 0;

	if (judged && (names || several))
		return err_set(-EINVAL,
			       "kernel \"%s\" is judged by what cases say of it, or mends bugs of "
			       "the book, not both",
			       word[0]);
	buf_add(&b, "", 0);
	if (names)
		err = add_mends(word[0], names, &b);
	for (size_t i = 0; several && !err && i < list->n; i++) {
		const struct kernel *k = &list->k[i];

		if (any_matches(word[3], k->patches))
			err = add_mends(word[0], k->mends, &b);
	}
	if (!err && !b.len && (names || several))
		err = err_set(-EINVAL, "kernel \"%s\": %s", word[0],
			      names ? "mends which bug? (mends a,b)" :
				      "no line before it that mends a bug has such patches");
	if (err)
		buf_free(&b);
	else
		*mends = b.data;
	return err;
}

static int read_line(struct kernel_list *list, char *line)
{
	char *save, *word[16], *mends = NULL;
	const char *names = NULL;
	struct kernel *k;
	bool is_default, judged;
	size_t n = 0;
	int err;

	line[strcspn(line, "#")] = '\0';
	for (char *s = strtok_r(line, BLANK, &save); s && n < ARRAY_SIZE(word);
	     s = strtok_r(NULL, BLANK, &save))
		word[n++] = s;
	if (!n)
		return 0;
	is_default = n > 1 && !strcmp(word[n - 1], "default");
	n -= is_default;
	judged = n > 1 && !strcmp(word[1], "patched") && !strcmp(word[n - 1], "judged");
	n -= judged;
	if (n > 4 && !strcmp(word[1], "patched") && !strcmp(word[4], "mends")) {
		names = n > 5 ? word[5] : "";
		n -= n > 5 ? 2 : 1;
	}
	for (size_t i = 1; i < n; i++)
		if (!strcmp(word[i], "default"))
			return err_set(-EINVAL,
				       "\"%s\" stands behind the flag \"default\": flags come last",
				       word[i + 1 < n ? i + 1 : i]);
	err = check_words(list, word, n);
	if (!err && !strcmp(word[1], "patched"))
		err = find_mends(list, word, names, judged, &mends);
	if (err)
		return err;
	/* It is wrong on purpose, as one that is patched. */
	k = add_kernel(list, word[0], strcmp(word[1], "hidden") ? word[1] : "patched");
	k->is_default = is_default;
	k->judged = judged;
	if (!strcmp(word[1], "stock")) {
		k->origin = xasprintf("%s %s-%s", word[2], word[4], word[3]);
	} else if (!strcmp(word[1], "source")) {
		k->origin = xasprintf("%s %s, %s", word[2], word[3], word[4]);
	} else if (!strcmp(word[1], "hidden")) {
		replace(&k->base, word[2]);
		replace(&k->hides, word[3]);
		k->origin = xasprintf("%s, %s hidden", word[2], word[3]);
	} else {
		replace(&k->base, word[2]);
		replace(&k->patches, word[3]);
		free(k->mends);
		k->mends = mends;
		k->origin = xasprintf("%s and patches/%s", word[2], word[3]);
	}
	return 0;
}

int kernels_read(const char *conf, struct kernel_list *list)
{
	struct buf b = { 0 };
	unsigned int lineno = 0;
	char *copy, *next;
	int err;

	memset(list, 0, sizeof(*list));
	err = read_file(conf, &b);
	if (err)
		return err;
	for (char *line = b.data; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		lineno++;
		err = read_line(list, line);
		if (err) {
			err_prefix(err, "%s:%u", conf, lineno);
			kernels_free(list);
			break;
		}
	}
	buf_free(&b);
	if (err)
		return err;

	free(conf_dir);
	copy = xstrdup(conf);
	conf_dir = xstrdup(dirname(copy));
	free(copy);

	/*
	 * A kernel that is damaged counts as not there: whoever wants to run it
	 * calls kernel_fetch() and gets the line then.
	 */
	for (size_t i = 0; i < list->n; i++)
		load_cached(&list->k[i], false);
	return 0;
}

/* --- selecting ----------------------------------------------------------- */

static bool is_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

/* The image that @path means, which may be a build folder; NULL if none. */
static char *find_image(const char *path)
{
	/* The vmlinux first: a bzImage beside it may be of an earlier build. */
	static const char *const built[] = { "vmlinux", "arch/x86/boot/bzImage" };
	struct stat st;

	if (stat(path, &st))
		return NULL;
	if (!S_ISDIR(st.st_mode))
		return xstrdup(path);
	for (size_t i = 0; i < ARRAY_SIZE(built); i++) {
		char *image = xasprintf("%s/%s", path, built[i]);

		if (is_file(image))
			return image;
		free(image);
	}
	errno = ENOENT;
	return NULL;
}

/* The config that belongs to @image: installed, in our cache, or in its tree. */
static char *find_config(const char *image)
{
	static const char *const dots[] = { "config", ".config", "../../../.config" };
	char *copy1 = xstrdup(image), *copy2 = xstrdup(image), *config = NULL;
	const char *dir = dirname(copy1), *base = basename(copy2);
	const char *dash = strchr(base, '-');

	if (dash) {
		config = xasprintf("%s/config%s", dir, dash);
		if (!is_file(config)) {
			free(config);
			config = NULL;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(dots) && !config; i++) {
		/* Three levels up is a build tree only if the image lies in one. */
		if (i == 2 && !strstr(image, "arch/x86/boot/"))
			continue;
		config = xasprintf("%s/%s", dir, dots[i]);
		if (!is_file(config)) {
			free(config);
			config = NULL;
		}
	}
	free(copy1);
	free(copy2);
	return config;
}

static int load_path(struct kernel *k)
{
	char *image;
	int err;

	forget_found(k);
	/* What kernel-config/build has built tells more than an image does. */
	image = xasprintf("%s/kernel.json", k->path);
	if (is_file(image)) {
		free(image);
		k->dir = realpath(k->path, NULL);
		if (!k->dir)
			return err_set(-errno, "no kernel in %s: %s", k->path, strerror(errno));
		return load_dir(k, true);
	}
	free(image);
	image = find_image(k->path);
	if (!image)
		return err_set(-errno, "no kernel image %s: %s", k->path, strerror(errno));
	/* Absolute, as QEMU may be started elsewhere. */
	k->image = realpath(image, NULL);
	free(image);
	if (!k->image)
		return err_set(-errno, "no kernel image %s: %s", k->path, strerror(errno));
	if (!is_file(k->image))
		return err_set(-EINVAL,
			       "%s is not a kernel image: name a bzImage, a vmlinux or a build "
			       "folder",
			       k->image);
	err = sha256_file(k->image, k->sha256);
	if (err)
		return err;
	k->config = find_config(k->image);
	if (k->config) {
		err = sha256_file(k->config, k->config_sha256);
		if (err)
			return err;
	}
	k->release = xstrdup("");
	k->package = xstrdup("");
	k->version = xstrdup("");
	k->cached = true;
	return 0;
}

static int unknown_kernel(const struct kernel_list *list, const char *name)
{
	const char **names = xcalloc(list->n + ARRAY_SIZE(set_words) + 1, sizeof(*names));
	size_t n = 0;
	char *near;

	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->k[i].source, "path"))
			names[n++] = list->k[i].name;
	for (size_t i = 0; i < ARRAY_SIZE(set_words); i++)
		names[n++] = set_words[i];
	near = nearest_names(name, names);
	err_set(-EINVAL,
		"no kernel \"%s\": did you mean one of %s? (a path of an image has a / in it)",
		name, near);
	free(near);
	free(names);
	return -EINVAL;
}

struct picks {
	size_t *index, n;
};

static void pick(struct picks *p, size_t index)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->index[i] == index)
			return;
	p->index = xrealloc(p->index, (p->n + 1) * sizeof(*p->index));
	p->index[p->n++] = index;
}

/* @word is PATH or NAME=PATH. */
static int add_path(struct kernel_list *list, const char *word)
{
	const char *eq = strchr(word, '='), *slash = strchr(word, '/');
	struct kernel *k, *old;
	char *name;
	int err;

	/* In a path without a name a '=' is part of it. */
	if (eq && (eq == word || (slash && slash < eq)))
		eq = NULL;
	name = xasprintf("%.*s", eq ? (int)(eq - word) : (int)strlen(word), word);
	old = eq ? find_kernel(list, name) : NULL;
	if (old) {
		err = err_set(-EINVAL, "\"%s\" is the name of another kernel: give %s another one",
			      name, eq + 1);
		free(name);
		return err;
	}
	k = add_kernel(list, name, "path");
	free(name);
	k->path = xstrdup(eq ? eq + 1 : word);
	replace(&k->spec, word);
	k->origin = xstrdup(k->path);
	err = load_path(k);
	if (err) {
		forget_all(k);
		list->n--;
	}
	return err;
}

static int select_word(struct kernel_list *list, const char *word, struct picks *p)
{
	struct kernel *k;
	int err;

	if (is_set_word(word)) {
		bool want_default = !strcmp(word, "default");

		for (size_t i = 0; i < list->n; i++) {
			k = &list->k[i];
			if (!(want_default ? k->is_default : !strcmp(k->source, word)))
				continue;
			k->only_named = want_default && !strcmp(k->source, "patched");
			pick(p, i);
		}
		return 0;
	}
	k = find_kernel(list, word);
	if (!k) {
		if (!strpbrk(word, "/=") && !is_file(word))
			return unknown_kernel(list, word);
		err = add_path(list, word);
		if (err)
			return err;
		k = &list->k[list->n - 1];
	}
	k->only_named = false;
	pick(p, k - list->k);
	return 0;
}

int kernels_select(struct kernel_list *list, const char *names, struct kernel ***sel, size_t *n)
{
	char *copy = xstrdup(names), *save = NULL;
	/* Numbers until the end: the list moves when a path is appended. */
	struct picks p = { 0 };
	int err = 0;

	for (char *w = strtok_r(copy, BLANK, &save); w && !err; w = strtok_r(NULL, BLANK, &save))
		err = select_word(list, w, &p);
	if (!err && !p.n)
		err = err_set(-EINVAL, "no kernel is named: say which, or \"default\"");
	free(copy);
	*sel = NULL;
	*n = 0;
	if (!err) {
		*sel = xcalloc(p.n, sizeof(**sel));
		for (size_t i = 0; i < p.n; i++)
			(*sel)[i] = &list->k[p.index[i]];
		*n = p.n;
	}
	free(p.index);
	return err;
}

/* --- fetching ------------------------------------------------------------ */

struct doing {
	const char *what, *kernel;
};

/* On a terminal the script shows itself what it is at. */
static void still_at_it(unsigned int seconds, const void *arg)
{
	const struct doing *d = arg;

	if (!isatty(STDERR_FILENO))
		fprintf(stderr, "%s %s, %u s\n", d->what, d->kernel, seconds);
}

/* Run kernel-config/@script for @k. Its progress goes to the user; why it failed comes back to us. */
static int run_script(const struct kernel *k, const char *name, const char *what, const char *doing)
{
	char *script, *env_cache;
	struct buf out = { 0 };
	const char *cache;
	int err = cache_dir(&cache);

	if (err)
		return err;
	script = xasprintf("%s/%s", conf_dir, name);
	env_cache = xasprintf("COWPEN_CACHE=%s", cache);
	err = run_command_beat((char *[]){ "sh", script, (char *)what, (char *)file_name(k), NULL },
			       (char *[]){ env_cache, "COWPEN_FETCH_STDOUT=1", NULL }, &out,
			       still_at_it, &(struct doing){ doing, k->name });
	while (out.len && strchr(BLANK, out.data[out.len - 1]))
		out.data[--out.len] = '\0';
	if (err > 0 && out.len)
		err = err_set(-EIO, "%s", out.data);
	else if (err > 128)
		err = err_set(-EINTR, "%s kernel %s was interrupted (signal %d): run it again",
			      doing, k->name, err - 128);
	else if (err > 0)
		err = err_set(-EIO, "%s kernel %s failed: %s ended with status %d", doing, k->name,
			      script, err);
	buf_free(&out);
	free(env_cache);
	free(script);
	return err;
}

/* Does @conf name other modules now than @wanted, which it did when the kernel was fetched? */
static bool modules_changed(const char *conf, const char *wanted)
{
	char *path = xasprintf("%s/%s", conf_dir, conf), *save = NULL;
	struct buf text = { 0 }, names = { 0 };
	bool changed;

	if (read_file(path, &text))
		buf_free(&text);
	for (char *l = text.data ? strtok_r(text.data, "\n", &save) : NULL; l;
	     l = strtok_r(NULL, "\n", &save)) {
		char *word, *next = NULL;

		l[strcspn(l, "#")] = '\0';
		l += strcspn(l, ":");
		for (word = *l ? strtok_r(l + 1, BLANK, &next) : NULL; word;
		     word = strtok_r(NULL, BLANK, &next))
			buf_printf(&names, "%s%s", names.len ? " " : "", word);
	}
	/* Without the file there is nothing to fetch it by either. */
	changed = names.len && strcmp(names.data, wanted);
	buf_free(&names);
	buf_free(&text);
	free(path);
	return changed;
}

int kernel_fetch(struct kernel *k)
{
	const char *cache;
	int err;

	if (!strcmp(k->source, "path"))
		return load_path(k);
	/* What is built may be out of date: a patch or a fragment was edited. */
	err = kernel_is_built(k) ? -ENOENT : load_cached(k, false);
	if (!err && !kernel_is_built(k) && modules_changed("modules.conf", k->modules_wanted)) {
		/* Better an old one than none: what it lacks, cases skip. */
		if (run_script(k, "fetch", "kernel", "fetching"))
			fprintf(stderr,
				"cowpen: kernel %s keeps the modules of an earlier day: %s\n",
				k->name, err_msg());
		return load_cached(k, true);
	}
	if (err != -ENOENT)
		return err;
	err = kernel_is_built(k) ? run_script(k, "build", "kernel", "building") :
				   run_script(k, "fetch", "kernel", "fetching");
	if (err)
		return err;
	err = load_cached(k, true);
	if (err == -ENOENT && !cache_dir(&cache))
		err_set(err,
			"kernel %s was made but is not in %s: was the cache removed meanwhile?",
			k->name, cache);
	return err;
}

void kernel_fetch_devices(struct kernel *k)
{
	if (strcmp(k->source, "stock") || !k->devices_wanted ||
	    !modules_changed("modules-devices.conf", k->devices_wanted))
		return;
	if (run_script(k, "fetch", "devices", "fetching the modules for devices of") ||
	    load_cached(k, true))
		fprintf(stderr, "cowpen: kernel %s is without modules for devices: %s\n", k->name,
			err_msg());
}

/* True where the configuration is not known: then the test finds out. */
static bool has_built_in(const struct kernel *k, const char *symbol)
{
	struct buf text = { 0 };
	bool yes;

	if (!k->config || read_file(k->config, &text))
		return true;
	buf_add(&text, "", 0);
	yes = strstr(text.data, symbol);
	buf_free(&text);
	return yes;
}

bool kernel_has_devices(const struct kernel *k)
{
	return k->ndevices || has_built_in(k, "\nCONFIG_VFIO_PCI=y");
}

bool kernel_has_hmm(const struct kernel *k)
{
	return has_built_in(k, "\nCONFIG_TEST_HMM=y");
}
