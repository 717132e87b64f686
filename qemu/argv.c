// SPDX-License-Identifier: GPL-2.0-only
/* QEMU's command line, and the kernel's. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu.h"
#include "util.h"

char *guest_append(const struct host *h, bool shell)
{
	/*
	 * The guest must not calibrate its TSC against the emulated PIT: on a
	 * busy host it came out 2.7 times too fast, and a saved state keeps that
	 * for ever. nokaslr: addresses in splats can be looked up, and saved
	 * states of one kernel are alike.
	 */
	char movable[32] = "", coherent[128] = "", devices[96] = "", *text;
	unsigned int mib = guest_coherent_mib(&h->guest), from = h->guest.mem_mib;
	unsigned int low = from < 1024 ? from : 1024;

	if (h->guest.movable)
		snprintf(movable, sizeof(movable), " movablecore=%uM",
			 guest_movable_mib(&h->guest));
	/* Behind the RAM, and reserved: test_hmm takes it by its address. */
	if (h->guest.coherent)
		snprintf(coherent, sizeof(coherent),
			 " memmap=%uM$%uM test_hmm.spm_addr_dev0=%#x test_hmm.spm_addr_dev1=%#x",
			 mib, from, from << 20, (from + mib / 2) << 20);
	/*
	 * Two disks that stay without power, one in each node, as one node cannot have both and
	 * half of the rest; and where a large guest has RAM, and neither the hole for devices nor
	 * its initramfs.
	 */
	if (h->guest.devices == DEVICES_ON)
		snprintf(devices, sizeof(devices),
			 " cowpen.devices=on memmap=16M!%uM memmap=16M!%uM", low / 2 - 32,
			 low - 96);
	text = xasprintf("console=ttyS0 %spanic=-1 mitigations=off nokaslr no_timer_check "
			 "tsc_early_khz=%u tsc=reliable random.trust_cpu=on numa=fake=2 "
			 "hugepages=%u%s%s%s%s%s%s%s%s%s",
			 shell && h->verbose ? "" : "quiet ", h->tsc_khz,
			 guest_huge_pages(&h->guest), movable, coherent,
			 /*
			  * What is to be held needs it. To ask for it later has thousands of places
			  * patched, each with a call of the other processor.
			  */
			 h->guest.stub == STUB_ON ? " preempt=full" : "",
			 h->guest.no_thp ? " transparent_hugepage=never" : "",
			 h->guest.swap == SWAP_OFF    ? " cowpen.swap=off" :
			 h->guest.swap == SWAP_QUEUED ? " cowpen.swap=queued" :
							"",
			 h->guest.no_ksm ? " cowpen.ksm=off" : "",
			 h->guest.zswap ? " zswap.enabled=1" : "", devices,
			 shell ? " cowpen.mode=shell" : "");
	return text;
}

struct args {
	char **v;
	size_t n;
};

__attribute__((format(printf, 2, 3))) static void arg(struct args *a, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		abort();
	va_end(ap);
	a->v = xrealloc(a->v, (a->n + 2) * sizeof(*a->v));
	a->v[a->n++] = s;
	a->v[a->n] = NULL;
}

void argv_free(char **argv)
{
	for (char **p = argv; p && *p; p++)
		free(*p);
	free(argv);
}

char *argv_text(char *const argv[])
{
	struct buf b = { 0 };

	for (; *argv; argv++)
		buf_printf(&b, strpbrk(*argv, " ()") ? "%s'%s'" : "%s%s", b.len ? " " : "", *argv);
	return b.data;
}

/*
 * "pc-i440fx-7.2" has no place for Intel's IOMMU; "pc-q35-7.2" has, and nothing but it is needed,
 * neither a parameter of the kernel nor a driver. What Linux wants to see before it hands out a
 * device is that interrupts are remapped, too.
 */
static void machine(struct args *a, const struct qemu_setup *s, bool kvm)
{
	const struct host *h = s->host;
	bool devices = h->guest.devices == DEVICES_ON;
	const char *version = strrchr(h->machine, '-');

	arg(a, "-machine");
	arg(a, "%s%s%s%s", devices ? "pc-q35" : h->machine, devices && version ? version : "",
	    devices && kvm ? ",kernel-irqchip=split" : "",
	    s->ram_fd >= 0 ? ",memory-backend=m0" : "");
	if (!devices)
		return;
	arg(a, "-device");
	arg(a, "intel-iommu,intremap=on");
	/* Looped back onto itself by who drives it: no network is attached. */
	arg(a, "-device");
	arg(a, "tulip,addr=0x3");
}

