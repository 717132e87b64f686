// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sequences that nobody wrote, in the guest: one scene after the other in one process, which
 * has its threads and its devices once, until a scene fails; then in a new one. What each step
 * may be is asked of the vocabulary when it is its turn, so that no sequence is tried in vain.
 * What fails here is only a hint: the host runs it again in a guest of its own.
 *
 * COWPEN_EXPLORE="seed=1 seconds=15 sequences=500 share=0/1 at=... memory=anon,thp
 * pin=none,io_uring steps=wp,* without=punch,thp-none length=6 batch=1"
 * COWPEN_CORPUS="pin wp unwp cpu_write;wp fork_child": what cases do, to begin from.
 * COWPEN_AVOID="small pin wp unwp cpu_write; shared pin punch": classes of memory, and what of a
 * sequence is not to be completed there, as it is known to fail.
 */
#include <errno.h>
#include <fnmatch.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "explore.h"
#include "disk.h"
#include "feature.h"
#include "internal.h"
#include "vocabulary.h"

#define BATCH	    64 /* scenes of a process, at most */
#define BOUND	    3
#define VARIANTS    96
#define WORDS	    WORDS_MAX
#define PAIRS	    (1U << 16)
#define AVOIDED	    256
#define CORPUS	    1024
#define SETUP_TRIES 3
#define ERRORS	    20 /* of a step with a memory, after which it is left alone */

/* Behind each of these all sequences up to the bound. */
static const char *const setups[] = {
	"",
	"pin",
	"wp",
	"pin wp",
	"fork_child",
	"pin fork_child",
	"fork_child pin",
	"uffd_open:event_fork wp",
	"ledger_open:soft_dirty ledger_clear",
	"ledger_open:wp_async ledger_clear",
	"uffd_open:rwp wp",
	"uffd_open:missing",
	"uffd_open:missing_unpopulated drop wp",
	"uffd_open:rwp_async wp",
	"uffd_open:event_remove wp",
	"guard_install:1",
	"uffd_open:event_remap wp",
	"uffd_open:minor",
	"fork_child wp",
	"pageout",
	"pageout fork_child",
	"drop",
	"pin:0",
	"uffd_open:rwp uffd_move_away:1",
	"uffd_open:minor fill:1:continue",
	"uffd_open:missing fill:1:poison",
	"uffd_open:rwp_event_fork wp",
	"wp unwp",
	"uffd_open:rwp wp unwp",
	"uffd_open:rwp fork_child",
	"wp pageout",
	"uffd_open:rwp wp pageout",
};
#define SETUPS	   (sizeof(setups) / sizeof(setups[0]))
#define SETUPS_MAX 32

/*
 * Where the systematic part is: it goes on from there in the next guest. At depth 0 each word is
 * said once behind each set-up, with the first of its values; at depth 1 with the others.
 */
struct place {
	unsigned int depth, setup, variant, vec[BOUND];
};

/*
 * Of what a word may be told: all, the first that can be said, or all but that. What a page is
 * filled by are several calls, and each of them is a first.
 */
enum values { ALL_VALUES, FIRST_VALUE, OTHER_VALUES };

struct sequence {
	unsigned int variant, n;
	struct said step[SEQUENCE_MAX];
};

/* What takes the time of a sequence. */
enum { BEGINNING, CHOOSING, STEPPING, ENDING, NR_SPENT };

/* In memory that supervisor and worker share. */
static struct shared {
	struct scene scene;
	int exit_code;
	char reason[1024];
	bool batch_done, systematic, in_setup;
	unsigned int tries; /* of the set-up in hand, which failed */
	struct place at;
	unsigned int level; /* of at.vec, which is in hand */
	struct sequence now, log[BATCH];
	unsigned int nlog;
	unsigned long nsequences, nsteps, nfailed, nbatches;
	unsigned long by_depth[BOUND + 1];
	unsigned long spent[NR_SPENT]; /* us */
	unsigned long spent_by[WORDS], said[WORDS];
	bool systematic_over;
	uint64_t rng;
	unsigned char lacks[VARIANTS][WORDS], lacks_all[VARIANTS], no_memory[VARIANTS];
	unsigned short seen[PAIRS];
	unsigned long npairs;
	/* Steps that followed each other, and what met what: a bit each. */
	unsigned char twos[WORDS * WORDS / 8], threes[WORDS * WORDS * WORDS / 8],
		cells[SETUPS_MAX * WORDS * VARIANTS / 8];
	bool time_is_up; /* before all was said */
} * sh;

static const struct case_variant *variant[VARIANTS];
static unsigned int nvariants, weight[VARIANTS];
static unsigned int plain; /* of these, at the beginning: one of each class and pin */
static bool chosen[WORDS];
static uint64_t end_ms;
static unsigned long most; /* sequences, 0: no limit */
static struct sequence corpus[CORPUS], setup_steps[SETUPS];
static unsigned int ncorpus;
static const char *dies; /* planted: the step that ends the guest */
static char *without[WORDS];
static size_t nwithout;
static int mark_port;
static unsigned int share_of = 1, share;
static unsigned int batch = BATCH, length; /* of sequences, 0: at random, and in turn */
static unsigned int bound = BOUND;
static bool cells; /* the systematic part alone, and what each step is told: for the cross */

static struct avoided {
	char class[16];
	struct said step[SEQUENCE_MAX];
	bool detail[SEQUENCE_MAX]; /* it is said of one value of .what only */
	unsigned int n;
} avoided[AVOIDED];
static unsigned int navoided;

static uint64_t next_random(void)
{
	sh->rng ^= sh->rng << 13;
	sh->rng ^= sh->rng >> 7;
	sh->rng ^= sh->rng << 17;
	return sh->rng;
}

static uint64_t us_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ULL + t.tv_nsec / 1000;
}

static void mark(const char *text)
{
	for (; mark_port && *text; text++)
		outb(*text, mark_port);
}

