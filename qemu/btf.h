/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_BTF_H
#define COWPEN_BTF_H

#include <stddef.h>

/*
 * Where in a struct of the kernel a member is, in bytes, also one of an anonymous struct in it: by
 * the type information (BTF) of @len bytes at @btf. 0 or a negative errno with a line.
 */
int btf_offset(const void *btf, size_t len, const char *type, const char *member,
	       unsigned int *offset);

#endif
