// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <linux/fs.h>
#include <linux/userfaultfd.h>
#include <linux/vfio.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "../iommufd.h"
#include "lies.h"

/* Calls that do not do what they say. */

/* --- PAGEMAP_SCAN -------------------------------------------------------------------- */

int __real_ioctl(int fd, unsigned long req, ...);

#define MAX_TOLD 260

/* Does @r hold, but for its last page, what must be reported? Then that is left out. */
static bool cut(struct page_region *r)
{
	struct scene *s = scene_now;

	for_each_page(s, i) {
		uintptr_t at = (uintptr_t)page_addr(s, i);

		if (model_must_report(&s->model, PARENT, i) && !s->racing[i] && at >= r->start &&
		    at + s->page_len == r->end) {
			r->end = at;
			return true;
		}
	}
	return false;
}

static int scan_short(int fd, struct pm_scan_arg *arg)
{
	struct page_region *r = (void *)arg->vec;
	int n = __real_ioctl(fd, PAGEMAP_SCAN, arg);

	if (n > 0 && r && scene_now->ledgers_run && cut(&r[n - 1])) {
		told();
		n -= r[n - 1].end == r[n - 1].start;
	}
	return n;
}

static int scan_too_much(int fd, struct pm_scan_arg *arg)
{
	struct page_region *r = (void *)arg->vec;
	int n = __real_ioctl(fd, PAGEMAP_SCAN, arg);

	if (n < 0 || !r)
		return n;
	if (n != 1 || r[0].start != arg->start || r[0].end != arg->end)
		told();
	r[0] = (struct page_region){ arg->start, arg->end, arg->return_mask };
	arg->walk_end = arg->end;
	return 1;
}

static int scan_last_answer(int fd, struct pm_scan_arg *arg)
{
	static struct answer {
		uint64_t mask, anyof, start;
		int n;
		struct page_region region[MAX_TOLD];
	} answers[4];
	struct page_region *r = (void *)arg->vec;
	int n = __real_ioctl(fd, PAGEMAP_SCAN, arg);
	struct answer *a = answers;

	if (n < 0 || !r || arg->walk_end != arg->end || n > MAX_TOLD)
		return n;
	while (a < answers + 3 && a->start &&
	       (a->mask != arg->category_mask || a->anyof != arg->category_anyof_mask ||
		a->start != arg->start))
		a++;
	if (!a->start) {
		a->mask = arg->category_mask;
		a->anyof = arg->category_anyof_mask;
		a->start = arg->start;
		a->n = n;
		memcpy(a->region, r, n * sizeof(*r));
		return n;
	}
	if (n != a->n || memcmp(r, a->region, n * sizeof(*r)))
		told();
	n = a->n < (int)arg->vec_len ? a->n : (int)arg->vec_len;
	memcpy(r, a->region, n * sizeof(*r));
	return n;
}

#define NOT_ODD (-2)

/* Small ones, each once, and NOT_ODD if it is not the time. */
static int odd_scan(int fd, struct pm_scan_arg *arg)
{
	bool unowned = !(scene_now->ledgers & WP_ASYNC);
	struct page_region *r = (void *)arg->vec;
	int n;

	if (times_told())
		return NOT_ODD;
	switch (lie) {
	case LIE_SCAN_STANDS_STILL:
		n = __real_ioctl(fd, PAGEMAP_SCAN, arg);
		if (n >= 0) {
			told();
			arg->walk_end = arg->start;
		}
		return n;
	case LIE_SCAN_UNCHECKED:
		if (!unowned || !(arg->flags & PM_SCAN_CHECK_WPASYNC))
			return NOT_ODD;
		told();
		arg->flags &= ~PM_SCAN_CHECK_WPASYNC;
		return __real_ioctl(fd, PAGEMAP_SCAN, arg);
	case LIE_SCAN_UNOWNED:
		if (!unowned || arg->flags != PM_SCAN_WP_MATCHING || !r)
			return NOT_ODD;
		told();
		r[0] = (struct page_region){ arg->start, arg->end, arg->return_mask };
		arg->walk_end = arg->end;
		return 1;
	case LIE_SCAN_HOLE:
		if (arg->flags || arg->category_mask != PAGE_IS_WRITTEN)
			return NOT_ODD;
		told();
		return 0;
	default:
		return NOT_ODD;
	}
}

uint64_t scanned_for;

