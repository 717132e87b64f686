// SPDX-License-Identifier: GPL-2.0-only

/* By hand, because not all of librxe has it. What it is worth, the next write shows. */
static void ask_device_write(void)
{
	struct ib_uverbs_rereg_mr_resp resp;
	struct {
		struct ib_uverbs_cmd_hdr head;
		struct ib_uverbs_rereg_mr rereg;
	} cmd = { { IB_USER_VERBS_CMD_REREG_MR, sizeof(cmd) / 4, sizeof(resp) / 4 },
		  { .response = (uintptr_t)&resp,
		    .mr_handle = mr->handle,
		    .flags = IBV_REREG_MR_CHANGE_ACCESS,
		    .access_flags = RW } };

	if (write(pd->context->cmd_fd, &cmd, sizeof(cmd)) == sizeof(cmd) || errno == EACCES)
		return;
	if (errno == EOPNOTSUPP)
		skip("REREG_MR of this RDMA device");
	must(0, "C5", "the wish is refused with EACCES");
}

/* After an error the pair must be connected anew. */
static void device_write_refused(int p, int step_nr)
{
	struct ibv_qp_attr a = { .qp_state = IBV_QPS_RESET }, is;
	struct ibv_qp_init_attr init;

	must(write_rdma(p, VALUE(DEVICE, step_nr, p)) == REFUSED, "C5",
	     "the device's write is refused");
	for (int i = 0; i < 2; i++)
		do
			ibv_query_qp(qp[i], &is, IBV_QP_STATE, &init);
		while (is.qp_state != IBV_QPS_ERR);
	need(!ibv_modify_qp(qp[0], &a, IBV_QP_STATE) && !ibv_modify_qp(qp[1], &a, IBV_QP_STATE));
	connect_qp(0);
	connect_qp(1);
}
