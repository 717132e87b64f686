// SPDX-License-Identifier: GPL-2.0-only
/*
 * Brings soft-RoCE up in the guest before it is saved: lo up, rxe0 on lo, and a
 * look whether it is there. On lo, because nothing there is random (no MAC) and
 * 127.0.0.1 is a usable GID without any address message. Prints one line.
 */
#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <rdma/rdma_netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <libmnl/libmnl.h>

#define LO_INDEX 1 /* the kernel gives lo this index in every net namespace */

static char buf[8192];

/* Send @nlh and take the answers up to the end; 0 or a negative errno. */
static int talk(int bus, struct nlmsghdr *nlh, mnl_cb_t cb, void *data)
{
	struct mnl_socket *s = mnl_socket_open(bus);
	unsigned int seq = time(NULL);
	int ret = 1;

	if (!s)
		return -errno;
	nlh->nlmsg_seq = seq;
	if (mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(s, nlh, nlh->nlmsg_len) < 0) {
		ret = -errno;
		mnl_socket_close(s);
		return ret;
	}
	while (ret > 0) {
		ssize_t n = mnl_socket_recvfrom(s, buf, sizeof(buf));

		if (n < 0) {
			ret = -errno;
			break;
		}
		ret = mnl_cb_run(buf, n, seq, mnl_socket_get_portid(s), cb, data);
		if (ret < 0)
			ret = -errno;
	}
	mnl_socket_close(s);
	return ret;
}

static int lo_up(void)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *ifi;

	nlh->nlmsg_type = RTM_NEWLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_family = AF_UNSPEC;
	ifi->ifi_index = LO_INDEX;
	ifi->ifi_flags = ifi->ifi_change = IFF_UP;
	return talk(NETLINK_ROUTE, nlh, NULL, NULL);
}

static int rxe_add(void)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, RDMA_NLDEV_CMD_NEWLINK);
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	/* with the NUL: the kernel takes these as strings */
	mnl_attr_put_strz(nlh, RDMA_NLDEV_ATTR_DEV_NAME, "rxe0");
	mnl_attr_put_strz(nlh, RDMA_NLDEV_ATTR_LINK_TYPE, "rxe");
	mnl_attr_put_strz(nlh, RDMA_NLDEV_ATTR_NDEV_NAME, "lo");
	return talk(NETLINK_RDMA, nlh, NULL, NULL);
}

static int on_attr(const struct nlattr *a, void *data)
{
	if (mnl_attr_get_type(a) == RDMA_NLDEV_ATTR_DEV_NAME && !strcmp(mnl_attr_get_str(a), "rxe"
											     "0"))
		*(bool *)data = true;
	return MNL_CB_OK;
}

static int on_dev(const struct nlmsghdr *nlh, void *data)
{
	return mnl_attr_parse(nlh, 0, on_attr, data);
}

static int rxe_check(bool *found)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, RDMA_NLDEV_CMD_GET);
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP;
	return talk(NETLINK_RDMA, nlh, on_dev, found);
}

static int report(const char *what, int err)
{
	printf("%s: %s\n", what, strerror(-err));
	return 1;
}

int main(void)
{
	bool found = false;
	int err;

	err = lo_up();
	if (err)
		return report("lo up", err);
	err = rxe_add();
	if (err == -ENOENT) {
		/* 5.10 to 6.12 ask the crypto layer for crc32 only now */
		printf("rxe0 on lo: %s (is crc32_generic loaded?)\n", strerror(-err));
		return 1;
	}
	if (err == -EINVAL) {
		/* what nldev answers to a link type that nobody has registered */
		printf("no rdma_rxe\n");
		return 1;
	}
	if (err && err != -EEXIST)
		return report("rxe0 on lo", err);
	err = rxe_check(&found);
	if (err)
		return report("list of RDMA devices", err);
	if (!found) {
		printf("rxe0 is not in the list of RDMA devices\n");
		return 1;
	}
	printf("ok\n");
	return 0;
}
