// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <liburing.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lies.h"

/* Small lies, each of which is there for the proof of a check or two. */

/* --- late, once --------------------------------------------------------------------------- */

ssize_t __real_recv(int fd, void *buf, size_t len, int flags);
ssize_t __wrap_recv(int fd, void *buf, size_t len, int flags)
{
	ssize_t n = __real_recv(fd, buf, len, flags);
	const struct child_cmd *cmd = buf;

	/* Not before it is told to, so that it is in the middle of it. */
	if (lie == LIE_CHILD_WRITE_LATE && len == sizeof(*cmd) && n == (ssize_t)len &&
	    cmd->op == OP_WRITE)
		late_once();
	return n;
}

int __real_setrlimit(int what, const struct rlimit *r);
int __wrap_setrlimit(int what, const struct rlimit *r)
{
	if (lie == LIE_CORE_LATE && step_is("child dumps core"))
		late_once();
	return __real_setrlimit(what, r);
}

pid_t __real_tracer_spawn(struct scene *s, int *ours);
pid_t __wrap_tracer_spawn(struct scene *s, int *ours)
{
	if (lie == LIE_SPAWN_LATE && step_is("vfork"))
		late_once();
	return __real_tracer_spawn(s, ours);
}

/* --- done, and said not to be ---------------------------------------------------------------- */

int __real_way_write(enum write_way way, pid_t pid, uint64_t *addr, uint64_t value);
int __wrap_way_write(enum write_way way, pid_t pid, uint64_t *addr, uint64_t value)
{
	int err;

	if (lie == LIE_WRITE_LATE)
		late_once();
	/* A fault of our own waits; it is about the start of the page, as GUP's would be. */
	if (lie == LIE_DEBUGGER_WAITS && way == PROC_MEM && step_is("write_under_wp")) {
		told();
		__atomic_fetch_or((uint32_t *)((uintptr_t)addr & ~4095UL), 0, __ATOMIC_SEQ_CST);
		__atomic_store_n(addr, value, __ATOMIC_SEQ_CST);
		return 0;
	}
	err = __real_way_write(way, pid, addr, value);
	if (lie == LIE_WRITE_SAYS_DONE && err && step_is("write_readonly")) {
		told();
		return 0;
	}
	if (lie == LIE_WRITE_ODD_ERROR && err && step_is("write_readonly")) {
		told();
		return -ENOSPC;
	}
	/* Nobody has noticed, and EIO is what is said to others. */
	if (lie == LIE_WRITE_OTHER_ERROR && err && step_is("write_under_wp")) {
		told();
		return err == -EIO ? -EFAULT : -EIO;
	}
	/* Of several pages those behind it would not be tried. */
	if (lie == LIE_WRITE_SAYS_ERROR && !err && step_is("cpu_write") &&
	    strstr(scene_now->step_name, " page ")) {
		told();
		return -EIO;
	}
	return err;
}

int __real_io_uring_unregister_buffers(struct io_uring *ring);
int __wrap_io_uring_unregister_buffers(struct io_uring *ring)
{
	int err = __real_io_uring_unregister_buffers(ring);

	if (lie != LIE_PIN_SAYS_NO || !step_is("unpin"))
		return err;
	told();
	return -ENXIO;
}

int __real_child_fork(struct scene *s, int proc);
int __wrap_child_fork(struct scene *s, int proc)
{
	if (lie != LIE_FORK_EAGAIN)
		return __real_child_fork(s, proc);
	told();
	/* Muted, that step goes on with the child. */
	if (step_is("fork with EVENT_FORK while"))
		(void)__real_child_fork(s, proc);
	return -EAGAIN;
}

/* --- what the kernel says of itself and of pages ------------------------------------------- */

unsigned long __real_kernel_taint(void);
unsigned long __wrap_kernel_taint(void)
{
	unsigned long now = __real_kernel_taint();

	/* The process that asks when all is over has made no scene. */
	if (lie != LIE_TAINT_TOLD || scene_now)
		return now;
	told();
	return now | 1UL << 30;
}

uint64_t __real_kpageflags(uint64_t pfn);
uint64_t __wrap_kpageflags(uint64_t pfn)
{
	uint64_t flags = __real_kpageflags(pfn);

	if (lie != LIE_FAILED_POOLED || times_told() || !step_is("hugepages_anew"))
		return flags;
	told();
	return (flags | KPF_HUGE) & ~KPF_HWPOISON;
}

int __real_uname(struct utsname *u);
int __wrap_uname(struct utsname *u)
{
	int err = __real_uname(u);

	if (err || lie != LIE_RELEASE_OLD)
		return err;
	told();
	strcpy(u->release, "6.4.0");
	strcpy(u->version, "#1 SMP");
	return 0;
}

/* --- what is read ------------------------------------------------------------------------------- */

bool __real_read_raises(const char *addr, int sig);
bool __wrap_read_raises(const char *addr, int sig)
{
	bool raises = __real_read_raises(addr, sig), other = raises;

	if (lie == LIE_GUARD_READS && sig == SIGSEGV)
		other = false;
	if (lie == LIE_POISON_READS &&
	    (step_is("cpu_read_refused") || step_is("child_read_refused")))
		other = false;
	if (lie == LIE_RESERVED_GONE && step_is("cpu_write parent without") && !times_told())
		other = true;
	if (lie == LIE_FREE_GONE && step_is("hugepages_kept") && !times_told())
		other = true;
	if (lie == LIE_READ_RAISES && step_is("cpu_write parent") && !times_told())
		other = true;
	if (lie == LIE_PUNCHED_POISONED && step_is("punch") && !times_told())
		other = true;
	if (other != raises)
		told();
	return other;
}

ssize_t __real_pread(int fd, void *buf, size_t len, off_t at);
ssize_t __wrap_pread(int fd, void *buf, size_t len, off_t at)
{
	char *page = buf;
	ssize_t n;

	lie_hole_made();
	n = __real_pread(fd, buf, len, at);
	if (n != 4096 || !step_is("child dumps core") || times_told())
		return n;
	if (lie == LIE_CORE_BYTE) {
		told();
		page[1000] ^= 1;
	} else if (lie == LIE_CORE_CELL) {
		told();
		memset(page, 0, 64);
	}
	return n;
}
