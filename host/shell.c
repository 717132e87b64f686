// SPDX-License-Identifier: GPL-2.0-only
/* cowpen shell: the guest for a person. */
#include <errno.h>
#include <stdlib.h>

#include "accel.h"
#include "cmd.h"
#include "err.h"
#include "opts.h"
#include "util.h"
#include "vm.h"

static const struct argp_option shell_options[] = {
	OPT_KERNELS,
	{ "gdb", O_GDB, NULL, 0, "Open QEMU's gdb stub, wait for it, and say how to attach", 2 },
	OPT_ACCEL,
	OPT_GUEST,
	OPT_BUILD,
	OPT_CONF,
	OPT_VERBOSE,
	{ 0 }
};
static const struct argp shell_argp = {
	.options = shell_options,
	.parser = opts_parser,
	.args_doc = "[KERNEL]",
	.doc = "The guest that tests run in, for a person: a shell on "
	       "the terminal.",
};

int shell_main(int argc, char **argv)
{
	struct kernel_list all = { 0 };
	struct kernel **k = NULL;
	struct host h;
	struct opts o;
	char *guest;
	int ret;
	size_t n;

	opts_init(&o, 1);
	ret = opts_parse(&o, &shell_argp, argc, argv);
	if (ret)
		return ret;
	ret = choose_kernels(&o, o.nargs ? o.arg[0] : o.kernels, &all, &k, &n);
	if (!ret && n != 1)
		ret = err_set(-EINVAL,
			      "a shell is for one kernel, not %zu; say which, as in: make shell "
			      "KERNEL=%s",
			      n, n ? k[n - 1]->name : "6.12");
	if (ret) {
		ret = fail_choice(ret);
		goto out;
	}
	guest = guest_dir(&o);
	ret = host_init(&h, o.accel, guest);
	free(guest);
	if (!ret) {
		ret = guest_parse(o.guest, &h.guest);
		if (ret)
			host_free(&h);
	}
	if (ret) {
		ret = fail_choice(ret);
		goto out;
	}
	h.verbose = o.verbose;
	ret = kernel_fetch(k[0]);
	if (!ret && h.guest.devices == DEVICES_ON)
		kernel_fetch_devices(k[0]);
	if (!ret)
		ret = vm_shell(&h, k[0], o.gdb);
	if (ret < 0)
		ret = fail(k[0]->name);
	host_free(&h);
out:
	free(k);
	kernels_free(&all);
	return ret;
}
