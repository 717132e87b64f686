// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "btf.h"
#include "err.h"
#include "util.h"

#define DEPTH 8 /* structs in structs */

struct types {
	const struct btf_type **t; /* [0] is void */
	size_t n;
	const char *names;
	size_t names_len;
};

/* What stands behind a type, in bytes; -1: it is of a kind that nobody knows here. */
static long more_of(const struct btf_type *t)
{
	size_t n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case 17: /* DECL_TAG */
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return n * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return n * 8;
	case BTF_KIND_DATASEC:
	case 19: /* ENUM64 */
		return n * 12;
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case 16: /* FLOAT */
	case 18: /* TYPE_TAG */
		return 0;
	default:
		return -1;
	}
}

static const char *name_of(const struct types *ty, uint32_t off)
{
	return off < ty->names_len ? ty->names + off : "";
}

static bool is_struct(const struct btf_type *t)
{
	return BTF_INFO_KIND(t->info) == BTF_KIND_STRUCT ||
	       BTF_INFO_KIND(t->info) == BTF_KIND_UNION;
}

static bool find_member(const struct types *ty, const struct btf_type *t, const char *member,
			unsigned int depth, unsigned int *bits)
{
	const struct btf_member *m = (const void *)(t + 1);

	for (size_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		uint32_t at = BTF_INFO_KFLAG(t->info) ? BTF_MEMBER_BIT_OFFSET(m[i].offset) :
							m[i].offset;
		const char *name = name_of(ty, m[i].name_off);

		if (!strcmp(name, member)) {
			*bits = at;
			return true;
		}
		if (!*name && depth < DEPTH && m[i].type < ty->n && m[i].type &&
		    is_struct(ty->t[m[i].type]) &&
		    find_member(ty, ty->t[m[i].type], member, depth + 1, bits)) {
			*bits += at;
			return true;
		}
	}
	return false;
}

static int types_read(const void *btf, size_t len, struct types *ty)
{
	const struct btf_header *h = btf;
	const char *p, *end;

	if (len < sizeof(*h) || h->magic != BTF_MAGIC || h->hdr_len > len ||
	    h->type_off > len - h->hdr_len || h->type_len > len - h->hdr_len - h->type_off ||
	    h->str_off > len - h->hdr_len || h->str_len > len - h->hdr_len - h->str_off ||
	    !h->str_len)
		return err_set(-EINVAL, "the kernel's type information is not understood");
	p = (const char *)btf + h->hdr_len + h->type_off;
	end = p + h->type_len;
	ty->names = (const char *)btf + h->hdr_len + h->str_off;
	ty->names_len = ty->names[h->str_len - 1] ? 0 : h->str_len;
	ty->t = xcalloc(h->type_len / sizeof(**ty->t) + 2, sizeof(*ty->t));
	ty->n = 1;
	while (p + sizeof(struct btf_type) <= end) {
		const struct btf_type *t = (const void *)p;
		long more = more_of(t);

		p += sizeof(*t) + (more > 0 ? more : 0);
		if (more < 0 || p > end)
			return err_set(-EINVAL, "the kernel's type information has kind %u in it",
				       BTF_INFO_KIND(t->info));
		ty->t[ty->n++] = t;
	}
	return 0;
}

int btf_offset(const void *btf, size_t len, const char *type, const char *member,
	       unsigned int *offset)
{
	struct types ty = { 0 };
	unsigned int bits;
	int ret = types_read(btf, len, &ty);

	if (!ret)
		ret = err_set(-ENOENT, "this kernel has no %s.%s", type, member);
	for (size_t i = 1; ret == -ENOENT && i < ty.n; i++) {
		if (!is_struct(ty.t[i]) || strcmp(name_of(&ty, ty.t[i]->name_off), type) != 0 ||
		    !find_member(&ty, ty.t[i], member, 0, &bits))
			continue;
		*offset = bits / 8;
		ret = 0;
	}
	free(ty.t);
	return ret;
}
