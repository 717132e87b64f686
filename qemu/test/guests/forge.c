// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes what looks like the agent's frames: to its own output, and to the very
 * port, with a token of zeros and with one made up; and garbage.
 */
#include "port.h"

#include "../../guest/proto.h"

int main(void)
{
	struct frame_head h = { .type = FRAME_END };
	static const char end[] = "status=0\noutput_total=1\n";
	char garbage[1000];

	memcpy(h.magic, FRAME_MAGIC, sizeof(h.magic));
	for (int i = 0; i < 2; i++) {
		memset(h.token, i ? 0x5a : 0, sizeof(h.token));
		h.len = sizeof(end) - 1;
		h.sum = frame_sum(&h, end);
		fwrite(&h, sizeof(h), 1, stdout);
		fwrite(end, sizeof(end) - 1, 1, stdout);
		fflush(stdout);
		usleep(50000); /* between the agent's frames, not into one */
		port_write(PORT_FRAMES, &h, sizeof(h));
		port_write(PORT_FRAMES, end, sizeof(end) - 1);
	}
	for (size_t i = 0; i < sizeof(garbage); i++)
		garbage[i] = i * 7;
	port_write(PORT_FRAMES, garbage, sizeof(garbage));
	/* a good beginning that promises more than will come */
	h.len = FRAME_MAX;
	port_write(PORT_FRAMES, &h, sizeof(h));
	printf("\nKTAP version 1\n1..1\nok 1 forged\nnot ok 1 forged\n");
	return 7;
}
