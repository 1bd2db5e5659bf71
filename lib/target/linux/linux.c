/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The linux target: opening and closing it, what machine this is, and the table of operations.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <pci/pci.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "linux.h"

/* --- opening --- */

/* libpci warns about every function that went away; here that is an observation. */
static void silent(char *msg, ...)
{
	(void)msg;
}

static struct pci_access *open_pci(void)
{
	struct pci_access *pci = pci_alloc();

	if (!pci)
		return NULL;
	pci->method = PCI_ACCESS_SYS_BUS_PCI;
	pci->writeable = 1;
	pci->warning = silent;
	pci_init(pci);
	return pci;
}

static int check_rights(struct bdf pf)
{
	char path[PATH_MAX], name[BDF_LEN];

	if (geteuid()) {
		warnx("config space and VFIO need root: run as root");
		return -EPERM;
	}
	if (access(linux_path(path, pf, "sriov_numvfs"), W_OK)) {
		warnx("%s: sysfs is not writable; run outside the container, or mount it "
		      "read-write",
		      bdf_format(pf, name));
		return -EACCES;
	}
	return 0;
}

static void free_target(struct target *t)
{
	struct linux_target *l = linux_of(t);

	if (l->kmsg >= 0)
		close(l->kmsg);
	linux_fault_status_close(l);
	linux_fns_free(l);
	if (l->pci)
		pci_cleanup(l->pci);
	if (l->epoch)
		munmap(l->epoch, sizeof(*l->epoch));
	free(l);
	t->priv = NULL;
}

static int open_parts(struct linux_target *l)
{
	void *shared = mmap(NULL, sizeof(*l->epoch), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return -errno;
	l->epoch = shared;
	l->pci = open_pci();
	if (!l->pci)
		return -ENOMEM;
	/* Without the log there is one witness less, but everything else works. */
	if (linux_klog_open(l))
		warnx("/dev/kmsg cannot be read: the kernel's log is not observed");
	return 0;
}

static int linux_open(struct target *t, const struct target_options *options)
{
	struct linux_target *l = calloc(1, sizeof(*l));
	int ret;

	if (!l)
		return -ENOMEM;
	l->kmsg = -1;
	t->priv = l;
	ret = linux_find_pf(options, &l->pf);
	if (!ret)
		ret = check_rights(l->pf);
	if (!ret)
		ret = open_parts(l);
	if (ret)
		free_target(t);
	return ret;
}

static void linux_close(struct target *t)
{
	struct linux_target *l = linux_of(t);

	if (!l)
		return;
	linux_load_close(l);
	linux_guest_close(l);
	linux_vfio_close_all(t);
	linux_nvme_close(l);
	free_target(t);
}

/* --- the machine --- */

static void copy_environment(char *to, size_t size, const char *variable)
{
	const char *value = getenv(variable);

	snprintf(to, size, "%s", value ? value : "");
}

/* A paravirtual one is named as the device is on its bus; its driver tells. */
static bool is_virtio(const char *unit)
{
	char link[64 + NAME_MAX], driver[PATH_MAX];
	ssize_t len;

	snprintf(link, sizeof(link), "/sys/class/iommu/%s/device/driver", unit);
	len = readlink(link, driver, sizeof(driver) - 1);
	driver[len > 0 ? len : 0] = '\0';
	return !strcmp(basename(driver), "virtio_iommu");
}

/* The first remapping unit that the kernel registered tells the kind. */
static const char *iommu_kind(void)
{
	static const char *const kinds[][2] = {
		{"dmar", "intel"}, {"ivhd", "amd"}, {"smmu", "smmu"}, {"arm-smmu", "smmu"}};
	DIR *d = opendir("/sys/class/iommu");
	const char *kind = "none";
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		for (size_t n = 0; n < sizeof(kinds) / sizeof(kinds[0]); n++)
			if (!strncmp(entry->d_name, kinds[n][0], strlen(kinds[n][0])))
				kind = kinds[n][1];
		if (is_virtio(entry->d_name))
			kind = "virtio";
	}
	if (d)
		closedir(d);
	return kind;
}

static void see_remapping_line(void *ctx, const char *line)
{
	bool *remapping = ctx;

	if (strstr(line, "DMAR-IR: Enabled IRQ remapping") ||
	    strstr(line, "AMD-Vi: Interrupt remapping enabled"))
		*remapping = true;
}

/*
 * Interrupt remapping: the x86 kernel puts "IR-" before the name of each chip behind it, which
 * outlives the line in the log; an ITS isolates interrupts by itself.
 */
static bool interrupts_remapped(void)
{
	char *line = NULL;
	size_t size = 0;
	bool remapping = false;
	FILE *f = fopen("/proc/interrupts", "re");

	while (f && !remapping && getline(&line, &size, f) > 0)
		remapping = strstr(line, " IR-") || strstr(line, " ITS-");
	free(line);
	if (f)
		fclose(f);
	if (!remapping)
		linux_klog_all(see_remapping_line, &remapping);
	return remapping;
}

