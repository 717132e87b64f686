/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_GDB_H
#define COWPEN_GDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A client of QEMU's stub for gdb, as much of the protocol as it takes to hold a processor.
 * Processors are counted from 1. While one runs the stub is to be told nothing: any byte stops
 * the guest. All but gdb_poll() wait for an answer. 0, or a negative errno with a line.
 */
struct gdb {
	int fd;
	unsigned int patience; /* ms for an answer; gdb_start() sets it */
	char in[16384];
	size_t n;
};

/* What QEMU's processor has in them, as far as it matters here. */
struct gdb_regs {
	uint64_t gpr[16]; /* in gdb's order */
	uint64_t rip, gs_base, k_gs_base;
	uint32_t cs;
};
enum { GDB_RAX, GDB_RBX, GDB_RCX, GDB_RDX, GDB_RSI, GDB_RDI, GDB_RBP, GDB_RSP, GDB_RIP = 16 };

enum gdb_point { GDB_BREAK = 0, GDB_WATCH_WRITE = 2 };

/* The guest must be stopped. */
int gdb_start(struct gdb *g, int fd);
int gdb_regs(struct gdb *g, unsigned int cpu, struct gdb_regs *r);
int gdb_set(struct gdb *g, unsigned int cpu, unsigned int reg, uint64_t value);
/* Memory as @cpu sees it. */
int gdb_read(struct gdb *g, unsigned int cpu, uint64_t at, void *to, size_t len);
int gdb_write(struct gdb *g, unsigned int cpu, uint64_t at, const void *from, size_t len);
int gdb_point(struct gdb *g, bool set, enum gdb_point what, uint64_t at, unsigned int len);
/* All processors, or one alone (0: all). @step: one instruction of it. */
int gdb_go(struct gdb *g, unsigned int cpu, bool step);
/* Stop them all; a stop is to be waited for. */
int gdb_interrupt(struct gdb *g);
/* Have they stopped? 1 and which; 0: not yet, after @ms. */
int gdb_poll(struct gdb *g, int ms, unsigned int *cpu);

#endif
