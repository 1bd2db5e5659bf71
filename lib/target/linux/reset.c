/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resets. RESET_FLR sets Initiate FLR itself: the kernel's own ways save config space and MSI-X
 * state before and put them back afterwards, which hides what the reset did.
 */
#include <err.h>
#include <errno.h>
#include <linux/pci_regs.h>
#include <string.h>
#include <time.h>

#include "linux.h"

/* Software must leave a function alone for this long after an FLR (PCIe 6.0, 6.6.2). */
#define FLR_SETTLE_MS 100
/* How long config space may stay away after that (PCIe 6.0, 6.6.1), and pending requests. */
#define ANSWER_MS  1000
#define PENDING_MS 1000
/* PowerState in PMCSR, which <linux/pci_regs.h> has no name for (PCIe 6.0, 7.5.2.2). */
#define D3HOT 3
/* To D3hot and back. */
#define D3HOT_MS 10
/* What a Vendor ID reads while the function answers with Request Retry Status (2.3.2). */
#define RRS_VENDOR_ID 0x0001u

void linux_sleep_ms(unsigned ms)
{
	struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000l};

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

/* A VF's Vendor ID is all ones at any time; its Command and Status are not while it answers. */
static bool answers(struct target *t, struct bdf fn)
{
	uint32_t word[2];

	if (linux_cfg_read(t, fn, PCI_VENDOR_ID, word, sizeof(word)) != sizeof(word))
		return false;
	return word[1] != UINT32_MAX && (word[0] & 0xffff) != RRS_VENDOR_ID;
}

static int wait_answer(struct target *t, struct bdf fn)
{
	struct linux_wait wait;

	for (linux_wait_begin(&wait, ANSWER_MS); !answers(t, fn);)
		if (!linux_wait(&wait))
			return -ETIMEDOUT;
	return 0;
}

static int express_pos(struct target *t, struct bdf fn)
{
	struct cfg cfg;
	ssize_t len = linux_cfg_read(t, fn, 0, cfg.byte, CFG_SPACE_SIZE);
	int pos;

	if (len < 0)
		return len;
	cfg.len = len;
	if (cfg_gone(&cfg))
		return -ENODEV;
	if (!cfg_has_flr(&cfg))
		return -EOPNOTSUPP;
	pos = cfg_find_cap(&cfg, PCI_CAP_ID_EXP, 0);
	return pos ? pos : -EOPNOTSUPP;
}

/* The kernel goes on when requests stay pending (pcie_flr()), and so does this. */
static void wait_pending(struct target *t, struct bdf fn, unsigned pos)
{
	struct linux_wait wait;
	uint16_t status;

	for (linux_wait_begin(&wait, PENDING_MS);;) {
		if (linux_cfg_read(t, fn, pos + PCI_EXP_DEVSTA, &status, sizeof(status)) < 0 ||
		    !(status & PCI_EXP_DEVSTA_TRPND) || !linux_wait(&wait))
			return;
	}
}

static int reset_flr(struct target *t, struct bdf fn, uint64_t *begin)
{
	uint16_t control;
	int pos = express_pos(t, fn), ret;

	if (pos < 0)
		return pos;
	wait_pending(t, fn, pos);
	linux_cfg_read(t, fn, pos + PCI_EXP_DEVCTL, &control, sizeof(control));
	*begin = linux_now_us();
	ret = linux_cfg_write(t, fn, pos + PCI_EXP_DEVCTL, 2, control | PCI_EXP_DEVCTL_BCR_FLR);
	if (!ret)
		linux_sleep_ms(FLR_SETTLE_MS);
	return ret;
}

/* Through the kernel, by FLR where it lets one choose; its own order of methods is put back. */
static int reset_sysfs(struct bdf fn)
{
	char path[PATH_MAX], methods[64];
	ssize_t len =
		linux_read_text(linux_path(path, fn, "reset_method"), methods, sizeof(methods));
	bool choose = len > 0 && strcmp(methods, "flr");
	ssize_t ret;

	if (choose && linux_write_text(path, "flr") < 0)
		choose = false;
	ret = linux_write_text(linux_path(path, fn, "reset"), "1");
	if (choose)
		linux_write_text(linux_path(path, fn, "reset_method"), methods);
	if (ret == -ENOENT)
		return linux_present(fn) ? -EOPNOTSUPP : -ENODEV;
	return ret < 0 ? ret : 0;
}

/* Down to D3hot and back, each of which takes its time (PCIe 6.0, 5.9.1). */
static int reset_d3(struct target *t, struct bdf fn, uint64_t *begin)
{
	struct cfg cfg = {0};
	ssize_t len = linux_cfg_read(t, fn, 0, cfg.byte, CFG_SPACE_SIZE);
	uint16_t power;
	int pos, ret;

	if (len < 0)
		return len;
	cfg.len = len;
	if (cfg_gone(&cfg))
		return -ENODEV;
	pos = cfg_find_cap(&cfg, PCI_CAP_ID_PM, 0);
	if (pos <= 0)
		return -EOPNOTSUPP;
	power = cfg_u16(&cfg, pos + PCI_PM_CTRL) &
		~(PCI_PM_CTRL_STATE_MASK | PCI_PM_CTRL_PME_STATUS);
	ret = linux_cfg_write(t, fn, pos + PCI_PM_CTRL, 2, power | D3HOT);
	linux_sleep_ms(D3HOT_MS);
	*begin = linux_now_us();
	if (!ret)
		ret = linux_cfg_write(t, fn, pos + PCI_PM_CTRL, 2, power);
	linux_sleep_ms(D3HOT_MS);
	return ret;
}

static int reset_vfe(struct target *t)
{
	int count = linux_numvfs(t), ret;

	if (count < 0)
		return count;
	if (!count)
		return -ENODEV;
	ret = linux_set_numvfs(t, 0);
	return ret ? ret : linux_set_numvfs(t, count);
}

static int reset_vfio(struct target *t, struct bdf fn)
{
	struct linux_vfio *v = linux_vfio_find(linux_of(t), fn);

	return v ? linux_vfio_reset(v) : -EBADF;
}

/* A driver would find its PF wiped, and not know why. */
static bool is_driven(struct target *t, struct bdf fn)
{
	char driver[TARGET_NAME_LEN];

	return bdf_equal(fn, linux_pf(t)) && !linux_driver(t, fn, driver) && driver[0];
}

int linux_reset(struct target *t, struct bdf fn, enum reset_method method, uint64_t *us)
{
	uint64_t begin = linux_now_us();
	int ret = -EINVAL;

	if ((method == RESET_FLR || method == RESET_BUS || method == RESET_D3) && is_driven(t, fn))
		return -EBUSY;
	switch (method) {
	case RESET_FLR:
		ret = reset_flr(t, fn, &begin);
		break;
	case RESET_SYSFS:
		ret = reset_sysfs(fn);
		break;
	case RESET_VFIO:
		ret = reset_vfio(t, fn);
		break;
	case RESET_VFE:
		ret = reset_vfe(t);
		break;
	case RESET_BUS:
		ret = linux_reset_bus(t, fn, &begin);
		break;
	case RESET_D3:
		ret = reset_d3(t, fn, &begin);
		break;
	case RESET_CC:
		ret = linux_reset_controller(t, fn);
		break;
	}
	linux_outdate(linux_of(t));
	if (!ret)
		ret = wait_answer(t, fn);
	*us = linux_now_us() - begin;
	return ret;
}