static int lying_scan(int fd, struct pm_scan_arg *arg)
{
	struct pm_scan_arg look = *arg;
	struct page_region r[MAX_TOLD];
	int n;

	scanned_for = arg->category_mask;
	if (lie == LIE_LATE)
		late_once();
	if (of_area(arg->start, arg->end - arg->start) || step_is("hole_")) {
		n = odd_scan(fd, arg);
		if (n != NOT_ODD)
			return n;
	}
	/* Where no book is kept, nothing is what it has to find. */
	if (!(scene_now->ledgers & WP_ASYNC) && lie != LIE_SCAN_EINVAL && lie != LIE_SCAN_ENOTTY)
		return __real_ioctl(fd, PAGEMAP_SCAN, arg);
	look.vec = (uintptr_t)r;
	look.vec_len = MAX_TOLD;
	look.flags &= ~PM_SCAN_WP_MATCHING;
	look.return_mask = arg->category_mask | arg->category_anyof_mask;
	switch (lie) {
	case LIE_SCAN_EINVAL:
		return refuse(EINVAL);
	case LIE_SCAN_ENOTTY:
		return refuse(ENOTTY);
	case LIE_SCAN_NOTHING:
		n = __real_ioctl(fd, PAGEMAP_SCAN, &look);
		if (n < 0)
			return n;
		if (n > 0)
			told();
		arg->walk_end = arg->end;
		return 0;
	case LIE_SCAN_CLEARS_NOT:
		if (!(arg->flags & PM_SCAN_WP_MATCHING))
			break;
		n = __real_ioctl(fd, PAGEMAP_SCAN, &look);
		if (n > 0)
			told();
		arg->flags &= ~PM_SCAN_WP_MATCHING;
		break;
	case LIE_SCAN_CLEARS_TOO:
		/* What was reported and is so no more, though nobody cleared it. */
		if (arg->flags & PM_SCAN_WP_MATCHING || arg->category_inverted)
			break;
		n = __real_ioctl(fd, PAGEMAP_SCAN, arg);
		look.flags |= PM_SCAN_WP_MATCHING;
		if (__real_ioctl(fd, PAGEMAP_SCAN, &look) > 0 && scene_now->ledgers_run)
			told();
		return n;
	case LIE_SCAN_SHORT:
		return scan_short(fd, arg);
	case LIE_SCAN_TOO_MUCH:
		return arg->category_inverted ? __real_ioctl(fd, PAGEMAP_SCAN, arg) :
						scan_too_much(fd, arg);
	case LIE_SCAN_LAST_ANSWER:
		return arg->flags || arg->category_inverted ? __real_ioctl(fd, PAGEMAP_SCAN, arg) :
							      scan_last_answer(fd, arg);
	default:
		break;
	}
	return __real_ioctl(fd, PAGEMAP_SCAN, arg);
}

/* --- userfaultfd ------------------------------------------------------------------------ */

static int lying_register(int fd, struct uffdio_register *r)
{
	static bool registered;

	if (lie == LIE_REGISTER_EINVAL)
		return refuse(EINVAL);
	if (of_area(r->range.start, r->range.len)) {
		if (lie == LIE_REGISTER_ONCE && registered)
			return refuse(ENOMEM);
		registered = true;
		if (lie == LIE_REGISTER_MORE && !(r->mode & UFFDIO_REGISTER_MODE_MISSING)) {
			told();
			r->mode |= UFFDIO_REGISTER_MODE_MISSING;
		}
	}
	if (lie == LIE_REGISTER_NOTHING && of_area(r->range.start, r->range.len)) {
		r->ioctls = ~0ULL;
		return done();
	}
	return __real_ioctl(fd, UFFDIO_REGISTER, r);
}

/* Of UFFDIO_WAKE it is the range alone. */
static struct {
	int fd;
	unsigned long req;
	struct uffdio_writeprotect arg;
} sleeper;

static void *sleeps_then_does(void *arg)
{
	ms_sleep(LATE_MS);
	__real_ioctl(sleeper.fd, sleeper.req, &sleeper.arg);
	return arg;
}

static void do_late(int fd, unsigned long req, const struct uffdio_writeprotect *w)
{
	pthread_t thread;

	told();
	sleeper.fd = fd;
	sleeper.req = req;
	sleeper.arg = *w;
	pthread_create(&thread, NULL, sleeps_then_does, NULL);
}

static int wake_late(int fd, unsigned long req, struct uffdio_writeprotect *w)
{
	static bool once;
	int ret;

	if (once)
		return __real_ioctl(fd, req, w);
	once = true;
	w->mode |= UFFDIO_WRITEPROTECT_MODE_DONTWAKE;
	ret = __real_ioctl(fd, req, w);
	do_late(fd, UFFDIO_WAKE, w);
	return ret;
}

static int lying_protect(int fd, struct uffdio_writeprotect *w)
{
	bool on = w->mode & UFFDIO_WRITEPROTECT_MODE_WP;
	int ret;

	if (lie == LIE_WAKE_LATE && !w->mode && of_area(w->range.start, w->range.len))
		return wake_late(fd, UFFDIO_WRITEPROTECT, w);
	if (lie == LIE_WP_EINVAL && on)
		return refuse(EINVAL);
	if (lie == LIE_WP_NOTHING && on && any_unmarked(w->range.start, w->range.len))
		return done();
	if (lie == LIE_UNWP_NOTHING && !on && any_marked(w->range.start, w->range.len))
		return done();
	if (lie == LIE_UNWP_LATE && !on && !times_told() &&
	    any_marked(w->range.start, w->range.len)) {
		do_late(fd, UFFDIO_WRITEPROTECT, w);
		return 0;
	}
	ret = __real_ioctl(fd, UFFDIO_WRITEPROTECT, w);
	if (ret && errno == EAGAIN && lie == LIE_WP_PAST_EVENT &&
	    (step_is("drop") || step_is("map_anew")))
		return done();
	return ret;
}

