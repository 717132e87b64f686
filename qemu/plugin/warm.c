// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of QEMU's TCG that brings a guest back to where it was restored, in the process that
 * runs it, so that what is translated stays. qemu/README.md says why that is sound.
 *
 * It is what `loadvm` does: all devices are reset, and their state is loaded. Two things differ.
 * Memory is a private mapping of a file, so the pages that were written are dropped. And
 * translations are not flushed, but thrown away page by page where memory changes: loading the
 * state of a processor queues a flush, and a flush that is queued does nothing when the counter
 * of flushes has moved on in between. So work that moves it is queued before that.
 *
 *   -plugin file=warm.so,socket=FD[,check=1][,lie=page|code|clock]
 *   -plugin file=warm.so,probe=FD		tell whether it can work, and exit
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../guest/proto.h"
#include "warm.h"

#define EXPORTED __attribute__((visibility("default")))
#define PAGE	 4096UL

EXPORTED int qemu_plugin_version = 1;

/* Of the plugins' interface. */
typedef uint64_t qemu_plugin_id_t;
struct qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_cb_flags { NO_REGS };
typedef void trans_cb(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void exec_cb(unsigned int vcpu, void *arg);

/*
 * Of QEMU 7.2. It exports them, since it has modules. They are looked up and not linked, so that
 * one that lacks any of them can be told so.
 */
struct RAMBlock;
struct QEMUFile;
typedef int block_cb(struct RAMBlock *rb, void *arg);

static struct {
	void (*qemu_plugin_register_flush_cb)(qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t id));
	void (*qemu_plugin_register_vcpu_tb_trans_cb)(qemu_plugin_id_t id, trans_cb *cb);
	void (*qemu_plugin_register_vcpu_tb_exec_cb)(struct qemu_plugin_tb *tb, exec_cb *cb,
						     enum qemu_plugin_cb_flags flags, void *arg);
	size_t (*qemu_plugin_tb_n_insns)(const struct qemu_plugin_tb *tb);
	struct qemu_plugin_insn *(*qemu_plugin_tb_get_insn)(const struct qemu_plugin_tb *tb,
							    size_t i);
	const void *(*qemu_plugin_insn_data)(const struct qemu_plugin_insn *insn);
	size_t (*qemu_plugin_insn_size)(const struct qemu_plugin_insn *insn);
	void *(*qemu_plugin_insn_haddr)(const struct qemu_plugin_insn *insn);
	void (*qemu_set_fd_handler)(int fd, void (*in)(void *), void (*out)(void *), void *arg);
	void (*qmp_stop)(void **error);
	void (*qmp_cont)(void **error);
	bool (*runstate_is_running)(void);
	void *(*qemu_get_cpu)(int index);
	void (*async_run_on_cpu)(void *cpu, void (*work)(void *cpu, uint64_t data), uint64_t data);
	void (*qemu_system_reset)(int cause);
	void *(*qio_channel_file_new_fd)(int fd);
	void (*object_unref)(void *object);
	struct QEMUFile *(*qemu_file_new_input)(void *channel);
	struct QEMUFile *(*qemu_file_new_output)(void *channel);
	int (*qemu_fclose)(struct QEMUFile *f);
	int (*qemu_save_device_state)(struct QEMUFile *f);
	int (*qemu_load_device_state)(struct QEMUFile *f);
	int (*qemu_ram_foreach_block)(block_cb *cb, void *arg);
	const char *(*qemu_ram_get_idstr)(struct RAMBlock *rb);
	void *(*qemu_ram_get_host_addr)(struct RAMBlock *rb);
	uint64_t (*qemu_ram_get_offset)(struct RAMBlock *rb);
	uint64_t (*qemu_ram_get_used_length)(struct RAMBlock *rb);
	void (*tb_invalidate_phys_range)(uint64_t from, uint64_t to);
	void *(*fw_cfg_find)(void);
	void *(*fw_cfg_modify_file)(void *fw_cfg, const char *name, void *data, size_t len);
	int64_t (*cpu_get_ticks)(void);
	int64_t (*cpu_get_clock)(void);
	char *tb_ctx, *timers_state;
} q;

