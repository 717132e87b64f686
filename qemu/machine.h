/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_MACHINE_H
#define COWPEN_MACHINE_H

#include <stdbool.h>

#include "guestspec.h"

enum warm_how { WARM_NO, WARM_YES, WARM_CHECK };

/* The host's part: which QEMU, which accelerator, which clock. Made once a run. */
struct host {
	char *qemu;		 /* path of qemu-system-x86_64 */
	char *qemu_version;	 /* "7.2.22" */
	char *machine;		 /* versioned machine: "pc-i440fx-7.2" */
	bool kvm;		 /* run with KVM; else TCG */
	char *accel_why;	 /* one line: why this accelerator */
	char *cpu;		 /* "model, Linux release" of the host */
	enum warm_how warm;	 /* may guests go on with another test? warm.h */
	char *warm_why;		 /* one line: why not, or that they may */
	const char *warm_lie;	 /* for tests: what is to go wrong, NULL for nothing */
	unsigned int tsc_khz;	 /* the host's TSC rate, part of the key of a state */
	struct guest_spec guest; /* what its guests have; COWPEN_SMP is taken, if it is set */
	char *guest_dir;	 /* where the built agent and helpers are (build/guest) */
	bool verbose;
};

#endif