static int lying_api(int fd, struct uffdio_api *api)
{
	static const struct {
		enum lie_id lie;
		uint64_t bit;
	} lost[] = {
		{ LIE_FEATURE_ASYNC, UFFD_FEATURE_WP_ASYNC },
		{ LIE_FEATURE_SHMEM, UFFD_FEATURE_WP_HUGETLBFS_SHMEM },
		{ LIE_FEATURE_UNPOPULATED, UFFD_FEATURE_WP_UNPOPULATED },
		{ LIE_FEATURE_EVENT_FORK, UFFD_FEATURE_EVENT_FORK },
		{ LIE_FEATURE_RWP, UFFD_FEATURE_RWP },
		{ LIE_FEATURE_EXACT, UFFD_FEATURE_EXACT_ADDRESS },
	};
	uint64_t want = api->features;
	int ret;

	for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++)
		if (lie == lost[i].lie && want & lost[i].bit)
			return refuse(EINVAL);
	ret = __real_ioctl(fd, UFFDIO_API, api);
	if (lie == LIE_FEATURE_UNTOLD && !want && !ret) {
		told();
		api->features &= ~UFFD_FEATURE_WP_ASYNC;
	}
	for (size_t i = 0; !ret && i < sizeof(lost) / sizeof(lost[0]); i++) {
		if (lie != lost[i].lie || !(api->features & lost[i].bit))
			continue;
		told();
		api->features &= ~lost[i].bit;
	}
	return ret;
}

unsigned int moved_in;

/* A page that went elsewhere is not what it was. */
static int move_destroys(int fd, struct uffdio_move *m)
{
	size_t off = lie == LIE_MOVE_DESTROYS ? 1500 : cell_offset(CELL_CPU, scene_now->page_len);
	uint64_t v;
	int ret = __real_ioctl(fd, UFFDIO_MOVE, m);

	if (ret || !of_area(m->src, m->len) || !peek_at(0, (void *)(m->dst + off), &v, sizeof(v)))
		return ret;
	v = ~v;
	if (poke_at(0, (void *)(m->dst + off), &v, sizeof(v)))
		told();
	return ret;
}

static int lying_ioctl(int fd, unsigned long req, void *arg)
{
	switch (req) {
	case UFFDIO_API:
		return lying_api(fd, arg);
	case UFFDIO_REGISTER:
		return lying_register(fd, arg);
	case UFFDIO_WRITEPROTECT:
		return lying_protect(fd, arg);
	case PAGEMAP_SCAN:
		return lying_scan(fd, arg);
	case UFFDIO_RWPROTECT: {
		struct uffdio_writeprotect *w = arg;

		if (lie == LIE_WAKE_LATE && !w->mode && of_area(w->range.start, w->range.len))
			return wake_late(fd, req, w);
		if (lie == LIE_RWP_NOTHING && w->mode && of_area(w->range.start, w->range.len))
			return done();
		break;
	}
	case UFFDIO_UNREGISTER:
		if (lie == LIE_UNREGISTER_NOTHING)
			return done();
		break;
	case UFFDIO_WAKE:
		if (lie == LIE_WAKE_NOTHING)
			return done();
		break;
	case UFFDIO_COPY: {
		struct uffdio_copy *c = arg;

		if (lie == LIE_COPY_EINVAL)
			return refuse(EINVAL);
		if (lie == LIE_LATE && step_is("copy_begin") && of_area(c->dst, c->len)) {
			int ret = __real_ioctl(fd, req, arg);

			late_once();
			return ret;
		}
		if (lie == LIE_COPY_NOTHING) {
			c->copy = c->len;
			return done();
		}
		if (lie == LIE_COPY_SAYS_DONE) {
			int ret = __real_ioctl(fd, req, arg);

			if (!ret || errno != EEXIST)
				return ret;
			c->copy = c->len;
			return done();
		}
		break;
	}
	case UFFDIO_ZEROPAGE: {
		struct uffdio_zeropage *z = arg;

		if (lie == LIE_ZEROPAGE_NOTHING) {
			z->zeropage = z->range.len;
			return done();
		}
		break;
	}
	case UFFDIO_CONTINUE: {
		struct uffdio_continue *c = arg;

		if (lie == LIE_CONTINUE_EINVAL)
			return refuse(EINVAL);
		if (lie == LIE_CONTINUE_NOTHING) {
			c->mapped = c->range.len;
			return done();
		}
		break;
	}
	case UFFDIO_POISON: {
		struct uffdio_poison *p = arg;

		if (lie == LIE_POISON_EINVAL)
			return refuse(EINVAL);
		if (lie == LIE_POISON_NOTHING) {
			p->updated = p->range.len;
			return done();
		}
		break;
	}
	case UFFDIO_MOVE: {
		struct uffdio_move *m = arg;

		if (of_area(m->src, m->len) || of_area(m->dst, m->len))
			moved_in = scene_now->step;
		if (lie == LIE_MOVE_EINVAL)
			return refuse(EINVAL);
		if (lie == LIE_MOVE_SAYS_ERROR && of_area(m->src, m->len)) {
			__real_ioctl(fd, req, arg);
			return refuse(ENOENT);
		}
		if (lie == LIE_MOVE_DESTROYS || lie == LIE_MOVE_LOSES)
			return move_destroys(fd, m);
		if (lie == LIE_LATE && of_area(m->src, m->len))
			late_once();
		if (lie == LIE_MOVE_NOTHING) {
			m->move = m->len;
			return done();
		}
		break;
	}
	case IOMMUFD_CHANGE_PROCESS:
		if (lie == LIE_CHANGE_EBUSY)
			return refuse(EBUSY);
		if (lie == LIE_LATE)
			late_once();
		break;
	case VFIO_IOMMU_MAP_DMA: {
		struct vfio_iommu_type1_dma_map *m = arg;

		if (lie == LIE_MAP_DMA_WRITABLE && !(m->flags & VFIO_DMA_MAP_FLAG_WRITE)) {
			told();
			m->flags |= VFIO_DMA_MAP_FLAG_WRITE;
		}
		break;
	}
	}
	return __real_ioctl(fd, req, arg);
}