static const struct {
	const char *name;
	void *to;
} symbols[] = {
#define S(name)                \
	{                      \
#name, &q.name \
	}
	S(qemu_plugin_register_flush_cb),
	S(qemu_plugin_register_vcpu_tb_trans_cb),
	S(qemu_plugin_register_vcpu_tb_exec_cb),
	S(qemu_plugin_tb_n_insns),
	S(qemu_plugin_tb_get_insn),
	S(qemu_plugin_insn_data),
	S(qemu_plugin_insn_size),
	S(qemu_plugin_insn_haddr),
	S(qemu_set_fd_handler),
	S(qmp_stop),
	S(qmp_cont),
	S(runstate_is_running),
	S(qemu_get_cpu),
	S(async_run_on_cpu),
	S(qemu_system_reset),
	S(qio_channel_file_new_fd),
	S(object_unref),
	S(qemu_file_new_input),
	S(qemu_file_new_output),
	S(qemu_fclose),
	S(qemu_save_device_state),
	S(qemu_load_device_state),
	S(qemu_ram_foreach_block),
	S(qemu_ram_get_idstr),
	S(qemu_ram_get_host_addr),
	S(qemu_ram_get_offset),
	S(qemu_ram_get_used_length),
	S(tb_invalidate_phys_range),
	S(fw_cfg_find),
	S(fw_cfg_modify_file),
	S(cpu_get_ticks),
	S(cpu_get_clock),
	S(tb_ctx),
	S(timers_state),
#undef S
};

/* Where in these the two fields are; both are proven before they are written. */
#define FLUSHES	   (*(volatile uint32_t *)(q.tb_ctx + 72))
#define TICKS_PREV (*(volatile int64_t *)q.timers_state)

#define CAUSE_NONE 0 /* as when QEMU starts: nobody is told */
#define MAGIC	   8 /* bytes before the first section */

static int sock = -1, ram_fd = -1;
static bool check;
static const char *lie = "";
static struct warm_answer answer;
/* Flushes that QEMU told of, and the steps of the counter that were ours. */
static uint32_t flushes, steps;

/* What to come back to. */
struct block {
	char name[64];
	uint8_t *at, *was; /* @was: a copy, of all but the guest's memory */
	uint64_t ram_addr, size;
};
static struct block block[32], *ram;
static unsigned int nblocks;
static uint8_t *state; /* of the devices */
static size_t state_len;
static int64_t ticks, nanoseconds;
static uint64_t *pagemap;
#define KEPT (~0ULL) /* no entry can be that: a page that is not to be as it was */

__attribute__((format(printf, 1, 2))) static bool no(const char *fmt, ...)
{
	va_list ap;

	answer.ok = 0;
	va_start(ap, fmt);
	vsnprintf(answer.why, sizeof(answer.why), fmt, ap);
	va_end(ap);
	return false;
}

static bool find_symbols(void)
{
	for (size_t i = 0; i < sizeof(symbols) / sizeof(*symbols); i++) {
		void *at = dlsym(RTLD_DEFAULT, symbols[i].name);

		if (!at)
			return no("this QEMU has no symbol %s", symbols[i].name);
		memcpy(symbols[i].to, &at, sizeof(at));
	}
	return true;
}

static void on_flush(qemu_plugin_id_t id)
{
	(void)id;
	flushes++;
}

/* Is the field that is taken for the counter of flushes one? */
static bool counter_is_right(void)
{
	if (FLUSHES != flushes + steps)
		return no("of %u flushes and %u steps the counter says %u", flushes, steps,
			  FLUSHES);
	return true;
}

/* By the processor, before the flush that loading its state has queued behind this. */
static void step_counter(void *cpu, uint64_t data)
{
	(void)cpu;
	(void)data;
	FLUSHES++;
	steps++;
}

/* --- devices ------------------------------------------------------------------ */

