// SPDX-License-Identifier: GPL-2.0-only
/*
 * V4L2 with memory of its user (V4L2_MEMORY_USERPTR), by vivid, a camera that is not there.
 * PREPARE_BUF pins a buffer, without any picture being taken, and until another address is given
 * or the buffers are given up. It pins by force up to 6.1, and with FOLL_LONGTERM since v5.12 only.
 *
 * What a camera writes is pictures. Vivid's takes them of what is shown to its own output: there
 * they are what we say. A page is four lines, of which a picture has the first half: CELL_DEV is
 * the half of a page's first line, and of the other lines what stands there is written again.
 */
#include <errno.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"
#include "vfio.h"

#define LINE  1024U
#define LINES 16U /* the least that a picture has */

enum { TARGET, SPARE, ANOTHER_SPARE, NR_TAKEN };
#define NR_SHOWN     2
#define PICTURES_MAX 200
#define NOT_SHOWN    40 /* so many without it: they are not connected */

struct camera {
	int in, out; /* what takes pictures, and what shows them */
	char *shown[NR_SHOWN];
	char *spare; /* where a picture goes to that is only looked at */
	size_t len;
};

/* Only of HDMI the size is left to us. */
static int choose_input(int fd)
{
	struct v4l2_input in = { 0 };

	for (; !ioctl(fd, VIDIOC_ENUMINPUT, &in); in.index++)
		if (!strncmp((char *)in.name, "HDMI", 4)) {
			int index = in.index;

			return ioctl(fd, VIDIOC_S_INPUT, &index) ? -errno : 0;
		}
	return -ENOENT;
}

static int choose_output(int fd)
{
	struct v4l2_output out = { 0 };

	for (; !ioctl(fd, VIDIOC_ENUMOUTPUT, &out); out.index++)
		if (!strncmp((char *)out.name, "HDMI", 4)) {
			int index = out.index;

			return ioctl(fd, VIDIOC_S_OUTPUT, &index) ? -errno : 0;
		}
	return -ENOENT;
}

/* The value of a menu's entry that begins so; @value if it is no menu. */
static int menu_value(int fd, const struct v4l2_queryctrl *q, const char *entry, int value)
{
	struct v4l2_querymenu m = { .id = q->id };

	if (q->type != V4L2_CTRL_TYPE_MENU)
		return value;
	for (m.index = q->minimum; m.index <= (unsigned int)q->maximum; m.index++)
		if (!ioctl(fd, VIDIOC_QUERYMENU, &m) &&
		    !strncmp((char *)m.name, entry, strlen(entry)))
			return m.index;
	return -1;
}

/* Of all that is called like that, "HDMI*To" being "HDMI" ... "To"; -ENOENT if nothing is. */
static int set_control(int fd, const char *begins, const char *ends, const char *entry, int value)
{
	struct v4l2_queryctrl q = { .id = V4L2_CTRL_FLAG_NEXT_CTRL };
	int err = -ENOENT;

	for (; !ioctl(fd, VIDIOC_QUERYCTRL, &q); q.id |= V4L2_CTRL_FLAG_NEXT_CTRL) {
		const char *name = (char *)q.name;
		size_t len = strlen(name), tail = strlen(ends);
		struct v4l2_control c = { .id = q.id };

		if (strncmp(name, begins, strlen(begins)) || len < tail ||
		    strcmp(name + len - tail, ends))
			continue;
		c.value = menu_value(fd, &q, entry, value);
		err = c.value < 0 ? -EINVAL : ioctl(fd, VIDIOC_S_CTRL, &c) ? -errno : 0;
		if (err)
			return err;
	}
	return err;
}

/* Since v6.11 there is a control for each input, before that one for all. */
static int connect_both(struct camera *c)
{
	int err = set_control(c->in, "HDMI", "Is Connected To", "Output HDMI", 0);

	return err == -ENOENT ? set_control(c->in, "Loop Video", "", "", 1) : err;
}

static void camera_open(struct scene *s, struct pin *p)
{
	struct camera *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		scene_error(s, "v4l2: no memory");
	feature_needed(s, F_V4L2);
	tell_not("pins by a camera");
	c->in = vivid_camera();
	c->out = vivid_screen();
	if (c->in < 0 || c->out < 0)
		scene_error(s, "v4l2: vivid is gone");
	err = choose_input(c->in) ?: choose_output(c->out) ?: connect_both(c);
	if (!err)
		err = set_control(c->in, "OSD Text Mode", "", "None", 2);
	if (err)
		scene_error(s, "v4l2: its input and output: %s", strerror(-err));
	p->priv = c;
}

