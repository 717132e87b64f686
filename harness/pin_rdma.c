// SPDX-License-Identifier: GPL-2.0-only
/*
 * An MR on soft-RoCE. A second QP of the same process is the device, which reads
 * and writes the MR. Four kinds:
 *
 * rdma		Registering takes a R/W FOLL_PIN|FOLL_LONGTERM on each page; rxe
 *		then keeps the pages' addresses and never looks at the page tables
 *		again, so a page that was parted from its pin shows at once.
 * rdma_ro	An MR without write access: a R/O FOLL_PIN|FOLL_LONGTERM since v6.2
 *		(b40656aa7d55), before that FOLL_WRITE|FOLL_FORCE.
 * rdma_odp	On demand (v6.15): no pin. Each operation looks at the page tables
 *		and faults as the process would; what changes there afterwards is
 *		announced by an MMU notifier. The control for all that a pin is not.
 *		rxe's copies to and from the start of a page, whatever place in it was
 *		asked for, so it is asked for no other;
 * rdma_odp_any	is.
 *
 * Never here: ibv_fork_init(). It makes MRs MADV_DONTFORK (rdma-core up to 44
 * even on kernels that do not need it), and then nothing of fork() is tested.
 */
#include "rxe.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "version.h"

#define PORT	    1
#define DEADLINE_NS (5 * 1000000000LL)
#define SCRATCH_ALT LOOK_LEN /* where release() reads from, and writes come from */
#define SCRATCH_LEN (LOOK_LEN + 4096)

enum { INITIATOR, TARGET, NR_QPS };

struct rdma {
	pid_t owner;
	struct ibv_context *ctx;
	struct ibv_pd *pd;
	struct ibv_cq *cq;
	struct ibv_qp *qp[NR_QPS];
	/*
	 * The near end of each READ. In shared memory that no scene knows of:
	 * were it private, the very step under test could part it from its MR.
	 */
	char *scratch;
	struct ibv_mr *scratch_mr;
	union ibv_gid gid;
	int gid_index;
	enum ibv_mtu mtu;
	struct ibv_mr *mr; /* the pin */
	uint64_t wr_id;
	bool was_read; /* a READ of mr has been done */
};

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/*
 * Post one operation and wait for it. Negative errno if the device failed,
 * -EACCES if that is because the MR does not allow it. The
 * QPs retry for ever (retry_cnt 7), so a host that stalls cannot turn into an
 * error of the QP; the deadline is ours, and missing it is never a verdict.
 */
static int rdma_op(struct rdma *r, struct ibv_send_wr *wr)
{
	struct ibv_send_wr *bad;
	long long deadline;
	struct ibv_wc wc;
	int n, ret;

	/*
	 * After fork() the kernel refuses a doorbell from the child, but only
	 * after the work request has got into the shared ring, from where the
	 * parent's next doorbell would execute it.
	 */
	if (getpid() != r->owner)
		return -EPERM;

	wr->wr_id = ++r->wr_id;
	wr->num_sge = 1;
	wr->send_flags |= IBV_SEND_SIGNALED;
	ret = ibv_post_send(r->qp[INITIATOR], wr, &bad);
	if (ret)
		return -ret;

	deadline = now_ns() + DEADLINE_NS;
	for (unsigned int spins = 0;; spins++) {
		n = ibv_poll_cq(r->cq, 1, &wc);
		if (n < 0)
			return -EIO;
		if (n && wc.wr_id == wr->wr_id && wc.status == IBV_WC_REM_ACCESS_ERR)
			return -EACCES;
		if (n && wc.wr_id == wr->wr_id)
			return wc.status == IBV_WC_SUCCESS ? 0 : -EIO;
		if (n)
			continue; /* of an operation that missed its deadline */
		/*
		 * From v6.4 on a kworker does the work: with one CPU it needs
		 * ours, with two it must not be kept from the host's.
		 */
		if (spins < 50) {
			sched_yield();
			continue;
		}
		if (now_ns() > deadline)
			return -ETIMEDOUT;
		usleep(50);
	}
}

static bool gid_is_ipv4(const union ibv_gid *gid)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(gid->raw, prefix, sizeof(prefix));
}

static bool gid_is_loopback(const union ibv_gid *gid)
{
	static const uint8_t addr[4] = { 127, 0, 0, 1 };

	return gid_is_ipv4(gid) && !memcmp(gid->raw + 12, addr, sizeof(addr));
}

