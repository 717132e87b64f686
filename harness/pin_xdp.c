// SPDX-License-Identifier: GPL-2.0-only
/*
 * AF_XDP: a umem, FOLL_PIN | FOLL_LONGTERM | FOLL_WRITE. The device is a socket on lo in copy
 * mode, which needs no driver: what it sends is copied from the umem and arrives at a packet
 * socket; what a packet socket sends, a program of a few instructions takes off its head and
 * hands to the umem.
 *
 * A frame arrives XDP_PACKET_HEADROOM behind the place that was given for it, and of that a
 * whole chunk must lie in the umem: so nothing can be written at its start or its end, and the
 * cells of this device are in the middle of a page.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"

#define ETHERTYPE 0x88b5 /* for experiments; of what goes to the umem */
#define CHUNK	  2048U	 /* the least; of one that is sent it is the most */
#define HEADROOM  256U	 /* XDP_PACKET_HEADROOM */
#define ENTRIES	  64U
#define HEAD	  14U /* of an Ethernet frame: as much must be left of it without one, too */

enum { FILL, COMPLETED, RECEIVED, SENT, RINGS };

struct ring {
	uint32_t *producer, *consumer;
	void *entry;
	void *map;
	size_t len;
};

struct xdp {
	int lo;	    /* its index */
	int packet; /* the other end */
	int map, link, sock;
	struct ring ring[RINGS];
};

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int packet_open(struct scene *s, int lo)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL),
				  .sll_ifindex = lo };
	int one = 1, fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	/* Not what we send ourselves. */
	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)))
		scene_error(s, "a packet socket on lo: %s", strerror(errno));
	return fd;
}

/* Frames of our type lose their head and go to the socket in the map, the others go on. */
static int program_load(int map)
{
#define INSN(c, d, r, o, i)                                                         \
	{                                                                           \
		.code = (c), .dst_reg = (d), .src_reg = (r), .off = (o), .imm = (i) \
	}
	const struct bpf_insn insn[] = {
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 6, 1, 0, 0),
		INSN(BPF_LDX | BPF_W | BPF_MEM, 2, 1, 0, 0), /* data */
		INSN(BPF_LDX | BPF_W | BPF_MEM, 3, 1, 4, 0), /* data_end */
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 4, 2, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 4, 0, 0, HEAD),
		INSN(BPF_JMP | BPF_JGT | BPF_X, 4, 3, 11, 0),
		INSN(BPF_LDX | BPF_H | BPF_MEM, 5, 2, 12, 0),
		INSN(BPF_JMP | BPF_JNE | BPF_K, 5, 0, 9, htons(ETHERTYPE)),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 1, 6, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, HEAD),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_xdp_adjust_head),
		INSN(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map),
		INSN(0, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, XDP_DROP),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect_map),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_PASS),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	union bpf_attr load = { .prog_type = BPF_PROG_TYPE_XDP,
				.insn_cnt = sizeof(insn) / sizeof(*insn),
				.insns = (uintptr_t)insn,
				.license = (uintptr_t) "GPL" };

	return bpf(BPF_PROG_LOAD, &load);
}

static void xdp_open(struct scene *s, struct pin *p)
{
	union bpf_attr map = {
		.map_type = BPF_MAP_TYPE_XSKMAP, .key_size = 4, .value_size = 4, .max_entries = 1
	};
	union bpf_attr link = { .link_create = { .attach_type = BPF_XDP,
						 .flags = XDP_FLAGS_SKB_MODE } };
	struct xdp *x = calloc(1, sizeof(*x));
	int program;

	if (!x)
		scene_error(s, "AF_XDP: no memory");
	feature_needed(s, F_AF_XDP);
	tell_not("pins by AF_XDP, whose rings are a program of their own");
	x->sock = -1;
	x->lo = if_nametoindex("lo");
	/* First: what is bound to it while it is down says so later. */
	lo_up(s);
	x->packet = packet_open(s, x->lo);
	x->map = bpf(BPF_MAP_CREATE, &map);
	program = x->map < 0 ? -1 : program_load(x->map);
	if (program < 0)
		scene_error(s, "AF_XDP: the program on lo: %s", strerror(errno));
	link.link_create.prog_fd = program;
	link.link_create.target_ifindex = x->lo;
	x->link = bpf(BPF_LINK_CREATE, &link);
	if (x->link < 0)
		scene_error(s, "AF_XDP: the program on lo: %s", strerror(errno));
	close(program);
	p->priv = x;
}