int __wrap_ioctl(int fd, unsigned long req, ...)
{
	bool denied;
	void *arg;
	va_list ap;
	int ret;

	va_start(ap, req);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (!lie || !scene_now)
		return __real_ioctl(fd, req, arg);
	denied = deny_ioctl(req, arg);
	ret = lying_ioctl(fd, req, arg);
	return denied && ret >= 0 ? refuse(EINVAL) : ret;
}

/* --- notifications ------------------------------------------------------------------------ */

int __real_poll(struct pollfd *p, nfds_t n, int ms);

static bool is_uffd(int fd)
{
	if (!scene_now || fd < 0)
		return false;
	for (int i = CHILD; i < MODEL_PROCS; i++)
		if (fd == scene_now->proc[i].uffd)
			return true;
	return fd == scene_now->uffd;
}

ssize_t __real_read(int fd, void *buf, size_t len);

/* The step in which a notification was read last. */
static unsigned int noticed_in;

/* A notification is there, and is not told of yet. */
static bool hidden(void)
{
	static uint64_t until;
	int fd = scene_now->proc[CHILD].uffd;
	struct pollfd p[2] = { { .fd = scene_now->uffd, .events = POLLIN },
			       { .fd = fd, .events = POLLIN } };

	if (!until) {
		/* An event of fork() is none. */
		if (step_is("fork") || __real_poll(p, 2, 0) <= 0)
			return false;
		until = ms_now() + LATE_MS;
		told();
	}
	return ms_now() < until;
}

bool __real_thread_sleeps_in(pid_t tid, const char *function);

bool __wrap_thread_sleeps_in(pid_t tid, const char *function)
{
	static uint64_t until;

	if (lie == LIE_NO_SLEEP && scene_now &&
	    (step_is("read_missing") || step_is("write_missing"))) {
		if (!until) {
			until = ms_now() + LATE_MS;
			told();
		}
		if (ms_now() < until)
			return false;
	}
	return __real_thread_sleeps_in(tid, function);
}

static int never(struct pollfd *p)
{
	told();
	p->revents = 0;
	return 0;
}

/* Somebody waits for EVENT_FORK of a fork() that is to fail. */
static bool fork_fails(void)
{
	return lie == LIE_EVENT_FORK_ANYWAY && step_is("fork with EVENT_FORK without") &&
	       !times_told();
}

/* Of a uffd alone; NOT_ODD if it is not the time. */
static int odd_poll(struct pollfd *p, int ms)
{
	struct uffd_msg msg;

	/* The monitor's own, which nobody else has any more. */
	if (lie == LIE_POLL_NOTHING && step_is("fork with EVENT_FORK while") && !times_told() &&
	    __real_poll(p, 1, ms) > 0)
		return never(p);
	if (!is_uffd(p->fd))
		return NOT_ODD;
	if (lie == LIE_NOTICE_LATE && step_is("read_missing") && hidden()) {
		p->revents = 0;
		return 0;
	}
	if (lie == LIE_EVENT_REMOVE_LOST &&
	    (step_is("drop") || step_is("map_anew") || step_is("remap_over") ||
	     step_is("shrink_and_grow")) &&
	    __real_read(p->fd, &msg, sizeof(msg)) == sizeof(msg))
		return never(p);
	if (lie == LIE_POLL_NOTICE && step_is("remap of several") && !times_told()) {
		told();
		p->revents = POLLIN;
		return 1;
	}
	if (fork_fails()) {
		p->revents = POLLIN;
		return 1;
	}
	return NOT_ODD;
}

int __wrap_poll(struct pollfd *p, nfds_t n, int ms)
{
	bool with_uffd = scene_now && n == 2 && p[1].fd >= 0 && is_uffd(p[1].fd);
	int got;

	if (lie && scene_now && n == 1) {
		got = odd_poll(p, ms);
		if (got != NOT_ODD)
			return got;
	}
	if (with_uffd && lie == LIE_NOTICE_LATE) {
		uint64_t end = ms_now() + ms;

		do {
			bool hide = hidden();

			p[1].revents = 0;
			got = __real_poll(p, hide ? 1 : 2, 1);
			/* It may have come just now. */
			if (got > 0 && !(p[0].revents & POLLIN) && hidden())
				got = 0;
		} while (!got && ms_now() < end);
		return got;
	}
	if (with_uffd && lie == LIE_POLL_NOTICE && !times_told() && scene_now->step > 2 &&
	    (!step_is("write_under_wp") || noticed_in == scene_now->step)) {
		__real_poll(p, 1, 20);
		/* Not before the write is done, so that it is not in the way of what follows. */
		told();
		p[0].revents = 0;
		p[1].revents = POLLIN;
		return 1;
	}
	return __real_poll(p, n, ms);
}

static bool there(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return __real_poll(&p, 1, 0) > 0;
}