/*
 * By content, never by number alone: on lo, index 0 is a link-local address to
 * which there is no route. Number 1 is tried first because it is the right one
 * in our guests and each query costs time. Off lo, any IPv4 address will do.
 */
static int find_gid(struct rdma *r)
{
	union ibv_gid g;

	r->gid_index = -1;
	if (!ibv_query_gid(r->ctx, PORT, 1, &r->gid) && gid_is_loopback(&r->gid)) {
		r->gid_index = 1;
		return 0;
	}
	for (int i = 0; i < 32; i++) {
		if (ibv_query_gid(r->ctx, PORT, i, &g) || !gid_is_ipv4(&g))
			continue;
		if (r->gid_index < 0 || gid_is_loopback(&g)) {
			r->gid = g;
			r->gid_index = i;
		}
		if (gid_is_loopback(&g))
			break;
	}
	return r->gid_index < 0 ? -ENOENT : 0;
}

static int to_reset(struct ibv_qp *qp)
{
	struct ibv_qp_attr attr = { .qp_state = IBV_QPS_RESET };

	return ibv_modify_qp(qp, &attr, IBV_QP_STATE);
}

static int to_init(struct ibv_qp *qp)
{
	struct ibv_qp_attr attr = {
		.qp_state = IBV_QPS_INIT,
		.port_num = PORT,
		.qp_access_flags = RXE_ACCESS,
	};

	return ibv_modify_qp(qp, &attr,
			     IBV_QP_STATE | IBV_QP_PKEY_INDEX | IBV_QP_PORT | IBV_QP_ACCESS_FLAGS);
}

static int to_rtr(struct rdma *r, struct ibv_qp *qp, uint32_t peer)
{
	struct ibv_qp_attr attr = {
		.qp_state = IBV_QPS_RTR,
		.path_mtu = r->mtu,
		.dest_qp_num = peer,
		.max_dest_rd_atomic = 1,
		.min_rnr_timer = 12,
		.ah_attr = {
			.is_global = 1,
			.port_num = PORT,
			.grh = { .dgid = r->gid, .sgid_index = r->gid_index, .hop_limit = 1 },
		},
	};

	return ibv_modify_qp(qp, &attr,
			     IBV_QP_STATE | IBV_QP_AV | IBV_QP_PATH_MTU | IBV_QP_DEST_QPN |
				     IBV_QP_RQ_PSN | IBV_QP_MAX_DEST_RD_ATOMIC |
				     IBV_QP_MIN_RNR_TIMER);
}

static int to_rts(struct ibv_qp *qp)
{
	struct ibv_qp_attr attr = {
		.qp_state = IBV_QPS_RTS,
		.timeout = 14, /* 67 ms: mends an event that 6.12 may lose */
		.retry_cnt = 7,
		.rnr_retry = 7,
		.max_rd_atomic = 1,
	};

	return ibv_modify_qp(qp, &attr,
			     IBV_QP_STATE | IBV_QP_TIMEOUT | IBV_QP_RETRY_CNT | IBV_QP_RNR_RETRY |
				     IBV_QP_SQ_PSN | IBV_QP_MAX_QP_RD_ATOMIC);
}

static void connect_pair(struct scene *s, struct rdma *r)
{
	int ret = 0;

	for (int i = 0; i < NR_QPS && !ret; i++) {
		ret = to_init(r->qp[i]);
		if (!ret)
			ret = to_rtr(r, r->qp[i], r->qp[!i]->qp_num);
		if (!ret)
			ret = to_rts(r->qp[i]);
	}
	if (ret)
		scene_error(s, "rdma: ibv_modify_qp: %s", strerror(ret));
}

static void make_pair(struct scene *s, struct rdma *r)
{
	if (find_gid(r))
		scene_error(s, "rdma: no IPv4 GID among the first of %s; is its netdev up?",
			    ibv_get_device_name(r->ctx->device));

	for (int i = 0; i < NR_QPS; i++) {
		struct ibv_qp_init_attr init = {
			.send_cq = r->cq,
			.recv_cq = r->cq,
			.qp_type = IBV_QPT_RC,
			.cap = {
				.max_send_wr = 4,
				.max_recv_wr = 1,
				.max_send_sge = 1,
				.max_recv_sge = 1,
			},
		};

		r->qp[i] = ibv_create_qp(r->pd, &init);
		if (!r->qp[i])
			scene_error(s, "rdma: ibv_create_qp: %s", strerror(errno));
	}
	connect_pair(s, r);
}

