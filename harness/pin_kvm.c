// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtual machine's processor, by KVM: no pin at all. What it maps for its guest KVM takes from the
 * page table of the process, as a fault of its would (hva_to_pfn()), keeps for itself, and gives up
 * when the MMU notifier says so. Whoever changes an entry and does not tell leaves the guest with what
 * was there: a monitor that takes a snapshot by userfaultfd stands on that, and so does live
 * migration.
 *
 * The guest is four bytes of code, in protected mode without paging, that copy bytes between
 * memory of its own and the scene's, where it has the latter at the same place in a huge page, so
 * that it can be mapped as one.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "memory.h"
#include "tell.h"

#define SCENE_AT (1UL << 30) /* in the guest, and the scene's place in a huge page */
#define OWN_AT	 0x10000UL   /* in the guest: the code, and a page behind it what is copied */

static const unsigned char code[] = { 0xfc, 0xf3, 0xa4, 0xf4 }; /* cld; rep movsb; hlt */

enum { OWN_SLOT, SCENE_SLOT };

struct machine {
	int vm, cpu;
	struct kvm_run *run;
	char *own;
	char *addr; /* of what it has of the scene */
};

static int slot(struct machine *m, int n, uint64_t at, void *addr, size_t len)
{
	struct kvm_userspace_memory_region r = { .slot = n,
						 .guest_phys_addr = at,
						 .memory_size = len,
						 .userspace_addr = (uintptr_t)addr };

	return ioctl(m->vm, KVM_SET_USER_MEMORY_REGION, &r) ? -errno : 0;
}

/* In the huge page of which it is a part. */
static uint64_t guest_addr(const char *addr)
{
	return SCENE_AT + ((uintptr_t)addr & (HUGEPAGE - 1));
}

static int flat(struct machine *m)
{
	struct kvm_segment all = { .limit = 0xffffffff, .present = 1, .s = 1, .db = 1, .g = 1 };
	struct kvm_sregs r;

	if (ioctl(m->cpu, KVM_GET_SREGS, &r))
		return -errno;
	all.type = 0xb;
	all.selector = 0x8;
	r.cs = all;
	all.type = 0x3;
	all.selector = 0x10;
	r.ds = r.es = r.ss = r.fs = r.gs = all;
	r.cr0 |= 1;
	return ioctl(m->cpu, KVM_SET_SREGS, &r) ? -errno : 0;
}

static void kvm_open(struct scene *s, struct pin *p)
{
	struct machine *m = calloc(1, sizeof(*m));
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), len;

	if (!m)
		scene_error(s, "kvm: no memory");
	if (kvm < 0)
		feature_needed(s, F_KVM);
	if (kvm < 0)
		scene_error(s, "/dev/kvm: %s", strerror(errno));
	tell_not("has a virtual machine");
	m->vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (m->vm < 0)
		scene_error(s, "KVM_CREATE_VM: %s", strerror(errno));
	m->own = map_or_error(s, NULL, PAGE_4K + LOOK_LEN, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1);
	memcpy(m->own, code, sizeof(code));
	if (slot(m, OWN_SLOT, OWN_AT, m->own, PAGE_4K + LOOK_LEN))
		scene_error(s, "KVM_SET_USER_MEMORY_REGION: %s", strerror(errno));
	m->cpu = ioctl(m->vm, KVM_CREATE_VCPU, 0);
	len = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	m->run = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, m->cpu, 0);
	if (m->cpu < 0 || m->run == MAP_FAILED || flat(m))
		scene_error(s, "kvm: a processor: %s", strerror(errno));
	close(kvm);
	p->priv = m;
}

static int kvm_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct machine *m = p->priv;
	int err = slot(m, SCENE_SLOT, guest_addr(addr), addr, len);

	m->addr = addr;
	return err;
}

static void kvm_release(struct scene *s, struct pin *p)
{
	struct machine *m = p->priv;

	given_back(s, slot(m, SCENE_SLOT, guest_addr(m->addr), m->addr, 0));
}

/* The guest copies: 0, or what KVM_RUN says of a page that cannot be had, EFAULT. */
static int copies(struct machine *m, uint64_t from, uint64_t to, size_t len)
{
	struct kvm_regs r = { .rip = OWN_AT, .rsi = from, .rdi = to, .rcx = len, .rflags = 2 };

	if (ioctl(m->cpu, KVM_SET_REGS, &r))
		return -errno;
	while (ioctl(m->cpu, KVM_RUN, 0))
		if (errno != EINTR)
			return -errno;
	return m->run->exit_reason == KVM_EXIT_HLT ? 0 : -EIO;
}

static uint64_t in_scene(const struct machine *m, const char *addr)
{
	return guest_addr(m->addr) + (addr - m->addr);
}

static int kvm_read(struct scene *s, struct pin *p, char *addr, void *to, size_t len)
{
	struct machine *m = p->priv;
	int err = copies(m, in_scene(m, addr), OWN_AT + PAGE_4K, len);

	if (!err)
		memcpy(to, m->own + PAGE_4K, len);
	return err;
}

static int kvm_write(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
		     const uint64_t *v)
{
	char *addr = pin_addr(s, p, page) + cell_offset(cell, s->page_len);
	struct machine *m = p->priv;
	uint64_t data[CELL_MAX / 8];
	size_t len = cell_fill(cell, *v, data);

	memcpy(m->own + PAGE_4K, data, len);
	return copies(m, OWN_AT + PAGE_4K, in_scene(m, addr), len);
}

static int kvm_write_anyway(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
			    const uint64_t *v)
{
	int err = kvm_write(s, p, page, cell, v);

	return err == -EFAULT ? -EACCES : err;
}

const struct pin_kind pin_kvm = {
	.name = "kvm",
	.what = "memory of a virtual machine, by KVM: no pin, its processor faults as the process "
		"does; loads and stores of a guest",
	.guest = "devices=on",
	.coherent = true,
	.on_demand = true,
	.all_memory = true,
	.can_read = true,
	.can_write = true,
	.open = kvm_open,
	.take = kvm_take,
	.release = kvm_release,
	.read = kvm_read,
	.write = kvm_write,
	.write_anyway = kvm_write_anyway,
};