static ssize_t lying_notice(int fd, struct uffd_msg *msg)
{
	static struct uffd_msg again;
	static bool once, pending;
	struct scene *s = scene_now;
	ssize_t n;

	if (fork_fails()) {
		told();
		*msg = (struct uffd_msg){ .event = UFFD_EVENT_FORK };
		msg->arg.fork.ufd = dup(fd);
		return sizeof(*msg);
	}
	/* In this order: one that comes in between is not told of either. */
	if (lie == LIE_NOTICE_LATE && (!there(fd) || hidden())) {
		errno = EAGAIN;
		return -1;
	}
	if (pending) {
		pending = false;
		*msg = again;
		return sizeof(*msg);
	}
	n = __real_read(fd, msg, sizeof(*msg));
	if ((lie == LIE_NOTICE_INVENTED ||
	     (lie == LIE_PIN_NOTICE && step_is("pin ") && strstr(s->step_name, " under "))) &&
	    n < 0 && errno == EAGAIN && !once && s->npages && s->touched[0]) {
		once = true;
		told();
		*msg = (struct uffd_msg){ .event = UFFD_EVENT_PAGEFAULT };
		msg->arg.pagefault.flags = UFFD_PAGEFAULT_FLAG_WP | UFFD_PAGEFAULT_FLAG_WRITE;
		msg->arg.pagefault.address = (uintptr_t)page_addr(s, 0);
		return sizeof(*msg);
	}
	if (n < 0 && errno == EAGAIN && !once && s->npages) {
		once = lie == LIE_READ_EIO || lie == LIE_EVENT_INVENTED;
		if (lie == LIE_READ_EIO)
			return refuse(EIO);
		if (lie == LIE_EVENT_INVENTED) {
			told();
			*msg = (struct uffd_msg){ .event = UFFD_EVENT_UNMAP };
			return sizeof(*msg);
		}
	}
	if (n != sizeof(*msg))
		return n;
	noticed_in = s->step;
	if (msg->event == UFFD_EVENT_FORK && lie == LIE_EVENT_FORK_LOST) {
		told();
		close(msg->arg.fork.ufd);
		errno = EAGAIN;
		return -1;
	}
	if ((msg->event == UFFD_EVENT_REMAP || msg->event == UFFD_EVENT_REMOVE ||
	     msg->event == UFFD_EVENT_UNMAP) &&
	    lie == LIE_EVENT_EIO)
		return refuse(EIO);
	if (msg->event == UFFD_EVENT_FORK && lie == LIE_EVENT_FORK_ODD) {
		told();
		msg->event = UFFD_EVENT_UNMAP;
	}
	if (msg->event == UFFD_EVENT_REMAP && lie == LIE_EVENT_REMAP_OFF) {
		told();
		msg->arg.remap.to += 4096;
	}
	if ((msg->event == UFFD_EVENT_REMOVE || msg->event == UFFD_EVENT_UNMAP) &&
	    lie == LIE_EVENT_REMOVE_OFF) {
		told();
		msg->arg.remove.end += 4096;
	}
	if (msg->event != UFFD_EVENT_PAGEFAULT || once)
		return n;
	switch (lie) {
	case LIE_FILLED_DROPPED:
		if (!step_is("write_missing") ||
		    !(msg->arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP))
			break;
		/* fallthrough */
	case LIE_NOTICE_DROPPED:
		once = true;
		told();
		errno = EAGAIN;
		return -1;
	case LIE_NOTICE_DOUBLED:
		once = pending = true;
		again = *msg;
		told();
		break;
	case LIE_NOTICE_ELSEWHERE:
		once = true;
		told();
		msg->arg.pagefault.address += s->page_len;
		break;
	case LIE_NOTICE_OFF:
		once = true;
		told();
		msg->arg.pagefault.address += 8;
		break;
	case LIE_NOTICE_OTHER_KIND:
		once = true;
		told();
		if (msg->arg.pagefault.flags & (UFFD_PAGEFAULT_FLAG_WP | UFFD_PAGEFAULT_FLAG_RWP))
			msg->arg.pagefault.flags &=
				~(UFFD_PAGEFAULT_FLAG_WP | UFFD_PAGEFAULT_FLAG_RWP);
		else
			msg->arg.pagefault.flags |= UFFD_PAGEFAULT_FLAG_WP;
		break;
	default:
		break;
	}
	return n;
}

ssize_t __wrap_read(int fd, void *buf, size_t len)
{
	ssize_t n;

	if (lie && len == sizeof(struct uffd_msg) && is_uffd(fd))
		return lying_notice(fd, buf);
	n = __real_read(fd, buf, len);
	/* They may look from now on. */
	if (lie == LIE_CHILD_LOOK_LATE && scene_now && len == 1 && step_is("many_look"))
		late_once();
	return n;
}

/* --- memory ------------------------------------------------------------------------------- */

uint64_t __real_pagemap(pid_t pid, const void *addr);

static bool any_there(uint64_t start, uint64_t len)
{
	struct scene *s = scene_now;

	for_each_page(s, i) {
		uint64_t at = (uintptr_t)page_addr(s, i);

		if (at + s->page_len > start && at < start + len &&
		    __real_pagemap(0, (void *)at) & (PM_PRESENT | PM_SWAP))
			return true;
	}
	return false;
}

long __real_syscall(long nr, ...);

static int move_to_other_node(void *p)
{
	int node, status;

	if (__real_syscall(SYS_move_pages, 0, 1UL, &p, NULL, &status, 0))
		return -1;
	node = !status;
	return __real_syscall(SYS_move_pages, 0, 1UL, &p, &node, &status, 2 /* MPOL_MF_MOVE */) <
			       0 ?
		       -1 :
		       0;
}

int __real_madvise(void *addr, size_t len, int advice);