static const char *class_of(const struct memory_kind *k)
{
	if (k->huge)
		return "hugetlb";
	if (k->shared)
		return "shared";
	if (strstr(k->name, "_private") || !strcmp(k->name, "mixed"))
		return "file";
	if (strstr(k->name, "thp") || strstr(k->name, "2m") || strstr(k->name, "_huge"))
		return "huge";
	return "small";
}

/* A step, or a kind of memory with a pin. */
static bool is_without(const char *name)
{
	for (size_t i = 0; i < nwithout; i++)
		if (!strcmp(without[i], name))
			return true;
	return false;
}

/* --- what there is to say ---------------------------------------------------------------- */

/* For the cross: what came of a word behind a set-up. */
static void put_cell(const char *word, const char *what)
{
	printf("# cell %s|%s|%s|%s\n", variant[sh->now.variant]->name, setups[sh->at.setup], word,
	       what);
}

static bool is_avoided(const struct avoided *v, unsigned int i, const struct said *st)
{
	return v->step[i].word == st->word && (!v->detail[i] || v->step[i].what == st->what);
}

/* Would it complete what is to be avoided? */
static bool avoids(const struct sequence *q, const struct said *st)
{
	const char *class = class_of(variant[q->variant]->data->memory);

	for (unsigned int a = 0; a < navoided; a++) {
		const struct avoided *v = &avoided[a];
		unsigned int have = 0;

		if (strcmp(v->class, class) || !is_avoided(v, v->n - 1, st))
			continue;
		for (unsigned int i = 0; i < q->n && have < v->n - 1; i++)
			have += is_avoided(v, have, &q->step[i]);
		if (have == v->n - 1)
			return true;
	}
	return false;
}

/* What the model and the scene are, but for contents: a number, the same for what is alike. */
static uint32_t state_of(const struct scene *s)
{
	uint64_t h = 14695981039346656037ULL, bits = 0;
	unsigned int marked = 0, parted = 0, out = 0, gone = 0;

	for_each_page(s, i) {
		marked += model_marked(&s->model, PARENT, i);
		out += s->out[i];
		gone += !s->touched[i];
		for (unsigned int n = 0; n < s->npins; n++)
			parted += s->model.pin[n].live && s->model.pin[n].parted[i];
	}
	bits = bits << 2 | (!marked ? 0 : marked == s->npages ? 2 : 1);
	bits = bits << 1 | !!out;
	bits = bits << 1 | !!gone;
	bits = bits << 1 | !!parted;
	bits = bits << 2 | (s->npins && s->pin[0].taken) << 1 | (s->npins > 1 && s->pin[1].taken);
	bits = bits << 2 | s->model.proc[CHILD].alive << 1 | s->model.proc[CHILD].mapped;
	bits = bits << 1 | s->model.proc[GRANDCHILD].alive;
	bits = bits << 2 | (!s->proc[PARENT].readonly ? 0 : 1) << 1 | s->proc[PARENT].blind;
	bits = bits << 2 | (s->uffd >= 0) << 1 | !!model_registered(&s->model, PARENT);
	bits = bits << 2 | s->ledgers_run << 1 | s->hole;
	bits = bits << 2 | s->at_fork;
	bits = bits << 1 | !!s->alias;
	bits ^= s->uffd_features << 32 ^ (uint64_t)s->ledgers << 50 ^ (uint64_t)disk_stands() << 53;
	for (unsigned int i = 0; i < 8; i++)
		h = (h ^ (bits >> 8 * i & 0xff)) * 1099511628211ULL;
	return h >> 16;
}

static unsigned int pair_of(const struct scene *s, const struct said *st, unsigned int v)
{
	uint32_t h = state_of(s) * 31 + (uint32_t)(st->word - words);

	h = h * 31 + (st->word->what ? st->what : 0);
	for (const char *p = variant[v]->data->memory->name; *p; p++)
		h = h * 33 + *p;
	return (h ^ h >> 16) % PAIRS;
}

static void cover(unsigned char *bits, unsigned int n)
{
	bits[n / 8] |= 1 << n % 8;
}

/* The step that comes next, behind those of @q. */
static void covers(const struct sequence *q, const struct said *st)
{
	unsigned int w = st->word - words, a, b;

	if (q->n) {
		a = q->step[q->n - 1].word - words;
		cover(sh->twos, a * WORDS + w);
		if (q->n > 1) {
			b = q->step[q->n - 2].word - words;
			cover(sh->threes, (b * WORDS + a) * WORDS + w);
		}
	}
	/* Behind each set-up whose steps are there, perhaps with others between. */
	for (unsigned int i = 0; i < SETUPS; i++) {
		const struct sequence *u = &setup_steps[i];
		unsigned int have = 0;

		for (unsigned int k = 0; k < q->n && have < u->n; k++)
			have += u->step[have].word == q->step[k].word &&
				(!u->step[have].word->what ||
				 u->step[have].what == q->step[k].what);
		if (have == u->n)
			cover(sh->cells, (i * WORDS + w) * VARIANTS + q->variant);
	}
}

static void put_covered(const char *name, const unsigned char *bits, size_t bytes)
{
	printf("# %s", name);
	for (size_t i = 0; i < bytes * 8; i++)
		if (bits[i / 8] & 1 << i % 8)
			printf(" %zx", i);
	printf("\n");
}

#define CHOICES 512

static unsigned int choices(const struct sequence *q, const bool *of, enum values values,
			    struct said out[CHOICES])
{
	const struct scene *s = &sh->scene;
	uint64_t from = us_now();
	unsigned int n = 0;

