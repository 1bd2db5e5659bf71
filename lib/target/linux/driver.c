/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drivers and isolation: which driver holds a function, giving it another, its IOMMU group.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "linux.h"

/* The nvme driver sets a controller up after its probe returned; under emulation that is slow. */
#define NVME_LIVE_MS 30000

int linux_driver(struct target *t, struct bdf fn, char name[static TARGET_NAME_LEN])
{
	ssize_t len = linux_read_link(fn, "driver", name, TARGET_NAME_LEN);

	(void)t;
	if (len >= 0)
		return 0;
	name[0] = '\0';
	if (len == -ENOENT)
		return linux_present(fn) ? 0 : -ENODEV;
	return len;
}

int linux_set_override(struct target *t, struct bdf fn, const char *driver)
{
	char path[PATH_MAX], text[TARGET_NAME_LEN + 1];
	ssize_t ret;

	(void)t;
	/* A newline alone clears it; a write of nothing would not reach the kernel. */
	snprintf(text, sizeof(text), "%s\n", driver ? driver : "");
	ret = linux_write_text(linux_path(path, fn, "driver_override"), text);
	if (ret == -ENOENT && !linux_present(fn))
		return -ENODEV;
	return ret < 0 ? ret : 0;
}

/* The state of the nvme controller below @fn: 0 live, -EAGAIN not yet, -EIO never. */
static int nvme_settled(struct target *t, struct bdf fn)
{
	char driver[TARGET_NAME_LEN], path[PATH_MAX], state[32], name[32];
	int ret = linux_driver(t, fn, driver);

	if (ret)
		return ret;
	/* After a failure the driver lets go of the function by itself. */
	if (!driver[0])
		return -EIO;
	ret = linux_child(fn, "nvme", name, sizeof(name));
	if (ret)
		return -EAGAIN;
	linux_path(path, fn, "nvme/");
	snprintf(path + strlen(path), sizeof(path) - strlen(path), "%s/state", name);
	if (linux_read_text(path, state, sizeof(state)) < 0)
		return -EAGAIN;
	if (!strcmp(state, "live"))
		return 0;
	return !strcmp(state, "dead") ? -EIO : -EAGAIN;
}

static int wait_settled(struct target *t, struct bdf fn, const char *driver)
{
	struct linux_wait wait;
	int ret;

	if (strcmp(driver, "nvme"))
		return 0;
	for (linux_wait_begin(&wait, NVME_LIVE_MS);;) {
		ret = nvme_settled(t, fn);
		if (!ret)
			linux_wait_scanned(fn);
		if (ret != -EAGAIN)
			return ret;
		if (!linux_wait(&wait))
			return -ETIMEDOUT;
	}
}

/*
 * The driver's own `bind` file answers with the error of the probe, which drivers_probe hides.
 * It respects driver_override, and that is what lets a VF be bound while autoprobe is off.
 */
static int probe(struct bdf fn, const char *driver)
{
	char path[PATH_MAX], name[BDF_LEN];
	ssize_t ret;

	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/bind", driver);
	ret = linux_write_text(path, bdf_format(fn, name));
	if (ret == -ENOENT) {
		warnx("no driver %s in the kernel: load module %s", driver, driver);
		return -ENOENT;
	}
	return ret < 0 ? ret : 0;
}

int linux_bind(struct target *t, struct bdf fn, const char *driver)
{
	char now[TARGET_NAME_LEN], path[PATH_MAX], override[TARGET_NAME_LEN];
	int ret = linux_driver(t, fn, now);

	if (ret)
		return ret;
	if (now[0])
		return strcmp(now, driver) ? -EBUSY : 0;

	if (linux_read_text(linux_path(path, fn, "driver_override"), override, sizeof(override)) <
		    0 ||
	    !strcmp(override, "(null)"))
		override[0] = '\0';
	ret = linux_set_override(t, fn, driver);
	if (ret)
		return ret;
	ret = probe(fn, driver);
	linux_outdate(linux_of(t));
	if (!ret)
		ret = wait_settled(t, fn, driver);
	/* Only the probe looks at it: nothing is left to restore. */
	linux_set_override(t, fn, override);
	return ret;
}

int linux_unbind(struct target *t, struct bdf fn)
{
	char path[PATH_MAX], name[BDF_LEN], driver[TARGET_NAME_LEN];
	struct linux_wait wait;
	ssize_t ret;

	if (linux_vfio_find(linux_of(t), fn)) {
		/* vfio-pci would wait for its last user, which is this process. */
		warnx("%s is open in VFIO; close it before it is unbound", bdf_format(fn, name));
		return -EBUSY;
	}
	/* Its controller would live on for as long as this is open, and the next have another name.
	 */
	if (bdf_equal(fn, linux_pf(t)))
		linux_nvme_close(linux_of(t));
	ret = linux_write_text(linux_path(path, fn, "driver/unbind"), bdf_format(fn, name));
	linux_outdate(linux_of(t));
	if (ret < 0)
		return ret == -ENOENT ? -ENODEV : ret;

	for (linux_wait_begin(&wait, NVME_LIVE_MS);;) {
		ret = linux_driver(t, fn, driver);
		if (ret || !driver[0])
			return ret;
		if (!linux_wait(&wait))
			return -ETIMEDOUT;
	}
}

int linux_iommu_group(struct target *t, struct bdf fn, char *domain, size_t size)
{
	char path[PATH_MAX], group[16], *end;
	ssize_t len = linux_read_link(fn, "iommu_group", group, sizeof(group));

	(void)t;
	snprintf(domain, size, "unknown");
	if (len < 0)
		return len == -ENOENT && !linux_present(fn) ? -ENODEV : len;

	long number = strtol(group, &end, 10);

	if (*end)
		return -EIO;
	snprintf(path, sizeof(path), "/sys/kernel/iommu_groups/%ld/type", number);
	if (linux_read_text(path, domain, size) <= 0)
		snprintf(domain, size, "unknown");
	return number;
}

bool linux_unsafe_interrupts(struct target *t)
{
	char text[8];
	ssize_t len = linux_read_text("/sys/module/vfio_iommu_type1/parameters/"
				      "allow_unsafe_interrupts",
				      text, sizeof(text));

	(void)t;
	return len > 0 && (text[0] == 'Y' || text[0] == '1');
}
