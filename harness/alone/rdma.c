// SPDX-License-Identifier: GPL-2.0-only

/* Two connected queue pairs of ours: the far one reads and writes our memory for the near one. */
static struct ibv_pd *pd;
static struct ibv_cq *cq;
static struct ibv_qp *qp[2];
static struct ibv_mr *mr, *near_mr;
static uint64_t *near_word;
static union ibv_gid gid;
static int gid_index;

#define RW (IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_READ | IBV_ACCESS_REMOTE_WRITE)

static void connect_qp(int i)
{
	struct ibv_qp_attr a = {
		.qp_state = IBV_QPS_INIT,
		.port_num = 1,
		.qp_access_flags = RW,
		.path_mtu = IBV_MTU_1024,
		.dest_qp_num = qp[!i]->qp_num,
		.max_dest_rd_atomic = 1,
		.max_rd_atomic = 1,
		.min_rnr_timer = 12,
		.timeout = 14,
		.retry_cnt = 7,
		.ah_attr = { .is_global = 1,
			     .port_num = 1,
			     .grh = { .dgid = gid, .sgid_index = gid_index, .hop_limit = 1 } },
	};
	int error = ibv_modify_qp(
		qp[i], &a, IBV_QP_STATE | IBV_QP_PKEY_INDEX | IBV_QP_PORT | IBV_QP_ACCESS_FLAGS);

	a.qp_state = IBV_QPS_RTR;
	error |= ibv_modify_qp(qp[i], &a,
			       IBV_QP_STATE | IBV_QP_AV | IBV_QP_PATH_MTU | IBV_QP_DEST_QPN |
				       IBV_QP_RQ_PSN | IBV_QP_MAX_DEST_RD_ATOMIC |
				       IBV_QP_MIN_RNR_TIMER);
	a.qp_state = IBV_QPS_RTS;
	error |= ibv_modify_qp(qp[i], &a,
			       IBV_QP_STATE | IBV_QP_TIMEOUT | IBV_QP_RETRY_CNT | IBV_QP_RNR_RETRY |
				       IBV_QP_SQ_PSN | IBV_QP_MAX_QP_RD_ATOMIC);
	need(!error);
}

/* A device that reaches itself by an IPv4 address; soft-RoCE will do (rdma link add). */
static void open_rdma(void)
{
	struct ibv_device **list = ibv_get_device_list(NULL);
	struct ibv_context *ctx = list && *list ? ibv_open_device(*list) : NULL;

	if (!ctx)
		skip("an RDMA device");
	while (ibv_query_gid(ctx, 1, gid_index, &gid) || gid.raw[0] || gid.raw[10] != 0xff)
		if (++gid_index == 32)
			skip("an RDMA device with an IPv4 address");
	pd = ibv_alloc_pd(ctx);
	cq = ibv_create_cq(ctx, 8, NULL, NULL, 0);
	near_word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	near_mr = ibv_reg_mr(pd, near_word, 4096, RW);
	for (int i = 0; i < 2; i++) {
		struct ibv_qp_init_attr init = { .send_cq = cq,
						 .recv_cq = cq,
						 .qp_type = IBV_QPT_RC,
						 .cap = { 4, 1, 1, 1, 0 } };

		qp[i] = ibv_create_qp(pd, &init);
		need(near_mr && qp[i]);
	}
	connect_qp(0);
	connect_qp(1);
}

#define REFUSED -1UL

static uint64_t rdma(enum ibv_wr_opcode op, struct ibv_mr *of, void *addr, uint64_t value)
{
	struct ibv_sge sge = { (uintptr_t)near_word, 8, near_mr->lkey };
	struct ibv_send_wr *bad, wr = { .sg_list = &sge, .num_sge = 1, .opcode = op };
	struct ibv_wc wc;

	wr.send_flags = IBV_SEND_SIGNALED;
	wr.wr.rdma.remote_addr = (uintptr_t)addr;
	wr.wr.rdma.rkey = of->rkey;
	*near_word = value;
	need(!ibv_post_send(qp[0], &wr, &bad));
	while (!ibv_poll_cq(cq, 1, &wc))
		sched_yield();
	need(!wc.status || wc.status == IBV_WC_REM_ACCESS_ERR);
	return wc.status ? REFUSED : *near_word;
}

#define read_rdma(p) rdma(IBV_WR_RDMA_READ, mr, &WORD(p), 0)

#define write_rdma(p, value) rdma(IBV_WR_RDMA_WRITE, mr, &WORD(p), value)

static int register_mr(int first, int n, int access)
{
	mr = ibv_reg_mr(pd, at(first), bytes(n), access);
	return mr ? 0 : -1;
}

#define pin_rdma(first, n) register_mr(first, n, RW)

#define pin_rdma_ro(first, n) register_mr(first, n, IBV_ACCESS_REMOTE_READ)

#define pin_rdma_odp(first, n) register_mr(first, n, RW | IBV_ACCESS_ON_DEMAND)

#define pin_rdma_odp_any pin_rdma_odp

/* Until v5.11 the far end keeps what it last read, until it reads something else. */
static int unpin_rdma(void)
{
	rdma(IBV_WR_RDMA_READ, near_mr, near_word + 1, 0);
	return ibv_dereg_mr(mr);
}

/* Nothing is pinned then: the device faults as a CPU does. */
static void open_rdma_odp(void)
{
	struct ibv_device_attr_ex attr = { 0 };

	open_rdma();
	if (ibv_query_device_ex(pd->context, NULL, &attr) ||
	    !(attr.odp_caps.per_transport_caps.rc_odp_caps & IBV_ODP_SUPPORT_WRITE))
		skip("on-demand paging of this RDMA device");
}