/* One that waits for a device, see punch_waits(). */
static struct {
	void *addr;
	size_t len;
	pthread_t thread;
	bool made;
} hole;

static void *make_hole(void *arg)
{
	__real_madvise(hole.addr, hole.len, MADV_REMOVE);
	return NULL;
}

/* Who looks at the pages first, once it can be made. */
void lie_hole_made(void)
{
	struct timespec until;

	if (!hole.made)
		return;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 2;
	if (!pthread_timedjoin_np(hole.thread, NULL, &until))
		hole.made = false;
}

static int lie_about_hole(void *addr, size_t len)
{
	int err;

	if (lie == LIE_HOLE_AT_ONCE) {
		hole.addr = addr;
		hole.len = len;
		hole.made = !pthread_create(&hole.thread, NULL, make_hole, NULL);
		return done();
	}
	err = __real_madvise(addr, len, MADV_REMOVE);
	if (lie == LIE_HOLE_LATE)
		late_once();
	return err || lie != LIE_HOLE_EIO ? err : refuse(EIO);
}

int __wrap_madvise(void *addr, size_t len, int advice)
{
	static const struct {
		enum lie_id lie;
		int advice;
		bool everywhere;
	} nothing[] = {
		{ LIE_DONTNEED_NOTHING, MADV_DONTNEED, false },
		{ LIE_PAGEOUT_NOTHING, MADV_PAGEOUT, true },
		{ LIE_HWPOISON_NOTHING, MADV_HWPOISON, true },
		{ LIE_OFFLINE_NOTHING, 101 /* MADV_SOFT_OFFLINE */, true },
		{ LIE_REMOVE_NOTHING, MADV_REMOVE, true },
		{ LIE_FREE_NOTHING, MADV_FREE, true },
		{ LIE_DONTFORK_NOTHING, MADV_DONTFORK, false },
		{ LIE_DOFORK_NOTHING, MADV_DOFORK, false },
		{ LIE_WIPEONFORK_NOTHING, MADV_WIPEONFORK, false },
		{ LIE_COLLAPSE_NOTHING, 25 /* MADV_COLLAPSE */, true },
		{ LIE_MERGEABLE_NOTHING, MADV_MERGEABLE, true },
		{ LIE_UNMERGEABLE_NOTHING, MADV_UNMERGEABLE, true },
		{ LIE_POPULATE_NOTHING, 22 /* MADV_POPULATE_READ */, true },
		{ LIE_POPULATE_NOTHING, 23 /* MADV_POPULATE_WRITE */, true },
	};

	for (size_t i = 0; lie && scene_now && i < sizeof(nothing) / sizeof(nothing[0]); i++)
		if (lie == nothing[i].lie && advice == nothing[i].advice &&
		    (nothing[i].everywhere || of_area((uintptr_t)addr, len))) {
			/* Where nothing is, nothing can be dropped. */
			if (lie == LIE_DONTNEED_NOTHING && !any_there((uintptr_t)addr, len))
				return 0;
			return done();
		}
	/* Where huge pages come unasked, too, that is to change something. */
	if (lie == LIE_HUGEPAGE_NOTHING && scene_now && advice == MADV_HUGEPAGE) {
		told();
		advice = MADV_NOHUGEPAGE;
	}
	if (lie == LIE_DONTNEED_WITHIN && advice == MADV_DONTNEED && (uintptr_t)addr & 4095 &&
	    of_area((uintptr_t)addr, len))
		return done();
	if (lie == LIE_HWPOISON_ELSEWHERE && advice == MADV_HWPOISON &&
	    of_area((uintptr_t)addr, len)) {
		char *other = mmap(NULL, len, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

		told();
		return __real_madvise(addr, len, advice) ?: __real_madvise(other, len, advice);
	}
	if (lie == LIE_OFFLINE_MOVES && advice == 101 && of_area((uintptr_t)addr, len)) {
		told();
		return move_to_other_node(addr);
	}
	if ((lie == LIE_HOLE_AT_ONCE || lie == LIE_HOLE_LATE || lie == LIE_HOLE_EIO) && scene_now &&
	    advice == MADV_REMOVE && strstr(scene_now->step_name, "punch_waits"))
		return lie_about_hole(addr, len);
	if (lie == LIE_GUARD_LATE && advice == 102 /* MADV_GUARD_INSTALL */ &&
	    of_area((uintptr_t)addr, len))
		late_once();
	if (lie == LIE_COLLAPSE_LEAVES && advice == 25 && of_area((uintptr_t)addr, len))
		return refuse(EAGAIN);
	if (lie == LIE_MADVISE_EINVAL && of_area((uintptr_t)addr, len))
		return refuse(EINVAL);
	if (deny_madvise(addr, len, advice))
		return __real_madvise(addr, len, advice) ?: refuse(EINVAL);
	if (lie == LIE_LATE && scene_now && advice == MADV_DONTNEED &&
	    strstr(scene_now->step_name, "EVENT_REMOVE") && !__real_madvise(addr, len, advice)) {
		late_once();
		return 0;
	}
	return __real_madvise(addr, len, advice);
}

int __real_fallocate(int fd, int mode, off_t offset, off_t len);
int __wrap_fallocate(int fd, int mode, off_t offset, off_t len)
{
	if (lie == LIE_REMOVE_NOTHING && mode & FALLOC_FL_PUNCH_HOLE)
		return done();
	return __real_fallocate(fd, mode, offset, len);
}

int __real_fcntl(int fd, int cmd, ...);
int __wrap_fcntl(int fd, int cmd, ...)
{
	va_list ap;
	long arg;

	va_start(ap, cmd);
	arg = va_arg(ap, long);
	va_end(ap);
	if (cmd == F_ADD_SEALS && arg & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) {
		if (lie == LIE_SEAL_EINVAL && scene_now && step_is("seal_writes"))
			return refuse(EINVAL);
		if (lie == LIE_SEAL_NOTHING)
			return done();
	}
	return __real_fcntl(fd, cmd, arg);
}

int __real_ftruncate(int fd, off_t len);
int __wrap_ftruncate(int fd, off_t len)
{
	/* The second of two, or the file would stay empty. */
	if (lie == LIE_TRUNCATE_DENIED && scene_now && step_is("truncate_file") && len)
		return __real_ftruncate(fd, len) ?: refuse(EINVAL);
	return __real_ftruncate(fd, len);
}

int __real_mprotect(void *addr, size_t len, int prot);
int __wrap_mprotect(void *addr, size_t len, int prot)
{
	if (lie && of_area((uintptr_t)addr, len)) {
		if (lie == LIE_MPROTECT_EINVAL)
			return refuse(EINVAL);
		if (lie == LIE_PROTECT_RO_NOTHING && prot == PROT_READ)
			return done();
		if (lie == LIE_PROTECT_RW_NOTHING && prot == (PROT_READ | PROT_WRITE))
			return done();
	}
	if (deny_mprotect(addr, len, prot))
		return __real_mprotect(addr, len, prot) ?: refuse(EINVAL);
	return __real_mprotect(addr, len, prot);
}

/* --- fork() -------------------------------------------------------------------------------- */

pid_t __real_fork(void);
pid_t __wrap_fork(void)
{
	bool many = lie && scene_now && step_is("fork_many");
	static unsigned int forks;
	pid_t pid;

	if (many && lie == LIE_FORK_EAGAIN && !times_told())
		return refuse(EAGAIN);
	pid = __real_fork();
	if (many && lie == LIE_FORK_STALE && ++forks == 20 && !pid) {
		told();
		*(uint64_t *)cell_addr(scene_now, 0, CELL_CPU) = 0;
	}
	return pid;
}

/* --- mappings ------------------------------------------------------------------------------ */

void *__real_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	if (lie == LIE_HUGETLB_NONE && scene_now && flags & MAP_HUGETLB) {
		char *p = __real_mmap(addr, len + (addr ? 0 : 2UL << 20), prot,
				      flags & ~MAP_HUGETLB, fd, offset);

		told();
		if (addr || p == MAP_FAILED)
			return p;
		return (void *)(((uintptr_t)p + (2UL << 20) - 1) & ~((2UL << 20) - 1));
	}
	if (lie == LIE_MAP_LATE && scene_now && step_is("drop") && prot == PROT_NONE)
		late_once();
	if (lie == LIE_MAP_DENIED && scene_now && step_is("map_anew") && flags & MAP_FIXED) {
		told();
		__real_mmap(addr, len, prot, flags, fd, offset);
		errno = ENOMEM;
		return MAP_FAILED;
	}
	if (lie == LIE_LATE && scene_now && step_is("map_anew") && flags & MAP_FIXED) {
		void *p = __real_mmap(addr, len, prot, flags, fd, offset);

		late_once();
		return p;
	}
	return __real_mmap(addr, len, prot, flags, fd, offset);
}