/* The state of all devices, in a mapping. */
static uint8_t *devices_save(size_t *len)
{
	int fd = memfd_create("cowpen-devices", MFD_CLOEXEC), file = dup(fd);
	struct QEMUFile *f;
	uint8_t *map = MAP_FAILED;
	void *channel;
	struct stat st;
	int ret;

	if (fd < 0 || file < 0)
		return NULL;
	channel = q.qio_channel_file_new_fd(file);
	f = q.qemu_file_new_output(channel);
	q.object_unref(channel);
	ret = q.qemu_save_device_state(f);
	ret |= q.qemu_fclose(f);
	if (ret >= 0 && !fstat(fd, &st) && st.st_size > MAGIC) {
		*len = st.st_size;
		map = mmap(NULL, *len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	}
	close(fd);
	return map == MAP_FAILED ? NULL : map;
}

static bool devices_load(void)
{
	int fd = memfd_create("cowpen-devices", MFD_CLOEXEC), ret;
	struct QEMUFile *f;
	void *channel;

	if (fd < 0 || write(fd, state + MAGIC, state_len - MAGIC) != (ssize_t)(state_len - MAGIC) ||
	    lseek(fd, 0, SEEK_SET))
		return no("no memory for the state of the devices");
	channel = q.qio_channel_file_new_fd(fd);
	f = q.qemu_file_new_input(channel);
	q.object_unref(channel);
	ret = q.qemu_load_device_state(f);
	q.qemu_fclose(f);
	return ret ? no("the state of the devices cannot be loaded: %d", ret) : true;
}

/*
 * The clock of the mainboard shows the host's time, in a guest that stands still, too, and in a
 * new QEMU as well: seconds to year, and the century.
 */
static void leave_time_out(uint8_t *now, size_t len)
{
	static const char name[] = "mc146818rtc";
	uint8_t *section = memmem(now, len, name, sizeof(name) - 1);
	size_t at = section ? section - now + sizeof(name) - 1 + 8 : len;

	if (at + 128 > len || len != state_len)
		return;
	memcpy(now + at, state + at, 10);
	now[at + 0x32] = state[at + 0x32];
}

/* What would be saved now, is it what was? */
static bool devices_are_back(void)
{
	size_t len = 0, at = 0;
	uint8_t *now = devices_save(&len);

	if (!now)
		return no("the state of the devices cannot be saved");
	leave_time_out(now, len);
	while (at < len && at < state_len && now[at] == state[at])
		at++;
	munmap(now, len);
	if (len != state_len || at < len)
		return no("the state of the devices is another one, from byte %zu of %zu on", at,
			  state_len);
	return true;
}

/* --- memory ------------------------------------------------------------------- */

static int add_block(struct RAMBlock *rb, void *arg)
{
	struct block *b = &block[nblocks];

	(void)arg;
	if (nblocks == sizeof(block) / sizeof(*block))
		return 1;
	snprintf(b->name, sizeof(b->name), "%s", q.qemu_ram_get_idstr(rb));
	b->at = q.qemu_ram_get_host_addr(rb);
	b->ram_addr = q.qemu_ram_get_offset(rb);
	b->size = q.qemu_ram_get_used_length(rb);
	if (!strcmp(b->name, "m0")) {
		ram = b;
	} else {
		b->was = malloc(b->size);
		if (!b->was)
			return 1;
		memcpy(b->was, b->at, b->size);
	}
	nblocks++;
	return 0;
}

/* Firmware and tables: small, and nobody should write there. */
static void blocks_back(void)
{
	for (struct block *b = block; b < block + nblocks; b++) {
		if (b == ram || !memcmp(b->at, b->was, b->size))
			continue;
		memcpy(b->at, b->was, b->size);
		q.tb_invalidate_phys_range(b->ram_addr, b->ram_addr + b->size);
	}
}

static bool pagemap_read(void)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	size_t len = ram->size / PAGE * 8, done = 0;
	ssize_t n = 1;

	while (fd >= 0 && done < len && n > 0) {
		n = pread(fd, (char *)pagemap + done, len - done,
			  (uintptr_t)ram->at / PAGE * 8 + done);
		if (n > 0)
			done += n;
	}
	if (fd >= 0)
		close(fd);
	return done == len ? true : no("/proc/self/pagemap cannot be read");
}

/* Has page @i been written since it was mapped? Then it is no page of the file any more. */
static bool is_private(size_t i)
{
	bool present = pagemap[i] >> 63 & 1, swapped = pagemap[i] >> 62 & 1,
	     file = pagemap[i] >> 61 & 1;

	return swapped || (present && !file);
}

/*
 * The slot is where the agent keeps the executable of a test. Its code is most of what a test
 * translates, and the next test may be the same program's. So what is still there of it when
 * the guest comes back is kept, and the host's part of the hand-in is done here: what is not
 * there is written, and if it is another program all of it.
 */
static uint32_t *slot; /* numbers of pages */
static bool *kept;
static size_t nslot;
static void *exe; /* what is handed in now */
static size_t exe_len;
static bool placed; /* it was written to the slot */

