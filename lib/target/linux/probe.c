/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The probe driver: the kernel module vfwalk_probe makes the calls that any driver of a VF makes,
 * and tells what they returned (include/vfwalk/probe_abi.h, fixtures/kmod/).
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <vfwalk/probe_abi.h>

#include "linux.h"

/*
 * The call's own result. -EOPNOTSUPP: the module is not loaded, or this kernel has no such call;
 * -EBADF: @fn is not bound to it.
 */
static int probe_call(struct bdf fn, struct vfwalk_probe_call *call)
{
	int fd = open(VFWALK_PROBE_PATH, O_RDWR | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno == ENOENT ? -EOPNOTSUPP : -errno;
	call->domain = fn.domain;
	call->bus = fn.bus;
	call->devfn = fn.devfn;
	if (ioctl(fd, VFWALK_PROBE_CALL, call))
		err = errno == ENODEV ? -EBADF : -errno;
	close(fd);
	return err ? err : call->result;
}

int linux_alloc(struct target *t, struct bdf fn, const struct alloc_request *request)
{
	struct vfwalk_probe_call call = {
		.op = VFWALK_PROBE_ALLOC,
		.min = request->min,
		.max = request->max,
		.flags = request->flags,
		.pre = request->pre,
		.post = request->post,
	};

	(void)t;
	return probe_call(fn, &call);
}

int linux_alloc_at(struct target *t, struct bdf fn, unsigned index)
{
	struct vfwalk_probe_call call = {.op = VFWALK_PROBE_ALLOC_AT, .index = index};

	(void)t;
	return probe_call(fn, &call);
}

int linux_free_vectors(struct target *t, struct bdf fn)
{
	struct vfwalk_probe_call call = {.op = VFWALK_PROBE_FREE};

	(void)t;
	return probe_call(fn, &call);
}

int linux_vec_count(struct target *t, struct bdf fn)
{
	struct vfwalk_probe_call call = {.op = VFWALK_PROBE_VEC_COUNT};

	(void)t;
	return probe_call(fn, &call);
}

int linux_irq_vector(struct target *t, struct bdf fn, unsigned index)
{
	struct vfwalk_probe_call call = {.op = VFWALK_PROBE_IRQ_VECTOR, .index = index};

	(void)t;
	return probe_call(fn, &call);
}

int linux_request_vector(struct target *t, struct bdf fn, unsigned index)
{
	struct vfwalk_probe_call call = {.op = VFWALK_PROBE_REQUEST, .index = index};

	(void)t;
	return probe_call(fn, &call);
}

int linux_release_vector(struct target *t, struct bdf fn, unsigned index)
{
	struct vfwalk_probe_call call = {.op = VFWALK_PROBE_RELEASE, .index = index};

	(void)t;
	return probe_call(fn, &call);
}

int linux_vector_count(struct target *t, struct bdf fn, unsigned index, uint64_t *count)
{
	struct vfwalk_probe_call call = {.op = VFWALK_PROBE_COUNT, .index = index};
	int res = probe_call(fn, &call);

	(void)t;
	if (!res)
		*count = call.count;
	return res;
}

int linux_inject(struct target *t, struct bdf fn, unsigned index)
{
	struct vfwalk_probe_call call = {.op = VFWALK_PROBE_INJECT, .index = index};

	(void)t;
	return probe_call(fn, &call);
}