static bool has_content(const struct scene *s)
{
	for_each_page(s, i)
		if (model_value(&s->model, PARENT, i, CELL_CPU))
			return true;
	return false;
}

int __real_munmap(void *addr, size_t len);
int __wrap_munmap(void *addr, size_t len)
{
	if (lie == LIE_MUNMAP_NOTHING && of_area((uintptr_t)addr, len))
		return done();
	if (deny_munmap(addr, len))
		return __real_munmap(addr, len) ?: refuse(EINVAL);
	return __real_munmap(addr, len);
}

int __real_mlock2(const void *addr, size_t len, unsigned int flags);
int __wrap_mlock2(const void *addr, size_t len, unsigned int flags)
{
	if (lie == LIE_LOCK_BRINGS && flags && of_area((uintptr_t)addr, len)) {
		told();
		flags = 0;
	}
	if (deny_lock(addr, len, true))
		return __real_mlock2(addr, len, flags) ?: refuse(EINVAL);
	return __real_mlock2(addr, len, flags);
}

int __real_munlock(const void *addr, size_t len);
int __wrap_munlock(const void *addr, size_t len)
{
	if (deny_lock(addr, len, false))
		return __real_munlock(addr, len) ?: refuse(EINVAL);
	return __real_munlock(addr, len);
}

void *__real_mremap(void *old, size_t old_len, size_t len, int flags, ...);

static void *close_late(void *arg)
{
	ms_sleep(LATE_MS);
	close(*(int *)arg);
	return arg;
}

/* Who writes to the place that is left waits for somebody who is in no hurry. */
static void *old_place_late(void *old, size_t len, int flags, void *to)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register r = { .range = { (uintptr_t)old, len },
				     .mode = UFFDIO_REGISTER_MODE_MISSING };
	void *new = __real_mremap(old, len, len, flags, to);
	static pthread_t thread;
	static int fd;

	fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	__real_ioctl(scene_now->uffd, UFFDIO_UNREGISTER, &r.range);
	if (new == to && !__real_ioctl(fd, UFFDIO_API, &api) &&
	    !__real_ioctl(fd, UFFDIO_REGISTER, &r) &&
	    !pthread_create(&thread, NULL, close_late, &fd))
		told();
	return new;
}

