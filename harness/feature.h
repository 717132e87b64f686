/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_FEATURE_H
#define COWPEN_FEATURE_H

#include <stdbool.h>
#include <stddef.h>

struct scene;

/* Where perf has the probes at functions of the kernel. */
#define KPROBE_PMU "/sys/bus/event_source/devices/kprobe"
/* Where struct pages are without KASLR and with page tables of four levels. */
#define VMEMMAP	     0xffffea0000000000UL
#define PREEMPT_MODE "/sys/kernel/debug/sched/preempt"

/*
 * What kernels may lack. The table in feature.c says of each since when mainline has
 * it and by which configuration; whether this kernel has it is tried, on memory and
 * descriptors of the trial's own and not by the step that needs it, once a process.
 */
enum feature {
	F_USERFAULTFD,
	F_UFFD_WP,
	F_UFFD_WP_HUGETLBFS_SHMEM,
	F_UFFD_WP_UNPOPULATED,
	F_UFFD_EVENT_FORK,
	F_UFFD_EVENT_REMAP,
	F_UFFD_EVENT_REMOVE,
	F_UFFD_EVENT_UNMAP,
	F_UFFD_WP_ASYNC,
	F_UFFD_EXACT_ADDRESS,
	F_UFFD_MINOR_HUGETLBFS,
	F_UFFD_MINOR_SHMEM,
	F_UFFD_RWP,
	F_UFFD_USER_MODE,
	F_UFFD_RWP_ASYNC,
	F_UFFD_MOVE,
	F_UFFD_POISON,
	F_UFFD_CONTINUE_WP,
	F_PAGEMAP_UFFD_WP,
	F_PAGEMAP_SCAN,
	F_PAGEMAP_SCAN_SOFT_DIRTY,
	F_PAGEMAP_SCAN_GUARD,
	F_SOFT_DIRTY,
	F_STACK_NOHUGE,
	F_DROPPABLE,
	F_POPULATE,
	F_GUARD,
	F_MEMORY_FAILURE,
	F_MADVISE_SELF,
	F_GUARD_FILES,
	F_PAGEMAP_GUARD,
	F_CORE_DUMP,
	F_DONTNEED_HUGETLB,
	F_MREMAP_HUGETLB,
	F_DONTUNMAP,
	F_DONTUNMAP_FILE,
	F_SECRETMEM,
	F_VM_READV,
	F_HUGETLB,
	F_HUGE_POOL,
	F_THP,
	F_SHMEM_HUGE,
	F_MTHP,
	F_COLLAPSE,
	F_SPLIT,
	F_SPLIT_RANGE,
	F_UNDERUSED,
	F_KSM,
	F_MOVE_PAGES,
	F_TWO_NODES,
	F_FAILURES,
	F_MOVABLE_ZONE,
	F_NUMA_BALANCING,
	F_COMPACTION,
	F_SWAP,
	F_SWAP_AT_ONCE,
	F_SWAP_QUEUED,
	F_SWAP_STOPS,
	F_MEMCG,
	F_MEMCG_SWAP,
	F_FILES,
	F_DAX,
	F_DEVDAX,
	F_PUNCH,
	F_IO_URING,
	F_IO_URING_SPARSE,
	F_IO_URING_CLONE,
	F_IO_URING_FILES,
	F_IO_URING_PBUF,
	F_IO_URING_IN_MEMORY,
	F_IO_URING_ZCRX,
	F_GUP_TEST,
	F_RXE,
	F_RXE_ODP,
	F_RXE_REREG,
	F_RAMDISK,
	F_DM,
	F_UDMABUF,
	F_KVM,
	F_VFIO,
	F_VFIO_VADDR,
	F_IOMMUFD,
	F_IOMMUFD_FILE,
	F_V4L2,
	F_HMM,
	F_HMM_COHERENT,
	F_KPROBE,
	F_WATCH_KERNEL,
	F_PREEMPT,
	F_PREEMPT_RCU,
	F_AF_XDP,
	F_UNSHARE,
	F_MREMAP_PIECES,
	NR_FEATURES
};

/*
 * SKIP, naming it, where the table says that this kernel need not have it, or the guest
 * was made without. Where it says that it must have it, it is lost, and that is a FAIL;
 * what the guest should have brought and has not, a module or a device, is an ERROR.
 */
void feature_needed(struct scene *s, enum feature f);
/* The same, but what may be lacking is only said to lack. */
bool feature_there(struct scene *s, enum feature f);

/* A trial ends with one of these. */
enum trial {
	THERE,
	ABSENT,
	OFF,   /* there, and somebody switched it off */
	UNSET, /* not the kernel's alone: what belongs to it was not set up */
};
/* For features whose trial is elsewhere; @why: what was seen. */
enum trial rdma_trial(enum feature f, char *why, size_t size);
/* All of them, and what this kernel has, on standard output. */
void features_print(void);

#endif