/* Translation, by the domain of the VFs' group, or of the PF's while there is no VF. */
static bool dma_translated(struct target *t)
{
	struct bdf fn = linux_pf(t), vf;
	char domain[32];

	if (!linux_vf(t, 0, &vf))
		fn = vf;
	return linux_iommu_group(t, fn, domain, sizeof(domain)) >= 0 && !strncmp(domain, "DMA", 3);
}

static int linux_machine(struct target *t, struct target_machine *machine)
{
	struct utsname uts;

	*machine = (struct target_machine){0};
	if (uname(&uts))
		return -errno;
	snprintf(machine->kernel, sizeof(machine->kernel), "%s", uts.release);
	snprintf(machine->arch, sizeof(machine->arch), "%.15s", uts.machine);
	machine->cpus = sysconf(_SC_NPROCESSORS_ONLN);
	machine->possible_cpus = sysconf(_SC_NPROCESSORS_CONF);
	machine->page_size = sysconf(_SC_PAGESIZE);
	copy_environment(machine->qemu, sizeof(machine->qemu), "VFWALK_QEMU");
	copy_environment(machine->accel, sizeof(machine->accel), "VFWALK_ACCEL");
	if (linux_read_text("/proc/cmdline", machine->cmdline, sizeof(machine->cmdline)) < 0)
		machine->cmdline[0] = '\0';
	snprintf(machine->iommu, sizeof(machine->iommu), "%s", iommu_kind());
	machine->remapping = interrupts_remapped();
	machine->translation = dma_translated(t);
	return 0;
}

const struct target_ops target_linux_ops = {
	.name = "linux",
	.open = linux_open,
	.close = linux_close,
	.machine = linux_machine,
	.pf = linux_pf,
	.vf = linux_vf,
	.numvfs = linux_numvfs,
	.set_numvfs = linux_set_numvfs,
	.autoprobe = linux_autoprobe,
	.set_autoprobe = linux_set_autoprobe,
	.state = linux_state,
	.in_use = linux_in_use,
	.cfg_read = linux_cfg_read,
	.cfg_write = linux_cfg_write,
	.bars = linux_bars,
	.mmio_read = linux_mmio_read,
	.mmio_write = linux_mmio_write,
	.reset = linux_reset,
	.cfg_restore = linux_cfg_restore,
	.driver = linux_driver,
	.bind = linux_bind,
	.queues = linux_queues,
	.unbind = linux_unbind,
	.set_override = linux_set_override,
	.iommu_group = linux_iommu_group,
	.unsafe_interrupts = linux_unsafe_interrupts,
	.attr_mode = linux_attr_mode,
	.attr_read = linux_attr_read,
	.attr_write = linux_attr_write,
	.race = linux_race,
	.answers = linux_answers,
	.msi_irqs = linux_msi_irqs,
	.interrupts = linux_interrupts,
	.resize_caps = linux_resize_caps,
	.resize = linux_resize,
	.size = linux_size,
	.pool_free = linux_pool_free,
	.nvme_primary = linux_nvme_primary,
	.nvme_secondary = linux_nvme_secondary,
	.nvme_virt_mgmt = linux_nvme_virt_mgmt,
	.vfio_open = linux_vfio_open,
	.vfio_close = linux_vfio_close,
	.vfio_info = linux_vfio_info,
	.vfio_irqs = linux_vfio_irqs,
	.vfio_read = linux_vfio_read,
	.vfio_write = linux_vfio_write,
	.vfio_map_read = linux_vfio_map_read,
	.vfio_events = linux_vfio_events,
	.alloc = linux_alloc,
	.alloc_at = linux_alloc_at,
	.free_vectors = linux_free_vectors,
	.vec_count = linux_vec_count,
	.irq_vector = linux_irq_vector,
	.request_vector = linux_request_vector,
	.release_vector = linux_release_vector,
	.vector_count = linux_vector_count,
	.inject = linux_inject,
	.guest_start = linux_guest_start,
	.guest_look = linux_guest_look,
	.guest_vectors = linux_guest_vectors,
	.guest_stop = linux_guest_stop,
	.engine = linux_engine,
	.engine_start = linux_engine_start,
	.engine_stop = linux_engine_stop,
	.engine_leave = linux_engine_leave,
	.engine_queue = linux_engine_queue,
	.engine_fire = linux_engine_fire,
	.engine_cc_enable = linux_engine_cc_enable,
	.engine_csts = linux_engine_csts,
	.canary = linux_canary,
	.canary_written = linux_canary_written,
	.klog = linux_klog,
	.taint = linux_taint,
	.fault_status = linux_fault_status,
	.load_start = linux_load_start,
	.load_stop = linux_load_stop,
};
