// SPDX-License-Identifier: GPL-2.0-only
/* One record: what it has, and as a line of JSON. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "err.h"
#include "record.h"
#include "record_json.h"
#include "text.h"
#include "util.h"

static const char *const status_names[NR_STATUS] = {
	"pass", "fail", "error", "skip", "crash", "timeout", "inconclusive",
};
static const char *const verdict_names[NR_VERDICT] = {
	"pass", "fail", "xfail", "xpass", "skip", "error", "inconclusive", "fixed", "broken",
};

const char *status_name(enum status s)
{
	return (unsigned int)s < NR_STATUS ? status_names[s] : "?";
}

const char *verdict_name(enum verdict v)
{
	return (unsigned int)v < NR_VERDICT ? verdict_names[v] : "?";
}

int status_parse(const char *name, enum status *s)
{
	for (unsigned int i = 0; i < NR_STATUS; i++) {
		if (!strcmp(name, status_names[i])) {
			*s = i;
			return 0;
		}
	}
	return err_set(-EINVAL, "\"%s\" is not a status", name);
}

int verdict_parse(const char *name, enum verdict *v)
{
	for (unsigned int i = 0; i < NR_VERDICT; i++) {
		if (!strcmp(name, verdict_names[i])) {
			*v = i;
			return 0;
		}
	}
	return err_set(-EINVAL, "\"%s\" is not a verdict", name);
}

/* The order here is the order of the keys in the file. */
static const struct {
	const char *key;
	size_t off;
} head_strings[] = {
#define S(f)                                   \
	{                                      \
#f, offsetof(struct record, f) \
	}
	S(run), S(kernel), S(release), S(package), S(version), S(kernel_sha256),
	S(modules_sha256), S(config_sha256), S(test),
}, tail_strings[] = {
	S(clause), S(check), S(known), S(measured), S(step), S(wanted), S(seen), S(reason), S(bug),
	S(fix), S(accel), S(qemu), S(guest), S(isolation), S(company), S(start), S(was_warm), S(kmsg), S(log), S(replay),
	S(exe_sha256), S(time), S(reused),
#undef S
};

static char **record_string(struct record *r, size_t off)
{
	return (char **)((char *)r + off);
}

void record_init(struct record *r)
{
	memset(r, 0, sizeof(*r));
	for (size_t i = 0; i < ARRAY_SIZE(head_strings); i++)
		*record_string(r, head_strings[i].off) = xstrdup("");
	for (size_t i = 0; i < ARRAY_SIZE(tail_strings); i++)
		*record_string(r, tail_strings[i].off) = xstrdup("");
	r->observations = xstrdup("");
	r->attempts = 1;
	r->repeat = 1;
}

void record_free(struct record *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(head_strings); i++)
		free(*record_string(r, head_strings[i].off));
	for (size_t i = 0; i < ARRAY_SIZE(tail_strings); i++)
		free(*record_string(r, tail_strings[i].off));
	free(r->observations);
	memset(r, 0, sizeof(*r));
}

void record_set(char **field, const char *value)
{
	char *copy = xstrdup(value ? value : "");

	free(*field);
	*field = copy;
}

/*
 * What a guest wrote may hold any byte; JSON may not. A byte that is not part
 * of a character is written as \xNN, so that it can still be read.
 */
json_t *json_text(const char *s)
{
	struct buf b = { 0 };
	size_t left = strlen(s), n;
	json_t *j = json_string(s);

	if (j)
		return j;
	while (left) {
		n = utf8_len((const unsigned char *)s, left);
		if (n)
			buf_add(&b, s, n);
		else
			buf_printf(&b, "\\x%02x", (unsigned char)*s);
		n = n ? n : 1;
		s += n;
		left -= n;
	}
	j = json_string(b.data ? b.data : "");
	buf_free(&b);
	return j;
}

void put_text(json_t *o, const char *key, const char *s)
{
	json_object_set_new(o, key, json_text(s));
}

void put_seed(json_t *o, uint64_t seed)
{
	char hex[24];

	snprintf(hex, sizeof(hex), "0x%llx", (unsigned long long)seed);
	json_object_set_new(o, "seed", json_string(hex));
}

uint64_t get_seed(const json_t *o)
{
	const char *s = json_string_value(json_object_get(o, "seed"));

	return s ? strtoull(s, NULL, 0) : 0;
}

