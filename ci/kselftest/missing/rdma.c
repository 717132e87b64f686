// SPDX-License-Identifier: GPL-2.0-only
/* Instead of pin_rdma.c and rxe.c where there is no libibverbs. */
#include <stdio.h>

#include "feature.h"
#include "internal.h"

enum trial rdma_trial(enum feature f, char *why, size_t size)
{
	snprintf(why, size, "built without libibverbs");
	return OFF;
}

static void no_device(struct scene *s, struct pin *p)
{
	feature_needed(s, F_RXE);
}

#define NO_RDMA(_name)                                                               \
	{                                                                            \
		.name = _name, .what = "built without libibverbs", .open = no_device \
	}

const struct pin_kind pin_rdma = NO_RDMA("rdma");
const struct pin_kind pin_rdma_ro = NO_RDMA("rdma_ro");
const struct pin_kind pin_rdma_odp = NO_RDMA("rdma_odp");
const struct pin_kind pin_rdma_odp_any = NO_RDMA("rdma_odp_any");