static int ring_map(int sock, struct ring *r, const struct xdp_ring_offset *at, size_t entry,
		    off_t where)
{
	r->len = at->desc + ENTRIES * entry;
	r->map = mmap(NULL, r->len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, sock, where);
	if (r->map == MAP_FAILED) {
		r->map = NULL;
		return -1;
	}
	r->producer = (uint32_t *)((char *)r->map + at->producer);
	r->consumer = (uint32_t *)((char *)r->map + at->consumer);
	r->entry = (char *)r->map + at->desc;
	/* As long as somebody has it mapped the socket lives. */
	return madvise(r->map, r->len, MADV_DONTFORK);
}

static void rings_make(struct scene *s, struct xdp *x)
{
	static const int option[RINGS] = { [FILL] = XDP_UMEM_FILL_RING,
					   [COMPLETED] = XDP_UMEM_COMPLETION_RING,
					   [RECEIVED] = XDP_RX_RING,
					   [SENT] = XDP_TX_RING };
	struct xdp_mmap_offsets at;
	socklen_t len = sizeof(at);
	int n = ENTRIES, err = 0;

	for (int i = 0; i < RINGS && !err; i++)
		err = setsockopt(x->sock, SOL_XDP, option[i], &n, sizeof(n));
	if (err || getsockopt(x->sock, SOL_XDP, XDP_MMAP_OFFSETS, &at, &len) ||
	    ring_map(x->sock, &x->ring[FILL], &at.fr, 8, XDP_UMEM_PGOFF_FILL_RING) ||
	    ring_map(x->sock, &x->ring[COMPLETED], &at.cr, 8, XDP_UMEM_PGOFF_COMPLETION_RING) ||
	    ring_map(x->sock, &x->ring[RECEIVED], &at.rx, sizeof(struct xdp_desc),
		     XDP_PGOFF_RX_RING) ||
	    ring_map(x->sock, &x->ring[SENT], &at.tx, sizeof(struct xdp_desc), XDP_PGOFF_TX_RING))
		scene_error(s, "AF_XDP: its rings: %s", strerror(errno));
}

static int xdp_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct xdp_umem_reg umem = { .addr = (uintptr_t)addr,
				     .len = len,
				     .chunk_size = CHUNK,
				     .flags = XDP_UMEM_UNALIGNED_CHUNK_FLAG };
	struct xdp *x = p->priv;
	struct sockaddr_xdp at = { .sxdp_family = AF_XDP,
				   .sxdp_flags = XDP_COPY,
				   .sxdp_ifindex = x->lo };
	uint32_t key = 0, value;
	union bpf_attr update = { .map_fd = x->map,
				  .key = (uintptr_t)&key,
				  .value = (uintptr_t)&value };
	int err;

	x->sock = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (x->sock < 0)
		scene_error(s, "AF_XDP: socket: %s", strerror(errno));
	if (setsockopt(x->sock, SOL_XDP, XDP_UMEM_REG, &umem, sizeof(umem))) {
		err = -errno;
		close(x->sock);
		x->sock = -1;
		return err;
	}
	rings_make(s, x);
	value = x->sock;
	if (bind(x->sock, (struct sockaddr *)&at, sizeof(at)) || bpf(BPF_MAP_UPDATE_ELEM, &update))
		scene_error(s, "AF_XDP: bind: %s", strerror(errno));
	return 0;
}

static void xdp_release(struct scene *s, struct pin *p)
{
	struct xdp *x = p->priv;
	int err = 0;

	for (int i = 0; i < RINGS; i++)
		err |= munmap(x->ring[i].map, x->ring[i].len);
	err |= close(x->sock);
	x->sock = -1;
	given_back(s, err ? -errno : 0);
}