static bool slot_take(const struct warm_ask *ask)
{
	for (uint32_t i = 0; i < ask->n && i < WARM_EXTENTS; i++) {
		uint64_t at = ask->slot[i].at, end = at + ask->slot[i].len;

		if (at % PAGE || end % PAGE || end < at || end > ram->size)
			return no("the slot is not where memory is");
		slot = realloc(slot, (nslot + (end - at) / PAGE + 1) * sizeof(*slot));
		if (!slot)
			return no("no memory");
		for (; at < end; at += PAGE)
			slot[nslot++] = at / PAGE;
	}
	kept = calloc(nslot + 1, sizeof(*kept));
	return kept ? true : no("no memory");
}

/* Bytes of page @i of the slot that are the executable's. */
static size_t slot_bytes(size_t i)
{
	if (i * PAGE >= exe_len)
		return 0;
	return exe_len - i * PAGE < PAGE ? exe_len - i * PAGE : PAGE;
}

/* Whole pages only: what is behind the end is the saved memory's. */
static void slot_look(void)
{
	for (size_t i = 0; i < nslot; i++) {
		kept[i] = placed && slot_bytes(i) == PAGE && is_private(slot[i]) &&
			  !memcmp(ram->at + slot[i] * PAGE, (char *)exe + i * PAGE, PAGE);
		if (kept[i])
			pagemap[slot[i]] = 0; /* to be left alone */
	}
}

static bool slot_drop(void)
{
	for (size_t i = 0; i < nslot; i++) {
		uint64_t at = slot[i] * PAGE;

		if (!kept[i])
			continue;
		kept[i] = false;
		q.tb_invalidate_phys_range(ram->ram_addr + at, ram->ram_addr + at + PAGE);
		if (madvise(ram->at + at, PAGE, MADV_DONTNEED))
			return no("pages cannot be dropped: %s", strerror(errno));
	}
	return true;
}

static bool slot_fill(void)
{
	if (exe_len > nslot * PAGE)
		return no("the executable does not fit");
	for (size_t i = 0; i < nslot; i++) {
		uint64_t at = slot[i] * PAGE;

		if (kept[i] || !slot_bytes(i))
			continue;
		memcpy(ram->at + at, (char *)exe + i * PAGE, slot_bytes(i));
		q.tb_invalidate_phys_range(ram->ram_addr + at, ram->ram_addr + at + PAGE);
	}
	return true;
}

/* A run of @n pages that have been written, from page @i on. */
static bool drop(size_t i, size_t n)
{
	uint64_t from = i * PAGE, len = n * PAGE;

	if (strcmp(lie, "code"))
		q.tb_invalidate_phys_range(ram->ram_addr + from, ram->ram_addr + from + len);
	/* a lie: one page stays as the test left it */
	if (!strcmp(lie, "page") && !answer.pages) {
		from += PAGE;
		len -= PAGE;
	}
	answer.pages += n;
	if (len && madvise(ram->at + from, len, MADV_DONTNEED))
		return no("pages cannot be dropped: %s", strerror(errno));
	return true;
}

static bool memory_back(void)
{
	size_t pages = ram->size / PAGE, n;

	if (!pagemap_read())
		return false;
	slot_look();
	for (size_t i = 0; i < pages; i += n + !n) {
		for (n = 0; i + n < pages && is_private(i + n); n++)
			;
		if (n && !drop(i, n))
			return false;
	}
	return true;
}

static bool is_zero(const uint8_t *p)
{
	return !*p && !memcmp(p, p + 1, PAGE - 1);
}

/*
 * Byte for byte, against the file. Where that has a hole only what is mapped is looked at: the
 * rest would read as the hole, and would be memory for nothing.
 */
static bool memory_is_back(void)
{
	uint8_t *file = mmap(NULL, ram->size, PROT_READ, MAP_SHARED, ram_fd, 0);
	off_t data = 0, hole = 0;
	bool ok = true;

	for (size_t i = 0; i < nslot; i++)
		if (kept[i])
			pagemap[slot[i]] = KEPT;

	if (file == MAP_FAILED)
		return no("the saved memory cannot be mapped: %s", strerror(errno));
	for (uint64_t at = 0; ok && at < ram->size; at += PAGE) {
		if ((off_t)at >= hole) {
			data = lseek(ram_fd, at, SEEK_DATA);
			hole = data < 0 ? (off_t)ram->size : lseek(ram_fd, data, SEEK_HOLE);
			data = data < 0 ? (off_t)ram->size : data;
		}
		if (pagemap[at / PAGE] == KEPT)
			continue; /* it was compared with the executable */
		if ((off_t)at >= data)
			ok = !memcmp(ram->at + at, file + at, PAGE);
		else if (pagemap[at / PAGE] >> 62)
			ok = is_zero(ram->at + at);
		if (!ok)
			no("memory at 0x%lx is not what was saved", (unsigned long)at);
	}
	munmap(file, ram->size);
	return ok;
}

