/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random messages, each from a seed and its number alone, so that a run is repeated by its seed.
 *
 * They are random where a machine has to survive them even if it lets them through: no request of
 * this file may have the delivery mode of an SMI, INIT or ExtINT, nor a vector that the kernel uses
 * itself. A compatibility-format request is fixed, and for one of the highest vectors that Linux
 * gives to devices, which it gives out last (arch/x86/include/asm/irq_vectors.h); the system's own
 * from ECh on would end the machine, and FFh is never acknowledged.
 */
#include <errno.h>
#include <string.h>

#include "message.h"

#define FEE_BASE 0xfee00000ull
#define FEE_SIZE 0x100000ull

/* Vectors for compatibility format: without a handler on any machine that is not full. */
#define VECTOR_FIRST 0xd0u
#define VECTOR_COUNT 0x1au

/* Where handles that are in use are found: Linux gives out the lowest first. */
#define LOW_HANDLES 128u
/* Of AMD: entries of Linux' tables (DTE_INTTABLEN); an index from there on is a delivery mode. */
#define AMD_ENTRIES 512u

/* A stream of random numbers (splitmix64, Steele, Lea and Flood 2014). */
struct dice {
	uint64_t state;
};

static uint64_t roll64(struct dice *dice)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

static struct dice dice_of(unsigned seed, unsigned n)
{
	struct dice dice = {.state = (uint64_t)seed << 32 | n};

	dice.state = roll64(&dice);
	return dice;
}

static unsigned roll(struct dice *dice, unsigned sides)
{
	return (unsigned)(roll64(dice) >> 32) % sides;
}

/* One in use, one like it but for a bit, or any: what is near to right is where mistakes are. */
static uint16_t roll_handle(struct dice *dice)
{
	uint16_t low = (uint16_t)roll(dice, LOW_HANDLES);

	switch (roll(dice, 4)) {
	case 0:
		return low;
	case 1:
	case 2:
		return (uint16_t)(low | 1u << (7 + roll(dice, 9)));
	default:
		return (uint16_t)roll64(dice);
	}
}

static struct msi_msg intel_handle(struct dice *dice)
{
	uint16_t handle = roll_handle(dice), sub = 0;
	bool shv = roll(dice, 2);
	struct msi_msg msg;

	if (shv)
		sub = roll(dice, 2) ? 0 : (uint16_t)roll(dice, roll(dice, 2) ? 16 : 65536);
	msg = vtd_remappable_msg(handle, shv, sub);
	/* Reserved: 31:16 with a subhandle, all of it without one. */
	if (!shv || !roll(dice, 4))
		msg.data |= (uint32_t)roll64(dice) & (shv ? 0xffff0000u : 0xffffffffu);
	return msg;
}

static struct msi_msg intel_compat(struct dice *dice)
{
	uint8_t dest = (uint8_t)roll(dice, roll(dice, 2) ? 2 : 256);
	struct msi_msg msg =
		vtd_compatibility_msg(dest, (uint8_t)(VECTOR_FIRST + roll(dice, VECTOR_COUNT)), 0);

	msg.data |= (uint32_t)roll64(dice) & 0xffff0000u;
	return msg;
}

/*
 * Above the range, below it, and in it but for a bit of the upper DWORD. Nothing that a function
 * has mapped through this program lies there.
 */
static struct msi_msg any_dma(struct dice *dice)
{
	uint64_t in = roll64(dice) % FEE_SIZE & ~3ull, high = 1 + roll(dice, 0x7e);
	struct msi_msg msg = {.data = (uint32_t)roll64(dice)};

	switch (roll(dice, 4)) {
	case 0:
		msg.addr = FEE_BASE - FEE_SIZE + in;
		break;
	case 1:
		msg.addr = FEE_BASE + FEE_SIZE + in;
		break;
	case 2:
		msg.addr = high << 32 | (FEE_BASE + in);
		break;
	default:
		msg.addr = high << 32 | (uint32_t)(roll64(dice) & ~3ull);
		break;
	}
	return msg;
}

static struct msi_msg amd_index(struct dice *dice, struct msi_msg own)
{
	unsigned index = roll(dice, roll(dice, 2) ? LOW_HANDLES : AMD_ENTRIES);

	return (struct msi_msg){.addr = own.addr,
				.data = index |
					(roll(dice, 2) ? (uint32_t)roll64(dice) & 0xffff0000u : 0)};
}

static struct msi_msg its_event(struct dice *dice, struct msi_msg own)
{
	return (struct msi_msg){.addr = own.addr,
				.data = roll(dice, 2) ? roll(dice, LOW_HANDLES)
						      : (uint32_t)roll64(dice)};
}

int message_random(const char *iommu, enum shot_kind kind, unsigned seed, unsigned n,
		   struct msi_msg own, struct msi_msg *msg)
{
	struct dice dice = dice_of(seed, n);
	bool intel = !strcmp(iommu, "intel"), amd = !strcmp(iommu, "amd");
	bool its = !strcmp(iommu, "smmu");

	if (!intel && !amd && !its)
		return -EOPNOTSUPP;
	if (kind == SHOT_RANDOM_DMA)
		*msg = any_dma(&dice);
	else if (kind == SHOT_RANDOM_COMPAT && intel)
		*msg = intel_compat(&dice);
	else if (kind == SHOT_RANDOM_HANDLE && intel)
		*msg = intel_handle(&dice);
	else if (kind == SHOT_RANDOM_HANDLE && amd && msi_addr_is_x86(own.addr))
		*msg = amd_index(&dice, own);
	else if (kind == SHOT_RANDOM_HANDLE && its)
		*msg = its_event(&dice, own);
	else
		return -EOPNOTSUPP;
	return 0;
}

/* Handles more often than the others: there is more to get wrong. */
enum shot_kind message_random_kind(const char *iommu, unsigned seed, unsigned n)
{
	static const enum shot_kind kinds[] = {SHOT_RANDOM_HANDLE, SHOT_RANDOM_DMA,
					       SHOT_RANDOM_HANDLE, SHOT_RANDOM_COMPAT};
	struct dice dice = dice_of(~seed, n / 4);
	enum shot_kind kind = kinds[(n + roll(&dice, 4)) % 4];

	/* Only Intel's IOMMU tells that format from the other. */
	return kind == SHOT_RANDOM_COMPAT && strcmp(iommu, "intel") ? SHOT_RANDOM_HANDLE : kind;
}
