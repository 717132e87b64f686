/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_ACCEL_H
#define COWPEN_ACCEL_H

#include "machine.h"

/*
 * Find QEMU and decide the accelerator. @accel is "auto", "kvm" or "tcg" (or
 * NULL for auto). KVM is taken only if the CPU has vmx/svm and a bounded probe
 * really booted; the probe's verdict is kept in the cache. -EINVAL with a line
 * for an unknown word, -ENODEV if "kvm" was asked for and does not work.
 */
int host_init(struct host *h, const char *accel, const char *guest_dir);
void host_free(struct host *h);

/* Note for later runs that KVM does not work on this host, and why. */
void kvm_distrust(const char *why);

#endif