static int select_part(int fd, unsigned int type, unsigned int target, unsigned int width,
		       unsigned int height)
{
	struct v4l2_selection sel = { .type = type,
				      .target = target,
				      .r = { .width = width, .height = height } };

	if (ioctl(fd, VIDIOC_S_SELECTION, &sel))
		return -errno;
	return sel.r.width == width && sel.r.height == height && !sel.r.left && !sel.r.top ?
		       0 :
		       -ERANGE;
}

static int pictures_of(struct camera *c, size_t len)
{
	const unsigned int lines = len / LINE;
	struct v4l2_format f = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.fmt.pix = { .width = LINE,
			     .height = lines,
			     .pixelformat = V4L2_PIX_FMT_GREY,
			     .field = V4L2_FIELD_NONE },
	};
	int err;

	if (ioctl(c->in, VIDIOC_S_FMT, &f) || f.fmt.pix.sizeimage != len)
		return -EINVAL;
	f.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
	if (ioctl(c->out, VIDIOC_S_FMT, &f) || f.fmt.pix.sizeimage != len)
		return -EINVAL;
	err = select_part(c->out, V4L2_BUF_TYPE_VIDEO_OUTPUT, V4L2_SEL_TGT_COMPOSE, LINE, lines);
	err = err   ?:
		      select_part(c->in, V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_SEL_TGT_CROP, LINE / 2,
				  lines);
	return err   ?:
		       select_part(c->in, V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_SEL_TGT_COMPOSE,
				   LINE / 2, lines);
}

static int small_pictures(struct camera *c)
{
	struct v4l2_format f = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.fmt.pix = { .width = 64,
			     .height = 64,
			     .pixelformat = V4L2_PIX_FMT_GREY,
			     .field = V4L2_FIELD_NONE },
	};

	return ioctl(c->in, VIDIOC_S_FMT, &f) || f.fmt.pix.sizeimage > 4096 ? -EINVAL : 0;
}

static int buffers(int fd, unsigned int type, unsigned int memory, unsigned int n)
{
	struct v4l2_requestbuffers r = { .count = n, .type = type, .memory = memory };

	return ioctl(fd, VIDIOC_REQBUFS, &r) ? -errno : 0;
}

static int taken_buffers(struct camera *c, unsigned int n)
{
	return buffers(c->in, V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_MEMORY_USERPTR, n);
}

/* Where what is to be shown stands, in the driver's memory. */
static int screen_map(struct camera *c)
{
	int err = buffers(c->out, V4L2_BUF_TYPE_VIDEO_OUTPUT, V4L2_MEMORY_MMAP, NR_SHOWN);

	for (unsigned int i = 0; i < NR_SHOWN && !err; i++) {
		struct v4l2_buffer b = { .type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
					 .memory = V4L2_MEMORY_MMAP,
					 .index = i };

		if (ioctl(c->out, VIDIOC_QUERYBUF, &b) || b.length < c->len)
			return -EINVAL;
		c->shown[i] =
			mmap(NULL, c->len, PROT_READ | PROT_WRITE, MAP_SHARED, c->out, b.m.offset);
		if (c->shown[i] == MAP_FAILED)
			return -errno;
		madvise(c->shown[i], c->len, MADV_DONTFORK);
	}
	return err;
}

static void screen_unmap(struct camera *c)
{
	munmap(c->spare, c->len);
	if (!c->shown[0])
		return;
	for (unsigned int i = 0; i < NR_SHOWN; i++)
		munmap(c->shown[i], c->len);
	c->shown[0] = NULL;
	(void)buffers(c->out, V4L2_BUF_TYPE_VIDEO_OUTPUT, V4L2_MEMORY_MMAP, 0);
}

static int queue_taken(struct camera *c, const struct pin *p, unsigned int index)
{
	struct v4l2_buffer b = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
				 .memory = V4L2_MEMORY_USERPTR,
				 .index = index,
				 .length = c->len };

	b.m.userptr = (uintptr_t)(index == TARGET ? p->addr : c->spare);
	return ioctl(c->in, VIDIOC_QBUF, &b) ? -errno : 0;
}

static int queue_shown(struct camera *c, unsigned int index)
{
	struct v4l2_buffer b = { .type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
				 .memory = V4L2_MEMORY_MMAP,
				 .index = index,
				 .bytesused = c->len,
				 .field = V4L2_FIELD_NONE };

	return ioctl(c->out, VIDIOC_QBUF, &b) ? -errno : 0;
}

