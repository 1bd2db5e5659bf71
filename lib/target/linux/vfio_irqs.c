/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI-X through VFIO: an eventfd for each vector. Requests beyond the count, and those whose
 * start and count overflow, are sent as asked: it is the kernel that has to refuse them.
 */
#include <errno.h>
#include <linux/vfio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "linux.h"

void linux_vfio_irqs_free(struct linux_vfio *v)
{
	for (unsigned n = 0; n < v->nevent; n++)
		if (v->event[n] >= 0)
			close(v->event[n]);
	free(v->event);
	v->event = NULL;
	v->nevent = 0;
}

static int disable(struct linux_vfio *v, unsigned start)
{
	struct vfio_irq_set set = {
		.argsz = sizeof(set),
		.flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = VFIO_PCI_MSIX_IRQ_INDEX,
		.start = start,
	};
	int ret = ioctl(v->device, VFIO_DEVICE_SET_IRQS, &set);

	if (ret < 0)
		return -errno;
	linux_vfio_irqs_free(v);
	v->enabled = 0;
	return ret;
}

/* Makes room for vectors below @end, without eventfds. */
static int grow(struct linux_vfio *v, unsigned end)
{
	if (end <= v->nevent)
		return 0;
	int *event = realloc(v->event, end * sizeof(*event));

	if (!event)
		return -ENOMEM;
	v->event = event;
	while (v->nevent < end)
		v->event[v->nevent++] = -1;
	return 0;
}

static void shrink(struct linux_vfio *v, unsigned nevent)
{
	while (v->nevent > nevent)
		if (v->event[--v->nevent] >= 0)
			close(v->event[v->nevent]);
}

/*
 * The descriptor for @vector. Vectors that no function can have share one of the first: the kernel
 * will not get as far as using it.
 */
static int event_of(struct linux_vfio *v, uint64_t vector)
{
	if (vector >= v->nevent)
		vector = 0;
	if (v->event[vector] < 0)
		v->event[vector] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return v->event[vector] < 0 ? -errno : v->event[vector];
}

static int send(struct linux_vfio *v, unsigned start, unsigned count)
{
	/* As much as any function can need; more than that is refused for its count alone. */
	unsigned len = count < 2 * MSIX_MAX_SIZE ? count : 2 * MSIX_MAX_SIZE;
	size_t size = sizeof(struct vfio_irq_set) + len * sizeof(int32_t);
	struct vfio_irq_set *set = calloc(1, size);
	int ret = 0;

	if (!set)
		return -ENOMEM;
	*set = (struct vfio_irq_set){
		.argsz = size,
		.flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = VFIO_PCI_MSIX_IRQ_INDEX,
		.start = start,
		.count = count,
	};
	for (unsigned n = 0; n < len && ret >= 0; n++) {
		int32_t fd = ret = event_of(v, (uint64_t)start + n);

		memcpy(set->data + n * sizeof(fd), &fd, sizeof(fd));
	}
	if (ret >= 0) {
		ret = ioctl(v->device, VFIO_DEVICE_SET_IRQS, set);
		if (ret < 0)
			ret = -errno;
	}
	free(set);
	return ret;
}

int linux_vfio_irqs(struct target *t, struct bdf fn, unsigned start, unsigned count)
{
	struct linux_vfio *v = linux_vfio_find(linux_of(t), fn);
	uint64_t end = (uint64_t)start + count;
	int ret;

	if (!v)
		return -EBADF;
	if (!count)
		return disable(v, start);

	unsigned before = v->nevent;

	ret = grow(v, end <= MSIX_MAX_SIZE ? end : 1);
	if (ret)
		return ret;
	ret = send(v, start, count);
	if (!ret && v->enabled < end)
		v->enabled = end;
	/* Nothing of what was refused is enabled, and so nothing of it can be counted. */
	if (ret)
		shrink(v, before);
	return ret;
}

int linux_vfio_events(struct target *t, struct bdf fn, uint64_t *count, size_t max)
{
	struct linux_vfio *v = linux_vfio_find(linux_of(t), fn);

	if (!v)
		return -EBADF;
	for (unsigned n = 0; n < v->nevent && n < max; n++)
		if (v->event[n] < 0 || read(v->event[n], &count[n], sizeof(*count)) < 0)
			count[n] = 0;
	return v->nevent < max ? v->nevent : max;
}
