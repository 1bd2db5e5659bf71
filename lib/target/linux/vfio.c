/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VFIO: a function as a user-space driver gets it, through the legacy interface of container and
 * group with the type 1 IOMMU backend, which every kernel with VFIO has. Each open function has a
 * container of its own, so that none can reach what another has mapped.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "linux.h"

struct linux_vfio *linux_vfio_find(struct linux_target *l, struct bdf fn)
{
	struct linux_vfio *v;

	for (v = l->vfios; v; v = v->next)
		if (bdf_equal(v->fn, fn))
			break;
	return v;
}

/* --- opening --- */

static int open_container(struct linux_vfio *v)
{
	v->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (v->container < 0) {
		int error = errno;

		warnx("cannot open /dev/vfio/vfio (%s): load module vfio-pci", strerror(error));
		return -error;
	}
	if (ioctl(v->container, VFIO_GET_API_VERSION) != VFIO_API_VERSION)
		return -EPROTO;
	if (ioctl(v->container, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU) != 1) {
		warnx("VFIO has no IOMMU backend: load module vfio_iommu_type1");
		return -ENODEV;
	}
	return 0;
}

/*
 * Names the function of the group that keeps it from being viable. Not EPERM, as the kernel would
 * say: that means interrupts that are not isolated.
 */
static void tell_not_viable(struct target *t, int group)
{
	char path[64], driver[TARGET_NAME_LEN];
	struct dirent *entry;
	struct bdf other;
	DIR *d;

	snprintf(path, sizeof(path), "/sys/kernel/iommu_groups/%d/devices", group);
	d = opendir(path);
	while (d && (entry = readdir(d))) {
		if (bdf_parse(entry->d_name, &other) || linux_driver(t, other, driver) ||
		    !driver[0] || !strncmp(driver, "vfio", 4) || !strcmp(driver, "pcieport"))
			continue;
		warnx("VFIO group %d is not viable: %s is bound to %s; unbind it or bind it to "
		      "vfio-pci",
		      group, entry->d_name, driver);
	}
	if (d)
		closedir(d);
}

static int open_group(struct target *t, struct linux_vfio *v)
{
	struct vfio_group_status status = {.argsz = sizeof(status)};
	char path[64], domain[32], name[BDF_LEN];
	int group = linux_iommu_group(t, v->fn, domain, sizeof(domain));

	if (group < 0) {
		warnx("%s has no IOMMU group: enable the IOMMU (intel_iommu=on)",
		      bdf_format(v->fn, name));
		return -ENODEV;
	}
	snprintf(path, sizeof(path), "/dev/vfio/%d", group);
	v->group = open(path, O_RDWR | O_CLOEXEC);
	if (v->group < 0) {
		int error = errno;

		if (error == ENOENT)
			warnx("no %s: bind %s to vfio-pci first", path, bdf_format(v->fn, name));
		else if (error == EBUSY)
			warnx("%s is open already, here for another function or elsewhere", path);
		return -error;
	}
	if (ioctl(v->group, VFIO_GROUP_GET_STATUS, &status))
		return -errno;
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE)) {
		tell_not_viable(t, group);
		return -EBUSY;
	}
	return 0;
}

