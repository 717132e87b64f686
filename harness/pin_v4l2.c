// SPDX-License-Identifier: GPL-2.0-only
/*
 * V4L2 with memory of its user (V4L2_MEMORY_USERPTR), by vivid, a camera that is not there.
 * PREPARE_BUF pins a buffer, without any picture being taken, and until another address is given
 * or the buffers are given up.
 *
 * What a camera writes is pictures and no stamps: so it is asked for none, and a page that is
 * parted from it shows by its frame. It is here for how it pins: by force up to 6.1, and with
 * FOLL_LONGTERM since v5.12 only.
 */
#include <errno.h>
#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"
#include "vfio.h"

struct camera {
	int fd;
};

/* Only an HDMI input leaves the size to us. */
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

static void camera_open(struct scene *s, struct pin *p)
{
	struct v4l2_format f = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.fmt.pix = { .width = 64,
			     .height = 64,
			     .pixelformat = V4L2_PIX_FMT_GREY,
			     .field = V4L2_FIELD_NONE },
	};
	struct camera *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		scene_error(s, "v4l2: no memory");
	feature_needed(s, F_V4L2);
	tell_not("pins by a camera");
	c->fd = vivid_camera();
	if (c->fd < 0)
		scene_error(s, "v4l2: vivid is gone");
	err = choose_input(c->fd);
	if (err || ioctl(c->fd, VIDIOC_S_FMT, &f))
		scene_error(s, "v4l2: input and format: %s", strerror(err ? -err : errno));
	if (f.fmt.pix.sizeimage > 4096)
		scene_error(s, "v4l2: a picture has %u bytes, not 4096", f.fmt.pix.sizeimage);
	p->priv = c;
}

static int buffers(struct camera *c, unsigned int n)
{
	struct v4l2_requestbuffers r = { .count = n,
					 .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
					 .memory = V4L2_MEMORY_USERPTR };

	return ioctl(c->fd, VIDIOC_REQBUFS, &r) ? -errno : 0;
}

static int camera_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct camera *c = p->priv;
	struct v4l2_buffer b = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
				 .memory = V4L2_MEMORY_USERPTR,
				 .m.userptr = (uintptr_t)addr,
				 .length = len };
	int err = buffers(c, 2);

	if (err)
		scene_error(s, "VIDIOC_REQBUFS: %s", strerror(-err));
	err = ioctl(c->fd, VIDIOC_PREPARE_BUF, &b) ? -errno : 0;
	if (err)
		(void)buffers(c, 0);
	return err;
}

static void camera_release(struct scene *s, struct pin *p)
{
	given_back(s, buffers(p->priv, 0));
}

const struct pin_kind pin_v4l2 = {
	.name = "v4l2",
	.what = "V4L2 buffer in memory of its user, by vivid: pinned for a picture, and that is all "
		"that is seen of it",
	.guest = "devices=on",
	.coherent = true,
	.for_write = true,
	.open = camera_open,
	.take = camera_take,
	.release = camera_release,
};
