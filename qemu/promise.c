// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "frame.h"
#include "promise.h"
#include "util.h"

static bool among(char *const *modules, size_t n, const char *file)
{
	for (size_t i = 0; i < n; i++) {
		const char *slash = strrchr(modules[i], '/');

		if (!strcmp(slash ? slash + 1 : modules[i], file))
			return true;
	}
	return false;
}

static bool has_module(const struct kernel *k, const char *file)
{
	return among(k->modules, k->nmodules, file) || among(k->devices, k->ndevices, file);
}

/* What is there by that module, as the agent has it; @want is that it works. */
static int check_fact(const struct kernel *k, const char *module, const char *facts,
		      const char *fact, const char *want)
{
	char *have = frame_string(facts, fact);
	int ret = 0;

	if (has_module(k, module) && (!have || strcmp(have, want)))
		ret = err_set(-EIO, "kernel %s has %s, and yet: %s", k->name, module,
			      have && *have ? have : "nothing came of it");
	free(have);
	return ret;
}

static int check_zswap(const struct kernel *k, const char *facts)
{
	char *have = frame_string(facts, "zswap");
	int ret = 0;

	if (!have || strcmp(have, "Y"))
		ret = err_set(-EIO,
			      "kernel %s has no zswap: leave zswap=on out of GUEST=", k->name);
	free(have);
	return ret;
}

int promise_check(const struct kernel *k, const struct guest_spec *guest, const char *facts)
{
	char *failed = frame_string(facts, "modules_failed"), *n = frame_string(facts, "modules");
	size_t wanted = k->nmodules + (guest->devices == DEVICES_ON ? k->ndevices : 0);
	int ret = 0;

	if (failed && *failed)
		ret = err_set(-EIO, "kernel %s: modules do not load: %s", k->name, failed);
	else if (wanted && (!n || strtoul(n, NULL, 10) != wanted))
		ret = err_set(-EIO, "kernel %s: of %zu modules %s came", k->name, wanted,
			      n ? n : "none");
	if (!ret)
		ret = check_fact(k, "rdma_rxe.ko", facts, "rdma", "ok");
	if (!ret && guest->swap != SWAP_OFF)
		ret = check_fact(k, "zram.ko", facts, "swap",
				 guest->swap == SWAP_ZRAM ? "zram" : "queued");
	if (!ret && guest->zswap)
		ret = check_zswap(k, facts);
	if (!ret)
		ret = check_fact(k, "ext4.ko", facts, "files", "ext4");
	if (!ret && guest->devices == DEVICES_ON)
		ret = check_fact(k, "nd_pmem.ko", facts, "dax", "ok");
	if (!ret && guest->devices == DEVICES_ON)
		ret = check_fact(k, "device_dax.ko", facts, "devdax", "ok");
	free(failed);
	free(n);
	return ret;
}
