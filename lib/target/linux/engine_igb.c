/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine of Intel's 82576 and I350 (drivers igb and igbvf): software sets the cause of a vector
 * in EICS, as the drivers' own watchdogs do, and what is enabled in EIMS is sent (Linux
 * drivers/net/ethernet/intel/igb/e1000_regs.h, igb_main.c:igb_configure_msix). A VF finds its own
 * bits of the PF's registers at the same offsets, its first vector in bit 0.
 *
 * Nothing of this is sent while GPIE.Multiple_MSIX of the PF is clear, and igb sets it only when
 * its interface goes up. It must not be up while functions are claimed, so the bit is set here for
 * a VF, and put back.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>

#include "engine.h"

#define REG_STATUS  0x0008
#define REG_GPIE    0x1514
#define REG_EICS    0x1520 /* sets causes */
#define REG_EIMS    0x1524 /* enables them; EIMC disables */
#define REG_EIMC    0x1528
#define REG_EIAC    0x152c /* causes that are cleared as their message is sent */
#define REG_EIAM    0x1530
#define REG_EICR    0x1580 /* the causes; 1 clears */
#define REG_EITR(n) (0x1680 + 4 * (n))
#define REG_END     REG_EITR(25)

#define GPIE_MULTIPLE_MSIX (1u << 4)
#define GPIE_PBA_SUPPORT   (1u << 31)

/* Causes that EICS has; those of VFs, 3 for each, come from the upper end (QEMU
 * hw/net/igb_core.c:igb_msix_notify). */
#define CAUSES     25
#define VF_VECTORS 3

/* linux_engine.priv */
struct igb {
	bool vf;
	uint32_t causes; /* that are enabled */
};

/* The PF's GPIE, which is one for all VFs: how many use it, and what it was where we set it. */
static struct {
	unsigned users;
	bool set;
	uint32_t was;
} gpie;

#define VENDOR_INTEL 0x8086

/* Linux drivers/net/ethernet/intel/igb/e1000_hw.h, igbvf/vf.h. */
static const struct {
	uint16_t device;
	bool vf;
} known[] = {
	{0x10c9, false}, {0x10e6, false}, {0x10e7, false}, {0x10e8, false}, /* 82576 */
	{0x1526, false}, {0x150a, false}, {0x1518, false}, {0x150d, false},
	{0x1521, false}, {0x1522, false}, {0x1523, false}, {0x1524, false}, /* I350 */
	{0x10ca, true},  {0x1520, true},
};

static int igb_find(struct bdf fn)
{
	unsigned long vendor, device;

	if (linux_read_number(fn, "vendor", &vendor) || vendor != VENDOR_INTEL ||
	    linux_read_number(fn, "device", &device))
		return -ENODEV;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].device == device)
			return (int)i;
	return -ENODEV;
}

static bool igb_match(struct bdf fn)
{
	return igb_find(fn) >= 0;
}

/*
 * Where the kernel lets nobody at the PF's registers, it may still be right: whoever fires finds
 * out by a control.
 */
static void enable_pf(struct linux_engine *e)
{
	struct bdf pf = linux_pf(e->target);
	uint64_t value;

	if (gpie.users++)
		return;
	if (linux_mmio_read(e->target, pf, engine_igb.bar, REG_GPIE, sizeof(uint32_t), &value)) {
		warnx("%s: whether its PF has GPIE.Multiple_MSIX set cannot be read: nothing is "
		      "sent before its interface was up",
		      e->name);
		return;
	}
	if (value & GPIE_MULTIPLE_MSIX)
		return;
	gpie.was = (uint32_t)value;
	gpie.set = !linux_mmio_write(e->target, pf, engine_igb.bar, REG_GPIE, sizeof(uint32_t),
				     value | GPIE_MULTIPLE_MSIX | GPIE_PBA_SUPPORT);
}

static void release_pf(struct linux_engine *e)
{
	if (--gpie.users || !gpie.set)
		return;
	linux_mmio_write(e->target, linux_pf(e->target), engine_igb.bar, REG_GPIE, sizeof(uint32_t),
			 gpie.was);
	gpie.set = false;
}

/* Those of the PF end where VFs' begin. */
static unsigned pf_limit(struct linux_engine *e)
{
	int numvfs = linux_numvfs(e->target);

	return numvfs > 0 ? CAUSES - VF_VECTORS * (unsigned)numvfs : CAUSES;
}

static int igb_start(struct linux_engine *e)
{
	struct igb *igb = calloc(1, sizeof(*igb));
	int id = igb_find(e->vfio->fn);

	if (!igb)
		return -ENOMEM;
	e->priv = igb;
	if (id < 0 || e->bar_len < REG_END || engine_read32(e, REG_STATUS) == UINT32_MAX)
		return -ENODEV;
	igb->vf = known[id].vf;
	if (igb->vf)
		enable_pf(e);
	else
		engine_write32(e, REG_GPIE, GPIE_MULTIPLE_MSIX | GPIE_PBA_SUPPORT);
	/* A VF may write what it likes: bits beyond its vectors are nobody's. */
	e->limit = igb->vf ? CAUSES : pf_limit(e);
	igb->causes = (1u << (igb->vf ? VF_VECTORS : e->limit)) - 1;
	engine_write32(e, REG_EIMC, UINT32_MAX);
	engine_write32(e, REG_EICR, UINT32_MAX);
	for (unsigned k = 0; igb->causes >> k; k++)
		engine_write32(e, REG_EITR(k), 0); /* nothing is held back */
	engine_write32(e, REG_EIAM, 0);
	engine_write32(e, REG_EIAC, igb->causes);
	engine_write32(e, REG_EIMS, igb->causes);
	return 0;
}

static void igb_stop(struct linux_engine *e)
{
	struct igb *igb = e->priv;

	if (!igb)
		return;
	if (igb->causes && !e->left)
		engine_write32(e, REG_EIMC, UINT32_MAX);
	if (igb->vf)
		release_pf(e);
	free(igb);
	e->priv = NULL;
}

/* Only a cause that was not set raises an interrupt. */
static int igb_fire(struct linux_engine *e, unsigned vector)
{
	engine_write32(e, REG_EICR, 1u << vector);
	engine_write32(e, REG_EICS, 1u << vector);
	/* Both have arrived once a read behind them is answered. */
	return engine_read32(e, REG_STATUS) == UINT32_MAX ? -ETIMEDOUT : 0;
}

const struct engine engine_igb = {
	.name = "igb",
	.match = igb_match,
	.start = igb_start,
	.stop = igb_stop,
	.fire = igb_fire,
};