	for (size_t i = 0; i < nwords; i++) {
		const struct word *w = &words[i];
		size_t whats = w->what ? domain_size(w->what) : 1, pages = 1;
		unsigned int nth = 0;
		bool first;

		if (!chosen[i] || (of && !of[i]) || sh->lacks[q->variant][i] >= ERRORS)
			continue;
		if (values == FIRST_VALUE && !cells && (w->does & SLOW))
			continue;
		if (w->pages == PAGES && s->npages > 1 && values != FIRST_VALUE)
			pages = 2;
		for (size_t p = 0; p < pages; p++)
			for (size_t k = 0; k < whats && n < CHOICES; k++) {
				struct said st = { .word = w };
				int one = s->npages > 1;

				st.pages = w->pages == PAGE  ? one :
					   w->pages != PAGES ? 0 :
					   p		     ? SOME_PAGES(one, 1) :
							       EVERY_PAGE;
				st.what = w->what ? domain_value(w->what, k) : 0;
				if (w->not_now(s, st.pages, st.what) || avoids(q, &st))
					continue;
				first = !nth++ || (w->what == FILL && !p);
				/* What is slow comes with the others. */
				if (values == OTHER_VALUES && first && !(w->does & SLOW))
					continue;
				if (values == FIRST_VALUE && !first)
					break;
				out[n++] = st;
			}
	}
	sh->spent[CHOOSING] += us_now() - from;
	return n;
}

/* --- one scene after the other in one process ----------------------------------------------- */

struct range {
	uintptr_t from, to;
};
#define RANGES 256
#define FDS    256

static struct range kept[RANGES];
static unsigned int nkept;
static bool kept_fd[FDS];
static struct pin device[VARIANTS];
static long pins_of_devices; /* when no scene has any */
static struct account account_of_devices;

static void devices_count(void)
{
	static const char *const keys[] = { "VmPin", "VmLck" };
	long kib[2];

	pins_of_devices = pins_outstanding();
	file_numbers("/proc/self/status", 2, keys, kib);
	account_of_devices = (struct account){ kib[0], kib[1] };
}

