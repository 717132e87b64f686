/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_IOMMUFD_H
#define COWPEN_IOMMUFD_H

#include <linux/ioctl.h>
#include <linux/types.h>
#include <linux/vfio.h>

/*
 * What this tree asks of /dev/iommu (v6.2) and of a device that is opened by itself (v6.6), as
 * include/uapi/linux/iommufd.h and vfio.h have it: the headers that it is built with are older.
 */
#define IOMMUFD_DEVICE "/dev/iommu"

#define IOMMUFD_CMD(n) _IO(';', 0x80 + (n))

struct iommufd_destroy {
	__u32 size, id;
};
#define IOMMUFD_DESTROY IOMMUFD_CMD(0)

struct iommufd_ioas_alloc {
	__u32 size, flags, ioas;
};
#define IOMMUFD_IOAS_ALLOC IOMMUFD_CMD(1)

#define IOMMUFD_MAP_FIXED_IOVA (1 << 0)
#define IOMMUFD_MAP_WRITEABLE  (1 << 1)
#define IOMMUFD_MAP_READABLE   (1 << 2)

struct iommufd_ioas_copy {
	__u32 size, flags, to_ioas, from_ioas;
	__aligned_u64 length, to_iova, from_iova;
};
#define IOMMUFD_IOAS_COPY IOMMUFD_CMD(3)

struct iommufd_ioas_map {
	__u32 size, flags, ioas, reserved;
	__aligned_u64 addr, length, iova;
};
#define IOMMUFD_IOAS_MAP IOMMUFD_CMD(5)

struct iommufd_ioas_unmap {
	__u32 size, ioas;
	__aligned_u64 iova, length;
};
#define IOMMUFD_IOAS_UNMAP IOMMUFD_CMD(6)

/* Only by who has CAP_SYS_RESOURCE, and before there is anything else. */
#define IOMMUFD_RLIMIT_OF_PROCESS 0
struct iommufd_option {
	__u32 size, option;
	__u16 op, reserved; /* 0: set */
	__u32 object;
	__aligned_u64 value;
};
#define IOMMUFD_OPTION IOMMUFD_CMD(7)

/* f4986a72d6e4 (v6.13) */
struct iommufd_ioas_map_file {
	__u32 size, flags, ioas;
	__s32 fd;
	__aligned_u64 start, length, iova;
};
#define IOMMUFD_IOAS_MAP_FILE IOMMUFD_CMD(15)

/* 829ed626499c (v6.13) */
struct iommufd_change_process {
	__u32 size, reserved;
};
#define IOMMUFD_CHANGE_PROCESS IOMMUFD_CMD(18)

struct iommufd_bind {
	__u32 argsz, flags;
	__s32 iommufd;
	__u32 device;
};
#define IOMMUFD_BIND_DEVICE _IO(VFIO_TYPE, VFIO_BASE + 18)

struct iommufd_attach {
	__u32 argsz, flags, ioas;
};
#define IOMMUFD_ATTACH_DEVICE _IO(VFIO_TYPE, VFIO_BASE + 19)

struct iommufd_detach {
	__u32 argsz, flags;
};
#define IOMMUFD_DETACH_DEVICE _IO(VFIO_TYPE, VFIO_BASE + 20)

#endif