static int open_device(struct linux_vfio *v)
{
	char name[BDF_LEN];

	if (ioctl(v->group, VFIO_GROUP_SET_CONTAINER, &v->container))
		return -errno;
	if (ioctl(v->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU)) {
		int error = errno;

		if (error == EPERM)
			warnx("VFIO refuses %s: interrupts are not isolated here; the machine "
			      "needs interrupt remapping",
			      bdf_format(v->fn, name));
		return -error;
	}
	v->device = ioctl(v->group, VFIO_GROUP_GET_DEVICE_FD, bdf_format(v->fn, name));
	return v->device < 0 ? -errno : 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void free_vfio(struct linux_vfio *v)
{
	if (v->engine)
		linux_engine_free(v);
	linux_unmap(v->bar);
	close_fd(&v->device);
	linux_vfio_irqs_free(v);
	close_fd(&v->group);
	close_fd(&v->container);
	free(v);
}

int linux_vfio_open(struct target *t, struct bdf fn)
{
	struct linux_target *l = linux_of(t);
	struct linux_vfio *v;
	int ret;

	if (linux_vfio_find(l, fn))
		return -EBUSY;
	v = calloc(1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	v->fn = fn;
	v->container = v->group = v->device = -1;

	ret = open_container(v);
	if (!ret)
		ret = open_group(t, v);
	if (!ret)
		ret = open_device(v);
	/* Opening resets the function. */
	linux_outdate(l);
	if (ret) {
		free_vfio(v);
		return ret;
	}
	v->next = l->vfios;
	l->vfios = v;
	return 0;
}

int linux_vfio_close(struct target *t, struct bdf fn)
{
	struct linux_target *l = linux_of(t);
	struct linux_vfio **at = &l->vfios;

	while (*at && !bdf_equal((*at)->fn, fn))
		at = &(*at)->next;
	if (!*at)
		return -EBADF;
	struct linux_vfio *v = *at;

	*at = v->next;
	free_vfio(v);
	linux_outdate(l);
	return 0;
}

void linux_vfio_close_all(struct target *t)
{
	struct linux_target *l = linux_of(t);

	while (l->vfios)
		linux_vfio_close(t, l->vfios->fn);
}

/* --- what VFIO says --- */

static unsigned irq_count(struct linux_vfio *v, unsigned index, uint32_t *flags)
{
	struct vfio_irq_info info = {.argsz = sizeof(info), .index = index};

	if (ioctl(v->device, VFIO_DEVICE_GET_IRQ_INFO, &info))
		return 0;
	if (flags)
		*flags = info.flags;
	return info.count;
}

/* Region information with its capabilities, which have to be asked for by size; free() it. */
static int region_info(struct linux_vfio *v, unsigned index, struct vfio_region_info **out)
{
	size_t size = sizeof(struct vfio_region_info);
	struct vfio_region_info *info = NULL;

	for (;;) {
		struct vfio_region_info *more = realloc(info, size);

		if (!more) {
			free(info);
			return -ENOMEM;
		}
		info = more;
		memset(info, 0, size);
		info->argsz = size;
		info->index = index;
		if (ioctl(v->device, VFIO_DEVICE_GET_REGION_INFO, info)) {
			int error = errno;

			free(info);
			return -error;
		}
		if (info->argsz <= size)
			break;
		size = info->argsz;
	}
	*out = info;
	return 0;
}

/* Finds a capability of the chain; NULL when it is not there. */
static const struct vfio_info_cap_header *region_cap(const struct vfio_region_info *info,
						     uint16_t id)
{
	uint32_t at = info->flags & VFIO_REGION_INFO_FLAG_CAPS ? info->cap_offset : 0;

	while (at && at + sizeof(struct vfio_info_cap_header) <= info->argsz) {
		const struct vfio_info_cap_header *cap =
			(const struct vfio_info_cap_header *)((const char *)info + at);

		if (cap->id == id)
			return cap;
		/* The chain goes upwards; anything else would be a loop. */
		if (cap->next <= at)
			break;
		at = cap->next;
	}
	return NULL;
}

int linux_vfio_info(struct target *t, struct bdf fn, struct vfio_info *info)
{
	struct linux_vfio *v = linux_vfio_find(linux_of(t), fn);
	struct vfio_device_info device = {.argsz = sizeof(device)};

	if (!v)
		return -EBADF;
	*info = (struct vfio_info){0};
	if (ioctl(v->device, VFIO_DEVICE_GET_INFO, &device))
		return -errno;
	info->reset = device.flags & VFIO_DEVICE_FLAGS_RESET;
	info->intx = irq_count(v, VFIO_PCI_INTX_IRQ_INDEX, NULL);
	info->msi = irq_count(v, VFIO_PCI_MSI_IRQ_INDEX, NULL);
	info->msix = irq_count(v, VFIO_PCI_MSIX_IRQ_INDEX, &info->msix_flags);

	for (unsigned n = 0; n <= VFIO_PCI_VGA_REGION_INDEX && n < device.num_regions; n++) {
		struct vfio_region_info *region;

		if (region_info(v, n, &region))
			continue;
		if (region->size)
			info->region[info->nregion++] = (struct vfio_region){
				.index = n,
				.size = region->size,
				.flags = region->flags,
				.msix_mappable =
					region_cap(region, VFIO_REGION_INFO_CAP_MSIX_MAPPABLE),
			};
		free(region);
	}
	return 0;
}

/* --- reaching the function --- */

/* Where @off of a region lies in the device's file. */
static int region_offset(struct linux_target *l, struct bdf fn, unsigned index, uint64_t off,
			 struct linux_vfio **v, off_t *at)
{
	struct vfio_region_info *info;
	int ret;

	*v = linux_vfio_find(l, fn);
	if (!*v)
		return -EBADF;
	ret = region_info(*v, index, &info);
	if (ret)
		return ret;
	/* Behind the region's end the kernel itself answers: only its own encoding is kept. */
	*at = info->offset + off;
	free(info);
	return 0;
}

ssize_t linux_vfio_read(struct target *t, struct bdf fn, unsigned region, uint64_t off, void *buf,
			size_t len)
{
	struct linux_vfio *v;
	off_t at;
	int ret = region_offset(linux_of(t), fn, region, off, &v, &at);

	if (ret)
		return ret;
	ssize_t got = pread(v->device, buf, len, at);

	return got < 0 ? -errno : got;
}

ssize_t linux_vfio_write(struct target *t, struct bdf fn, unsigned region, uint64_t off,
			 const void *buf, size_t len)
{
	struct linux_vfio *v;
	off_t at;
	int ret = region_offset(linux_of(t), fn, region, off, &v, &at);

	if (ret)
		return ret;
	ssize_t put = pwrite(v->device, buf, len, at);

	return put < 0 ? -errno : put;
}

/*
 * The MSI-X Table must be inside: a kernel that excludes it lists what may be mapped in a sparse
 * capability.
 */
int linux_vfio_map_bar(struct linux_vfio *v, unsigned bar, void **addr, size_t *len)
{
	struct vfio_region_info *info;
	struct linux_map *map;
	int ret;

	if (bar >= PCI_BARS)
		return -EINVAL;
	map = &v->bar[bar];
	if (!map->addr) {
		ret = region_info(v, bar, &info);
		if (ret)
			return ret;
		if (!info->size || !(info->flags & VFIO_REGION_INFO_FLAG_MMAP) ||
		    region_cap(info, VFIO_REGION_INFO_CAP_SPARSE_MMAP))
			ret = -EOPNOTSUPP;
		void *at = ret ? MAP_FAILED
			       : mmap(NULL, info->size, PROT_READ | PROT_WRITE, MAP_SHARED,
				      v->device, info->offset);

		if (at != MAP_FAILED)
			*map = (struct linux_map){at, info->size};
		else if (!ret)
			ret = -errno;
		free(info);
		if (ret)
			return ret;
	}
	*addr = map->addr;
	*len = map->len;
	return 0;
}

int linux_vfio_dma_map(struct linux_vfio *v, void *va, uint64_t iova, size_t len)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)va,
		.iova = iova,
		.size = len,
	};

	return ioctl(v->container, VFIO_IOMMU_MAP_DMA, &map) ? -errno : 0;
}

int linux_vfio_dma_unmap(struct linux_vfio *v, uint64_t iova, size_t len)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.iova = iova,
		.size = len,
	};

	return ioctl(v->container, VFIO_IOMMU_UNMAP_DMA, &unmap) ? -errno : 0;
}

int linux_vfio_reset(struct linux_vfio *v)
{
	if (!ioctl(v->device, VFIO_DEVICE_RESET))
		return 0;
	/* The kernel answers EINVAL for a function that it cannot reset. */
	return errno == EINVAL ? -EOPNOTSUPP : -errno;
}

ssize_t linux_vfio_map_read(struct target *t, struct bdf fn, unsigned region, uint64_t off,
			    void *buf, size_t len)
{
	struct linux_vfio *v = linux_vfio_find(linux_of(t), fn);
	size_t size;
	void *addr;
	int ret = v ? linux_vfio_map_bar(v, region, &addr, &size) : -EBADF;

	if (ret)
		return ret;
	if (off % 4 || len % 4 || off + len > size)
		return -EINVAL;
	/* A device may not take accesses of other widths. */
	for (size_t i = 0; i < len / 4; i++)
		((uint32_t *)buf)[i] = ((volatile uint32_t *)addr)[off / 4 + i];
	return (ssize_t)len;
}