/* --- code: WARM=check ------------------------------------------------------------ */

/*
 * A block that is translated, as memory was then, in at most two pages. When it runs for the
 * first time after the guest came back, memory must be the same. (If it is written to while
 * the guest runs, QEMU throws the block away.)
 */
struct code {
	const uint8_t *at[2];
	uint16_t len[2];
	uint32_t round;
	uint8_t was[];
};

static uint32_t code_round;
static const uint8_t *stale; /* that ran, though memory is another one */

static void code_runs(unsigned int vcpu, void *arg)
{
	struct code *c = arg;
	const uint8_t *was = c->was;

	(void)vcpu;
	if (c->round == code_round)
		return;
	c->round = code_round;
	for (int i = 0; i < 2; was += c->len[i++])
		if (c->len[i] && memcmp(c->at[i], was, c->len[i]))
			stale = c->at[i];
}

static void code_translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = q.qemu_plugin_tb_n_insns(tb), len = 0;
	struct code *c = calloc(1, sizeof(*c) + n * 16);
	int page = 0;

	(void)id;
	if (!c)
		return;
	c->round = code_round;
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = q.qemu_plugin_tb_get_insn(tb, i);
		const uint8_t *at = q.qemu_plugin_insn_haddr(insn);
		size_t size = q.qemu_plugin_insn_size(insn);
		size_t room = PAGE - (uintptr_t)at % PAGE;

		if (!at || size > 15)
			break;
		if (c->len[0] && at != c->at[page] + c->len[page] && ++page > 1)
			break;
		/* of one that crosses into the next page what is in the first */
		size = size < room ? size : room;
		if (!c->len[page])
			c->at[page] = at;
		memcpy(c->was + len, q.qemu_plugin_insn_data(insn), size);
		c->len[page] += size;
		len += size;
	}
	q.qemu_plugin_register_vcpu_tb_exec_cb(tb, code_runs, NO_REGS, c);
}

/* --- what is asked for --------------------------------------------------------- */

static bool remember(const struct warm_ask *ask)
{
	if (ram || q.runstate_is_running())
		return no("it is too late to remember the state");
	if (!counter_is_right())
		return false;
	if (!FLUSHES)
		return no("loading the state has flushed nothing");
	if (q.qemu_ram_foreach_block(add_block, NULL) || !ram)
		return no("the guest's blocks of memory are not as expected");
	pagemap = malloc(ram->size / PAGE * 8);
	state = devices_save(&state_len);
	if (!state || !pagemap)
		return no("no memory for the state of the devices");
	ticks = q.cpu_get_ticks();
	nanoseconds = q.cpu_get_clock();
	if (TICKS_PREV != ticks)
		return no("the time stamp of before is not where it was expected");
	return slot_take(ask);
}

static bool clocks_are_back(void)
{
	int64_t t = q.cpu_get_ticks(), ns = q.cpu_get_clock();

	if (t != ticks)
		return no("the time stamp counter is %lld off", (long long)(t - ticks));
	if (ns != nanoseconds)
		return no("the clock is %lld ns off", (long long)(ns - nanoseconds));
	return true;
}

static bool back(void)
{
	uint32_t before = flushes;

	if (!ram)
		return no("there is nothing to come back to");
	q.qmp_stop(NULL);
	if (q.runstate_is_running())
		return no("it does not stop");
	if (!counter_is_right())
		return false;
	if (stale)
		return no("code ran that memory did not hold, at %td of the guest's",
			  stale - ram->at);
	code_round++;
	q.qemu_system_reset(CAUSE_NONE);
	if (!memory_back())
		return false;
	blocks_back();
	q.async_run_on_cpu(q.qemu_get_cpu(0), step_counter, 0);
	if (!devices_load())
		return false;
	/* That would be no harm, but for nothing. */
	if (flushes != before)
		return no("translations were flushed while the state was loaded");
	/* Time never goes back in a QEMU: what it has told last is no part of the state. */
	if (strcmp(lie, "clock"))
		TICKS_PREV = 0;
	if (!clocks_are_back() || !devices_are_back())
		return false;
	return !check || (pagemap_read() && memory_is_back());
}

