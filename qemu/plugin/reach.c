// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of QEMU's TCG: which blocks of kernel code run, and when. Nothing of the guest
 * changes. What it finds goes to a file that is mapped, so that it is there whatever becomes
 * of QEMU; reach.h says how it is laid out.
 *
 *   -plugin file=reach.so,out=FILE
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reach.h"

/*
 * Of the interface, as its documentation has it (version 1, QEMU 6.0 and later): Debian has no
 * package with the header.
 */
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info_t;
typedef uint64_t qemu_plugin_id_t;
enum qemu_plugin_cb_flags { NO_REGS };
typedef void trans_cb(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void exec_cb(unsigned int vcpu, void *arg);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, trans_cb *cb);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, exec_cb *cb,
					  enum qemu_plugin_cb_flags flags, void *arg);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, exec_cb *cb,
					    enum qemu_plugin_cb_flags flags, void *arg);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

#define KERNEL 0xffff800000000000ULL
#define OUTB   0xee /* out %al,(%dx): a byte of a step mark */

static struct reach_file *out;
/* Where in the marks the last run of a block was, beside its entry. */
static uint32_t last[REACH_BLOCKS];

static void block_runs(unsigned int vcpu, void *arg)
{
	uint32_t block = (uintptr_t)arg, at;

	(void)vcpu;
	if (last[block] == out->marks + 1)
		return;
	last[block] = out->marks + 1;
	at = __atomic_fetch_add(&out->nruns, 1, __ATOMIC_RELAXED);
	if (at < REACH_RUNS)
		out->run[at] = (struct reach_run){ out->marks, block };
}

static void mark_written(unsigned int vcpu, void *arg)
{
	(void)vcpu;
	(void)arg;
	out->marks++;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb), len = 0;
	uint64_t at = qemu_plugin_tb_vaddr(tb);
	uint32_t block;

	(void)id;
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (at < KERNEL && qemu_plugin_insn_size(insn) == 1 &&
		    *(const uint8_t *)qemu_plugin_insn_data(insn) == OUTB)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, mark_written, NO_REGS, NULL);
		len += qemu_plugin_insn_size(insn);
	}
	if (at < KERNEL)
		return;
	block = __atomic_fetch_add(&out->nblocks, 1, __ATOMIC_RELAXED);
	if (block >= REACH_BLOCKS)
		return;
	out->block[block] = (struct reach_block){ .at = at, .len = len };
	qemu_plugin_register_vcpu_tb_exec_cb(tb, block_runs, NO_REGS, (void *)(uintptr_t)block);
}

__attribute__((visibility("default"))) int
qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int argc, char **argv)
{
	int fd = -1;

	(void)info;
	for (int i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			fd = open(argv[i] + 4, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -1;
	out = mmap(NULL, sizeof(*out), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (out == MAP_FAILED)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
