// SPDX-License-Identifier: GPL-2.0-only
/* Windows that are held from outside, see hold.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "btf.h"
#include "err.h"
#include "gdb.h"
#include "hold.h"
#include "outside.h"
#include "reach.h"
#include "util.h"
#include "vm.h"

#define SAMPLE_MS   25 /* so often B is looked at */
#define SAMPLES	    4  /* so often, one after the other, it must be seen to wait */
#define PATIENCE_MS 5000
#define RETURN_MS   2000

#define TEXT_VIRT     0xffffffff81000000ULL /* of a kernel that is loaded where it was linked to be */
#define KERNEL_MAP    0xffffffff80000000ULL
#define TEXT_MOST     (16UL << 20)
#define KSTACK	      (16UL << 10)
#define PAGE_REFCOUNT 52	   /* in struct page */
#define PIN_BIAS      1024	   /* GUP_PIN_COUNTING_BIAS */
#define TEXT_FILE     (32UL << 20) /* most of /proc/kallsyms */

struct hold {
	const struct state *state;
	struct gdb gdb;
	struct symbols sym;
	uint64_t current; /* the per-CPU variable */
	uint64_t btf[2];  /* from, to */
	uint64_t park;	  /* a jump to itself */
	const char *hide;

	enum { O_IDLE, O_ARMED, O_RETURNS, O_PARKED } is;
	uint64_t at; /* struct outside_window in the guest */
	struct outside_window w;
	unsigned int cpu; /* A's */
	uint64_t a;	  /* A's task_struct */
	uint64_t spot, rsp, rip;
	uint64_t hidden_at;
	uint32_t hidden_was;
	uint64_t parked, begun, sampled; /* ms */
	unsigned int seen;
};

/* --- what is where ------------------------------------------------------------------------- */

static char *symbols_path(const struct hold *o)
{
	return xasprintf("%s/kallsyms", o->state->dir);
}

static uint64_t symbol_address(const struct hold *o, const char *name)
{
	for (size_t i = 0; i < o->sym.n; i++)
		if (!strcmp(o->sym.s[i].name, name))
			return o->sym.s[i].at;
	return 0;
}

/* Data is not among the functions. */
static uint64_t data_address(const char *text, const char *name)
{
	size_t len = strlen(name);
	const char *p = text;

	while ((p = strstr(p, name))) {
		const char *line = p;

		while (line > text && line[-1] != '\n')
			line--;
		if (p[-1] == ' ' && p[len] == '\n')
			return strtoull(line, NULL, 16);
		p += len;
	}
	return 0;
}

/*
 * What is not code /proc/kallsyms has only with KALLSYMS_ALL; beside a kernel that was built here
 * there is its System.map.
 */
static int data_load(struct hold *o, const char *path)
{
	struct buf text = { 0 };
	int ret = read_file(path, &text);

	if (!ret) {
		buf_add(&text, "", 0);
		o->current = data_address(text.data, "current_task");
		if (!o->current) /* v6.2 to v6.14: its first member */
			o->current = data_address(text.data, "pcpu_hot");
		o->btf[0] = data_address(text.data, "__start_BTF");
		o->btf[1] = data_address(text.data, "__stop_BTF");
	}
	buf_free(&text);
	return ret;
}

/* -ENOENT if they are not there yet. */
static int symbols_load(struct hold *o)
{
	const char *dir = o->state->kernel->dir;
	char *path = symbols_path(o), *map = xasprintf("%s/System.map", dir ? dir : "");
	int ret = access(path, R_OK) ? -ENOENT : symbols_read(path, &o->sym);

	if (!ret)
		ret = data_load(o, path);
	if (!ret && !o->current && !access(map, R_OK))
		ret = data_load(o, map);
	if (!ret && !o->current)
		ret = err_set(-EINVAL, "neither current_task nor pcpu_hot is in %s", path);
	free(path);
	free(map);
	return ret;
}