static void rdma_open(struct scene *s, struct pin *p)
{
	static const char *const bad_env[] = { "IBV_FORK_SAFE", "RDMAV_FORK_SAFE",
					       "RDMAV_HUGEPAGES_SAFE" };
	struct ibv_port_attr port;
	struct ibv_device **list, *device;
	struct rdma *r;

	for (size_t i = 0; i < sizeof(bad_env) / sizeof(bad_env[0]); i++)
		if (getenv(bad_env[i]))
			scene_error(s, "rdma: %s is set, it keeps MRs out of children", bad_env[i]);

	list = ibv_get_device_list(NULL);
	device = rxe_device(list);
	if (!device)
		feature_needed(s, F_RXE);
	if (!device)
		scene_error(s, "rdma: there is a device and it is not listed");

	r = calloc(1, sizeof(*r));
	if (!r)
		scene_error(s, "rdma: no memory");
	r->owner = getpid();
	r->ctx = ibv_open_device(device);
	if (!r->ctx)
		scene_error(s, "rdma: ibv_open_device(%s): %s", ibv_get_device_name(device),
			    strerror(errno));
	ibv_free_device_list(list);
	if (p->kind->on_demand)
		feature_needed(s, F_RXE_ODP);

	r->scratch =
		mmap(NULL, SCRATCH_LEN, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r->scratch == MAP_FAILED)
		scene_error(s, "rdma: scratch: %s", strerror(errno));
	r->pd = ibv_alloc_pd(r->ctx);
	if (!r->pd)
		scene_error(s, "rdma: ibv_alloc_pd: %s", strerror(errno));
	r->cq = ibv_create_cq(r->ctx, 8, NULL, NULL, 0);
	if (!r->cq)
		scene_error(s, "rdma: ibv_create_cq: %s", strerror(errno));
	r->scratch_mr = ibv_reg_mr(r->pd, r->scratch, SCRATCH_LEN, RXE_ACCESS);
	if (!r->scratch_mr)
		scene_error(s, "rdma: ibv_reg_mr of scratch: %s", strerror(errno));
	/* As large as the netdev allows: a page in one packet, on lo. */
	if (ibv_query_port(r->ctx, PORT, &port))
		scene_error(s, "rdma: ibv_query_port: %s", strerror(errno));
	r->mtu = port.active_mtu;
	make_pair(s, r);
	p->priv = r;
}

static int rdma_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct rdma *r = p->priv;

	if (getpid() != r->owner)
		scene_error(s, "rdma: a pin is for the process that opened the device");
	r->was_read = false;
	errno = 0;
	r->mr = ibv_reg_mr(r->pd, addr, len, p->kind->mode);
	if (r->mr)
		return 0;
	return errno ? -errno : -EIO;
}

/* Read @len bytes at @remote of the MR with @rkey into the start of scratch. */
static int rdma_fetch(struct rdma *r, void *remote, uint32_t rkey, uint32_t len)
{
	struct ibv_sge sge = {
		.addr = (uintptr_t)r->scratch,
		.length = len,
		.lkey = r->scratch_mr->lkey,
	};
	struct ibv_send_wr wr = {
		.sg_list = &sge,
		.opcode = IBV_WR_RDMA_READ,
		.wr.rdma = { .remote_addr = (uintptr_t)remote, .rkey = rkey },
	};

	return rdma_op(r, &wr);
}

static int rdma_read(struct scene *s, struct pin *p, char *addr, void *to, size_t len)
{
	struct rdma *r = p->priv;
	int ret;

	/* What is left of the last READ must not pass for what this one brought. */
	memset(r->scratch, 0xdb, len);
	r->was_read = true;
	if (p->kind->page_start && (uintptr_t)addr % 4096) {
		size_t before = (uintptr_t)addr % 4096, first = 4096 - before;

		/* Two small pages, and what they have of it: see above. */
		ret = rdma_fetch(r, addr - before, r->mr->rkey, 4096);
		if (!ret)
			memcpy(to, r->scratch + before, len < first ? len : first);
		return ret || len <= first ?
			       ret :
			       rdma_read(s, p, addr + first, (char *)to + first, len - first);
	}
	ret = rdma_fetch(r, addr, r->mr->rkey, len);
	if (!ret)
		memcpy(to, r->scratch, len);
	return ret;
}

