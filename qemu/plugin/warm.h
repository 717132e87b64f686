/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_PLUGIN_WARM_H
#define COWPEN_PLUGIN_WARM_H

#include <stdint.h>

/* What the host and the plugin that keeps a guest warm say to each other, by a SEQPACKET socket. */

enum warm_what {
	WARM_REMEMBER, /* the state has just been loaded: this is what to come back to */
	WARM_BACK,     /* stop, and come back to it */
	WARM_GO, /* go on, with the command and the executable in the descriptors that come along */
};

/* Pages of the guest one after the other, by physical address. */
struct warm_extent {
	uint64_t at, len;
};

#define WARM_EXTENTS 1024

struct warm_ask {
	uint32_t what;
	uint32_t place; /* WARM_GO: write the executable to the slot */
	uint32_t n, zero;
	struct warm_extent slot[WARM_EXTENTS]; /* WARM_REMEMBER: @n; others send none */
};

struct warm_answer {
	uint32_t ok, pages; /* WARM_BACK: so many pages were dropped */
	char why[240];	    /* if it is not ok */
};

#endif