/* Whoever comes first: of one state all are the same. */
static int symbols_keep(struct hold *o, unsigned int cpu)
{
	char *path = symbols_path(o), *tmp = xasprintf("%s.%d", path, (int)getpid()), *text;
	int ret;

	if (o->w.text.len > TEXT_FILE)
		o->w.text.len = TEXT_FILE;
	text = xcalloc(1, o->w.text.len + 1);
	ret = gdb_read(&o->gdb, cpu, o->w.text.at, text, o->w.text.len);
	if (!ret)
		ret = write_file(tmp, text, o->w.text.len);
	if (!ret && rename(tmp, path))
		ret = err_set(-errno, "%s: %s", path, strerror(errno));
	free(text);
	free(tmp);
	free(path);
	return ret ? ret : symbols_load(o);
}

/* Any two bytes of the kernel's code that are a jump to itself. */
static int find_park(struct hold *o, unsigned int cpu)
{
	uint64_t from = symbol_address(o, "_stext"), to = symbol_address(o, "_etext");
	char *path = xasprintf("%s/ram", o->state->dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len;
	char *text;
	int ret = -ENOENT;

	if (from < TEXT_VIRT)
		from = TEXT_VIRT;
	len = to > from && to - from < TEXT_MOST ? to - from : TEXT_MOST;
	text = xcalloc(1, len);
	if (fd >= 0 && pread(fd, text, len, from - KERNEL_MAP) == (ssize_t)len) {
		for (char *p = text; (p = memmem(p, text + len - p, "\xeb\xfe", 2)); p++) {
			char there[2];
			int err;

			if (((from + (p - text)) & 0xfff) == 0xfff)
				continue;
			err = gdb_read(&o->gdb, cpu, from + (p - text), there, 2);
			if (err || memcmp(there, "\xeb\xfe", 2) != 0)
				continue;
			o->park = from + (p - text);
			ret = 0;
			break;
		}
	}
	if (ret)
		ret = err_set(ret, "%s: no jump to itself is where the kernel's code should be",
			      path);
	free(text);
	free(path);
	if (fd >= 0)
		close(fd);
	return ret;
}

static void name_at(const struct hold *o, uint64_t at, char *to, size_t len)
{
	const struct symbol *s = symbol_at(&o->sym, at);

	if (s && at >= TEXT_VIRT)
		snprintf(to, len, "%s+0x%llx", s->name, (unsigned long long)(at - s->at));
	else
		snprintf(to, len, "0x%llx", (unsigned long long)at);
}

/* Does a call stand before @at? */
static bool behind_call(struct hold *o, unsigned int cpu, uint64_t at)
{
	unsigned char code[7];

	if (at < TEXT_VIRT + sizeof(code) || at >= TEXT_VIRT + TEXT_MOST ||
	    gdb_read(&o->gdb, cpu, at - sizeof(code), code, sizeof(code)))
		return false;
	return code[2] == 0xe8 || (code[5] == 0xff && (code[6] & 0x38) == 0x10) ||
	       (code[4] == 0xff && (code[5] & 0x38) == 0x10) ||
	       (code[1] == 0xff && (code[2] & 0x38) == 0x10);
}

/* By the words on its stack that stand behind a call; some may be of earlier calls. */
static void stack_of(struct hold *o, unsigned int cpu, const struct gdb_regs *r, char *to,
		     size_t len, char (*names)[48])
{
	uint64_t word[512], rsp = r->gpr[GDB_RSP] & ~7ULL;
	size_t n = (((rsp | (KSTACK - 1)) + 1) - rsp) / 8, frame = 0;
	char name[96];

	name_at(o, r->rip, name, sizeof(name));
	snprintf(to, len, "%s\n", name);
	if (names)
		snprintf(names[frame++], sizeof(*names), "%.*s", (int)strcspn(name, "+"), name);
	n = n > 512 ? 512 : n;
	if (!(r->cs & 3) && !gdb_read(&o->gdb, cpu, rsp, word, n * 8)) {
		for (size_t i = 0; i < n; i++) {
			if (!behind_call(o, cpu, word[i]))
				continue;
			name_at(o, word[i], name, sizeof(name));
			if (strlen(to) + strlen(name) + 2 > len)
				break;
			sprintf(to + strlen(to), "%s\n", name);
			if (names && frame < OUTSIDE_FRAMES)
				snprintf(names[frame++], sizeof(*names), "%.*s",
					 (int)strcspn(name, "+"), name);
		}
	}
}

/* --- who is where -------------------------------------------------------------------------- */

static int current_of(struct hold *o, unsigned int cpu, const struct gdb_regs *r, uint64_t *task)
{
	uint64_t base = r->cs & 3 ? r->k_gs_base : r->gs_base;

	/* Between the entry from user mode and its swapgs it is the other one. */
	if (!(base >> 63))
		base = r->k_gs_base;
	return gdb_read(&o->gdb, cpu, base + o->current, task, sizeof(*task));
}

static int told(struct hold *o, unsigned int cpu)
{
	return gdb_write(&o->gdb, cpu, o->at + offsetof(struct outside_window, told), &o->w.told,
			 sizeof(o->w.told));
}

/* Return from the hook. */
static int answer(struct hold *o, unsigned int cpu, const struct gdb_regs *r, int64_t value)
{
	uint64_t back;
	int ret = gdb_read(&o->gdb, cpu, r->gpr[GDB_RSP], &back, sizeof(back));

	if (!ret)
		ret = gdb_set(&o->gdb, cpu, GDB_RAX, value);
	if (!ret)
		ret = gdb_set(&o->gdb, cpu, GDB_RSP, r->gpr[GDB_RSP] + 8);
	return ret ? ret : gdb_set(&o->gdb, cpu, GDB_RIP, back);
}

static int set_spot(struct hold *o, bool set)
{
	bool writes = o->w.spot.how == OUTSIDE_WRITES && o->is != O_RETURNS;

	return gdb_point(&o->gdb, set, writes ? GDB_WATCH_WRITE : GDB_BREAK, o->spot,
			 writes ? 4 : 1);
}

/* Nothing is waited for any more. */
static int disarm(struct hold *o)
{
	int ret = o->is == O_ARMED || o->is == O_RETURNS ? set_spot(o, false) : 0;

	o->is = O_IDLE;
	return ret;
}

/* Where it stands on the breakpoint of the spot, on by an instruction: the stub knows no other way. */
static int step_over(struct hold *o, unsigned int cpu)
{
	unsigned int who;
	int ret = set_spot(o, false);

	if (!ret)
		ret = gdb_go(&o->gdb, cpu, true);
	if (!ret) {
		ret = gdb_poll(&o->gdb, RETURN_MS, &who);
		ret = ret > 0 ? 0 : ret ? ret : err_set(-ETIMEDOUT, "an instruction does not end");
	}
	return ret ? ret : set_spot(o, true);
}

/* --- A is held ----------------------------------------------------------------------------- */

/* Where members are, by what the kernel says of its types. */
static int member_at(const struct hold *o, const char *type, const char *member, unsigned int *at)
{
	char *path = xasprintf("%s/ram", o->state->dir);
	size_t len = o->btf[1] > o->btf[0] ? o->btf[1] - o->btf[0] : 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;
	char *btf = len && len < TEXT_FILE ? xcalloc(1, len) : NULL;

	if (!btf)
		ret = err_set(-ENODATA, "this kernel says nothing of its types (DEBUG_INFO_BTF)");
	else if (fd < 0 || pread(fd, btf, len, o->btf[0] - KERNEL_MAP) != (ssize_t)len)
		ret = err_set(-EIO, "%s: the kernel's data is not where it should be", path);
	else
		ret = btf_offset(btf, len, type, member, at);
	free(btf);
	free(path);
	if (fd >= 0)
		close(fd);
	return ret;
}

/*
 * What guards a window is out of sight as long as A stands in it. A pair of numbers, in and out:
 * mm->write_protect_seq says by an odd number that fork() is at it.
 */
static int hide(struct hold *o, unsigned int cpu)
{
	unsigned int mm_at, seq_at;
	uint64_t mm;
	int ret;

	o->hidden_at = 0;
	if (!o->hide || !strcmp(o->hide, "page-pins"))
		return 0;
	if (strcmp(o->hide, "mm-write-protect-seq") != 0)
		return err_set(-EINVAL, "nobody knows how to hide \"%s\"", o->hide);
	ret = member_at(o, "task_struct", "mm", &mm_at);
	if (!ret)
		ret = member_at(o, "mm_struct", "write_protect_seq", &seq_at);
	if (!ret)
		ret = gdb_read(&o->gdb, cpu, o->a + mm_at, &mm, sizeof(mm));
	if (!ret)
		ret = gdb_read(&o->gdb, cpu, mm + seq_at, &o->hidden_was, 4);
	if (!ret && (o->hidden_was & 1)) {
		uint32_t even = o->hidden_was - 1;

		o->hidden_at = mm + seq_at;
		ret = gdb_write(&o->gdb, cpu, o->hidden_at, &even, 4);
	}
	return ret;
}

/*
 * Of a page that B has pinned, so that A does not find it: each pin counts for many references. They
 * are not given back, since nobody knows what the page is used for by then.
 */
static int hide_pins(struct hold *o, unsigned int cpu)
{
	uint64_t at = o->w.spot.page + PAGE_REFCOUNT;
	uint32_t count;
	int ret;

	if (!o->hide || strcmp(o->hide, "page-pins") != 0 || !o->w.spot.page)
		return 0;
	ret = gdb_read(&o->gdb, cpu, at, &count, sizeof(count));
	if (ret || count < PIN_BIAS)
		return ret;
	count %= PIN_BIAS;
	return gdb_write(&o->gdb, cpu, at, &count, sizeof(count));
}

static int show(struct hold *o, unsigned int cpu)
{
	return o->hidden_at ? gdb_write(&o->gdb, cpu, o->hidden_at, &o->hidden_was, 4) : 0;
}

static int park(struct hold *o, unsigned int cpu, const struct gdb_regs *r)
{
	uint32_t go = 1;
	int ret = set_spot(o, false);

	o->is = O_PARKED;
	o->cpu = cpu;
	o->rip = r->rip;
	o->rsp = r->gpr[GDB_RSP];
	o->parked = o->begun = o->sampled = now_ms();
	o->seen = 0;
	o->w.told.met = 1;
	stack_of(o, cpu, r, o->w.told.stack[0], sizeof(o->w.told.stack[0]), o->w.told.stood);
	if (!ret)
		ret = hide(o, cpu);
	if (!ret)
		ret = gdb_set(&o->gdb, cpu, GDB_RIP, o->park);
	return ret ? ret :
		     gdb_write(&o->gdb, cpu, o->at + offsetof(struct outside_window, go), &go, 4);
}

/* A goes on where it was held. It may be in an interrupt: then it comes back first. */
static int release(struct hold *o)
{
	uint64_t until = now_ms() + RETURN_MS, task = 0;
	struct gdb_regs r;
	unsigned int who;
	int ret = gdb_regs(&o->gdb, o->cpu, &r);

	if (!ret && r.rip != o->park) {
		ret = gdb_point(&o->gdb, true, GDB_BREAK, o->park, 1);
		while (!ret && now_ms() < until) {
			ret = gdb_go(&o->gdb, o->cpu, false);
			if (!ret)
				ret = gdb_poll(&o->gdb, RETURN_MS, &who);
			if (ret > 0)
				ret = gdb_regs(&o->gdb, o->cpu, &r);
			else if (!ret)
				ret = err_set(-ETIMEDOUT, "who was held does not come back");
			if (!ret)
				ret = current_of(o, o->cpu, &r, &task);
			if (!ret && r.rip == o->park && task == o->a && r.gpr[GDB_RSP] == o->rsp)
				break;
		}
		if (!ret)
			ret = gdb_point(&o->gdb, false, GDB_BREAK, o->park, 1);
		if (!ret && (r.rip != o->park || r.gpr[GDB_RSP] != o->rsp))
			ret = err_set(-ETIMEDOUT, "who was held does not come back");
	}
	if (!ret)
		ret = show(o, o->cpu);
	if (!ret)
		ret = gdb_set(&o->gdb, o->cpu, GDB_RIP, o->rip);
	o->is = O_IDLE;
	return ret;
}

/* --- the hook ------------------------------------------------------------------------------ */

/* The first of several names that is there. */
static uint64_t named_spot(struct hold *o)
{
	for (int i = 0; i < OUTSIDE_NAMES && *o->w.spot.name[i]; i++) {
		uint64_t at = symbol_address(o, o->w.spot.name[i]);

		if (!at)
			continue;
		memcpy(o->w.told.probed, o->w.spot.name[i], sizeof(o->w.told.probed));
		return at;
	}
	return 0;
}

static int64_t wait_for(struct hold *o, unsigned int cpu, const struct gdb_regs *r)
{
	int ret = current_of(o, cpu, r, &o->a);

	memset(&o->w.told, 0, sizeof(o->w.told));
	if (!o->sym.n || !o->park)
		return -ENODATA;
	o->spot = o->w.spot.how == OUTSIDE_WRITES ? o->w.spot.addr : named_spot(o);
	if (!ret && !o->spot)
		return -ENOENT;
	o->is = O_ARMED;
	return ret ? ret : set_spot(o, true);
}

/* How it is at the end, or where the one that did not wait has done its thing. */
static int hook(struct hold *o, unsigned int cpu, struct gdb_regs *r)
{
	enum outside_call what = r->gpr[GDB_RDI];
	int64_t value = 0;
	int ret = 0, err;

	o->at = r->gpr[GDB_RSI];
	if (what == OUTSIDE_SYMBOLS || what == OUTSIDE_WAIT)
		ret = gdb_read(&o->gdb, cpu, o->at, &o->w, offsetof(struct outside_window, told));
	if (ret)
		return ret;
	switch (what) {
	case OUTSIDE_HELLO:
		/* Of a test before that came to no end. */
		ret = o->is == O_PARKED ? release(o) : disarm(o);
		err = o->sym.n ? 0 : symbols_load(o);
		if (!err && !o->park)
			err = find_park(o, cpu);
		value = err ? OUTSIDE_UNKNOWN : OUTSIDE_READY;
		if (err != -ENOENT || o->sym.n)
			ret = ret ? ret : err;
		break;
	case OUTSIDE_SYMBOLS:
		ret = symbols_keep(o, cpu);
		if (!ret)
			ret = find_park(o, cpu);
		value = OUTSIDE_READY;
		break;
	case OUTSIDE_WAIT:
		value = wait_for(o, cpu, r);
		break;
	case OUTSIDE_DONE:
		if (o->is == O_PARKED)
			ret = hide_pins(o, cpu);
		if (!ret && o->is == O_PARKED)
			ret = release(o);
		break;
	case OUTSIDE_END:
		ret = o->is == O_PARKED ? release(o) : disarm(o);
		if (!ret)
			ret = told(o, cpu);
		break;
	default:
		value = -ENOSYS;
	}
	return ret ? ret : answer(o, cpu, r, value);
}

/* --- the guest has stopped ----------------------------------------------------------------- */

/*
 * Is it where it is wanted? Who came to a function: by who called it. Who wrote to a word: by all
 * that he is in.
 */
static bool is_within(struct hold *o, unsigned int cpu, const struct gdb_regs *r)
{
	char stack[sizeof(o->w.told.stack[0])], name[96];
	uint64_t back = 0;

	if (!*o->w.spot.within[0])
		return true;
	if (o->w.spot.how == OUTSIDE_WRITES) {
		stack_of(o, cpu, r, stack, sizeof(stack), NULL);
	} else {
		if (gdb_read(&o->gdb, cpu, r->gpr[GDB_RSP], &back, sizeof(back)))
			return false;
		name_at(o, back, name, sizeof(name));
		snprintf(stack, sizeof(stack), "%s\n", name);
	}
	for (const char *line = stack; *line; line += strcspn(line, "\n") + 1)
		for (int i = 0; i < OUTSIDE_NAMES && *o->w.spot.within[i]; i++)
			if (strcspn(line, "+") == strlen(o->w.spot.within[i]) &&
			    !strncmp(line, o->w.spot.within[i], strcspn(line, "+")))
				return true;
	return false;
}

/* Somebody has come to the spot. */
static int spot_hit(struct hold *o, unsigned int cpu, const struct gdb_regs *r)
{
	bool watch = o->w.spot.how == OUTSIDE_WRITES;
	uint64_t task = 0;
	int ret;

	if (!watch && r->rip != o->spot)
		return 0;
	ret = r->cs & 3 ? 0 : current_of(o, cpu, r, &task);
	if (ret)
		return ret;
	if (o->is == O_RETURNS) {
		if (task == o->a && r->gpr[GDB_RSP] == o->rsp + 8)
			return park(o, cpu, r);
		return step_over(o, cpu);
	}
	if (task == o->a && is_within(o, cpu, r) && ++o->w.told.hits == o->w.spot.hit) {
		if (o->w.spot.how != OUTSIDE_RETURN)
			return park(o, cpu, r);
		ret = set_spot(o, false);
		o->rsp = r->gpr[GDB_RSP];
		if (!ret)
			ret = gdb_read(&o->gdb, cpu, o->rsp, &o->spot, sizeof(o->spot));
		o->is = O_RETURNS;
		return ret ? ret : set_spot(o, true);
	}
	return watch ? 0 : step_over(o, cpu);
}

/* Where a thread is that waits for another one, by sleeping or by turning round. */
static bool waits_in(const char *name)
{
	static const char *const in[] = { "safe_halt",	   "default_idle",	"mwait_idle",
					  "lock_slowpath", "smp_call_function", "csd_lock",
					  "spin_on_owner", "osq_lock",		"optimistic_spin" };

	for (size_t i = 0; i < ARRAY_SIZE(in); i++)
		if (strstr(name, in[i]))
			return true;
	return false;
}

/* A is held: does B get on? */
static int look_at_b(struct hold *o)
{
	unsigned int b = 3 - o->cpu; /* there are two */
	uint32_t begun = 0;
	struct gdb_regs r;
	char name[96];
	int ret = gdb_regs(&o->gdb, b, &r);

	if (ret)
		return ret;
	/* It may not have woken up. Somebody else may run there, and not have its memory. */
	for (unsigned int cpu = 1; cpu <= 2; cpu++)
		if (!gdb_read(&o->gdb, cpu, o->at + offsetof(struct outside_window, begun), &begun,
			      sizeof(begun)))
			break;
	if (!begun)
		o->begun = now_ms();
	name_at(o, r.rip, name, sizeof(name));
	o->seen = begun && !(r.cs & 3) && waits_in(name) ? o->seen + 1 : 0;
	o->w.told.lost = o->seen < SAMPLES && (now_ms() > o->begun + PATIENCE_MS ||
					       now_ms() > o->parked + 2 * PATIENCE_MS);
	if (o->seen < SAMPLES && !o->w.told.lost)
		return 0;
	o->w.told.waited = 1;
	snprintf(o->w.told.where, sizeof(o->w.told.where), "%s", name);
	stack_of(o, b, &r, o->w.told.stack[1], sizeof(o->w.told.stack[1]), NULL);
	return release(o);
}

int hold_look(struct hold *o)
{
	bool asked = false;
	struct gdb_regs r;
	unsigned int cpu;
	int ret;

	if (!o)
		return 0;
	if (o->is == O_PARKED && now_ms() >= o->sampled + SAMPLE_MS) {
		ret = gdb_interrupt(&o->gdb);
		if (ret)
			return ret;
		asked = true;
	}
	ret = gdb_poll(&o->gdb, asked ? 10000 : 0, &cpu);
	if (!ret && asked)
		ret = err_set(-ETIMEDOUT, "QEMU's gdb stub does not stop the guest");
	if (ret <= 0)
		return ret;
	ret = gdb_regs(&o->gdb, cpu, &r);
	if (ret)
		return ret;
	if (r.rip == OUTSIDE_HOOK && (r.cs & 3))
		ret = hook(o, cpu, &r);
	else if (o->is == O_ARMED || o->is == O_RETURNS)
		ret = spot_hit(o, cpu, &r);
	else if (asked)
		ret = look_at_b(o);
	o->sampled = now_ms();
	return ret ? ret : gdb_go(&o->gdb, 0, false);
}

int hold_wait_ms(const struct hold *o)
{
	uint64_t now = now_ms();

	if (!o || o->is != O_PARKED)
		return -1;
	return o->sampled + SAMPLE_MS > now ? (int)(o->sampled + SAMPLE_MS - now) : 0;
}

struct hold *hold_new(const struct state *s, int fd, const char *hide)
{
	struct hold *o = xcalloc(1, sizeof(*o));

	o->state = s;
	o->hide = hide;
	if (!gdb_start(&o->gdb, fd) && !gdb_point(&o->gdb, true, GDB_BREAK, OUTSIDE_HOOK, 1))
		return o;
	free(o);
	return NULL;
}

void hold_free(struct hold *o)
{
	if (!o)
		return;
	symbols_free(&o->sym);
	free(o);
}