static int camera_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct camera *c = p->priv;
	struct v4l2_buffer b = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
				 .memory = V4L2_MEMORY_USERPTR,
				 .index = TARGET,
				 .m.userptr = (uintptr_t)addr,
				 .length = len };
	int err;

	c->len = len;
	/* What is too small for them is pinned, and that is all. */
	if (len < LINES * LINE)
		err = small_pictures(c);
	else
		err = pictures_of(c, len) ?: screen_map(c);
	err = err ?: taken_buffers(c, NR_TAKEN);
	if (err)
		scene_error(s, "v4l2: pictures of %zu bytes: %s", len, strerror(-err));
	c->spare = mmap(NULL, len, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (c->spare == MAP_FAILED)
		scene_error(s, "v4l2: no memory");
	err = ioctl(c->in, VIDIOC_PREPARE_BUF, &b) ? -errno : 0;
	if (err) {
		(void)taken_buffers(c, 0);
		screen_unmap(c);
	}
	return err;
}

static void camera_release(struct scene *s, struct pin *p)
{
	struct camera *c = p->priv;
	int err = taken_buffers(c, 0);

	screen_unmap(c);
	given_back(s, err);
}

static int stream(struct camera *c, bool on)
{
	int in = V4L2_BUF_TYPE_VIDEO_CAPTURE, out = V4L2_BUF_TYPE_VIDEO_OUTPUT, err = 0;
	unsigned long request = on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF;

	if (ioctl(c->out, request, &out))
		err = -errno;
	if (ioctl(c->in, request, &in))
		err = -errno;
	return err;
}

/* The number of the next picture that is taken, or the negative errno. */
static int next_picture(struct camera *c)
{
	struct v4l2_buffer b = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
				 .memory = V4L2_MEMORY_USERPTR };
	struct pollfd pf = { .fd = c->in, .events = POLLIN };

	if (poll(&pf, 1, PATIENCE_MS) <= 0)
		return -ETIMEDOUT;
	if (ioctl(c->in, VIDIOC_DQBUF, &b))
		return -errno;
	return b.flags & V4L2_BUF_FLAG_ERROR ? -EIO : (int)b.index;
}

static bool as_shown(const struct camera *c)
{
	for (size_t at = 0; at < c->len; at += LINE)
		if (memcmp(c->spare + at, c->shown[0] + at, LINE / 2))
			return false;
	return true;
}

/*
 * Into the spare until it is what is shown, then into the target. -EAGAIN if it is not shown: then
 * the target has not been asked for.
 */
static int take_picture(struct camera *c, const struct pin *p)
{
	bool asked = false;

	for (unsigned int i = 0; i < PICTURES_MAX; i++) {
		int index = next_picture(c), err = 0;

		if (index <= TARGET)
			return index;
		if (!asked && i == NOT_SHOWN)
			return -EAGAIN;
		if (!asked && as_shown(c)) {
			asked = true;
			err = queue_taken(c, p, TARGET);
		}
		err = err ?: queue_taken(c, p, index);
		if (err)
			return err;
	}
	return -EIO;
}

/* By a picture of what the pages hold, but for the cell. */
static int camera_write(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
			const uint64_t *v)
{
	struct camera *c = p->priv;
	size_t at = pin_addr(s, p, page) + cell_offset(cell, s->page_len) - p->addr;
	uint64_t data[CELL_MAX / 8];
	size_t len = cell_fill(cell, *v, data);
	uint64_t end = ms_now() + PATIENCE_MS;
	int err;

	if (!c->shown[0])
		return -EOPNOTSUPP;
	/* What was said a worker of vivid's may take back, on a busy machine more than once. */
	do {
		err = connect_both(c);
		for (unsigned int i = 0; i < NR_SHOWN && !err; i++) {
			memcpy(c->shown[i], p->addr, c->len);
			memcpy(c->shown[i] + at, data, len);
			err = queue_shown(c, i);
		}
		err = err ?: queue_taken(c, p, SPARE) ?: queue_taken(c, p, ANOTHER_SPARE);
		err = err ?: stream(c, true) ?: take_picture(c, p);
		err = stream(c, false) ?: err;
	} while (err == -EAGAIN && ms_now() < end);
	return err;
}

const struct pin_kind pin_v4l2 = {
	.name = "v4l2",
	.what = "V4L2 buffer in memory of its user, by vivid: pinned for pictures, and these are the "
		"device",
	.guest = "devices=on",
	.coherent = true,
	.for_write = true,
	.page_start = true,
	.can_write = true,
	.open = camera_open,
	.take = camera_take,
	.release = camera_release,
	.write = camera_write,
};