/* Of several mappings: it is refused, and told of in a thread of its own. */
static void *lying_pieces(void *old, size_t len, int flags, void *to)
{
	void *new;

	/* Whoever is told of it before it is done believes that. */
	if (lie == LIE_POLL_NOTICE)
		ms_sleep(500);
	new = __real_mremap(old, len, len, flags, to);
	if (lie == LIE_LATE)
		late_once();
	if (lie == LIE_MREMAP_ODD_ERROR && new == MAP_FAILED)
		refuse(ENOMEM);
	return new;
}

void *__wrap_mremap(void *old, size_t old_len, size_t len, int flags, ...)
{
	void *to = NULL;
	va_list ap;

	if (flags & MREMAP_FIXED) {
		va_start(ap, flags);
		to = va_arg(ap, void *);
		va_end(ap);
	}
	if (lie == LIE_MREMAP_EINVAL) {
		refuse(EINVAL);
		return MAP_FAILED;
	}
	if (lie == LIE_MREMAP_EMPTY && to && of_area((uintptr_t)old, old_len)) {
		/* Empty is what it may have been. */
		if (has_content(scene_now))
			told();
		return __real_mmap(to, len, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	}
	if (lie && scene_now && step_is("remap of several"))
		return lying_pieces(old, len, flags, to);
	if (lie == LIE_LATE && scene_now && step_is("shrink_and_grow")) {
		void *p = __real_mremap(old, old_len, len, flags, to);

		late_once();
		return p;
	}
	if (lie == LIE_OLD_PLACE_LATE && flags & MREMAP_DONTUNMAP &&
	    of_area((uintptr_t)old, old_len))
		return old_place_late(old, len, flags, to);
	if (scene_now && step_is("shrink_and_grow")) {
		void *p = __real_mremap(old, old_len, len, flags, to);

		if (p == MAP_FAILED || len < old_len || !deny_mremap(old, old_len))
			return p;
		refuse(EINVAL);
		return MAP_FAILED;
	}
	if (deny_mremap(old, old_len)) {
		/* What is added has to be told of as new, and mremap() does not do that. */
		if (len > old_len)
			__real_mmap((char *)old + old_len, len - old_len, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		if (len > old_len || (to && __real_mremap(old, old_len, len, flags, to) == to)) {
			refuse(EINVAL);
			return MAP_FAILED;
		}
	}
	return __real_mremap(old, old_len, len, flags, to);
}

long __wrap_syscall(long nr, ...)
{
	long a[6];
	va_list ap;

	va_start(ap, nr);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	/* Unless it only asks where they are. */
	if (lie == LIE_MOVE_PAGES_NOTHING && nr == SYS_move_pages && a[3]) {
		for (long i = 0; i < a[1]; i++)
			((int *)a[4])[i] = ((int *)a[3])[i];
		return done();
	}
	if (lie == LIE_MOVE_PAGES_LEAVES && nr == SYS_move_pages && a[3] &&
	    of_area(*(uintptr_t *)a[2], 1)) {
		*(int *)a[4] = -EBUSY;
		return done();
	}
	if (lie == LIE_ADVISES_SHORT && nr == SYS_process_madvise && scene_now &&
	    of_area(*(uintptr_t *)a[1], 1)) {
		told();
		return __real_syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]) / 2;
	}
	/* It gets nothing that is one, but it only asks whether it may. */
	if (lie == LIE_UFFD_FOR_ALL && nr == SYS_userfaultfd && geteuid()) {
		told();
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	}
	return __real_syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int __real_swapoff(const char *path);
int __wrap_swapoff(const char *path)
{
	if (lie == LIE_LATE) {
		told();
		ms_sleep(LATE_MS);
	}
	/* What nobody has any more it would look for, and not end. */
	if (lie == LIE_SWAP_LEAKED && strcmp(path, getenv("COWPEN_SWAP_BESIDE") ?: ""))
		return refuse(EINTR);
	if (deny_swapoff())
		return __real_swapoff(path) ?: refuse(EBUSY);
	return lie == LIE_SWAPOFF_NOTHING ? done() : __real_swapoff(path);
}

ssize_t __real_process_vm_readv(pid_t pid, const struct iovec *local, unsigned long nlocal,
				const struct iovec *remote, unsigned long nremote,
				unsigned long flags);
ssize_t __wrap_process_vm_readv(pid_t pid, const struct iovec *local, unsigned long nlocal,
				const struct iovec *remote, unsigned long nremote,
				unsigned long flags)
{
	ssize_t n = __real_process_vm_readv(pid, local, nlocal, remote, nremote, flags);

	/* Whether there is such a call at all is tried with a piece of memory. */
	if (lie == LIE_PEEK_SAYS_ERROR && nlocal > 1)
		return refuse(EFAULT);
	if (lie == LIE_PEEK_BYTES && n > 0) {
		told();
		((char *)local[0].iov_base)[1500] ^= 0x5a;
	}
	if (lie == LIE_PEEK_ZERO && n > 0) {
		told();
		for (unsigned long i = 0; i < nlocal; i++)
			memset(local[i].iov_base, 0, local[i].iov_len);
	}
	return n;
}
