// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"
#include "tell.h"

void lock_right(struct scene *s, bool may)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &head, data))
		scene_error(s, "capget: %s", strerror(errno));
	data[0].effective &= ~(1U << CAP_IPC_LOCK);
	data[0].effective |= (unsigned int)may << CAP_IPC_LOCK;
	if (syscall(SYS_capset, &head, data))
		scene_error(s, "capset: %s", strerror(errno));
}

void lock_limit(struct scene *s, rlim_t soft)
{
	struct rlimit l = { soft, RLIM_INFINITY };

	if (setrlimit(RLIMIT_MEMLOCK, &l))
		scene_error(s, "setrlimit: %s", strerror(errno));
}

/*
 * In a process of its own: uverbs takes no doorbell any more from one whose rights have changed
 * since it opened the device. And when a ring is made io_uring asks whether its buffers are to be
 * accounted.
 */
static void try_over_limit(struct scene *s, unsigned int arg, struct child_reply *reply)
{
	struct pin p = { .kind = s->pin[0].kind };
	struct account before, after;

	(void)arg;
	lock_limit(s, RLIM_INFINITY);
	lock_right(s, false);
	p.kind->open(s, &p);
	reply->pins = -pins_outstanding();
	before = account_now(s);
	/* None at all is another matter: then some say EPERM (can_do_mlock()). */
	lock_limit(s, 4096);
	reply->ret = p.kind->take(s, &p, s->area, s->area_len);
	if (!reply->ret)
		p.kind->release(s, &p);
	after = account_now(s);
	reply->met = after.pinned == before.pinned && after.locked == before.locked;
}

void pin_over_limit(struct scene *s)
{
	struct child_reply reply;

	step_begin(s, "C7", "pin_over_limit %s", s->pin[0].kind->name);
	tell_not("needs rights to be taken away");
	other_send(s, try_over_limit, 0);
	while (!child_answer(s, OTHER, &reply))
		wait_failed(s, CHECK("over-limit-hang"), "C7", by_process(s->proc[OTHER].pid),
			    "the pin is refused", "it does not end within %d ms", PATIENCE_MS);
	observe(s, "pin_over_limit", "%s", reply.ret ? strerrorname_np(-reply.ret) : "taken");
	if (reply.ret != -ENOMEM)
		scene_fail(s, CHECK("over-limit-errno"), "C7", "ENOMEM: RLIMIT_MEMLOCK is a page",
			   "%s", reply.ret ? strerrorname_np(-reply.ret) : "the pin is taken");
	/* Its device is open still, and what that has pinned is counted on both sides. */
	if (!wait_until(reply.pins + pins_outstanding() == 0))
		scene_fail(s, CHECK("over-limit-pins"), "C7", "what was refused has pinned nothing",
			   "%ld pins", reply.pins + pins_outstanding());
	if (!reply.met)
		scene_fail(s, CHECK("over-limit-account"), "C8",
			   "what was refused is on no account", "VmPin or VmLck has changed");
	step_end(s);
}