char *record_to_json(const struct record *r)
{
	struct record *w = (struct record *)r;
	json_t *o = json_object(), *obs = NULL;
	char *text;

	json_object_set_new(o, "schema", json_integer(RECORD_SCHEMA));
	for (size_t i = 0; i < ARRAY_SIZE(head_strings); i++)
		put_text(o, head_strings[i].key, *record_string(w, head_strings[i].off));
	json_object_set_new(o, "status", json_string(status_name(r->status)));
	json_object_set_new(o, "expected", json_string(status_name(r->expected)));
	json_object_set_new(o, "verdict", json_string(verdict_name(r->verdict)));
	json_object_set_new(o, "duration_ms", json_integer(r->duration_ms));
	put_seed(o, r->seed);
	json_object_set_new(o, "attempts", json_integer(r->attempts));
	json_object_set_new(o, "hits", json_integer(r->hits));
	json_object_set_new(o, "repeat", json_integer(r->repeat));
	for (size_t i = 0; i < ARRAY_SIZE(tail_strings); i++)
		put_text(o, tail_strings[i].key, *record_string(w, tail_strings[i].off));
	if (*r->observations) {
		obs = json_loads(r->observations, 0, NULL);
		json_object_set_new(o, "observations", obs ? obs : json_text(r->observations));
	}
	text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	if (!text)
		abort();
	return text;
}

void get_text(const json_t *o, const char *key, char **field)
{
	const char *s = json_string_value(json_object_get(o, key));

	if (s)
		record_set(field, s);
}

unsigned int get_uint(const json_t *o, const char *key, unsigned int missing)
{
	const json_t *j = json_object_get(o, key);
	json_int_t v = json_integer_value(j);

	return json_is_integer(j) && v >= 0 && v <= UINT_MAX ? v : missing;
}

int record_from_json(const char *text, size_t len, struct record *r)
{
	json_error_t je;
	json_t *o = json_loadb(text, len, 0, &je), *obs;
	const char *s;
	int ret;

	record_init(r);
	if (!o) {
		ret = err_set(-EINVAL, "%s", je.text);
		goto bad;
	}
	if (!json_is_object(o)) {
		ret = err_set(-EINVAL, "not a JSON object");
		goto bad;
	}
	if (get_uint(o, "schema", 0) > RECORD_SCHEMA) {
		ret = err_set(-EINVAL, "schema %u is newer than this cowpen reads (%d)",
			      get_uint(o, "schema", 0), RECORD_SCHEMA);
		goto bad;
	}
	for (size_t i = 0; i < ARRAY_SIZE(head_strings); i++)
		get_text(o, head_strings[i].key, record_string(r, head_strings[i].off));
	for (size_t i = 0; i < ARRAY_SIZE(tail_strings); i++)
		get_text(o, tail_strings[i].key, record_string(r, tail_strings[i].off));
	s = json_string_value(json_object_get(o, "status"));
	if (!*r->kernel || !*r->test || !s) {
		ret = err_set(-EINVAL, "kernel, test or status are missing");
		goto bad;
	}
	ret = status_parse(s, &r->status);
	if (ret)
		goto bad;
	s = json_string_value(json_object_get(o, "expected"));
	ret = s ? status_parse(s, &r->expected) : 0;
	if (ret)
		goto bad;
	s = json_string_value(json_object_get(o, "verdict"));
	ret = s ? verdict_parse(s, &r->verdict) : err_set(-EINVAL, "verdict is missing");
	if (ret)
		goto bad;
	r->duration_ms = get_uint(o, "duration_ms", 0);
	r->attempts = get_uint(o, "attempts", 1);
	r->hits = get_uint(o, "hits", 0);
	r->repeat = get_uint(o, "repeat", 1);
	r->seed = get_seed(o);
	obs = json_object_get(o, "observations");
	if (json_is_string(obs)) {
		record_set(&r->observations, json_string_value(obs));
	} else if (obs) {
		free(r->observations);
		r->observations = json_dumps(obs, JSON_COMPACT | JSON_ENCODE_ANY);
		if (!r->observations)
			abort();
	}
	json_decref(o);
	return 0;
bad:
	json_decref(o);
	record_free(r);
	return ret;
}