/* Give fw_cfg's file @name the content of @fd. */
static bool hand_in(const char *name, int fd, void **map, size_t *len)
{
	void *fw_cfg = q.fw_cfg_find(), *to;
	struct stat st;

	if (fstat(fd, &st) || !st.st_size)
		return no("%s: nothing was handed in", name);
	to = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (!fw_cfg || to == MAP_FAILED)
		return no("%s cannot be handed in", name);
	q.fw_cfg_modify_file(fw_cfg, name, to, st.st_size);
	/* What was there before is QEMU's the first time, and then ours. */
	if (*map)
		munmap(*map, *len);
	*map = to;
	*len = st.st_size;
	return true;
}

/* Is what is in the file the same as what was handed in before? */
static bool is_same(int fd)
{
	struct stat st;
	void *map;
	bool same;

	if (fstat(fd, &st) || (size_t)st.st_size != exe_len)
		return false;
	map = mmap(NULL, exe_len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return false;
	same = !memcmp(map, exe, exe_len);
	munmap(map, exe_len);
	return same;
}

static bool go(int cmd_fd, int exe_fd, bool place)
{
	static void *cmd;
	static size_t cmd_len;

	if (!(place && placed && is_same(exe_fd)) && !slot_drop())
		return false;
	if (!hand_in(FW_CFG_CMD, cmd_fd, &cmd, &cmd_len) ||
	    !hand_in(FW_CFG_EXE, exe_fd, &exe, &exe_len))
		return false;
	placed = place;
	if (place && !slot_fill())
		return false;
	q.qmp_cont(NULL);
	return q.runstate_is_running() ? true : no("it does not go on");
}

/* In QEMU's main loop, which holds the lock of all devices. */
static void on_ask(void *arg)
{
	union {
		struct cmsghdr h;
		char space[CMSG_SPACE(2 * sizeof(int))];
	} c;
	static struct warm_ask ask;
	struct iovec v = { .iov_base = &ask, .iov_len = sizeof(ask) };
	struct msghdr m = {
		.msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof(c)
	};
	int fd[2] = { -1, -1 };
	struct cmsghdr *h;
	ssize_t n;

	(void)arg;
	memset(&ask, 0, sizeof(ask));
	n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	h = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	if (n <= 0) {
		/* The host is gone, or wants no more. */
		q.qemu_set_fd_handler(sock, NULL, NULL, NULL);
		return;
	}
	if (h && h->cmsg_type == SCM_RIGHTS && h->cmsg_len == CMSG_LEN(sizeof(fd)))
		memcpy(fd, CMSG_DATA(h), sizeof(fd));
	memset(&answer, 0, sizeof(answer));
	switch (ask.what) {
	case WARM_REMEMBER:
		answer.ok = remember(&ask);
		break;
	case WARM_BACK:
		answer.ok = back();
		break;
	case WARM_GO:
		answer.ok = go(fd[0], fd[1], ask.place);
		break;
	}
	for (int i = 0; i < 2; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	(void)!send(sock, &answer, sizeof(answer), MSG_NOSIGNAL);
}

EXPORTED int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int argc,
				 char **argv)
{
	bool good = find_symbols();
	int probe = -1;

	(void)info;
	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "probe=", 6))
			probe = atoi(argv[i] + 6);
		else if (!strncmp(argv[i], "socket=", 7))
			sock = atoi(argv[i] + 7);
		else if (!strncmp(argv[i], "ram=", 4))
			ram_fd = atoi(argv[i] + 4);
		else if (!strcmp(argv[i], "check=1"))
			check = true;
		else if (!strncmp(argv[i], "lie=", 4))
			lie = strdup(argv[i] + 4);
	}
	if (good && FLUSHES)
		good = no("the counter of flushes does not begin at 0");
	if (probe >= 0) {
		dprintf(probe, "%s\n", good ? "ok" : answer.why);
		_exit(0);
	}
	if (!good || sock < 0)
		return -1;
	q.qemu_plugin_register_flush_cb(id, on_flush);
	if (check)
		q.qemu_plugin_register_vcpu_tb_trans_cb(id, code_translated);
	q.qemu_set_fd_handler(sock, on_ask, NULL, NULL);
	return 0;
}