static unsigned int maps_now(struct range out[RANGES])
{
	static char text[64 << 10];
	int fd = syscall(SYS_openat, -100, "/proc/self/maps", 0x80000 /* O_CLOEXEC */);
	unsigned int n = 0;
	size_t len = 0;
	ssize_t got;

	while (fd >= 0 && (got = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += got;
	close(fd);
	text[len] = 0;
	for (char *line = text, *end; (end = strchr(line, '\n')) && n < RANGES; line = end + 1) {
		*end = 0;
		/* These grow, or are the kernel's. */
		if (strstr(line, " ["))
			continue;
		if (sscanf(line, "%lx-%lx", &out[n].from, &out[n].to) == 2)
			n++;
	}
	return n;
}

static void keep_fds(void)
{
	for (int fd = 0; fd < FDS; fd++)
		kept_fd[fd] |= syscall(SYS_fcntl, fd, 1 /* F_GETFD */) >= 0;
}

/* What has come between is kept, too. */
static void keep_maps(const struct range *before, unsigned int n)
{
	struct range now[RANGES];
	unsigned int nnow = maps_now(now);

	for (unsigned int i = 0; i < nnow; i++) {
		struct range r = now[i];

		for (unsigned int k = 0; k < n && r.from < r.to; k++) {
			if (before[k].to <= r.from || before[k].from >= r.to)
				continue;
			if (before[k].from > r.from && nkept < RANGES)
				kept[nkept++] = (struct range){ r.from, before[k].from };
			r.from = before[k].to;
		}
		if (r.from < r.to && nkept < RANGES)
			kept[nkept++] = r;
	}
}

static int by_address(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static void unmap_rest(void)
{
	struct range now[RANGES];
	unsigned int n = maps_now(now);

	qsort(kept, nkept, sizeof(kept[0]), by_address);
	for (unsigned int i = 0; i < n; i++) {
		struct range r = now[i];

		for (unsigned int k = 0; k < nkept && r.from < r.to; k++) {
			if (kept[k].to <= r.from || kept[k].from >= r.to)
				continue;
			if (kept[k].from > r.from)
				munmap((void *)r.from, kept[k].from - r.from);
			r.from = kept[k].to;
		}
		if (r.from < r.to)
			munmap((void *)r.from, r.to - r.from);
	}
}

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static void close_rest(void)
{
	for (int fd = 3; fd < FDS; fd++) {
		int last = fd;

		if (kept_fd[fd])
			continue;
		while (last + 1 < FDS && !kept_fd[last + 1])
			last++;
		syscall(SYS_close_range, fd, last, 0);
		fd = last;
	}
}

static void nothing(void *arg)
{
	usleep(2000);
}

/* Threads, and what is made once in a process. */
static void process_begin(struct scene *s)
{
	struct helper_thread t[4];

	/* One arena, and no mapping for what is large: nothing of it is unmapped with a scene. */
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, 1 << 30);
	/* What files of /proc are read into comes and goes. */
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	writer_start_thread(s);
	watch_main(s);
	/* Their stacks are used again. */
	for (int i = 0; i < 4; i++)
		helper_start(s, &t[i], nothing, NULL);
	for (int i = 0; i < 4; i++)
		helper_join(&t[i]);
	if (!feature_there(s, F_PAGEMAP_UFFD_WP))
		mark_probe_open(s);
	nkept = 0;
	memset(kept_fd, 0, sizeof(kept_fd));
	keep_maps(NULL, 0);
	keep_fds();
	devices_count();
}

/* What a step makes once and for all. */
static void before_step(struct scene *s, const struct said *st)
{
	static bool ways[64], tracer;
	struct range before[RANGES];
	bool emulates = st->word->what == MONITOR && st->what == EMULATE;
	bool by = st->word->what == WAY || st->word->what == WAY_OUTSIDE ||
		  st->word->what == WAY_READONLY || st->word->what == WAY_UNDER_WP;
	bool open[FDS];
	unsigned int n;

	if (!(emulates && !tracer) && !(by && !ways[st->what & 63]))
		return;
	n = maps_now(before);
	for (int fd = 0; fd < FDS; fd++)
		open[fd] = syscall(SYS_fcntl, fd, 1) >= 0;
	if (emulates) {
		tracer_start(s);
		tracer = true;
	} else {
		way_prepare(s, st->what);
		ways[st->what & 63] = true;
	}
	keep_maps(before, n);
	for (int fd = 0; fd < FDS; fd++)
		kept_fd[fd] |= !open[fd] && syscall(SYS_fcntl, fd, 1) >= 0;
}

static void device_keep(struct scene *s, unsigned int v)
{
	const struct pin_kind *k = variant[v]->data->pin;
	struct range before[RANGES];
	unsigned int n, d;

	if (!k || k->one_shot || k->by_fd)
		return;
	for (d = 0; d < VARIANTS && device[d].kind && device[d].kind != k; d++)
		;
	if (!device[d].kind) {
		n = maps_now(before);
		device[d].kind = k;
		s->pin[0].kind = k;
		k->open(s, &s->pin[0]);
		s->pin[0].opened = true;
		device[d] = s->pin[0];
		devices_count();
		keep_maps(before, n);
		keep_fds();
	}
	s->pin[0] = device[d];
}

static void scene_clean(struct scene *s)
{
	s->exit_code = &sh->exit_code;
	s->reason = sh->reason;
	s->reason_len = sizeof(sh->reason);
}

static void one_begins(unsigned int v)
{
	struct scene_counters before = sh->scene.before;
	struct scene *s = &sh->scene;
	uint64_t from = us_now();

	memset(s, 0, sizeof(*s));
	scene_clean(s);
	s->before = before;
	s->spare_frames = true;
	s->memory = variant[v]->data->memory;
	snprintf(s->step_name, sizeof(s->step_name), "set-up");
	sh->now = (struct sequence){ .variant = v };
	mark("\n@ ");
	mark(variant[v]->name);
	mark(" ");
	mark(class_of(s->memory));
	mark(" |");
	device_keep(s, v);
	s->account = account_of_devices;
	scene_begin(s, variant[v]->data);
	sh->spent[BEGINNING] += us_now() - from;
}

static void guest_dies(void)
{
	FILE *f = fopen("/proc/sysrq-trigger", "w");

	if (f)
		fprintf(f, "c\n");
	exit(2);
}

static void does(struct scene *s, const struct said *st)
{
	unsigned int pair = pair_of(s, st, sh->now.variant);
	uint64_t from = us_now();
	char text[80];

	mark(" ");
	mark(said_text(st, text, sizeof(text)));
	if (dies && !strcmp(dies, st->word->name))
		guest_dies();
	covers(&sh->now, st);
	sh->now.step[sh->now.n++] = *st;
	if (!sh->seen[pair])
		sh->npairs++;
	if (sh->seen[pair] < 0xffff)
		sh->seen[pair]++;
	before_step(s, st);
	/* What can change a registration is looked at then, all else in the end. */
	s->spare_registration = !(st->word->does & (TRACKS | FORKS | PROCESS | OF_MARK | OF_SIZE));
	st->word->run(s, st->pages, st->what);
	sh->nsteps++;
	from = us_now() - from;
	sh->spent[STEPPING] += from;
	sh->spent_by[st->word - words] += from;
	sh->said[st->word - words]++;
}

/* That word if it can be said; it waits for another if it would. */
enum said_it { DONE, NOT_NOW, NOT_YET };

static enum said_it does_if(const char *name)
{
	struct scene *s = &sh->scene;
	struct said st[SEQUENCE_MAX];
	char why[128];

	sequence_parse(name, 0, st, why, sizeof(why));
	if (st->word->not_now(s, st->pages, st->what)) {
		for_each_page(s, i)
			if (s->racing[i])
				return NOT_YET;
		return NOT_NOW;
	}
	if (sh->now.n < SEQUENCE_MAX)
		does(s, st);
	return DONE;
}

static void one_ends(struct scene *s)
{
	uint64_t from = us_now();
	struct pin *p = &s->pin[0];

	/* A write that waits is let go. */
	if (does_if("write_finish") == NOT_YET && does_if("unwp") == DONE)
		does_if("write_finish");
	registration_compare(s);
	/* In a process of its own all is looked at in the end; here now and then. */
	if ((s->page_len == SAMPLE && !s->touched[MODEL_REST]) || !(next_random() % 8))
		scene_whole(s);
	disk_restore();
	children_kill(s);
	while (waitpid(-1, NULL, __WALL | WNOHANG) >= 0 && errno != ECHILD) {
		bool any = false;

		for (int i = CHILD; i < MODEL_PROCS; i++)
			any |= s->proc[i].pid > 0 && !process_gone(s->proc[i].pid);
		if (!any)
			break;
		usleep(200);
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	if (s->npins && p->taken && s->model.pin[0].live && !p->kind->one_shot)
		p->kind->release(s, p);
	knobs_restore();
	close_rest();
	unmap_rest();
	/* A ring that was opened for a second pin gives it back when it likes. */
	if (s->npins > 1)
		pins_as_before(s, pins_of_devices);
	sh->nsequences++;
	if (sh->nlog < BATCH)
		sh->log[sh->nlog++] = sh->now;
	sh->spent[ENDING] += us_now() - from;
}

/* --- what comes next ----------------------------------------------------------------------------- */

/* The words that cannot be said behind the set-up in hand, whatever their arguments. */
static void put_not_now(const struct scene *s)
{
	static struct said c[CHOICES];
	unsigned int n = choices(&sh->now, NULL, ALL_VALUES, c);

	for (size_t i = 0; i < nwords; i++) {
		struct said st = { .word = &words[i], .pages = EVERY_PAGE };
		unsigned int k = 0;

		while (k < n && c[k].word != st.word)
			k++;
		if (st.word->pages != PAGES)
			st.pages = 0;
		st.what = st.word->what ? domain_value(st.word->what, 0) : 0;
		if (k == n && chosen[i])
			put_cell(st.word->name,
				 st.word->not_now(s, st.pages, st.what) ?: "this kernel lacks it");
	}
}

static bool say_setup(struct scene *s, const char *text)
{
	struct said step[SEQUENCE_MAX];
	char why[128];
	int n = sequence_parse(text, 0, step, why, sizeof(why));

	sh->in_setup = true;
	for (int i = 0; i < n; i++) {
		const char *why = step[i].word->not_now(s, step[i].pages, step[i].what);

		if (step[i].word->pages != NONE && step[i].pages != EVERY_PAGE &&
		    (step[i].pages & 0xffU) >= s->npages)
			why = "this memory has one page";
		if (sh->lacks[sh->now.variant][step[i].word - words] >= ERRORS)
			why = "this kernel lacks it";
		if (is_without(step[i].word->name))
			why = "guests die of it";
		if (why && cells)
			put_cell("*", why);
		if (why || avoids(&sh->now, &step[i]))
			return false;
		does(s, &step[i]);
	}
	sh->in_setup = false;
	return true;
}

/*
 * What is plain comes first, and each of it behind all set-ups in turn: two minutes are less than
 * all of them with all kinds of memory take. Of the rest the next memory and pin, then the next
 * set-up. Then one step more.
 */
static void next_block(void)
{
	struct place *at = &sh->at;

	memset(at->vec, 0, sizeof(at->vec));
	if (at->variant < plain) {
		if (++at->setup < SETUPS)
			return;
		at->setup = 0;
		if (++at->variant < nvariants)
			return;
	} else {
		if (++at->variant < nvariants)
			return;
		at->variant = plain;
		if (++at->setup < SETUPS)
			return;
		at->setup = 0;
	}
	at->variant = 0;
	if (++at->depth > bound)
		sh->systematic_over = true;
}

/* What was behind the choice at @level is done, or fails. */
static void next_choice(unsigned int level)
{
	sh->at.vec[level]++;
	for (unsigned int i = level + 1; i < BOUND; i++)
		sh->at.vec[i] = 0;
}

/* With a device that nothing is pinned for it would be as without. */
static bool no_pin_yet(void)
{
	if (!variant[sh->now.variant]->data->pin)
		return false;
	for (unsigned int i = 0; i < sh->now.n; i++)
		if (sh->now.step[i].word->does & PINS)
			return false;
	return true;
}

static const bool *words_that_pin(void)
{
	static bool of[WORDS];

	for (size_t i = 0; i < nwords; i++)
		of[i] = words[i].does & PINS;
	return of;
}

static void one_systematic(void)
{
	static struct said c[CHOICES];
	struct scene *s = &sh->scene;
	struct place *at = &sh->at;
	const char *word = "";
	unsigned int depth, n;

	while (sh->lacks_all[at->variant] || at->variant % share_of != share ||
	       (!variant[at->variant]->data->pin && strstr(setups[at->setup], "pin")) ||
	       (cells && variant[at->variant]->data->pin && !strstr(setups[at->setup], "pin"))) {
		if (cells && sh->lacks_all[at->variant]) {
			sh->now.variant = at->variant;
			put_cell("*", "this memory, or this pin, could not be had");
		}
		next_block();
		if (sh->systematic_over)
			return;
	}
	one_begins(at->variant);
	if (!say_setup(s, setups[at->setup])) {
		sh->in_setup = false;
		one_ends(s);
		next_block();
		return;
	}
	if (cells && !at->vec[0])
		put_not_now(s);
	depth = at->depth ?: 1; /* of the block that it has come to */
	for (unsigned int k = 0; k < depth; k++) {
		sh->level = k;
		n = choices(&sh->now, k + 1 == depth && no_pin_yet() ? words_that_pin() : NULL,
			    at->depth % BOUND == 0 ? FIRST_VALUE :
			    at->depth == 1	   ? OTHER_VALUES :
						     ALL_VALUES,
			    c);
		if (at->vec[k] >= n) {
			one_ends(s);
			if (k)
				next_choice(k - 1);
			else
				next_block();
			return;
		}
		word = c[at->vec[k]].word->name;
		does(s, &c[at->vec[k]]);
	}
	one_ends(s);
	sh->by_depth[depth]++;
	if (cells)
		put_cell(word, "explored");
	next_choice(depth - 1);
}

/* Weighted towards what was seldom done in a state like this. */
static unsigned int pick(const struct scene *s, const struct said *c, unsigned int n)
{
	static unsigned int w[CHOICES];
	unsigned int sum = 0, r;

	for (unsigned int i = 0; i < n; i++) {
		unsigned int seen = sh->seen[pair_of(s, &c[i], sh->now.variant)];

		w[i] = 4096 / (1 + seen) + 16;
		/* One word with many values is one word. */
		if (c[i].word->what)
			w[i] = w[i] / 3 + 1;
		if (c[i].word->does & SLOW)
			w[i] = w[i] / 16 + 1;
		/* What ends a scene's life comes late. */
		if (c[i].word->does & FORKS && strstr(c[i].word->name, "child_"))
			w[i] = w[i] / 4 + 1;
		sum += w[i];
	}
	r = next_random() % sum;
	for (unsigned int i = 0; i < n; i++) {
		if (r < w[i])
			return i;
		r -= w[i];
	}
	return n - 1;
}

/* Any memory and pin, the plainer the more often; nvariants if there is none. */
static unsigned int any_variant(void)
{
	unsigned int sum = 0, r, v = 0;

	for (unsigned int i = 0; i < nvariants; i++)
		sum += sh->lacks_all[i] ? 0 : weight[i];
	if (!sum)
		return nvariants;
	for (r = next_random() % sum; v < nvariants; v++) {
		unsigned int w = sh->lacks_all[v] ? 0 : weight[v];

		if (r < w)
			break;
		r -= w;
	}
	return v;
}

/* What a case does, with another memory or pin, and one to three steps left out, changed, swapped
 * with the next, or put between. What cannot be done then is left out as well.
 */
static void one_of_corpus(void)
{
	static struct said c[CHOICES];
	struct scene *s = &sh->scene;
	struct sequence q = corpus[next_random() % ncorpus];
	unsigned int changes = 1 + next_random() % 3, v = any_variant();
	unsigned int between[SEQUENCE_MAX] = { 0 };

	if (v == nvariants)
		return;
	for (unsigned int i = 0; i < changes && q.n; i++) {
		unsigned int at = next_random() % q.n;
		struct said *st = &q.step[at], other = q.step[at];

		switch (next_random() % 4) {
		case 0:
			memmove(st, st + 1, (q.n - at - 1) * sizeof(*st));
			q.n--;
			break;
		case 1:
			if (at + 1 == q.n)
				break;
			*st = q.step[at + 1];
			q.step[at + 1] = other;
			break;
		case 2:
			if (st->word->what)
				st->what =
					domain_value(st->word->what,
						     next_random() % domain_size(st->word->what));
			if (st->word->pages == PAGES)
				st->pages = next_random() % 2 ? EVERY_PAGE : SOME_PAGES(1, 1);
			break;
		default:
			between[at] += 1 + next_random() % 2;
		}
	}
	one_begins(v);
	for (unsigned int i = 0; i < q.n; i++) {
		struct said *st = &q.step[i];

		for (unsigned int k = 0; k < between[i]; k++) {
			unsigned int n = choices(&sh->now, NULL, ALL_VALUES, c);

			if (n && sh->now.n < SEQUENCE_MAX - 2)
				does(s, &c[pick(s, c, n)]);
		}
		/* A memory of one page has no other. */
		if (st->word->pages == PAGE && (unsigned int)st->pages >= s->npages)
			st->pages = 0;
		if (st->word->pages == PAGES && st->pages != EVERY_PAGE &&
		    (st->pages & 0xff) + (st->pages >> 8) > (int)s->npages)
			st->pages = EVERY_PAGE;
		if (sh->now.n < SEQUENCE_MAX - 2 && chosen[st->word - words] &&
		    sh->lacks[v][st->word - words] < ERRORS &&
		    !st->word->not_now(s, st->pages, st->what) && !avoids(&sh->now, st))
			does(s, st);
	}
	one_ends(s);
}

static void one_at_random(void)
{
	static struct said c[CHOICES];
	struct scene *s = &sh->scene;
	unsigned int len = length ?: 4 + next_random() % 6, n, v = any_variant();
	bool of[WORDS];

	if (v == nvariants)
		return;
	for (size_t i = 0; i < nwords; i++)
		of[i] = next_random() % 8 < 5;
	one_begins(v);
	/* Half of them begin as something is tracked, or pinned. */
	if (next_random() % 2)
		say_setup(s, setups[next_random() % SETUPS]);
	sh->in_setup = false;
	while (sh->now.n < len) {
		n = choices(&sh->now, of, ALL_VALUES, c);
		if (!n)
			break;
		does(s, &c[pick(s, c, n)]);
	}
	one_ends(s);
}

/* --- the process that does it, and who watches it --------------------------------------------------- */

/* In the end it counts how many were said: the same on a machine of any speed. */
static bool enough(void)
{
	if (most && sh->nsequences >= most)
		return true;
	sh->time_is_up = ms_now() >= end_ms;
	return sh->time_is_up;
}

static void worker(void)
{
	struct scene *s = &sh->scene;

	scene_clean(s);
	process_begin(s);
	for (unsigned int i = 0; i < batch && !enough(); i++)
		if (sh->systematic && !sh->systematic_over)
			one_systematic();
		else if (cells)
			break;
		else if (sh->nbatches % 4 == 0 && ncorpus)
			one_of_corpus();
		else
			one_at_random();
	sh->batch_done = true;
	_exit(0);
}

static void put_sequence(const struct sequence *q)
{
	char text[80];

	printf("# sequence %s %s |", variant[q->variant]->name,
	       class_of(variant[q->variant]->data->memory));
	for (unsigned int i = 0; i < q->n; i++)
		printf(" %s", said_text(&q->step[i], text, sizeof(text)));
	printf("\n");
	fflush(stdout);
}

/* It ended in the middle of one. */
static void sequence_ended(int status)
{
	struct sequence *q = &sh->now;
	unsigned int v = q->variant;
	const struct word *last = q->n ? q->step[q->n - 1].word : NULL;

	if (WIFSIGNALED(status))
		printf("# cowpen {\"status\": \"error\", \"reason\": \"the process of the scene "
		       "ended by signal %d\"}\n",
		       WTERMSIG(status));
	if (sh->exit_code == 4)
		printf("# cowpen {\"status\": \"skip\"}\n");
	put_sequence(q);
	if (sh->exit_code == 4 && last)
		sh->lacks[v][last - words] = ERRORS;
	else if (sh->exit_code == 4)
		sh->lacks_all[v] = true;
	else if (!last)
		sh->lacks_all[v] = ++sh->no_memory[v] >= SETUP_TRIES;
	else if (!strncmp(sh->reason, "ERROR", 5) || WIFSIGNALED(status))
		sh->lacks[v][last - words]++;
	else
		sh->nfailed++;
	if (cells && last && !sh->in_setup && sh->exit_code != 4) {
		char what[16];

		/* "C4 at step 3 punch" */
		snprintf(what, sizeof(what), "fails %.*s", (int)strcspn(sh->reason, " "),
			 sh->reason);
		put_cell(last->name, *sh->reason == 'C' ? what : "fails");
	}
	if (!sh->systematic)
		return;
	/* That a set-up cannot be made may be luck: KSM, a pool that was not given back yet. */
	if ((sh->in_setup || !last) && sh->exit_code != 4 && ++sh->tries < SETUP_TRIES) {
		sh->in_setup = false;
		return;
	}
	sh->tries = 0;
	if ((sh->in_setup || !last) && cells && sh->exit_code != 4)
		put_cell("*", "fails");
	if (sh->in_setup || !last)
		next_block();
	else
		next_choice(sh->level);
	sh->in_setup = false;
}

/* The sequences of a batch that left something, each in a process of its own. */
static void whose_is_it(void)
{
	static struct sequence log[BATCH];
	unsigned int n = sh->nlog;

	memcpy(log, sh->log, sizeof(log));
	for (unsigned int i = 0; i < n; i++) {
		int status;
		pid_t pid;

		sh->exit_code = 0;
		counters_read(&sh->scene.before);
		pid = fork();
		if (!pid) {
			struct scene *s = &sh->scene;

			scene_clean(s);
			process_begin(s);
			one_begins(log[i].variant);
			for (unsigned int k = 0; k < log[i].n; k++) {
				const struct said *st = &log[i].step[k];

				if (!st->word->not_now(s, st->pages, st->what))
					does(s, st);
			}
			one_ends(s);
			_exit(0);
		}
		waitpid(pid, &status, 0);
		if (!sh->exit_code)
			scene_end(&sh->scene);
		if (sh->exit_code) {
			put_sequence(&log[i]);
			sh->nfailed++;
		}
	}
}

static void one_batch(void)
{
	struct scene *s = &sh->scene;
	int status;
	long pins;
	pid_t pid;

	/* One step behind each set-up is soon done, and finds most. */
	sh->systematic = sh->at.depth <= 1 ? sh->nbatches % 4 != 3 : sh->nbatches % 2 == 0;
	sh->nbatches++;
	sh->systematic &= !sh->systematic_over && !length;
	sh->systematic |= cells;
	sh->batch_done = false;
	sh->in_setup = false;
	sh->exit_code = 0;
	sh->nlog = 0;
	*sh->reason = 0;
	memset(s, 0, sizeof(*s));
	scene_clean(s);
	counters_read(&s->before);
	pins = s->before.pins;
	fflush(stdout);
	pid = fork();
	if (!pid)
		worker();
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		exit(2);
	if (!sh->batch_done) {
		sequence_ended(status);
		children_kill(s);
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	if (!sh->batch_done) {
		/* What a ring had pinned a worker of the kernel gives back, and the next one counts. */
		wait_until(pins_outstanding() <= pins);
		return;
	}
	*s->exit_code = 0;
	scene_end(s);
	if (*s->exit_code)
		whose_is_it();
}

/* --- what is asked for -------------------------------------------------------------------------- */

/* The value of "name=" in @text, up to a blank. */
static bool asked(const char *text, const char *name, char *value, size_t size)
{
	size_t len = strlen(name);

	for (const char *p = text; (p = strstr(p, name)); p += len)
		if ((p == text || p[-1] == ' ') && p[len] == '=') {
			snprintf(value, size, "%.*s", (int)strcspn(p + len + 1, " "), p + len + 1);
			return true;
		}
	*value = 0;
	return false;
}

static bool in_list(const char *globs, const char *name)
{
	char *copy = strdup(globs), *save;
	bool match = !*globs;

	for (char *w = strtok_r(copy, ",", &save); w && !match; w = strtok_r(NULL, ",", &save))
		match = !fnmatch(w, name, 0);
	free(copy);
	return match;
}

static const char default_memory[] =
	"anon,shmem,hugetlb,thp,shmem_private,swapped,thp_pte,zero,mthp,small_2m,unpopulated,ksm,"
	"shmem_2m,hugetlb_shared,thp_one,thp_shared,thp_remapped,thp_two,shmem_clean,zero_huge,"
	"file_private,hugetlb_private,shmem_thp_clean,droppable,anon_memcg,anon_edge_2m,hugetlb_tables";
static const char default_pins[] = "none,io_uring,rdma,vmsplice,rdma_odp,rdma_ro";
static const char pins_of_cells[] = "none,io_uring";

static void leave_out(char *text)
{
	char *save;

	for (char *w = strtok_r(text, ",", &save); w && nwithout < WORDS;
	     w = strtok_r(NULL, ",", &save))
		without[nwithout++] = strdup(w);
}

/* Of pins other than the first one kind of memory says enough. */
static bool is_plain(unsigned int v)
{
	const struct memory_kind *m = variant[v]->data->memory;
	const struct pin_kind *k = variant[v]->data->pin;

	for (unsigned int i = 0; i < v; i++)
		if (variant[i]->data->pin == k &&
		    (!strcmp(class_of(variant[i]->data->memory), class_of(m)) ||
		     (k && strcmp(k->name, "io_uring"))))
			return false;
	return true;
}

/*
 * In front small pages without a pin and with the first, then one memory of each other class with
 * these, then small pages with the other pins.
 */
static void plain_first(void)
{
	const struct case_variant *to[VARIANTS];
	unsigned int w[VARIANTS], n = 0;

	for (int turn = 0; turn < 4; turn++)
		for (unsigned int i = 0; i < nvariants; i++) {
			const struct pin_kind *k = variant[i]->data->pin;
			bool small = !strcmp(class_of(variant[i]->data->memory), "small");
			bool first = !k || !strcmp(k->name, "io_uring");

			if (turn != (!is_plain(i) ? 3 : !first ? 2 : small ? 0 : 1))
				continue;
			w[n] = weight[i];
			to[n++] = variant[i];
			plain += turn < 3;
		}
	memcpy(variant, to, n * sizeof(*to));
	memcpy(weight, w, n * sizeof(*w));
}

static void choose(const char *text, const struct case_variant *v, size_t n)
{
	char memory[512], pins[256], steps[512], *save, *save2;

	asked(text, "memory", memory, sizeof(memory));
	asked(text, "pin", pins, sizeof(pins));
	asked(text, "steps", steps, sizeof(steps));
	if (!*memory)
		snprintf(memory, sizeof(memory), "%s", default_memory);
	if (!*pins)
		snprintf(pins, sizeof(pins), "%s", cells ? pins_of_cells : default_pins);
	/* The plainest first. */
	for (char *p = strtok_r(pins, ",", &save); p; p = strtok_r(NULL, ",", &save)) {
		char *copy = strdup(memory);
		unsigned int rank = 16;

		for (char *m = strtok_r(copy, ",", &save2); m; m = strtok_r(NULL, ",", &save2)) {
			for (size_t i = 0; i < n; i++) {
				const struct pin_kind *k = v[i].data->pin;

				if (nvariants == VARIANTS || strcmp(v[i].data->memory->name, m) ||
				    strcmp(k ? k->name : "none", p) || is_without(v[i].name))
					continue;
				/* Pins that are like the first, with fewer kinds of memory. */
				if (strcmp(p, "none") && strcmp(p, "io_uring") && rank < 12)
					continue;
				weight[nvariants] = rank;
				variant[nvariants++] = &v[i];
			}
			if (rank > 3)
				rank--;
		}
		free(copy);
	}
	plain_first();
	for (size_t i = 0; i < nwords; i++)
		chosen[i] = in_list(steps, words[i].name) && !is_without(words[i].name);
}

static void avoid(const char *text)
{
	char *copy = strdup(text), *save, *save2;

	for (char *a = strtok_r(copy, ";", &save); a && navoided < AVOIDED;
	     a = strtok_r(NULL, ";", &save)) {
		struct avoided *v = &avoided[navoided];
		char *class = strtok_r(a, " ", &save2);

		if (!class)
			continue;
		snprintf(v->class, sizeof(v->class), "%s", class);
		for (char *w; (w = strtok_r(NULL, " ", &save2)) && v->n < SEQUENCE_MAX;) {
			struct said one[SEQUENCE_MAX];
			bool detail = strchr(w, ':');
			char why[128];

			/* One that this program does not know is of another build. */
			if (sequence_parse(w, 0, one, why, sizeof(why)) != 1) {
				v->n = 0;
				break;
			}
			v->detail[v->n] = detail;
			v->step[v->n++] = one[0];
		}
		if (v->n)
			navoided++;
	}
	free(copy);
}

/* Sequences that this program does not know are of another build. */
static void corpus_read(const char *text)
{
	char *copy = strdup(text), *save, why[128];

	for (char *q = strtok_r(copy, ";", &save); q && ncorpus < CORPUS;
	     q = strtok_r(NULL, ";", &save)) {
		int n = sequence_parse(q, 0, corpus[ncorpus].step, why, sizeof(why));

		if (n > 1)
			corpus[ncorpus++].n = n;
	}
	free(copy);
}

static void where(const char *text)
{
	struct place *at = &sh->at;

	at->depth = 0;
	if (sscanf(text, "%u.%u.%u.%u.%u.%u", &at->depth, &at->setup, &at->variant, &at->vec[0],
		   &at->vec[1], &at->vec[2]) != 6)
		memset(at->vec, 0, sizeof(at->vec));
	if (at->depth > bound || at->setup >= SETUPS || at->variant >= nvariants)
		sh->systematic_over = true;
}

int explore_main(const struct case_variant *v, size_t n)
{
	const char *text = getenv("COWPEN_EXPLORE") ?: "", *port = getenv("COWPEN_MARK_PORT");
	const struct place *at;
	char value[512];
	uint64_t began = ms_now();

	setvbuf(stdout, NULL, _IOLBF, 0);
	sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sh == MAP_FAILED)
		return 2;
	if (port) {
		mark_port = strtol(port, NULL, 0);
		if (ioperm(mark_port, 1, 1))
			mark_port = 0;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	cells = asked(text, "cells", value, sizeof(value));
	asked(text, "without", value, sizeof(value));
	leave_out(value);
	choose(text, v, n);
	if (!nvariants)
		return 3;
	avoid(getenv("COWPEN_AVOID") ?: "");
	corpus_read(getenv("COWPEN_CORPUS") ?: "");
	dies = getenv("COWPEN_DIES");
	for (unsigned int i = 0; i < SETUPS; i++)
		setup_steps[i].n =
			sequence_parse(setups[i], 0, setup_steps[i].step, value, sizeof(value));
	asked(text, "sequences", value, sizeof(value));
	most = strtoul(value, NULL, 0);
	asked(text, "seconds", value, sizeof(value));
	end_ms = began + 1000 * strtoul(*value ? value : "15", NULL, 0);
	asked(text, "seed", value, sizeof(value));
	sh->rng = (strtoull(*value ? value : "1", NULL, 0) + 1) * 0x9e3779b97f4a7c15ULL;
	asked(text, "share", value, sizeof(value));
	if (sscanf(value, "%u/%u", &share, &share_of) != 2 || !share_of)
		share = 0, share_of = 1;
	if (asked(text, "batch", value, sizeof(value)) && strtoul(value, NULL, 0))
		batch = strtoul(value, NULL, 0) < BATCH ? strtoul(value, NULL, 0) : BATCH;
	asked(text, "length", value, sizeof(value));
	length = strtoul(value, NULL, 0) % SEQUENCE_MAX;
	/* What the kernel, and the process, does to what is there. */
	for (size_t i = 0; cells && i < nwords; i++)
		chosen[i] &= !!(words[i].does & (KERNEL | PROCESS | FORKS));
	if (cells)
		bound = 0;
	asked(text, "at", value, sizeof(value));
	where(value);
	while (!enough() && !(cells && sh->systematic_over))
		one_batch();
	at = &sh->at;
	printf("# explored {\"sequences\": %lu, \"steps\": %lu, \"failed\": %lu, \"pairs\": %lu, "
	       "\"ms\": %lu, \"one\": %lu, \"two\": %lu, \"three\": %lu, "
	       "\"us\": [%lu, %lu, %lu, %lu], \"cut\": %s, \"at\": "
	       "\"%u.%u.%u.%u.%u.%u\"}\n",
	       sh->nsequences, sh->nsteps, sh->nfailed, sh->npairs,
	       (unsigned long)(ms_now() - began), sh->by_depth[1], sh->by_depth[2], sh->by_depth[3],
	       sh->spent[BEGINNING], sh->spent[CHOOSING], sh->spent[STEPPING], sh->spent[ENDING],
	       sh->time_is_up && most ? "true" : "false", at->depth, at->setup, at->variant,
	       at->vec[0], at->vec[1], at->vec[2]);
	for (size_t i = 0; i < nwords; i++)
		if (sh->said[i])
			printf("# cost %s %lu %lu\n", words[i].name, sh->said[i],
			       sh->spent_by[i] / sh->said[i]);
	printf("# pairs");
	for (unsigned int i = 0; i < PAIRS; i++)
		if (sh->seen[i])
			printf(" %x", i);
	printf("\n");
	put_covered("cells", sh->cells, sizeof(sh->cells));
	put_covered("twos", sh->twos, sizeof(sh->twos));
	put_covered("threes", sh->threes, sizeof(sh->threes));
	fflush(stdout);
	return 0;
}
