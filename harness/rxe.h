/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_RXE_H
#define COWPEN_RXE_H

#include <infiniband/verbs.h>

/* The device of soft-RoCE, as far as no scene is needed for it. */

#define RXE_ACCESS (IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_READ | IBV_ACCESS_REMOTE_WRITE)

/* The first device of rxe in @list, or NULL: a shared libibverbs lists all that there are. */
struct ibv_device *rxe_device(struct ibv_device **list);
/*
 * REREG_MR with RXE_ACCESS and nothing else that is new. 0, and its key, or the negative errno.
 */
int rxe_rereg(struct ibv_context *ctx, struct ibv_mr *mr, uint32_t *rkey);

#endif