char **qemu_argv(const struct qemu_setup *s)
{
	const struct host *h = s->host;
	bool kvm = s->accel ? !strcmp(s->accel, "kvm") : h->kvm;
	struct args a = { 0 };

	arg(&a, "%s", h->qemu);
	arg(&a, "-nodefaults");
	arg(&a, "-no-user-config");
	arg(&a, "-no-reboot");
	arg(&a, "-display");
	arg(&a, "none");
	arg(&a, "-sandbox");
	arg(&a, "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
	arg(&a, "-accel");
	arg(&a, "%s", kvm ? "kvm" : "tcg,thread=multi");
	arg(&a, "-cpu");
	/*
	 * TCG of QEMU before 10 leaves wrong flags behind cmpxchg16b, which SLUB
	 * uses from 6.12 on if it is there. la57: another level of page tables
	 * that only costs. erms: with it kernels clear and copy pages by "rep
	 * stosb", which TCG does byte by byte.
	 */
	arg(&a, "%s",
	    kvm			       ? "host" :
	    atoi(h->qemu_version) < 10 ? "max,la57=off,cx16=off,erms=off" :
					 "max,la57=off,erms=off");
	arg(&a, "-smp");
	/*
	 * A kernel without ACPI finds its processors by the MP table, and SeaBIOS puts only the
	 * first of each package there.
	 */
	arg(&a, h->guest.smp > 1 ? "%u,sockets=%u" : "%u", h->guest.smp, h->guest.smp);
	arg(&a, "-m");
	arg(&a, "%uM", guest_all_mib(&h->guest));
	machine(&a, s, kvm);
	if (s->ram_fd >= 0) {
		/* shared to save, private to restore: the file stays as it was saved */
		arg(&a, "-object");
		arg(&a, "memory-backend-file,id=m0,size=%uM,mem-path=/proc/self/fd/%d,share=%s",
		    guest_all_mib(&h->guest), FD_RAM, s->append ? "on" : "off");
	}
	if (s->terminal) {
		arg(&a, "-chardev");
		arg(&a, "stdio,id=con,mux=on,signal=off");
		arg(&a, "-mon");
		arg(&a, "chardev=con");
	} else {
		arg(&a, "-chardev");
		arg(&a, "socket,id=con,fd=%d", FD_CONSOLE);
	}
	arg(&a, "-serial");
	arg(&a, "chardev:con");
	arg(&a, "-chardev");
	arg(&a, "socket,id=qmp,fd=%d", FD_QMP);
	arg(&a, "-mon");
	arg(&a, "chardev=qmp,mode=control");
	arg(&a, "-chardev");
	arg(&a, "socket,id=frames,fd=%d", FD_FRAMES);
	arg(&a, "-device");
	arg(&a, "isa-debugcon,iobase=0x%x,chardev=frames", PORT_FRAMES);
	arg(&a, "-chardev");
	arg(&a, "socket,id=marks,fd=%d", FD_MARKS);
	arg(&a, "-device");
	arg(&a, "isa-debugcon,iobase=0x%x,chardev=marks", PORT_MARKS);
	arg(&a, "-device");
	arg(&a, "isa-debug-exit,iobase=0x%x,iosize=1", PORT_EXIT);
	if (s->append) {
		arg(&a, "-kernel");
		arg(&a, "/proc/self/fd/%d", FD_KERNEL);
		arg(&a, "-initrd");
		arg(&a, "/proc/self/fd/%d", FD_INITRD);
		arg(&a, "-append");
		arg(&a, "%s", s->append);
	} else {
		/*
		 * The kernel is in the saved memory. Only the option ROM that
		 * QEMU adds for -kernel must be there too: its block of memory
		 * is part of the state.
		 */
		arg(&a, "-option-rom");
		arg(&a, "%s", s->elf ? "pvh.bin" : "linuxboot_dma.bin");
		arg(&a, "-incoming");
		arg(&a, "defer");
	}
	if (s->cmd_fd >= 0) {
		arg(&a, "-fw_cfg");
		arg(&a, "name=%s,file=/proc/self/fd/%d", FW_CFG_CMD, FD_CMD);
	}
	if (s->exe_fd >= 0) {
		arg(&a, "-fw_cfg");
		arg(&a, "name=%s,file=/proc/self/fd/%d", FW_CFG_EXE, FD_EXE);
	}
	if (s->reach_fd > 0) {
		arg(&a, "-plugin");
		arg(&a, "file=/proc/self/fd/%d,out=/proc/self/fd/%d", FD_PLUGIN, FD_REACH);
	}
	if (s->warm_fd > 0) {
		arg(&a, "-plugin");
		arg(&a, "file=/proc/self/fd/%d,socket=%d,ram=%d%s%s%s", FD_PLUGIN, FD_WARM, FD_RAM,
		    h->warm == WARM_CHECK ? ",check=1" : "", h->warm_lie ? ",lie=" : "",
		    h->warm_lie ? h->warm_lie : "");
	}
	if (s->stub) {
		arg(&a, "-chardev");
		arg(&a, "socket,id=gdb,fd=%d", FD_STUB);
		arg(&a, "-gdb");
		arg(&a, "chardev:gdb");
	}
	if (s->gdb) {
		arg(&a, "-gdb");
		arg(&a, "unix:%s,server=on,wait=off", s->gdb);
	}
	return a.v;
}