static int rdma_write(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
		      const uint64_t *v)
{
	struct rdma *r = p->priv;
	struct ibv_sge sge = {
		.addr = (uintptr_t)r->scratch + SCRATCH_ALT,
		.length = cell_fill(cell, *v, (uint64_t *)(r->scratch + SCRATCH_ALT)),
		.lkey = r->scratch_mr->lkey,
	};
	struct ibv_send_wr wr = {
		.sg_list = &sge,
		.opcode = IBV_WR_RDMA_WRITE,
		.wr.rdma = {
			.remote_addr = (uintptr_t)pin_addr(s, p, page) +
				       cell_offset(cell, s->page_len),
			.rkey = r->mr->rkey,
		},
	};

	return rdma_op(r, &wr);
}

/*
 * After an error soft-RoCE puts a QP into its error state by a work of its own, which
 * may be late: were it reset before, that would undo the reset.
 */
static bool in_error(struct scene *s, struct ibv_qp *qp)
{
	struct ibv_qp_init_attr init;
	struct ibv_qp_attr attr;

	if (ibv_query_qp(qp, &attr, IBV_QP_STATE, &init))
		scene_error(s, "rdma: ibv_query_qp: %s", strerror(errno));
	return attr.qp_state == IBV_QPS_ERR;
}

static void await_error(struct scene *s, struct ibv_qp *qp)
{
	if (!wait_until(in_error(s, qp)))
		wait_error(s, by_kernel(NULL),
			   "rdma: a QP is not in its error state after an error");
}

static int rdma_write_anyway(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
			     const uint64_t *v)
{
	struct rdma *r = p->priv;
	int ret = rdma_write(s, p, page, cell, v);

	if (ret != -EACCES)
		return ret;
	/* The pair does nothing more after an error until it is connected anew. */
	for (int i = 0; i < NR_QPS; i++)
		await_error(s, r->qp[i]);
	for (int i = 0; i < NR_QPS; i++)
		if (to_reset(r->qp[i]))
			scene_error(s, "rdma: resetting a QP: %s", strerror(errno));
	connect_pair(s, r);
	return -EACCES;
}

static int rdma_ask_write(struct scene *s, struct pin *p)
{
	struct rdma *r = p->priv;
	uint32_t rkey;
	int err = rxe_rereg(r->ctx, r->mr, &rkey);

	if (!err && rkey != r->mr->rkey)
		scene_error(s, "rdma: REREG_MR of access made a new key");
	return err;
}

static void rdma_release(struct scene *s, struct pin *p)
{
	struct rdma *r = p->priv;
	int ret;

	if (!r || !r->mr)
		return;

	/*
	 * On 5.10 the target QP keeps the MR that was last READ, and so its
	 * pages, until a READ of another one. Not where that was mended: it would hide
	 * that it is back.
	 */
	if (r->was_read && !kernel_version_at_least("5.11")) {
		ret = rdma_fetch(r, r->scratch + SCRATCH_ALT, r->scratch_mr->rkey,
				 sizeof(uint64_t));
		if (ret)
			scene_error(s, "rdma: READ of scratch before dereg: %s", strerror(-ret));
	}
	ret = ibv_dereg_mr(r->mr);
	given_back(s, -ret);
	r->mr = NULL;
}

#define RDMA_OPS                                                                  \
	.coherent = true, .can_read = true, .open = rdma_open, .take = rdma_take, \
	.release = rdma_release, .read = rdma_read, .write = rdma_write,          \
	.write_anyway = rdma_write_anyway

const struct pin_kind pin_rdma = {
	.name = "rdma",
	.what = "MR on soft-RoCE: long-term pin for writing; RDMA READ and WRITE by a second QP "
		"are the device",
	.for_write = true,
	.can_write = true,
	.mode = RXE_ACCESS,
	RDMA_OPS,
};
const struct pin_kind pin_rdma_ro = {
	.name = "rdma_ro",
	.what = "MR without write access on soft-RoCE: long-term pin not for writing (v6.2)",
	.mode = IBV_ACCESS_REMOTE_READ,
	.ask_write = rdma_ask_write,
	RDMA_OPS,
};
const struct pin_kind pin_rdma_odp = {
	.name = "rdma_odp",
	.what = "on-demand MR on soft-RoCE (v6.15): no pin, faults as a CPU does; writes to starts "
		"of pages",
	.on_demand = true,
	.can_write = true,
	.page_start = true,
	.mode = RXE_ACCESS | IBV_ACCESS_ON_DEMAND,
	RDMA_OPS,
};
const struct pin_kind pin_rdma_odp_any = {
	.name = "rdma_odp_any",
	.what = "the same, writing anywhere in a page",
	.on_demand = true,
	.can_write = true,
	.mode = RXE_ACCESS | IBV_ACCESS_ON_DEMAND,
	RDMA_OPS,
};
