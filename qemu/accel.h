/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_ACCEL_H
#define COWPEN_ACCEL_H

#include <stdbool.h>

#include "guestspec.h"

/* The host's part: which QEMU, which accelerator, which clock. Made once a run. */
struct host {
	char *qemu;		 /* path of qemu-system-x86_64 */
	char *qemu_version;	 /* "7.2.22" */
	char *machine;		 /* versioned machine: "pc-i440fx-7.2" */
	bool kvm;		 /* run with KVM; else TCG */
	char *accel_why;	 /* one line: why this accelerator */
	unsigned int tsc_khz;	 /* the host's TSC rate, part of the key of a state */
	struct guest_spec guest; /* what its guests have; COWPEN_SMP is taken, if it is set */
	char *guest_dir;	 /* where the built agent and helpers are (build/guest) */
	bool verbose;
};

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