/* The next entry of what we produce, or of what we consume; NULL: there is none. */
static void *entry_of(struct ring *r, size_t size, bool produce)
{
	uint32_t to = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
	uint32_t from = __atomic_load_n(r->consumer, __ATOMIC_ACQUIRE);

	if (produce ? to - from == ENTRIES : to == from)
		return NULL;
	return (char *)r->entry + ((produce ? to : from) % ENTRIES) * size;
}

static void entry_done(struct ring *r, bool produce)
{
	__atomic_add_fetch(produce ? r->producer : r->consumer, 1, __ATOMIC_RELEASE);
}

/* Send @len bytes at @offset of the umem, at most a chunk, and take what arrives. */
static int send_out(struct xdp *x, uint64_t offset, void *to, size_t len)
{
	struct xdp_desc *d = entry_of(&x->ring[SENT], sizeof(*d), true);
	uint64_t *sent;
	ssize_t got;

	if (!d)
		return -EBUSY;
	*d = (struct xdp_desc){ .addr = offset, .len = len };
	entry_done(&x->ring[SENT], true);
	if (sendto(x->sock, NULL, 0, MSG_DONTWAIT, NULL, 0) < 0)
		return -errno;
	/* What else there is on lo is longer, or shorter. */
	do {
		struct pollfd pf = { .fd = x->packet, .events = POLLIN };

		if (poll(&pf, 1, PATIENCE_MS) <= 0)
			return -ETIMEDOUT;
		got = recv(x->packet, to, len, MSG_TRUNC);
	} while (got >= 0 && (size_t)got != len);
	if (!wait_until((sent = entry_of(&x->ring[COMPLETED], sizeof(*sent), false)) != NULL))
		return -ETIMEDOUT;
	entry_done(&x->ring[COMPLETED], false);
	return got < 0 ? -errno : 0;
}

static int xdp_read(struct scene *s, struct pin *p, char *addr, void *to, size_t len)
{
	int err = 0;

	for (size_t at = 0, n; at < len && !err; at += n) {
		n = len - at < CHUNK ? len - at : CHUNK;
		err = send_out(p->priv, addr - p->addr + at, (char *)to + at, n);
	}
	return err;
}

static int xdp_write(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
		     const uint64_t *v)
{
	uint64_t at = pin_addr(s, p, page) - p->addr + cell_offset(cell, s->page_len);
	char frame[HEAD + HEAD] = { [12] = ETHERTYPE >> 8, [13] = ETHERTYPE & 0xff }, before[HEAD];
	uint64_t data[CELL_MAX / 8], *fill;
	struct xdp *x = p->priv;
	struct xdp_desc *d;
	int err;

	if (cell_fill(cell, *v, data) != 8)
		return -EINVAL;
	/* A frame without its head is as long as a head: what stands before the cell stays. */
	err = send_out(x, at - HEAD, before, HEAD);
	if (err)
		return err;
	memcpy(frame + HEAD, before + 8, HEAD - 8);
	memcpy(frame + HEAD + HEAD - 8, data, 8);
	at -= HEAD - 8;
	fill = entry_of(&x->ring[FILL], sizeof(*fill), true);
	if (!fill)
		return -EBUSY;
	*fill = at - HEADROOM;
	entry_done(&x->ring[FILL], true);
	if (send(x->packet, frame, sizeof(frame), 0) != sizeof(frame))
		return -errno;
	/* If the processor has other softirqs to do, ksoftirqd does this one. */
	if (!wait_until((d = entry_of(&x->ring[RECEIVED], sizeof(*d), false)) != NULL))
		return -ETIMEDOUT;
	if (d->len != HEAD)
		return -EIO;
	entry_done(&x->ring[RECEIVED], false);
	return 0;
}

const struct pin_kind pin_xdp = {
	.name = "xdp",
	.what = "AF_XDP umem on lo, in copy mode: long-term pin for writing; frames that are "
		"sent and received are the device",
	.coherent = true,
	.for_write = true,
	.by_fd = true,
	.middle = true,
	.can_read = true,
	.can_write = true,
	.open = xdp_open,
	.take = xdp_take,
	.release = xdp_release,
	.read = xdp_read,
	.write = xdp_write,
};
