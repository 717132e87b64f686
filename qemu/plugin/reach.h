/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_PLUGIN_REACH_H
#define COWPEN_PLUGIN_REACH_H

#include <stdint.h>

/* What the plugin writes, and the host reads when the guest is gone. */

#define REACH_BLOCKS (1U << 18)
#define REACH_RUNS   (1U << 22)

/* Code of the kernel that is translated as one piece. The same may be there several times. */
struct reach_block {
	uint64_t at;
	uint32_t len; /* bytes */
	uint32_t zero;
};

/* That a block ran when so many bytes of step marks had been written. */
struct reach_run {
	uint32_t marks, block;
};

struct reach_file {
	uint32_t nblocks,
		nruns; /* that were to be written: more than there is room for is a loss */
	uint32_t marks, zero;
	struct reach_block block[REACH_BLOCKS];
	struct reach_run run[REACH_RUNS];
};

#endif
