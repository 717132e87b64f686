// SPDX-License-Identifier: GPL-2.0-only
#include "rxe.h"

#include <errno.h>
#include <rdma/ib_user_verbs.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"

/* Only rxe's have such a file, which names the network device below. */
struct ibv_device *rxe_device(struct ibv_device **list)
{
	char path[sizeof((*list)->ibdev_path) + 8];

	for (; list && *list; list++) {
		snprintf(path, sizeof(path), "%s/parent", (*list)->ibdev_path);
		if (!access(path, F_OK))
			return *list;
	}
	return NULL;
}

/*
 * By hand, because rxe's part of rdma-core 44 does not have it; only ask for what the
 * kernel checks.
 */
int rxe_rereg(struct ibv_context *ctx, struct ibv_mr *mr, uint32_t *rkey)
{
	struct ib_uverbs_rereg_mr_resp resp;
	struct {
		struct ib_uverbs_cmd_hdr head;
		struct ib_uverbs_rereg_mr rereg;
	} cmd = {
		.head = {
			.command = IB_USER_VERBS_CMD_REREG_MR,
			.in_words = sizeof(cmd) / 4,
			.out_words = sizeof(resp) / 4,
		},
		.rereg = {
			.response = (uintptr_t)&resp,
			.mr_handle = mr->handle,
			.flags = IBV_REREG_MR_CHANGE_ACCESS,
			.access_flags = RXE_ACCESS,
		},
	};

	if (write(ctx->cmd_fd, &cmd, sizeof(cmd)) != sizeof(cmd))
		return -errno;
	*rkey = resp.rkey;
	return 0;
}

static bool has_odp(struct ibv_context *ctx)
{
	const uint32_t want = IBV_ODP_SUPPORT_READ | IBV_ODP_SUPPORT_WRITE;
	struct ibv_device_attr_ex attr;

	return !ibv_query_device_ex(ctx, NULL, &attr) &&
	       attr.odp_caps.general_caps & IBV_ODP_SUPPORT &&
	       (attr.odp_caps.per_transport_caps.rc_odp_caps & want) == want;
}

/* Register a page of the trial's own for reading, and ask for more. */
static int try_rereg(struct ibv_context *ctx)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct ibv_pd *pd = ibv_alloc_pd(ctx);
	struct ibv_mr *mr = NULL;
	uint32_t rkey;
	int err;

	if (pd && page != MAP_FAILED)
		mr = ibv_reg_mr(pd, page, 4096, IBV_ACCESS_REMOTE_READ);
	err = mr ? rxe_rereg(ctx, mr, &rkey) : -errno;
	if (mr)
		ibv_dereg_mr(mr);
	if (pd)
		ibv_dealloc_pd(pd);
	if (page != MAP_FAILED)
		munmap(page, 4096);
	return err;
}

enum trial rdma_trial(enum feature f, char *why, size_t size)
{
	struct ibv_device **list = ibv_get_device_list(NULL), *device = rxe_device(list);
	struct ibv_context *ctx = device ? ibv_open_device(device) : NULL;
	enum trial t = THERE;
	int err;

	if (!ctx) {
		snprintf(why, size, "a device of rdma_rxe");
		t = UNSET;
	} else if (f == F_RXE_ODP && !has_odp(ctx)) {
		snprintf(why, size, "the device does not tell it");
		t = ABSENT;
	} else if (f == F_RXE_REREG) {
		err = try_rereg(ctx);
		if (err) {
			snprintf(why, size, "REREG_MR says %s", strerrorname_np(-err));
			t = ABSENT;
		}
	}
	if (ctx)
		ibv_close_device(ctx);
	if (list)
		ibv_free_device_list(list);
	return t;
}
