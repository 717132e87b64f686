// SPDX-License-Identifier: GPL-2.0-only
/* What a case calls by its name: memory kinds, pins, bugs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "case_info.h"
#include "nearest.h"
#include "state.h"

static const struct memory_kind *const memory_kinds[] = {
	&memory_anon,
	&memory_anon_edge_2m,
	&memory_anon_edge_1g,
	&memory_anon_edge_512g,
	&memory_swapped,
	&memory_thp,
	&memory_thp_pte,
	&memory_thp_one,
	&memory_thp_two,
	&memory_thp_remapped,
	&memory_thp_shared,
	&memory_thp_swapped,
	&memory_thp_zeros,
	&memory_mthp,
	&memory_small_2m,
	&memory_hugetlb,
	&memory_hugetlb_shared,
	&memory_hugetlb_private,
	&memory_hugetlb_tables,
	&memory_hugetlb_hole,
	&memory_hugetlb_untouched,
	&memory_shmem,
	&memory_shmem_private,
	&memory_shmem_2m,
	&memory_shmem_clean,
	&memory_shmem_thp_clean,
	&memory_shmem_thp_private,
	&memory_shmem_fallocated,
	&memory_file_private,
	&memory_file_shared,
	&memory_dax_shared,
	&memory_dax_private,
	&memory_dax_huge,
	&memory_devdax,
	&memory_mixed,
	&memory_secretmem,
	&memory_repeated,
	&memory_zero,
	&memory_zero_huge,
	&memory_unpopulated,
	&memory_droppable,
	&memory_anon_memcg,
	&memory_thp_memcg,
	&memory_shmem_memcg,
	&memory_ksm,
};

static const struct pin_kind *const pin_kinds[] = {
	&pin_io_uring,	    &pin_io_uring_slot,	 &pin_io_uring_clone,
	&pin_io_uring_pbuf, &pin_io_uring_sqes,	 &pin_io_uring_zcrx,
	&pin_rdma,	    &pin_rdma_ro,	 &pin_rdma_odp,
	&pin_rdma_odp_any,  &pin_odirect,	 &pin_odirect_bytes,
	&pin_odirect_out,   &pin_vmsplice,	 &pin_udmabuf,
	&pin_xdp,	    &pin_vfio,		 &pin_vfio_ro,
	&pin_zerocopy,	    &pin_v4l2,		 &pin_gup,
	&pin_gup_fast,	    &pin_gup_ro,	 &pin_gup_ro_fast,
	&pin_hmm,	    &pin_iommufd,	 &pin_iommufd_ro,
	&pin_iommufd_file,  &pin_iommufd_attach, &pin_iommufd_copy,
	&pin_kvm,
};

/* Memory kinds that go together. */
static const struct {
	const char *name, *memory;
} sets[] = {
	/* All memory that is populated and writable, or becomes so by the pin. */
	{ "ANON", "anon thp thp_pte" },
	/* Where how it is pinned differs no more than in who asks for it. */
	{ "BRIEF", "anon thp hugetlb" },
	{ "PRIVATE", "anon thp thp_pte hugetlb shmem_private" },
	{ "ALL", "anon thp thp_pte hugetlb shmem_private shmem zero" },
	/* Kinds that differ from these in how they are mapped, or in where they come from. */
	{ "MORE", "swapped mthp thp_one thp_remapped thp_shared hugetlb_shared zero_huge" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *memory_name(size_t i)
{
	if (i < COUNT(memory_kinds))
		return memory_kinds[i]->name;
	i -= COUNT(memory_kinds);
	return i < COUNT(sets) ? sets[i].name : NULL;
}

static const char *pin_name(size_t i)
{
	return i < COUNT(pin_kinds) ? pin_kinds[i]->name : i == COUNT(pin_kinds) ? "none" : NULL;
}

static const char *bug_name(size_t i)
{
	return i < nbugs ? bugs[i].name : NULL;
}

static void __attribute__((noreturn)) unknown(const char *what, const char *name, name_at *at)
{
	fprintf(stderr, "cowpen: case %s: there is no %s \"%s\"; the nearest is \"%s\"\n",
		the_case->info->id, what, name, nearest(name, at));
	exit(3);
}

struct list {
	struct case_variant *v;
	size_t n;
};

static void add(struct list *l, const struct memory_kind *memory, const struct pin_kind *pin)
{
	struct _fixture_variant_scene *data = calloc(1, sizeof(*data));
	char *name;

	l->v = realloc(l->v, (l->n + 1) * sizeof(*l->v));
	if (!data || !l->v || asprintf(&name, "%s-%s", memory->name, pin ? pin->name : "none") < 0)
		abort();
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i].name, name)) {
			fprintf(stderr, "cowpen: case %s: variant %s is there twice\n",
				the_case->info->id, name);
			exit(3);
		}
	data->memory = memory;
	data->pin = pin;
	l->v[l->n++] = (struct case_variant){ .name = name, .data = data };
}

static void add_memory(struct list *l, const char *names, const struct pin_kind *pin)
{
	char *copy = strdup(names), *save;
	size_t i;

	for (i = 0; !strcmp(names, EVERY) && i < COUNT(memory_kinds); i++)
		add(l, memory_kinds[i], pin);
	if (!strcmp(names, EVERY))
		*copy = 0;
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		for (i = 0; i < COUNT(sets) && strcmp(sets[i].name, w); i++)
			;
		if (i < COUNT(sets)) {
			add_memory(l, sets[i].memory, pin);
			continue;
		}
		for (i = 0; i < COUNT(memory_kinds) && strcmp(memory_kinds[i]->name, w); i++)
			;
		if (i == COUNT(memory_kinds))
			unknown("memory kind", w, memory_name);
		add(l, memory_kinds[i], pin);
	}
	free(copy);
}

struct case_variant *case_variants(size_t *n)
{
	struct list l = { 0 };

	for (const struct broken_by *k = the_case->info->broken_by; k; k = k->next)
		if (!bug_find(k->bug))
			unknown("bug in the book that is called", k->bug, bug_name);
	for (const struct variants *v = the_case->info->variants; v; v = v->next) {
		char *copy = strdup(v->pins), *save;
		size_t i;

		for (i = 0; !strcmp(v->pins, EVERY) && i <= COUNT(pin_kinds); i++)
			add_memory(&l, v->memory, i < COUNT(pin_kinds) ? pin_kinds[i] : NULL);
		if (!strcmp(v->pins, EVERY))
			*copy = 0;
		for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
			for (i = 0; i < COUNT(pin_kinds) && strcmp(pin_kinds[i]->name, w); i++)
				;
			if (i == COUNT(pin_kinds) && strcmp(w, "none"))
				unknown("pin", w, pin_name);
			add_memory(&l, v->memory, i < COUNT(pin_kinds) ? pin_kinds[i] : NULL);
		}
		free(copy);
	}
	*n = l.n;
	return l.v;
}
